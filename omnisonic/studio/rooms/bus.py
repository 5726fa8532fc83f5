"""This process's ears and mouth at Redis: one subscription per active room, one ordered way out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import redis.asyncio
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from omnisonic.platform.auth.browser_sessions import SIGN_INS_CHANNEL
from omnisonic.platform.logging import get_logger
from omnisonic.studio.rooms.limits import OUTGOING_MAX_FRAMES, Pace

PIPELINE_MAX = 200
LOST = (RedisError, OSError)

log = get_logger(__name__)


class Bus:
    """Delivers messages of subscribed channels one after the other; reconnects by itself.

    `on_sign_in_ended` gets the frames that tell of browsers signed out.
    `on_subscribed` is called when a channel is listened to for the first time and again after every
    reconnection, when messages may have been missed.
    """

    def __init__(
        self,
        client: redis.asyncio.Redis,
        *,
        pace: Pace,
        on_message: Callable[[str, str], Awaitable[None]],
        on_subscribed: Callable[[str], Awaitable[None]],
        on_sign_in_ended: Callable[[str], Awaitable[None]],
    ) -> None:
        self._client = client
        self._pace = pace
        self._on_message = on_message
        self._on_subscribed = on_subscribed
        self._on_sign_in_ended = on_sign_in_ended
        self._channels: set[str] = set()
        self._pubsub: PubSub | None = None
        self._outgoing: asyncio.Queue[tuple[str, str]] = asyncio.Queue(OUTGOING_MAX_FRAMES)

    @property
    def is_connected(self) -> bool:
        """Whether Redis is being listened to."""
        return self._pubsub is not None

    async def subscribe(self, channel: str) -> None:
        """Listen to a channel; `on_subscribed` tells when it has begun."""
        if channel in self._channels:
            return
        self._channels.add(channel)
        await self._tell("subscribe", channel)

    async def unsubscribe(self, channel: str) -> None:
        """Stop listening to a channel."""
        self._channels.discard(channel)
        await self._tell("unsubscribe", channel)

    def send(self, channel: str, message: str) -> None:
        """Publish in order, without waiting; what does not fit while Redis is away is lost (ephemeral)."""
        try:
            self._outgoing.put_nowait((channel, message))
        except asyncio.QueueFull:
            log.warning("ephemeral_frame_dropped", channel=channel)

    async def listen(self) -> None:
        """Receive until canceled."""
        while True:
            try:
                await self._listen_once()
            except LOST as error:
                log.warning("redis_lost", reason=str(error))
            finally:
                self._pubsub = None
            await asyncio.sleep(self._pace.reconnect_s)

    async def publish(self) -> None:
        """Send what was queued until canceled."""
        while True:
            batch = [await self._outgoing.get()]
            while not self._outgoing.empty() and len(batch) < PIPELINE_MAX:
                batch.append(self._outgoing.get_nowait())
            pipeline = self._client.pipeline(transaction=False)
            for channel, message in batch:
                pipeline.publish(channel, message)
            try:
                await pipeline.execute()
            except LOST as error:
                log.warning("ephemeral_frames_lost", count=len(batch), reason=str(error))

    async def _listen_once(self) -> None:
        async with self._client.pubsub() as pubsub:
            await pubsub.connect()
            # A silent reconnection inside the library would hide that messages were missed.
            pubsub.connection.retry = Retry(NoBackoff(), 0)
            # Always subscribed to one channel, so that the connection is never without any.
            await pubsub.subscribe(SIGN_INS_CHANNEL, *self._channels)
            self._pubsub = pubsub
            async for message in pubsub.listen():
                if message["channel"] == SIGN_INS_CHANNEL:
                    if message["type"] == "message":
                        await self._on_sign_in_ended(message["data"])
                    continue
                if message["type"] == "subscribe":
                    await self._on_subscribed(message["channel"])
                elif message["type"] == "message":
                    await self._on_message(message["channel"], message["data"])

    async def _tell(self, command: str, channel: str) -> None:
        pubsub = self._pubsub
        if pubsub is None:
            return  # the next connection begins with the present set of channels
        try:
            await getattr(pubsub, command)(channel)
        except LOST as error:
            log.warning("redis_lost", reason=str(error))
