"""Events over Redis: durable ones in a short numbered stream per channel, ephemeral ones only passed on.

A frame is the JSON `{epoch, seq?, type, at, actor, data}`. `seq` grows by one per durable event of a
channel; `epoch` names one unbroken life of that count. Who delivers frames to people is not decided here.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import redis
import redis.asyncio
from redis.commands.core import AsyncScript, Script

from omnisonic.platform.errors import ServiceUnavailable
from omnisonic.platform.ids import new_id, utc_now
from omnisonic.platform.logging import get_logger
from omnisonic.platform.redis import get_redis

STREAM_MAX_LENGTH = 1000
STREAM_TTL_MS = 7 * 24 * 3600 * 1000

log = get_logger(__name__)

# The life of a count ends when its keys are gone or the server was restarted: an append-only file may
# have lost its last second, so a number could be given twice. `run_id` is new at every start.
_LIFE = """
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)') or ''
local known = redis.call('HMGET', KEYS[1], 'epoch', 'run', 'seq')
local epoch, seq = known[1], tonumber(known[3] or '0')
if not epoch or known[2] ~= run then
  epoch, seq = ARGV[1], 0
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[1], 'epoch', epoch, 'run', run, 'seq', 0)
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
"""
_PUBLISH_DURABLE = (
    _LIFE
    + """
seq = redis.call('HINCRBY', KEYS[1], 'seq', 1)
local frame = '{"epoch":"' .. epoch .. '","seq":' .. seq .. ',' .. ARGV[4]
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[5], seq .. '-0', 'frame', frame)
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
redis.call('PUBLISH', ARGV[3], frame)
return seq
"""
)
_PUBLISH_EPHEMERAL = (
    _LIFE
    + """
redis.call('PUBLISH', ARGV[3], '{"epoch":"' .. epoch .. '",' .. ARGV[4])
return seq
"""
)
_REPLAY = (
    _LIFE
    + """
local since = tonumber(ARGV[4])
if ARGV[3] ~= epoch or since > seq then return {epoch, seq, 0, {}} end
local frames = {}
if since < seq then
  for _, entry in ipairs(redis.call('XRANGE', KEYS[2], (since + 1) .. '-0', '+')) do
    frames[#frames + 1] = entry[2][2]
  end
end
local complete = 0
if #frames == seq - since then complete = 1 end
return {epoch, seq, complete, complete == 1 and frames or {}}
"""
)


@dataclass(frozen=True)
class Position:
    """A place in a channel's count of durable events."""

    epoch: str
    seq: int


@dataclass(frozen=True)
class Replay:
    """The frames after a position, in order; `frames` is None when they are no longer all there."""

    position: Position
    frames: list[str] | None


def room_channel(session_id: UUID | str) -> str:
    """Channel of a session's room."""
    return f"room:{session_id}"


def publish_durable(channel: str, event_type: str, data: dict[str, Any], *, actor: str | None = None) -> int:
    """Number an event, keep it for replay and send it to the listeners, in one step; returns its `seq`.

    Raises `redis.RedisError`: the caller (the outbox's relay) tries again.
    """
    script = Script(get_redis(), _PUBLISH_DURABLE)
    arguments = [*_life(), channel, encode_tail(event_type, data, actor=actor), STREAM_MAX_LENGTH]
    return cast(int, script(keys=_keys(channel), args=arguments))


def publish_ephemeral(
    channel: str, event_type: str, data: dict[str, Any], *, actor: str | None = None
) -> bool:
    """Send an event to whoever listens now. At most once: a lost Redis is logged and answered with False."""
    script = Script(get_redis(), _PUBLISH_EPHEMERAL)
    arguments = [*_life(), channel, encode_tail(event_type, data, actor=actor)]
    try:
        script(keys=_keys(channel), args=arguments)
    except redis.RedisError as error:
        log.warning("event_not_sent", channel=channel, event_type=event_type, reason=str(error))
        return False
    return True


async def publish_ephemeral_async(
    client: redis.asyncio.Redis,
    channel: str,
    event_type: str,
    data: dict[str, Any],
    *,
    actor: str | None = None,
) -> None:
    """`publish_ephemeral` for an event loop. Raises `redis.RedisError`."""
    script = AsyncScript(client, _PUBLISH_EPHEMERAL)
    arguments = [*_life(), channel, encode_tail(event_type, data, actor=actor)]
    await script(keys=_keys(channel), args=arguments)


async def replay(client: redis.asyncio.Redis, channel: str, epoch: str, seq: int) -> Replay:
    """Every durable frame after (`epoch`, `seq`), or the present position when they are not all kept.

    Ask with an empty epoch to learn the position alone. Raises `redis.RedisError`.
    """
    script = AsyncScript(client, _REPLAY)
    answer = await script(keys=_keys(channel), args=[*_life(), epoch, seq])
    position = Position(epoch=str(answer[0]), seq=int(answer[1]))
    frames = [str(frame) for frame in answer[3]] if int(answer[2]) else None
    return Replay(position=position, frames=frames)


async def read_position(client: redis.asyncio.Redis, channel: str) -> Position:
    """Where a channel's count stands now."""
    return (await replay(client, channel, "", 0)).position


def read_marks(channels: Sequence[str]) -> str:
    """Where the counts of some channels stand, as one text to compare; raises `ServiceUnavailable`."""
    try:
        with get_redis().pipeline(transaction=False) as pipeline:
            for channel in channels:
                pipeline.hmget(_keys(channel)[0], ["epoch", "seq"])
            found = pipeline.execute()
    except redis.RedisError as error:
        raise ServiceUnavailable("Redis cannot be reached.") from error
    return ".".join(f"{epoch or ''}:{seq or 0}" for epoch, seq in found)


async def subscribe(client: redis.asyncio.Redis, *channels: str) -> AsyncIterator[dict[str, Any]]:
    """Frames of the channels from now on. Raises `redis.RedisError` when the connection is lost."""
    async with client.pubsub(ignore_subscribe_messages=True) as pubsub:
        await pubsub.subscribe(*channels)
        async for message in pubsub.listen():
            yield cast(dict[str, Any], json.loads(message["data"]))


def encode_tail(event_type: str, data: dict[str, Any], *, actor: str | None) -> str:
    """A frame's JSON from `type` on, to be completed by who knows its epoch and number."""
    at = utc_now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    body = {"type": event_type, "at": at, "actor": actor, "data": data}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)[1:]


def encode_frame(epoch: str, event_type: str, data: dict[str, Any], *, actor: str | None = None) -> str:
    """A whole ephemeral frame for senders that know the epoch."""
    return f'{{"epoch":{json.dumps(epoch)},{encode_tail(event_type, data, actor=actor)}'


def _keys(channel: str) -> list[str]:
    # The braces keep both keys on one node of a Redis cluster.
    return [f"events:{{{channel}}}:life", f"events:{{{channel}}}:stream"]


def _life() -> list[str | int]:
    return [new_id().hex, STREAM_TTL_MS]
