"""Hiding secrets by their value: what this process knows to be secret appears in nothing that it writes.

Read `redactor` first (what is hidden, and how it is found), then `sieve` (text that comes in pieces), `spellings`
(what a value looks like when it was encoded) and `logs` (the one sink that belongs to the whole process).
"""

from pointwork.redaction.known import MIN_CHARS
from pointwork.redaction.logs import all_known, everywhere
from pointwork.redaction.redactor import Redactor
from pointwork.redaction.sieve import Sieve

__all__ = ["MIN_CHARS", "Redactor", "Sieve", "all_known", "everywhere"]
