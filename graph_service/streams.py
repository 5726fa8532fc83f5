"""Subscriptions that replay: rows of the log in their order, from a place on, each exactly once.

Who subscribes catches up alone, reading from the database as fast as the client takes the rows, and then
joins the others who ask the same: they share one read and one serialized answer. An event only says that
there may be more, so events may be lost, doubled or late. A reader that falls behind leaves its group and
catches up alone again; nothing is skipped.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlmodel import Session

from graph_service.context import OpenSession, primary_session
from graph_service.operations import Operations, Prepared
from graph_service.reads import Database
from graph_service.results import result_text
from omnisonic.platform.actor import Actor
from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.logging import get_logger

ROWS_AT_ONCE = 100
RETRY_S = 1.0

Key = tuple[str, ...]

log = get_logger(__name__)


@dataclass(frozen=True)
class Part:
    """Rows with their places, in order, and where to read on."""

    rows: Sequence[tuple[int, Any]]
    next_place: int


@dataclass(frozen=True)
class StreamWatch:
    """What a replaying subscription follows.

    `read(session, place, limit)` gives the rows at `place` or after it. `start` is the first place wanted.
    Callers of one `audience` see the same rows, looking the same.
    """

    channel: str
    start: int
    read: Callable[[Session, int, int], Part]
    audience: str


class Subscriber(Protocol):
    """Who gets rows."""

    @property
    def has_room(self) -> bool:
        """Whether the next result can be taken now."""

    async def room(self) -> None:
        """Wait until it can."""

    def deliver(self, payload_json: str) -> None:
        """Take one result, without waiting."""


class Channels(Protocol):
    """Who tells of events."""

    def follow(self, channel: str) -> None:
        """Listen to a channel."""

    def unfollow(self, channel: str) -> None:
        """Stop listening."""


@dataclass(eq=False)
class Member:
    """One subscriber and the first place it has not had."""

    watch: StreamWatch
    prepared: Prepared
    actor: Actor | None
    subscriber: Subscriber
    place: int
    is_gone: bool = False
    task: asyncio.Task[None] | None = None  # while it catches up alone

    @property
    def key(self) -> Key:
        """Members with the same key get the same answers."""
        variables = json.dumps(self.prepared.variables, sort_keys=True, default=str)
        name = self.prepared.operation_name or ""
        return self.watch.channel, self.watch.audience, self.prepared.document.digest, name, variables


@dataclass(eq=False)
class Group:
    """Members that are up to date."""

    first: Member  # asks for all of them
    place: int
    members: dict[Member, None] = field(default_factory=dict)
    is_awake: bool = False
    is_busy: bool = False


class Streams:
    """Every running stream of this process."""

    def __init__(
        self,
        operations: Operations,
        database: Database,
        channels: Channels,
        *,
        open_session: OpenSession = primary_session,
    ) -> None:
        self._operations = operations
        self._database = database
        self._channels = channels
        self._open_session = open_session
        self._groups: dict[Key, Group] = {}
        self._followers: dict[str, set[Member]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def add(
        self, watch: StreamWatch, prepared: Prepared, actor: Actor | None, subscriber: Subscriber
    ) -> Callable[[], None]:
        """Deliver from `watch.start` on; returns how to stop."""
        member = Member(watch, prepared, actor, subscriber, watch.start)
        if watch.channel not in self._followers:
            self._followers[watch.channel] = set()
            self._channels.follow(watch.channel)
        self._followers[watch.channel].add(member)
        member.task = self._spawn(self._catch_up(member))
        return lambda: self._remove(member)

    def wake(self, channel: str) -> None:
        """There may be more rows of a channel."""
        for key, group in self._groups.items():
            if key[0] == channel:
                self._wake(group)

    def cancel(self) -> None:
        """Stop everything (the process ends)."""
        for task in self._tasks:
            task.cancel()

    async def _catch_up(self, member: Member) -> None:
        while not member.is_gone:
            part = await self._read(member.watch, member.place)
            for place, row in part.rows:
                await member.subscriber.room()
                text = await self._text(member, row)
                if member.is_gone:
                    return
                member.subscriber.deliver(text)
                member.place = place + 1
            member.place = max(member.place, part.next_place)
            if len(part.rows) < ROWS_AT_ONCE and self._join(member):
                return

    def _join(self, member: Member) -> bool:
        """Take a member into its group, unless the group is ahead of it."""
        if member.is_gone:
            return True
        group = self._groups.get(member.key)
        if group is None:
            group = self._groups[member.key] = Group(member, member.place)
            self._wake(group)  # what was announced while there was no group yet
        if member.place < group.place:
            return False
        group.members[member] = None
        member.task = None
        return True

    def _wake(self, group: Group) -> None:
        group.is_awake = True
        if not group.is_busy:
            group.is_busy = True
            self._spawn(self._serve(group))

    async def _serve(self, group: Group) -> None:
        try:
            while group.is_awake and group.members:
                group.is_awake = False
                while group.members and await self._serve_part(group):
                    pass
        finally:
            group.is_busy = False

    async def _serve_part(self, group: Group) -> bool:
        """Deliver the next rows; whether there may be more at once."""
        part = await self._read(group.first.watch, group.place)
        for place, row in part.rows:
            text = await self._text(group.first, row)
            for member in list(group.members):
                self._offer(group, member, place, text)
            group.place = place + 1
        group.place = max(group.place, part.next_place)
        return len(part.rows) == ROWS_AT_ONCE

    def _offer(self, group: Group, member: Member, place: int, text: str) -> None:
        if member.place > place:
            return  # it came from further ahead
        if member.subscriber.has_room:
            member.place = place + 1
            member.subscriber.deliver(text)
            return
        member.place = place
        del group.members[member]
        member.task = self._spawn(self._catch_up(member))

    async def _read(self, watch: StreamWatch, place: int) -> Part:
        def read() -> Part:
            with self._open_session() as session:
                return watch.read(session, place, ROWS_AT_ONCE)

        while True:
            try:
                async with self._database.turns:
                    return await self._database.run(read)
            except OmnisonicError as error:
                log.warning("stream_waits", channel=watch.channel, reason=str(error))
                await asyncio.sleep(RETRY_S)

    async def _text(self, member: Member, row: Any) -> str:
        return await result_text(self._operations, member.prepared, member.actor, row)

    def _remove(self, member: Member) -> None:
        member.is_gone = True
        if member.task is not None and member.task is not asyncio.current_task():
            member.task.cancel()
        group = self._groups.get(member.key)
        if group is not None:
            group.members.pop(member, None)
            if not group.members:
                del self._groups[member.key]
        channel = member.watch.channel
        followers = self._followers.get(channel, set())
        followers.discard(member)
        if not followers and self._followers.pop(channel, None) is not None:
            self._channels.unfollow(channel)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
