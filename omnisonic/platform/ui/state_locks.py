"""Locks of the pages' states that nothing leaves behind.

A page's state lives in Redis, and who changes it holds its lock there. Reflex cancels what a page began as
soon as its socket closes or the next page is opened. Its own manager, cancelled while it takes the lock or
waits in line or gives the lock back, leaves the lock taken or the next in line asleep: the page that comes
next shows "Loading" until the lock runs out.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Self

import reflex as rx
from redis.exceptions import RedisError
from reflex.istate.manager.redis import StateManagerRedis
from reflex.istate.manager.token import StateToken

from omnisonic.platform.ui.unbroken import unbroken

RENEWALS_PER_LIFE = 4
"""How often a held lock is renewed before it would run out."""

# Both for the holder alone; KEYS: the lock; ARGV: its holder, and for the second: ms to live from now on.
_GIVE_BACK = "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end return redis.call('DEL', KEYS[1])"
_RENEW = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
    return 0
end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
"""


class SafeLocksStateManager(StateManagerRedis):
    """Reflex's manager, with locks that end with their holder, not before and not after."""

    @classmethod
    def like(cls, manager: StateManagerRedis) -> Self:
        """One with the settings of Reflex's own."""
        return cls(
            redis=manager.redis,
            token_expiration=manager.token_expiration,
            lock_expiration=manager.lock_expiration,
            lock_warning_threshold=manager.lock_warning_threshold,
        )

    @asynccontextmanager
    async def _lock(self, token: StateToken[Any], event_name: str | None = None) -> AsyncIterator[bytes]:
        lock_key = self._lock_key(token)
        lock_id = f"{event_name or 'state'}:{uuid.uuid4().hex}".encode()
        try:
            await self._wait_lock(lock_key, lock_id)
        except BaseException:
            await unbroken(self._give_back(lock_key, lock_id))
            raise
        renewing = asyncio.create_task(self._renew(lock_key, lock_id))
        try:
            yield lock_id
        finally:
            renewing.cancel()
            await unbroken(self._give_back(lock_key, lock_id))

    async def _try_get_lock(self, lock_key: bytes, lock_id: bytes) -> bool | None:
        """Cancelled under way, even twice, wait for the answer: giving the lock back must come after it."""
        taking = asyncio.ensure_future(super()._try_get_lock(lock_key, lock_id))
        try:
            return await asyncio.shield(taking)
        except asyncio.CancelledError:
            while not taking.done():
                with suppress(asyncio.CancelledError):
                    await asyncio.wait([taking])
            raise

    @asynccontextmanager
    async def _lock_waiter(self, lock_key: bytes) -> AsyncIterator[asyncio.Event]:
        """Who leaves the line without the lock hands on the call that may have been meant for it."""
        async with super()._lock_waiter(lock_key) as called:
            try:
                yield called
            except BaseException:
                called.set()
                self._notify_next_waiter(lock_key)
                raise

    async def _give_back(self, lock_key: bytes, lock_id: bytes) -> None:
        await self.redis.eval(_GIVE_BACK, 1, lock_key, lock_id)  # type: ignore[misc]
        self._notify_next_waiter(lock_key)

    async def _renew(self, lock_key: bytes, lock_id: bytes) -> None:
        """Keep the lock while its holder works; a dead process renews nothing, and its locks run out."""
        held = True
        while held:
            await asyncio.sleep(self.lock_expiration / 1000 / RENEWALS_PER_LIFE)
            try:
                held = bool(
                    await self.redis.eval(_RENEW, 1, lock_key, lock_id, self.lock_expiration)  # type: ignore[misc]
                )
            except RedisError:
                continue  # the next renewal may come through; what is written is fenced by the lock anyway


class App(rx.App):
    """A Reflex app whose states are kept behind such locks."""

    def _setup_state(self) -> None:
        super()._setup_state()
        manager = self._state_manager
        if isinstance(manager, StateManagerRedis):
            self._state_manager = SafeLocksStateManager.like(manager)
