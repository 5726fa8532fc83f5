"""Rooms as the documentation of `websockets` builds them: one set of sockets each, and `broadcast`."""

from __future__ import annotations

import asyncio
import sys
from collections import defaultdict

from websockets.asyncio.server import ServerConnection, broadcast, serve

_rooms: defaultdict[str, set[ServerConnection]] = defaultdict(set)


async def _attend(socket: ServerConnection) -> None:
    request = socket.request
    assert request is not None
    room = _rooms[request.path]
    room.add(socket)
    try:
        async for message in socket:
            broadcast(room, message)
    finally:
        room.discard(socket)


async def _serve(port: int) -> None:
    async with serve(_attend, "127.0.0.1", port, compression=None) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
