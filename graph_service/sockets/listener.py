"""This process's one ear at Redis: a single connection for every channel that somebody here follows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import redis.asyncio
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from omnisonic.platform.logging import get_logger

LOST = (RedisError, OSError)

log = get_logger(__name__)


class Listener:
    """Follows channels; reconnects by itself, as long as it takes.

    `on_subscribed` is called whenever a channel begins to be heard: the first time, and after every
    reconnection, when messages may have been missed.
    """

    def __init__(
        self,
        client: redis.asyncio.Redis,
        *,
        reconnect_s: float,
        on_message: Callable[[str, str], None],
        on_subscribed: Callable[[str], None],
    ) -> None:
        self._client = client
        self._reconnect_s = reconnect_s
        self._on_message = on_message
        self._on_subscribed = on_subscribed
        self._wanted: set[str] = set()
        self._told: set[str] = set()
        self._changed = asyncio.Event()
        self._pubsub: PubSub | None = None

    @property
    def is_connected(self) -> bool:
        """Whether Redis is being listened to."""
        return self._pubsub is not None

    def follow(self, channel: str) -> None:
        """Listen to a channel from soon on."""
        self._wanted.add(channel)
        self._changed.set()

    def unfollow(self, channel: str) -> None:
        """Stop listening to a channel soon."""
        self._wanted.discard(channel)
        self._changed.set()

    async def listen(self, *always: str) -> None:
        """Receive until canceled; `always` are channels that are followed all the time (at least one)."""
        self._wanted.update(always)
        while True:
            try:
                await self._listen_once(always)
            except LOST as error:
                log.warning("redis_lost", reason=str(error))
            finally:
                self._pubsub = None
            await asyncio.sleep(self._reconnect_s)

    async def _listen_once(self, always: tuple[str, ...]) -> None:
        async with self._client.pubsub() as pubsub:
            await pubsub.connect()
            # A silent reconnection inside the library would hide that messages were missed.
            pubsub.connection.retry = Retry(NoBackoff(), 0)
            self._told = set(self._wanted)
            await pubsub.subscribe(*(self._told | set(always)))
            self._pubsub = pubsub
            telling = asyncio.create_task(self._tell(pubsub))
            try:
                async for message in pubsub.listen():
                    if message["type"] == "subscribe":
                        self._on_subscribed(message["channel"])
                    elif message["type"] == "message":
                        self._on_message(message["channel"], message["data"])
            finally:
                telling.cancel()

    async def _tell(self, pubsub: PubSub) -> None:
        """Let Redis know what is wanted; many wishes of one moment become one command."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            added, dropped = self._wanted - self._told, self._told - self._wanted
            self._told = set(self._wanted)
            try:
                if dropped:
                    await pubsub.unsubscribe(*dropped)
                if added:
                    await pubsub.subscribe(*added)
            except LOST as error:
                log.warning("redis_lost", reason=str(error))  # the receiving side notices and reconnects
                return
