"""One room in this process: its connections, its place in the stream, its frames in motion."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from omnisonic.platform.events import Position, encode_frame, room_channel
from omnisonic.studio.rooms.connection import Connection
from omnisonic.studio.rooms.frames import join_batch
from omnisonic.studio.rooms.queueing import OutFrame
from omnisonic.studio.rooms.schemas import PresenceMember
from omnisonic.studio.sessions.models import MemberRole

Key = tuple[str, ...]
Motions = dict[
    Key, tuple[str | None, str]
]  # by what moves: the sending connection here, if any, and the frame


class Room:
    """Everything here happens on the event loop between two awaits, so no step sees half of another."""

    def __init__(
        self, session_id: UUID, *, gateway_id: str, tick_s: float, send: Callable[[str, str], None]
    ) -> None:
        self.session_id = session_id
        self.id = str(session_id)
        self.channel = room_channel(session_id)
        self.connections: dict[str, Connection] = {}
        self.users = 0
        self.ready = asyncio.Event()
        self.position = Position("", 0)
        self.roster: dict[str, str] = {}
        self.roster_version = 0
        self.entries_lock = asyncio.Lock()  # a beat must not bring back who is just leaving
        self._gateway_id = gateway_id
        self._tick_s = tick_s
        self._send = send
        self._loop = asyncio.get_running_loop()
        self._flushed_s = float("-inf")
        self._flush_timer: asyncio.TimerHandle | None = None
        self._moving: Motions = {}
        self._just_sent: set[Key] = set()

    @property
    def is_idle(self) -> bool:
        """Whether nobody here is in the room, on the way into it or on the way out."""
        return self.users == 0

    def count_connections(self, member_id: str) -> int:
        """How many sockets this member has here."""
        return sum(one.identity.member_id == member_id for one in self.connections.values())

    def deliver(
        self,
        frame: OutFrame,
        *,
        presence: bool = False,
        besides: str | None = None,
        to_member: str | None = None,
    ) -> None:
        """Hand a frame to everyone: guests only get presence, `besides` names a connection that does not."""
        for connection in self.connections.values():
            if connection.id == besides or (connection.identity.is_guest and not presence):
                continue
            if to_member is not None and connection.identity.member_id == to_member:
                continue
            connection.offer(frame)

    def change_role(self, member_id: str, role: MemberRole) -> None:
        """Let a new role count from now on."""
        for connection in self.connections.values():
            if connection.identity.member_id == member_id:
                connection.identity = replace(connection.identity, role=role)

    # presence

    def arrive(self, member_id: str, display_name: str, text: str | None = None) -> None:
        """Note that someone came and tell the others, once."""
        self.roster_version += 1
        if member_id in self.roster:
            return
        self.roster[member_id] = display_name
        self._tell_presence("presence.join", member_id, display_name, text)

    def depart(self, member_id: str, display_name: str, text: str | None = None) -> None:
        """Note that someone went and tell the others, once."""
        self.roster_version += 1
        if self.roster.pop(member_id, None) is not None:
            self._tell_presence("presence.leave", member_id, display_name, text)

    def reconcile(self, members: list[PresenceMember]) -> None:
        """Make the roster what Redis says and tell the differences: no lost message leaves a ghost."""
        present = {member.member_id: member.display_name for member in members}
        for member_id in self.roster.keys() - present.keys():
            self.depart(member_id, self.roster[member_id])
        for member_id in present.keys() - self.roster.keys():
            self.arrive(member_id, present[member_id])

    def snapshot(self, members: list[PresenceMember]) -> OutFrame:
        """The room as a newcomer needs it."""
        rows = [member.model_dump(mode="json") for member in members]
        data: dict[str, Any] = {"members": rows, "seq": self.position.seq}
        return OutFrame(encode_frame(self.position.epoch, "room.snapshot", data).encode())

    def _tell_presence(self, kind: str, member_id: str, display_name: str, text: str | None) -> None:
        data = {"memberId": member_id, "displayName": display_name}
        text = text or encode_frame(self.position.epoch, kind, data, actor=member_id)
        self.deliver(OutFrame(text.encode()), presence=True, to_member=member_id)

    # ephemeral frames

    def relay(self, text: str, *, sender: Connection, echo: bool) -> None:
        """Pass one frame on to everyone, here and behind other gateways."""
        self.deliver(OutFrame(text.encode(), droppable=True), besides=None if echo else sender.id)
        self._announce([(None, text)])

    def move(self, key: Key, text: str, *, sender: Connection | None) -> None:
        """Keep the last value under `key` and send it with one of the room's next two ticks."""
        self._moving[(sender.id if sender else "", *key)] = (sender.id if sender else None, text)
        self._flush_soon()

    def accept_batch(self, data: dict[str, Any]) -> None:
        """Take over what another gateway's clients sent; our own batches are left out before."""
        for key, text in data["items"]:
            if key is None:
                self.deliver(OutFrame(text.encode(), droppable=True))
            else:
                self.move(tuple(key), text, sender=None)

    def _flush_soon(self) -> None:
        if self._flush_timer is None and self._moving:
            wait_s = max(0.0, self._flushed_s + self._tick_s - self._loop.time())
            self._flush_timer = self._loop.call_later(wait_s, self._flush)

    def _take_due(self) -> Motions:
        """What may leave now: ticks are short for the delay's sake, but the same motion skips one."""
        now_s = self._loop.time()
        if now_s - self._flushed_s >= 2 * self._tick_s:
            self._just_sent = set()
        due = {key: moved for key, moved in self._moving.items() if key not in self._just_sent}
        self._moving = {key: moved for key, moved in self._moving.items() if key in self._just_sent}
        self._just_sent = set(due)
        self._flushed_s = now_s
        return due

    def _flush(self) -> None:
        self._flush_timer = None
        moving = self._take_due()
        self._flush_soon()
        if not moving:
            return
        own = [(list(key), text) for key, (sender, text) in moving.items() if sender is not None]
        if own:
            self._announce(own)
        everything = OutFrame(join_batch(self.position.epoch, [text for _, text in moving.values()]), True)
        senders = {sender for sender, _ in moving.values()}
        for connection in list(self.connections.values()):
            if connection.identity.is_guest:
                continue
            if connection.id not in senders:
                connection.offer(everything)
                continue
            others = [text for sender, text in moving.values() if sender != connection.id]
            if others:
                connection.offer(OutFrame(join_batch(self.position.epoch, others), True))

    def _announce(self, items: Sequence[tuple[list[str] | None, str]]) -> None:
        data = {"gateway": self._gateway_id, "items": items}
        self._send(self.channel, encode_frame(self.position.epoch, "gateway.batch", data))


def read_frame(text: str) -> dict[str, Any]:
    """A frame from Redis."""
    frame: dict[str, Any] = json.loads(text)
    return frame
