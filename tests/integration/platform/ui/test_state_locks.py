"""Whatever is cancelled, and wherever: the next page gets the lock of its state."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis
from reflex.istate.manager.redis import StateManagerRedis
from reflex.istate.manager.token import StateToken
from reflex_base.utils.exceptions import LockExpiredError

from omnisonic.platform.settings import get_settings
from omnisonic.platform.ui.state_locks import SafeLocksStateManager
from tests.waiting import DEADLINE_S

TOKEN = StateToken(ident="page", cls=list)
LOCK = b"page_lock"
NEVER_MS = 3_600_000  # a lock that is left behind is still there when the test gives up

pytestmark = pytest.mark.usefixtures("redis_client")


def url() -> str:
    """Where the states live."""
    address = get_settings().redis_url
    assert address is not None
    return address.get_secret_value()


@asynccontextmanager
async def a_manager(lock_expiration: int = NEVER_MS) -> AsyncIterator[StateManagerRedis]:
    manager = SafeLocksStateManager(
        redis=Redis.from_url(url()),
        lock_expiration=lock_expiration,
        lock_warning_threshold=lock_expiration - 1,
    )
    try:
        yield manager
    finally:
        await manager.close()


async def note(manager: StateManagerRedis, what: int) -> None:
    """An event of the page."""
    async with manager.modify_state(TOKEN) as state:
        state.append(what)


async def steps(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def soon(work: Awaitable[object]) -> None:
    await asyncio.wait_for(work, DEADLINE_S)


def test_an_event_cancelled_at_any_step_leaves_no_lock() -> None:
    async def run() -> None:
        async with a_manager() as manager:
            for count in [*range(120)] * 2:
                event = asyncio.create_task(note(manager, count))
                await steps(count)
                event.cancel()
                await asyncio.wait([event])
                await soon(note(manager, -count))

    asyncio.run(run())


def test_an_event_cancelled_twice_before_its_lock_is_there_leaves_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    take = StateManagerRedis._try_get_lock

    async def run() -> None:
        asked, answered = asyncio.Event(), asyncio.Event()

        async def take_slowly(manager: StateManagerRedis, lock_key: bytes, lock_id: bytes) -> bool | None:
            asked.set()
            await answered.wait()
            return await take(manager, lock_key, lock_id)

        monkeypatch.setattr(StateManagerRedis, "_try_get_lock", take_slowly)
        async with a_manager() as manager:
            event = asyncio.create_task(note(manager, 1))
            await soon(asked.wait())
            for _ in range(2):
                event.cancel()
                await steps(3)
            # Who does not wait for the answer has given nothing back by then, and leaves what comes.
            asyncio.get_running_loop().call_later(0.1, answered.set)
            await asyncio.wait([event])
            await soon(answered.wait())
            await soon(note(manager, 2))

    asyncio.run(run())


@settings(max_examples=60)
@given(
    cuts=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 5), st.booleans()), min_size=1, max_size=25)
)
def test_a_line_of_events_goes_on_when_some_leave_it(cuts: list[tuple[int, int, bool]]) -> None:
    """Each cut: loop steps to wait, which event of the line, and whether it is cancelled twice at once."""

    async def run() -> None:
        async with a_manager() as manager:
            line = [asyncio.create_task(note(manager, place)) for place in range(6)]
            for count, place, twice in cuts:
                await steps(count)
                line[place].cancel()
                if twice:
                    await steps(1)
                    line[place].cancel()
            last = asyncio.create_task(note(manager, 99))
            await soon(asyncio.shield(last))
            await asyncio.wait(line, timeout=3)
            assert all(event.done() for event in line)

    asyncio.run(run())


def test_a_lock_lasts_for_as_long_as_its_event_works() -> None:
    """Longer than it would live by itself, and what was changed is stored."""

    async def run() -> None:
        async with a_manager(lock_expiration=400) as manager:
            async with manager.modify_state(TOKEN) as state:
                state.append("kept")
                holder = await manager.redis.get(LOCK)
                for _ in range(8):  # waits for renewals that happened, not for a time
                    await until_renewed(manager)
                assert await manager.redis.get(LOCK) == holder
            assert await manager.get_state(TOKEN) == ["kept"]
            assert not await manager.redis.exists(LOCK)

    asyncio.run(run())


async def until_renewed(manager: StateManagerRedis) -> None:
    """The time that the lock has left falls, and then rises."""
    left = await manager.redis.pttl(LOCK)
    while (now_left := await manager.redis.pttl(LOCK)) <= left:
        assert now_left > 0, "the lock ran out under its holder"
        left = now_left
        await asyncio.sleep(0.005)


async def overtaken(manager: StateManagerRedis) -> None:
    """An event whose lock is another's before it is done."""
    async with manager.modify_state(TOKEN) as state:
        state.append("too late")
        await manager.redis.set(LOCK, b"another")


def test_the_lock_of_another_is_never_given_back() -> None:
    """And what its former holder changed is not stored over the other's work."""

    async def run() -> None:
        async with a_manager() as manager:
            with pytest.raises(LockExpiredError):
                await overtaken(manager)
            assert await manager.redis.get(LOCK) == b"another"
            assert await manager.get_state(TOKEN) == []

    asyncio.run(run())
