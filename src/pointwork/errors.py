"""Every error that Pointwork raises on purpose. One tree; the class says who is told and what to do.

    PointworkError(message, hint)                    HTTP
    ├─ DefinitionError(problems)                     422   the author: the workflow cannot run as drawn
    │  └─ ExpressionError                            422   the author: an expression or template is wrong
    ├─ NotFound                                      404   no such thing, or it is not yours
    │  └─ UnknownTool                                404   also a KeyError, as looking up a name has always been
    ├─ Conflict                                      409   someone else moved first, or the run has ended
    ├─ Unacceptable                                  422   a request whose body does not fit
    ├─ LinkInvalid · LinkExpired · LinkUsed · LinkAnswered · LinkOver   404, 409, 410   whoever was sent a link
    ├─ TooMany                                       429   wait, then again
    ├─ NodeError(retryable)                          -     recorded in NodeFailed, never a 500
    │  ├─ InputMissing · TypeMismatch · LoopLimit · NodeTimeout · Interrupted · RequestRejected
    │  ├─ ModelError → RateLimited · ContextTooLong · ModelRefused · ModelUnavailable
    │  ├─ ToolError                                  told to the model first; the node fails only if the agent gives up
    │  │  └─ FileRefused · EgressRefused · EgressFailed · CallDenied
    │  ├─ StepLimit · AgentStuck · OutputInvalid     the agent came to no answer
    │  ├─ BudgetExceeded                             the next call would cost more than was allowed
    │  └─ SandboxError → SandboxTimeout · SandboxMemory · SandboxUnavailable
    ├─ ConfigurationError                            503   the operator: a setting is missing or wrong; names it
    ├─ EmbedderError(done, refused)                  503   what turns text into vectors does not answer; texts are kept
    ├─ IndexBroken                                   503   the index of memories is lost or silent; it is rebuilt
    └─ JournalError                                  503   stop and recover; never continue unsaved

`code` is stable and meant for programs, `message` says what happened, `hint` what to do next.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal

__all__ = [
    "AgentStuck",
    "BudgetExceeded",
    "CallDenied",
    "ConfigurationError",
    "Conflict",
    "ContextTooLong",
    "DefinitionError",
    "EgressFailed",
    "EgressRefused",
    "EmbedderError",
    "ExpressionError",
    "FileRefused",
    "IndexBroken",
    "InputMissing",
    "Interrupted",
    "JournalError",
    "LinkAnswered",
    "LinkExpired",
    "LinkInvalid",
    "LinkOver",
    "LinkUsed",
    "LoopLimit",
    "ModelError",
    "ModelRefused",
    "ModelUnavailable",
    "NodeError",
    "NodeTimeout",
    "NotFound",
    "OutputInvalid",
    "PointworkError",
    "Problem",
    "RateLimited",
    "RequestRejected",
    "SandboxError",
    "SandboxMemory",
    "SandboxTimeout",
    "SandboxUnavailable",
    "Severity",
    "StepLimit",
    "TooMany",
    "ToolError",
    "TypeMismatch",
    "Unacceptable",
    "UnknownTool",
]

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One finding about a workflow document: where it is, what is wrong, what to do.

    `fixes` are suggestions `{"label": str, "patch": [RFC 6902 operations on the stored document]}`.
    """

    severity: Severity
    code: str
    message: str
    hint: str = ""
    node: str | None = None
    field: str | None = None
    fixes: tuple[dict[str, Any], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


class PointworkError(Exception):
    """Something went wrong that Pointwork knows about."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    default_hint: ClassVar[str] = ""

    def __init__(self, message: str = "", *, hint: str = "") -> None:
        self.message = message or (type(self).__doc__ or "").strip().splitlines()[0]
        self.hint = hint or self.default_hint
        super().__init__(self.message)

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class DefinitionError(PointworkError):
    """The workflow cannot run as drawn."""

    code = "definition"
    status = 422
    default_hint = "Fix the problems listed, then run again; `pointwork check FILE` shows them with their places."

    def __init__(self, message: str = "", *, hint: str = "", problems: tuple[Problem, ...] = ()) -> None:
        self.problems = problems
        errors = [p for p in problems if p.severity == "error"]
        if not message and errors:
            more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
            message = f"The workflow cannot run as drawn: {errors[0].message}{more}"
        super().__init__(message, hint=hint)


class ExpressionError(DefinitionError):
    """An expression or a template cannot be read or evaluated."""

    code = "expression"
    default_hint = "Check the spelling; the reference page of expressions lists what the language knows."


class NotFound(PointworkError):
    """There is no such thing."""

    code = "not_found"
    status = 404


class UnknownTool(NotFound, KeyError):
    """There is no tool of this name."""

    code = "unknown_tool"
    default_hint = "The catalogue of tools lists the names; a tool of your own must be registered first."


class Conflict(PointworkError):
    """Someone else moved first, or the execution is no longer in a state that allows this."""

    code = "conflict"
    status = 409
    default_hint = "Read the current state and try again."


class Unacceptable(PointworkError):
    """The request does not fit what this operation takes."""

    code = "unacceptable"
    status = 422


class LinkInvalid(PointworkError):
    """This is not a link of this server."""

    code = "link_invalid"
    status = 404
    default_hint = "Copy the whole link as it was sent, or ask for a new one."


class LinkExpired(PointworkError):
    """The time of this link is over."""

    code = "link_expired"
    status = 410
    default_hint = "Ask for a new one."


class LinkUsed(PointworkError):
    """The question was answered with a link already; the first answer counts."""

    code = "link_used"
    status = 409
    default_hint = "There is nothing more to do. If the answer was wrong, tell whoever sent you the link."


class LinkAnswered(PointworkError):
    """The question was answered elsewhere meanwhile; the first answer counts."""

    code = "link_answered"
    status = 409
    default_hint = "There is nothing more to do."


class LinkOver(PointworkError):
    """The question is not asked any more."""

    code = "link_over"
    status = 410
    default_hint = "Its time was over, or what asked was given up. Whoever sent you the link knows more."


class TooMany(PointworkError):
    """Too many requests in a short time."""

    code = "too_many"
    status = 429
    default_hint = "Wait a few seconds."


class NodeError(PointworkError):
    """A node could not do its work."""

    code = "node_error"
    retryable: ClassVar[bool] = True


class InputMissing(NodeError):
    """A node needs an input that is not there."""

    code = "input_missing"
    retryable = False


class TypeMismatch(NodeError):
    """An input has the wrong type."""

    code = "type_mismatch"
    retryable = False


class LoopLimit(NodeError):
    """A loop reached its limit of iterations without coming to an end."""

    code = "loop_limit"
    retryable = False
    default_hint = "Raise max_iterations, or check the condition that should end the loop."


class NodeTimeout(NodeError):
    """A node took longer than its timeout."""

    code = "timeout"
    default_hint = "Raise timeout_s of the node, or look at what it waited for."


class Interrupted(NodeError):
    """The process ended, or a fork was taken, while the node was working."""

    code = "interrupted"


class RequestRejected(NodeError):
    """A server rejected a request, and would reject it again."""

    code = "request_rejected"
    retryable = False
    default_hint = "Read the answer: it says what the server wants. Set fail_on_status to false to handle it yourself."


class ModelError(NodeError):
    """The model could not answer."""

    code = "model_error"


class RateLimited(ModelError):
    """The model provider refuses more requests for now."""

    code = "rate_limited"
    default_hint = "Wait, lower limits.max_parallel, or ask the provider for a higher limit."


class ContextTooLong(ModelError):
    """The prompt is longer than the model's context."""

    code = "context_too_long"
    retryable = False
    default_hint = "Shorten the prompt or the inputs, or choose a model with a longer context."


class ModelRefused(ModelError):
    """The provider refused the request."""

    code = "model_refused"
    retryable = False


class ModelUnavailable(ModelError):
    """The model cannot be reached or is not configured."""

    code = "model_unavailable"


class ToolError(NodeError):
    """A tool could not do what it was asked; the message is told to the model."""

    code = "tool_error"


class FileRefused(ToolError):
    """There is no such file that may be read or written."""

    code = "file_refused"
    retryable = False
    default_hint = "Name a file of the workspace by its path from there, for example report/summary.txt."


class EgressRefused(ToolError):
    """This address may not be reached."""

    code = "egress_refused"
    retryable = False
    default_hint = "Use the http:// or https:// address of a public server, on its usual port."


class EgressFailed(ToolError):
    """A server could not be reached, or what it answered could not be read."""

    code = "egress_failed"
    default_hint = "Try again later, or another address."


class CallDenied(ToolError):
    """A person did not agree to the call of a tool."""

    code = "denied"
    retryable = False


class StepLimit(NodeError):
    """An agent used up its model calls without coming to an answer."""

    code = "max_steps"
    retryable = False
    default_hint = "Raise max_steps, or give the agent a smaller task or better tools."


class AgentStuck(NodeError):
    """An agent asked several times in a row for what its tools cannot do."""

    code = "agent_stuck"
    retryable = False
    default_hint = "Read the tool steps of the node: they show what the model asked for and what it was told."


class OutputInvalid(NodeError):
    """An agent did not answer in the shape that it was asked for."""

    code = "output_invalid"
    retryable = False
    default_hint = "Make the output schema simpler, or take a model that follows it better."


class BudgetExceeded(NodeError):
    """The next call would spend more than the budget allows."""

    code = "budget_exceeded"
    retryable = False


class SandboxError(NodeError):
    """Sandboxed code did not come to a result."""

    code = "sandbox_error"
    retryable = False


class SandboxTimeout(SandboxError):
    """Sandboxed code took too long."""

    code = "sandbox_timeout"


class SandboxMemory(SandboxError):
    """Sandboxed code used too much memory."""

    code = "sandbox_memory"


class SandboxUnavailable(SandboxError):
    """No sandbox works on this machine."""

    code = "sandbox_unavailable"


class ConfigurationError(PointworkError):
    """A setting is missing or wrong."""

    code = "configuration"
    status = 503


class EmbedderError(PointworkError):
    """Text could not be turned into vectors.

    `done` are the vectors that there already were, of the first texts; `refused`: the text after them is why, and
    others may pass.
    """

    code = "embedder"
    status = 503
    default_hint = "Nothing is lost: what was written is found as soon as its vectors can be made."

    def __init__(
        self, message: str = "", *, hint: str = "", done: tuple[bytes, ...] = (), refused: bool = False
    ) -> None:
        self.done = done
        self.refused = refused
        super().__init__(message, hint=hint)


class IndexBroken(PointworkError):
    """The index of memories cannot be used."""

    code = "memory_index"
    status = 503
    default_hint = "Nothing is lost: memories are found without it, and it is built anew from them."


class JournalError(PointworkError):
    """The journal cannot store; nothing goes on unsaved."""

    code = "journal"
    status = 503
    default_hint = "Check disk space and permissions of the data folder, then restart; runs resume by themselves."
