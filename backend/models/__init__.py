"""Documents and states under their old names."""

from backend.models.schemas import *  # noqa: F403
from backend.models.schemas import __all__  # noqa: F401
