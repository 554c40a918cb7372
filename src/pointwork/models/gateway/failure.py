"""What went wrong at a provider, in our words: which error it is, what the provider said, what to do next.

Rule of this file: each message names the address and the model, none shows a key.
"""

from __future__ import annotations

import json
import traceback
from typing import Any, NoReturn, cast

from pydantic_ai import exceptions as failures

from pointwork.errors import ContextTooLong, ModelError, ModelRefused, ModelUnavailable, RateLimited
from pointwork.models.endpoint import Endpoint

__all__ = ["FAILURES", "GARBAGE", "Failure"]

MAX_REASON = 500  # characters of a provider's own words in our messages
# What the SDK, its decoder or the library's reading of chunks raise when a body is not what it should be.
GARBAGE = (
    failures.UnexpectedModelBehavior,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
# What the library raises before it sends anything, because a model cannot do what is asked of it.
IMPOSSIBLE = (failures.UserError, NotImplementedError)
FAILURES = (failures.ModelAPIError, *IMPOSSIBLE, *GARBAGE)


class Failure:
    """Tells what went wrong at one endpoint."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint

    def fail(self, error: BaseException, model: str, *, started: bool) -> NoReturn:
        """Raise our error for one of FAILURES; its cause is kept unless a provider put the key into its answer.

        `started`: whether a part of the answer had come.
        """
        told = self._told(error, model, started=started)
        key = self.endpoint.api_key
        if key is None or key not in f"{told.message}{''.join(traceback.format_exception(error))}":
            raise told from error
        told.message = told.message.replace(key, "***")
        told.args = (told.message,)
        raise told from None

    def _told(self, error: BaseException, model: str, *, started: bool) -> ModelError:
        if isinstance(error, failures.ModelAPIError):
            return self._translate(error, model, started=started)
        if isinstance(error, IMPOSSIBLE):
            return ModelRefused(
                f"{model!r} at {self.endpoint.base_url} cannot be asked this: {_words(str(error))}",
                hint="Change the settings of the agent, its files or its tools, or choose another model.",
            )
        return self._garbage(error, model)

    def _garbage(self, error: BaseException, model: str) -> ModelError:
        return ModelError(
            f"What {self.endpoint.base_url} sent for {model!r} is not a chat completion: {_words(str(error))}",
            hint=f"Check that {self.endpoint.url_name} is the URL of an OpenAI-compatible API; most end in /v1.",
        )

    def _translate(self, error: failures.ModelAPIError, model: str, *, started: bool) -> ModelError:
        where = self.endpoint.base_url
        status = getattr(error, "status_code", None)
        said = _said(error)
        match error:
            case failures.ModelRequestTimeout():
                return self._timed_out(error, model)
            case failures.ModelConnectionError():
                return self._unreachable(error, model, started=started)
            case failures.ModelAuthenticationError():
                return self._not_allowed(said, status)
            case failures.ModelNotFoundError():
                hint = f"Check the name of the model, and {self.endpoint.url_name}: most URLs end in /v1."
                return ModelRefused(f"{where} does not know the model {model!r} ({status}): {said}", hint=hint)
            case failures.ModelContextWindowExceededError():
                return ContextTooLong(f"The prompt is too long for {model!r}: {said}")
            case failures.ModelQuotaExceededError():
                hint = "Add credit to the account or use another model; waiting does not help."
                return ModelRefused(f"The account at {where} has no quota left: {said}", hint=hint)
            case failures.ModelRateLimitError():
                wait = f"; it asks to wait {error.retry_after:g} s" if error.retry_after is not None else ""
                return RateLimited(f"{where} takes no more requests for {model!r} for now{wait}: {said}")
            case failures.ModelRequestRejectedError():
                hint = "Its message says what it does not accept: a setting, a tool, or the model."
                return ModelRefused(f"{where} refused the request for {model!r} ({status}): {said}", hint=hint)
            case failures.ModelHTTPError() if status is not None and 300 <= status < 400:
                hint = f"Set {self.endpoint.url_name} to the address that it leads to. Redirects are not followed."
                return ModelRefused(f"{where} answered {status} for {model!r}: it leads elsewhere.", hint=hint)
            case failures.ModelHTTPError():
                hint = "The fault is at the provider. Try again, or give the node retries or an error edge."
                return ModelError(f"{where} answered {status} for {model!r}: {said}", hint=hint)
        if started:
            hint = "Try again; when it happens often, look at the provider's status and limits."
            return ModelError(f"The answer of {model!r} from {where} stopped in the middle: {said}", hint=hint)
        return self._garbage(error, model)

    def _timed_out(self, error: failures.ModelRequestTimeout, model: str) -> ModelError:
        what = "sent nothing" if error.setting == "first_event_timeout" else "did not finish its answer"
        return ModelError(
            f"{model!r} at {self.endpoint.base_url} {what} for {error.timeout:g} s.",
            hint="Try again. A local model that reads a long prompt needs more patience: raise "
            "POINTWORK_MODEL_SILENCE, or silence_s and total_s of the provider.",
        )

    def _unreachable(self, error: failures.ModelConnectionError, model: str, *, started: bool) -> ModelError:
        where, said = self.endpoint.base_url, _said(error)
        if started or error.phase in ("read", "write"):
            quiet = isinstance(error, failures.ModelTimeoutError)
            what = f"nothing more came for {self.endpoint.silence_s:g} s" if quiet else said
            return ModelError(
                f"The connection to {where} broke while {model!r} answered: {what}",
                hint="Try again; when it happens often, look at the server or the network between.",
            )
        if self.endpoint.is_openai:
            hint = (
                f"Check the internet connection, or set {self.endpoint.url_name} to a model server that can be reached."
            )
        else:
            hint = f"Start the model server, or correct {self.endpoint.url_name}."
        return ModelUnavailable(f"No model server can be reached at {where}: {said}", hint=hint)

    def _not_allowed(self, said: str, status: int | None) -> ModelRefused:
        where = self.endpoint.base_url
        if self.endpoint.api_key is None:
            return ModelRefused(
                f"{where} wants a key ({status}): {said}", hint=f"Set {self.endpoint.key_name} and start again."
            )
        return ModelRefused(
            f"{where} does not accept the key in {self.endpoint.key_name} ({status}): {said}",
            hint=f"Put a valid key into {self.endpoint.key_name}, with access to this model, and start again.",
        )


def _said(error: failures.ModelAPIError) -> str:
    """The provider's own words, from the usual places of an error body, else the library's."""
    body: Any = error.body
    if isinstance(body, dict):
        inner = cast("dict[str, Any]", body)
        inner = inner.get("error", inner)
        body = inner.get("message", inner) if isinstance(inner, dict) else inner
    if body is None:
        cause = error.__cause__
        under = getattr(cause, "__cause__", None)
        body = f"{error.message} {under}" if under is not None and str(under) else error.message
    return _words(body if isinstance(body, str) else json.dumps(body, default=str))


def _words(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MAX_REASON else f"{text[:MAX_REASON]} …"
