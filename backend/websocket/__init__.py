"""Live streams under their old name."""

from backend.websocket.manager import ConnectionManager, manager

__all__ = ["ConnectionManager", "manager"]
