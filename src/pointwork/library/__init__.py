"""What people keep: workflows with their versions, secrets, providers, answers to requests
that may be sent twice, and what was spent today.

Everything here is synchronous and may be called from any thread, several at once. Reading takes some ten
microseconds and waits for nobody; writing waits for the disk and for other writers, so servers do it in a thread.
"""

from pointwork.library.idempotency import Answer, Idempotency
from pointwork.library.ledger import Ledger
from pointwork.library.providers import ProviderKind, ProviderStore, StoredProvider, check_provider_name
from pointwork.library.secret_key import SecretKeys
from pointwork.library.secrets import SecretInfo, SecretStore, check_secret_name
from pointwork.library.workflows import StaleVersion, StoredWorkflow, WorkflowLibrary, WorkflowSummary

__all__ = [
    "Answer",
    "Idempotency",
    "Ledger",
    "ProviderKind",
    "ProviderStore",
    "SecretInfo",
    "SecretKeys",
    "SecretStore",
    "StaleVersion",
    "StoredProvider",
    "StoredWorkflow",
    "WorkflowLibrary",
    "WorkflowSummary",
    "check_provider_name",
    "check_secret_name",
]
