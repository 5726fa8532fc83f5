"""The rooms of this process between Redis and the sockets: presence, order, membership."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

import redis.asyncio
from sqlalchemy.exc import SQLAlchemyError

from omnisonic.platform.errors import ServiceUnavailable
from omnisonic.platform.events import Position, publish_ephemeral_async, read_position, replay
from omnisonic.platform.ids import new_id
from omnisonic.platform.logging import get_logger
from omnisonic.studio.rooms.admission import read_ended_sign_ins, read_roles
from omnisonic.studio.rooms.bus import LOST, Bus
from omnisonic.studio.rooms.connection import Connection
from omnisonic.studio.rooms.frames import batch_author
from omnisonic.studio.rooms.limits import CONNECTIONS_PER_MEMBER, CloseCode, Pace
from omnisonic.studio.rooms.presence import Departure, Entry, Roster
from omnisonic.studio.rooms.queueing import OutFrame
from omnisonic.studio.rooms.room import Room, read_frame
from omnisonic.studio.rooms.schemas import PresenceMember
from omnisonic.studio.sessions.models import MemberRole

UNREACHABLE = (*LOST, ServiceUnavailable, SQLAlchemyError)
ROSTER_TRIES = 5
RECHECK_ROOMS = 200

log = get_logger(__name__)


class Hub:
    """Owns the rooms. Messages of Redis are handled one after the other, in the bus's task."""

    def __init__(self, client: redis.asyncio.Redis, *, pace: Pace) -> None:
        self.id = new_id().hex
        self.pace = pace
        self.roster = Roster(client)
        self.bus = Bus(
            client,
            pace=pace,
            on_message=self._on_message,
            on_subscribed=self._on_subscribed,
            on_sign_in_ended=self._on_sign_in_ended,
        )
        self._client = client
        self._rooms: dict[str, Room] = {}
        self._errands: set[asyncio.Task[None]] = set()

    @property
    def rooms(self) -> list[Room]:
        """The rooms somebody here is in."""
        return list(self._rooms.values())

    # coming and going

    @asynccontextmanager
    async def open_room(self, session_id: UUID) -> AsyncIterator[Room]:
        """The room, listening to its channel, for as long as the block lasts."""
        found = self._rooms.get(str(session_id))
        if found is None:
            found = Room(session_id, gateway_id=self.id, tick_s=self.pace.tick_s, send=self.bus.send)
            self._rooms[found.id] = found
        found.users += 1
        try:
            async with asyncio.timeout(self.pace.open_s):
                await self.bus.subscribe(found.channel)
                await found.ready.wait()
            yield found  # outside of the timeout: people stay for hours
        finally:
            found.users -= 1

    async def enter(self, room: Room, connection: Connection) -> None:
        """Put the connection on the roster, give it the snapshot and tell the others."""
        if room.count_connections(connection.identity.member_id) >= CONNECTIONS_PER_MEMBER:
            connection.end(CloseCode.TOO_FAST, f"more than {CONNECTIONS_PER_MEMBER} connections")
            return
        arrived = await self.roster.beat(room.id, [_entry(connection)])
        members = await self._settle(room)
        room.connections[connection.id] = connection
        connection.offer(room.snapshot(members))
        await self._announce_arrivals(room, arrived, [connection])

    async def leave(self, room: Room, connection: Connection, *, grace_s: float) -> None:
        """Take the connection out; its member stays for the grace, in case they come back."""
        room.connections.pop(connection.id, None)
        pair = (connection.identity.member_id, connection.id)
        async with room.entries_lock:
            gone = await self.roster.leave(room.id, [pair], grace_s=grace_s)
        await self._announce_departures(room, gone)
        if grace_s and not gone:
            self._run_errand(self._sweep_later(room, grace_s))

    async def offer_snapshot(self, room: Room, connection: Connection) -> None:
        """Start a client anew: who is here, and from where on it has everything."""
        members = await self._settle(room)
        connection.release(after_seq=room.position.seq)
        connection.offer(room.snapshot(members))

    # what has to be done again and again

    async def beat(self) -> None:
        """Prolong our entries, heal rosters that missed a message, close rooms that nobody is in."""
        for room in self.rooms:
            if room.is_idle:
                del self._rooms[room.id]
                await self.bus.unsubscribe(room.channel)
            else:
                await self._beat_room(room)
                await self._settle(room)

    async def sweep(self) -> None:
        """Take out who gave no sign of life, here and at gateways that are gone."""
        for room in self.rooms:
            for connection in list(room.connections.values()):
                if connection.is_expired():
                    connection.end(CloseCode.SILENT, "no sign of life")
            await self._announce_departures(room, await self.roster.sweep(room.id))

    async def recheck(self, rooms: Iterable[Room] | None = None) -> None:
        """Close the connections of those who are no longer members; take over changed roles."""
        chosen = [room for room in (rooms if rooms is not None else self.rooms) if room.connections]
        for start in range(0, len(chosen), RECHECK_ROOMS):
            chunk = chosen[start : start + RECHECK_ROOMS]
            roles = await read_roles([room.session_id for room in chunk])
            ended = await read_ended_sign_ins(_sign_ins_of(chunk))
            for room in chunk:
                known = roles.get(room.session_id, {})
                for connection in list(room.connections.values()):
                    self._recheck_connection(connection, known, ended)

    def _recheck_connection(
        self, connection: Connection, known: dict[UUID, MemberRole], ended: set[UUID]
    ) -> None:
        identity = connection.identity
        if identity.auth_session_id in ended:
            connection.end(CloseCode.TICKET, "signed out")
        if identity.is_guest:
            if not known:
                connection.end(CloseCode.NOT_A_MEMBER, "the room was removed")
            return
        role = known.get(UUID(identity.member_id))
        if role is None:
            connection.end(CloseCode.NOT_A_MEMBER, "no longer a member")
        connection.identity = replace(identity, role=role or identity.role)

    # what Redis tells

    async def _on_sign_in_ended(self, text: str) -> None:
        ended = read_frame(text)["data"]["authSessionId"]
        for room in self.rooms:
            for connection in room.connections.values():
                if str(connection.identity.auth_session_id) == ended:
                    connection.end(CloseCode.TICKET, "signed out")

    async def _on_subscribed(self, channel: str) -> None:
        room = self._room_of(channel)
        if room is None:
            return
        if room.ready.is_set():
            await self._catch_up(room)
        else:
            room.position = await read_position(self._client, channel)
            room.ready.set()

    async def _on_message(self, channel: str, text: str) -> None:
        room = self._room_of(channel)
        if room is None or not room.ready.is_set() or batch_author(text) == self.id:
            return
        try:
            frame = read_frame(text)
            kind, data, epoch, seq = frame["type"], frame["data"], frame["epoch"], frame.get("seq")
            if kind == "gateway.batch":
                room.accept_batch(data)
            elif epoch != room.position.epoch:
                await self._catch_up(room)
            elif seq is not None:
                await self._accept_durable(room, seq, kind, data, text)
            elif kind == "presence.join":
                room.arrive(data["memberId"], data["displayName"], text)
            elif kind == "presence.leave":
                room.depart(data["memberId"], data["displayName"], text)
            else:
                room.deliver(OutFrame(text.encode(), droppable=True))
        except (ValueError, KeyError, TypeError) as error:
            log.warning("frame_ignored", channel=channel, reason=repr(error))

    async def _accept_durable(self, room: Room, seq: int, kind: str, data: dict[str, Any], text: str) -> None:
        if seq > room.position.seq + 1:
            await self._catch_up(room)
        elif seq == room.position.seq + 1:
            self._deliver_durable(room, seq, kind, data, text)

    def _deliver_durable(self, room: Room, seq: int, kind: str, data: dict[str, Any], text: str) -> None:
        room.position = Position(room.position.epoch, seq)
        if kind == "member.changed":
            room.change_role(str(data["memberId"]), MemberRole(data["role"]))
        room.deliver(OutFrame(text.encode(), seq=seq))
        if kind == "member.removed":
            self._run_errand(self._expel(room, str(data["memberId"])))
        elif kind == "session.removed":
            self._run_errand(self.recheck([room]))

    async def _catch_up(self, room: Room) -> None:
        """Fetch what was missed; when that is no longer to be had, everyone starts from a snapshot."""
        missed = await replay(self._client, room.channel, room.position.epoch, room.position.seq)
        await self._beat_room(room)
        if missed.frames is None:
            room.position = missed.position
            members = await self._settle(room)
            room.deliver(room.snapshot(members), presence=True)
            self._run_errand(self.recheck([room]))
            return
        for seq, text in enumerate(missed.frames, start=room.position.seq + 1):
            frame = read_frame(text)
            self._deliver_durable(room, seq, frame["type"], frame["data"], text)
        await self._settle(room)

    def _room_of(self, channel: str) -> Room | None:
        return self._rooms.get(channel.partition(":")[2])

    # presence

    async def _beat_room(self, room: Room) -> None:
        async with room.entries_lock:
            alive = [connection for connection in room.connections.values() if connection.life_ms() > 0]
            arrived = await self.roster.beat(room.id, [_entry(connection) for connection in alive])
        await self._announce_arrivals(room, arrived, alive)

    async def _settle(self, room: Room) -> list[PresenceMember]:
        """The roster, and the room brought into line with it unless somebody comes or goes meanwhile."""
        members: list[PresenceMember] = []
        for _ in range(ROSTER_TRIES):
            version = room.roster_version
            members = await self.roster.list_present(room.id)
            if version == room.roster_version:
                room.reconcile(members)
                break
        return members

    async def _announce_arrivals(self, room: Room, arrived: list[str], connections: list[Connection]) -> None:
        names = {one.identity.member_id: one.identity.display_name for one in connections}
        for member_id in arrived:
            data = {"memberId": member_id, "displayName": names[member_id]}
            await publish_ephemeral_async(self._client, room.channel, "presence.join", data, actor=member_id)

    async def _announce_departures(self, room: Room, gone: list[Departure]) -> None:
        for one in gone:
            data = {"memberId": one.member_id, "displayName": one.display_name}
            await publish_ephemeral_async(
                self._client, room.channel, "presence.leave", data, actor=one.member_id
            )

    async def _sweep_later(self, room: Room, grace_s: float) -> None:
        await asyncio.sleep(grace_s)
        await self._announce_departures(room, await self.roster.sweep(room.id))

    async def _expel(self, room: Room, member_id: str) -> None:
        for connection in list(room.connections.values()):
            if connection.identity.member_id == member_id:
                connection.end(CloseCode.NOT_A_MEMBER, "no longer a member")
        await self._announce_departures(room, await self.roster.evict(room.id, member_id))

    def cancel_errands(self) -> None:
        """Give up what was to be done later."""
        for task in self._errands:
            task.cancel()

    def _run_errand(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(observe(work))
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)


def _sign_ins_of(rooms: Iterable[Room]) -> set[UUID]:
    found = {one.identity.auth_session_id for room in rooms for one in room.connections.values()}
    return {sign_in for sign_in in found if sign_in is not None}


async def observe(work: Coroutine[Any, Any, None]) -> None:
    """Do something that a lost server may prevent: then it is logged, and the rosters heal by expiry."""
    try:
        await work
    except UNREACHABLE as error:
        log.warning("errand_failed", reason=str(error))


def _entry(connection: Connection) -> Entry:
    identity = connection.identity
    return Entry(identity.member_id, connection.id, identity.display_name, connection.life_ms())
