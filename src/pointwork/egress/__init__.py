"""The way out: rules about addresses (`addresses`), dialling by them (`dialling`), the client (`client`, `bodies`),
and the same guard for libraries that speak HTTP themselves (`transport`)."""

from pointwork.egress.addresses import Origin, Target, read_allowed
from pointwork.egress.client import MAX_BODY_BYTES, Egress, EgressResponse

__all__ = ["MAX_BODY_BYTES", "Egress", "EgressResponse", "Origin", "Target", "read_allowed"]
