"""What each client frame does. The socket never writes durable state."""

from __future__ import annotations

import time
from dataclasses import dataclass

import redis.asyncio

from omnisonic.platform.events import encode_frame, replay
from omnisonic.studio.rooms import frames
from omnisonic.studio.rooms.connection import Connection
from omnisonic.studio.rooms.frames import BadFrame, encode_or_refuse
from omnisonic.studio.rooms.hub import Hub
from omnisonic.studio.rooms.limits import CURSOR_MAX_BYTES, RESUME_COST, CloseCode
from omnisonic.studio.rooms.queueing import OutFrame
from omnisonic.studio.rooms.room import Room


@dataclass(frozen=True)
class Conversation:
    """One client's side of a room."""

    hub: Hub
    client: redis.asyncio.Redis
    room: Room
    connection: Connection

    async def handle(self, message: str | bytes) -> None:
        """Act on one message; an unreadable one ends the connection."""
        try:
            await self._act(frames.parse_client_frame(message))
        except BadFrame as error:
            self.connection.end(CloseCode.BAD_FRAME, str(error)[:100])

    async def _act(self, frame: frames.ClientFrame) -> None:
        if isinstance(frame, frames.Ping):
            self._reply("pong", {"t": frame.t})
        elif self.connection.identity.is_guest:
            self._forbid("Guests see who is in the room; sign in to take part.")
        elif isinstance(frame, frames.Resume):
            await self._resume(frame)
        elif isinstance(frame, frames.Cursor):
            self._point(frame)
        elif not self.connection.identity.may_steer:
            self._forbid("Viewers listen and point. Ask the owner to make you an editor.")
        elif isinstance(frame, frames.Relay):
            text = self._encode("relay", {"payload": frame.payload})
            self.room.relay(text, sender=self.connection, echo=frame.echo)
        elif isinstance(frame, frames.Transport):
            self._transport(frame)
        else:
            text = self._encode("mix.preview", frames.content_of(frame))
            self.room.move(("mix.preview", frame.track_id), text, sender=self.connection)

    def _point(self, frame: frames.Cursor) -> None:
        text = self._encode("cursor", frames.content_of(frame))
        if len(text.encode()) > CURSOR_MAX_BYTES:
            raise BadFrame(f"a cursor takes {CURSOR_MAX_BYTES} bytes at most")
        self.room.move(("cursor",), text, sender=self.connection)

    def _transport(self, frame: frames.Transport) -> None:
        data = frames.content_of(frame) | {
            "serverTimeMs": time.time_ns() // 1_000_000,
            "leader": self.connection.identity.member_id,
        }
        self.room.move(("transport",), self._encode("transport", data), sender=self.connection)

    async def _resume(self, frame: frames.Resume) -> None:
        if not self.connection.meter.take(self.connection.heard_s, cost=RESUME_COST - 1):
            self.connection.end(CloseCode.TOO_FAST, "too many replays")
            return
        self.connection.hold()
        answer = await replay(self.client, self.room.channel, frame.epoch, frame.seq)
        if answer.frames is None or answer.position.epoch != self.room.position.epoch:
            await self.hub.offer_snapshot(self.room, self.connection)
            return
        # What Redis has and this process has not yet delivered comes by itself, in its turn; what came
        # after the replay was read is among the held frames.
        last_seq = min(self.room.position.seq, frame.seq + len(answer.frames))
        for seq, text in enumerate(answer.frames, start=frame.seq + 1):
            if seq <= last_seq:
                await self.connection.offer_when_drained(OutFrame(text.encode(), seq=seq))
        self.connection.release(after_seq=last_seq)

    def _reply(self, kind: str, data: dict[str, float | int | str | None]) -> None:
        text = encode_or_refuse(self.room.position.epoch, kind, data, actor=None)
        self.connection.offer(OutFrame(text.encode(), droppable=True))

    def _forbid(self, detail: str) -> None:
        frame = encode_frame(self.room.position.epoch, "error", {"slug": "forbidden", "detail": detail})
        self.connection.offer(OutFrame(frame.encode(), droppable=True))

    def _encode(self, kind: str, data: dict[str, object]) -> str:
        actor = self.connection.identity.member_id
        return encode_or_refuse(self.room.position.epoch, kind, data, actor=actor)
