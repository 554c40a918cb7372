"""The database under its old name."""

from pathlib import Path

from pointwork.db import migrate
from pointwork.settings import Settings

__all__ = ["init_db"]


def init_db() -> Path:
    """Create the database that the environment names, or bring it up to date; returns its path."""
    path = Settings.from_environment().database
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    migrate(path)
    return path
