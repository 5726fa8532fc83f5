"""The database as an operation sees it: one session, one statement after the other, off the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from contextvars import copy_context
from typing import TypeVar

from sqlmodel import Session

from omnisonic.platform.db_errors import translated
from omnisonic.platform.settings import get_settings

T = TypeVar("T")
KEPT_FREE = 4  # connections for signing callers in and for mutations
THREADS_MIN = 4


class Database:
    """The threads of a process that talk to the database, and how many operations may hold a connection."""

    def __init__(self) -> None:
        settings = get_settings()
        connections = settings.database_pool_size + settings.database_pool_max_overflow
        self._threads = ThreadPoolExecutor(max(THREADS_MIN, connections), thread_name_prefix="sql")
        self.turns = asyncio.Semaphore(max(1, connections - KEPT_FREE))

    async def run(self, work: Callable[[], T]) -> T:
        """Run blocking work in a thread; who stops waiting leaves it to end by itself."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, copy_context().run, work)

    def submit(self, work: Callable[[], object]) -> None:
        """Run blocking work without waiting."""
        self._threads.submit(work)

    def close(self) -> None:
        """Take no more work."""
        self._threads.shutdown(wait=True, cancel_futures=True)


class Reads:
    """One operation's read session, opened by its first query; holds one connection at most."""

    def __init__(
        self, database: Database, open_session: Callable[[], AbstractContextManager[Session]]
    ) -> None:
        self._database = database
        self._open_session = open_session
        self._stack = ExitStack()
        self._session: Session | None = None
        self._order = asyncio.Lock()
        self._busy = threading.Lock()  # outlives a caller that stopped waiting
        self._has_turn = False
        self._is_closed = False

    async def run(self, query: Callable[[Session], T]) -> T:
        """Run a query in a thread, after those that were asked for before."""
        async with self._order:
            if not self._has_turn:
                await self._take_turn()
            return await self._database.run(lambda: self._query(query))

    def close(self) -> None:
        """Give the connection back, as soon as a running query has ended; those that wait are dropped."""
        self._is_closed = True
        if not self._has_turn:
            return
        self._has_turn = False
        loop = asyncio.get_running_loop()
        self._database.submit(lambda: self._end(loop))

    async def _take_turn(self) -> None:
        if not self._is_closed:
            await self._database.turns.acquire()
            if not self._is_closed:
                self._has_turn = True
                return
            self._database.turns.release()  # nobody would give it back
        raise asyncio.CancelledError

    def _query(self, query: Callable[[Session], T]) -> T:
        with self._busy:
            if self._is_closed:
                raise asyncio.CancelledError
            if self._session is None:
                self._session = self._stack.enter_context(self._open_session())
            with translated():
                return query(self._session)

    def _end(self, loop: asyncio.AbstractEventLoop) -> None:
        with self._busy:
            try:
                self._stack.close()
            finally:
                if not loop.is_closed():
                    loop.call_soon_threadsafe(self._database.turns.release)
