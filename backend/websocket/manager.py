"""Watching executions over sockets."""

from starlette.websockets import WebSocket

from pointwork.server.stream import live


class ConnectionManager:
    """Serves viewers. What happens in an execution reaches all of them by itself; nothing has to be broadcast."""

    async def connect(self, websocket: WebSocket, execution_id: str) -> None:
        """Serve one viewer of an execution until it leaves or everything is told."""
        await live(websocket, websocket.app.state.hub, execution_id)


manager = ConnectionManager()
