"""From a change in the database to everyone who follows it.

An event carries ids only. Subscribers with the same query and variables (and, where answers depend on who
asks, the same account) share one reload and one serialized answer. After Redis was away, whatever has a
newer version by then is announced once.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from graphql.execution.collect_fields import collect_fields
from graphql.execution.subscribe import execute_subscription
from sqlmodel import Session

from graph_service.context import Context, primary_session
from graph_service.operations import Operations, Prepared
from graph_service.reads import Database
from graph_service.results import result_text
from graph_service.streams import Channels, Streams, StreamWatch, Subscriber
from omnisonic.core.graph_errors import QueryInvalid
from omnisonic.platform.actor import Actor
from omnisonic.platform.errors import NotFound, OmnisonicError
from omnisonic.platform.logging import get_logger

EVENTS_WAITING_MAX = 20  # of one group; beyond, several events become one reload
CATCH_UP_RETRY_S = 1.0

Versions = Callable[[Session, list[UUID]], Mapping[UUID, int]]

log = get_logger(__name__)


@dataclass(frozen=True)
class Watch:
    """What a subscription field follows: a channel, and how to see whether its row has changed.

    `is_alike`: every caller who may subscribe gets the same answers, so they share one reload.
    """

    channel: str
    row_id: UUID
    versions: Versions
    is_alike: bool = False


@dataclass(eq=False)
class Group:
    """Subscribers that get the very same answers."""

    prepared: Prepared
    actor: Actor | None
    members: dict[Subscriber, None] = field(default_factory=dict)
    waiting: int = 0
    is_busy: bool = False


@dataclass(eq=False)
class Topic:
    """One followed row."""

    watch: Watch
    version: int
    groups: dict[tuple[Any, ...], Group] = field(default_factory=dict)


class Subscriptions:
    """Every running subscription of this process."""

    def __init__(self, operations: Operations, database: Database, channels: Channels) -> None:
        self._operations = operations
        self._database = database
        self._channels = channels
        self._topics: dict[str, Topic] = {}
        self._unsure: dict[str, None] = {}  # topics whose events may have been missed
        self._tasks: set[asyncio.Task[None]] = set()
        self._streams = Streams(operations, database, channels)

    async def add(
        self, prepared: Prepared, actor: Actor | None, subscriber: Subscriber
    ) -> Callable[[], None]:
        """Deliver from now on; returns how to stop. Raises `OmnisonicError`, so for an unknown id."""
        watch = await self._watch(prepared, actor)
        if isinstance(watch, StreamWatch):
            return self._streams.add(watch, prepared, actor, subscriber)
        topic = self._topics.get(watch.channel)
        if topic is None:
            version = (await self._versions([watch])).get(watch.row_id)
            if version is None:
                raise NotFound
            topic = self._topics.setdefault(watch.channel, Topic(watch, version))
            self._channels.follow(watch.channel)
        key = _group_key(prepared, None if watch.is_alike else actor)
        group = topic.groups.setdefault(key, Group(prepared, actor))
        group.members[subscriber] = None
        return lambda: self._remove(topic, key, subscriber)

    def on_message(self, channel: str, text: str) -> None:
        """An event arrived."""
        self._streams.wake(channel)
        topic = self._topics.get(channel)
        if topic is None:
            return
        try:
            version = json.loads(text)["data"].get("version")
        except (ValueError, KeyError, AttributeError, TypeError):
            log.warning("event_unreadable", channel=channel)
            return
        if isinstance(version, int):
            topic.version = max(topic.version, version)
        self._announce(topic)

    def on_subscribed(self, channel: str) -> None:
        """A channel begins to be heard: look whether its row has changed meanwhile."""
        self._streams.wake(channel)
        if channel in self._topics:
            if not self._unsure:
                self._spawn(self._catch_up())
            self._unsure[channel] = None

    def cancel(self) -> None:
        """Stop all reloads (the process ends)."""
        self._streams.cancel()
        for task in self._tasks:
            task.cancel()

    async def _watch(self, prepared: Prepared, actor: Actor | None) -> Watch | StreamWatch:
        context = Context(actor, self._database, primary_session)
        execution = self._operations.execution(prepared, context)
        root = execution.schema.subscription_type
        chosen = execution.operation.selection_set
        assert root is not None  # noqa: S101
        if not collect_fields(execution.schema, execution.fragments, execution.variable_values, root, chosen):
            raise QueryInvalid("A subscription follows one field; this one leaves its field out.")
        try:
            # The library's own step from a subscription to what its field answers: a watch here.
            found: Any = await execute_subscription(execution)
        finally:
            context.close()
        assert isinstance(found, Watch | StreamWatch)  # noqa: S101
        return found

    def _announce(self, topic: Topic) -> None:
        for group in topic.groups.values():
            group.waiting = min(group.waiting + 1, EVENTS_WAITING_MAX)
            if not group.is_busy:
                group.is_busy = True
                self._spawn(self._serve(group))

    async def _serve(self, group: Group) -> None:
        try:
            while group.waiting and group.members:
                group.waiting -= 1
                text = await result_text(self._operations, group.prepared, group.actor)
                for subscriber in list(group.members):
                    subscriber.deliver(text)
        finally:
            group.is_busy = False

    async def _catch_up(self) -> None:
        await asyncio.sleep(0)  # all channels of one reconnection together
        while True:
            topics = [self._topics[channel] for channel in self._unsure if channel in self._topics]
            try:
                found = await self._versions([topic.watch for topic in topics])
                break
            except OmnisonicError as error:
                log.warning("catch_up_waits", reason=str(error), topics=len(topics))
                await asyncio.sleep(CATCH_UP_RETRY_S)
        self._unsure.clear()
        for topic in topics:
            version = found.get(topic.watch.row_id, topic.version)
            if version > topic.version:
                topic.version = version
                self._announce(topic)

    async def _versions(self, watches: list[Watch]) -> dict[UUID, int]:
        by_kind: dict[Versions, list[UUID]] = {}
        for watch in watches:
            by_kind.setdefault(watch.versions, []).append(watch.row_id)

        def read() -> dict[UUID, int]:
            found: dict[UUID, int] = {}
            with primary_session() as session:
                for versions, ids in by_kind.items():
                    found.update(versions(session, ids))
            return found

        return await self._database.run(read)

    def _remove(self, topic: Topic, key: tuple[Any, ...], subscriber: Subscriber) -> None:
        group = topic.groups.get(key)
        if group is None:
            return
        group.members.pop(subscriber, None)
        if not group.members:
            del topic.groups[key]
        if not topic.groups and self._topics.get(topic.watch.channel) is topic:
            del self._topics[topic.watch.channel]
            self._channels.unfollow(topic.watch.channel)

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _group_key(prepared: Prepared, actor: Actor | None) -> tuple[Any, ...]:
    variables = json.dumps(prepared.variables, sort_keys=True, default=str)
    who = (actor.user_id, actor.role, actor.scopes) if actor else None
    return prepared.document.digest, prepared.operation_name, variables, who
