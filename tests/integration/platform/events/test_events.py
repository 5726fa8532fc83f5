"""Numbered events over a real server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis

from omnisonic.platform.events import (
    STREAM_MAX_LENGTH,
    Position,
    Replay,
    publish_durable,
    publish_ephemeral,
    read_marks,
    read_position,
    replay,
    subscribe,
)
from omnisonic.platform.redis import get_redis, make_async_redis

CHANNEL = "room:test"


def ask(epoch: str, seq: int) -> Replay:
    """A replay, from a loop of its own."""

    async def run() -> Replay:
        async with make_async_redis() as client:
            return await replay(client, CHANNEL, epoch, seq)

    return asyncio.run(run())


def position() -> Position:
    """Where the channel stands."""

    async def run() -> Position:
        async with make_async_redis() as client:
            return await read_position(client, CHANNEL)

    return asyncio.run(run())


def test_numbers_have_no_gap_under_concurrency(redis_client: redis.Redis) -> None:
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda n: publish_durable(CHANNEL, "x", {"n": n}), range(200)))
    assert sorted(numbers) == list(range(1, 201))
    frames = ask(position().epoch, 0).frames
    assert frames is not None
    assert [json.loads(frame)["seq"] for frame in frames] == list(range(1, 201))


def test_marks_change_with_each_event_of_their_channels_alone(redis_client: redis.Redis) -> None:
    seen = [read_marks([CHANNEL, "other"])]
    for channel in (CHANNEL, "other", CHANNEL):
        publish_durable(channel, "x", {})
        seen.append(read_marks([CHANNEL, "other"]))
    publish_durable("third", "x", {})
    assert len(set(seen)) == len(seen) == 4
    assert read_marks([CHANNEL, "other"]) == seen[-1]


def test_a_frame_is_what_was_published(redis_client: redis.Redis) -> None:
    data = {"text": 'quotes " and \\ and ü and \u2028', "number": 1.5, "big": 2**53, "list": [], "none": None}
    publish_durable(CHANNEL, "track.changed", data, actor="someone")
    (text,) = ask(position().epoch, 0).frames or []
    frame = json.loads(text)
    assert list(frame) == ["epoch", "seq", "type", "at", "actor", "data"]
    assert (frame["type"], frame["actor"], frame["data"]) == ("track.changed", "someone", data)


def test_a_replay_is_exact_or_refused(redis_client: redis.Redis) -> None:
    for number in range(10):
        publish_durable(CHANNEL, "x", {"n": number})
    now = position()
    assert now.seq == 10
    assert [json.loads(frame)["seq"] for frame in ask(now.epoch, 7).frames or []] == [8, 9, 10]
    assert ask(now.epoch, 10).frames == []
    assert ask(now.epoch, 11).frames is None
    assert ask("another", 7).frames is None


def test_only_the_last_thousand_are_kept(redis_client: redis.Redis) -> None:
    for number in range(STREAM_MAX_LENGTH + 300):
        publish_durable(CHANNEL, "x", {"n": number})
    now = position()
    assert ask(now.epoch, 1).frames is None
    assert len(ask(now.epoch, 300).frames or []) == STREAM_MAX_LENGTH
    assert 0 < redis_client.pttl(f"events:{{{CHANNEL}}}:stream") <= 7 * 24 * 3600 * 1000


def test_channels_count_apart(redis_client: redis.Redis) -> None:
    assert publish_durable("room:a", "x", {}) == 1
    assert publish_durable("room:b", "x", {}) == 1
    assert publish_durable("room:a", "x", {}) == 2


def test_lost_keys_begin_a_new_epoch(redis_client: redis.Redis) -> None:
    publish_durable(CHANNEL, "x", {})
    before = position()
    redis_client.delete(f"events:{{{CHANNEL}}}:life")
    assert publish_durable(CHANNEL, "x", {}) == 1
    assert position().epoch != before.epoch
    assert ask(before.epoch, 0).frames is None


def test_a_lost_stream_is_noticed(redis_client: redis.Redis) -> None:
    publish_durable(CHANNEL, "x", {})
    redis_client.delete(f"events:{{{CHANNEL}}}:stream")
    publish_durable(CHANNEL, "x", {})
    now = position()
    assert ask(now.epoch, 0).frames is None
    assert len(ask(now.epoch, 1).frames or []) == 1


def test_a_restart_of_the_server_begins_a_new_epoch(redis_client: redis.Redis) -> None:
    publish_durable(CHANNEL, "x", {})
    before = position()
    redis_client.hset(f"events:{{{CHANNEL}}}:life", "run", "the-run-before")
    assert position().epoch != before.epoch
    assert position().seq == 0
    assert publish_durable(CHANNEL, "x", {}) == 1


def test_subscribers_get_both_kinds_in_order(redis_client: redis.Redis) -> None:
    async def listen() -> list[dict[str, Any]]:
        async with make_async_redis() as client:
            frames: list[dict[str, Any]] = []
            listening = asyncio.ensure_future(_collect(subscribe(client, CHANNEL), frames, 3))
            while not get_redis().pubsub_numsub(CHANNEL)[0][1]:
                await asyncio.sleep(0)
            publish_durable(CHANNEL, "a", {})
            publish_ephemeral(CHANNEL, "b", {"p": 1}, actor="me")
            publish_durable(CHANNEL, "c", {})
            await asyncio.wait_for(listening, 20)
            return frames

    frames = asyncio.run(listen())
    assert [(frame["type"], frame.get("seq")) for frame in frames] == [("a", 1), ("b", None), ("c", 2)]
    assert len({frame["epoch"] for frame in frames}) == 1


def test_without_redis_the_ephemeral_is_lost_and_the_durable_is_an_error(
    servers: Any, configure: Callable[..., Any]
) -> None:
    configure(REDIS_URL="redis://127.0.0.1:1/0")
    assert publish_ephemeral(CHANNEL, "x", {}) is False
    with pytest.raises(redis.RedisError):
        publish_durable(CHANNEL, "x", {})


def test_what_json_cannot_say_is_refused(redis_client: redis.Redis) -> None:
    with pytest.raises(ValueError, match="JSON"):
        publish_durable(CHANNEL, "x", {"n": float("nan")})
    assert position().seq == 0


async def _collect(source: Any, into: list[dict[str, Any]], count: int) -> None:
    async for frame in source:
        into.append(frame)
        if len(into) == count:
            return
