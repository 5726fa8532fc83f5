"""Batches: what all objects of a level ask for becomes one query."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
T = TypeVar("T")

Batch = Callable[[list[K]], Awaitable[Mapping[K, V]]]


class Loader(Generic[K, V]):
    """Answers each key with a future; the keys of one turn of the event loop are fetched together.

    A loader belongs to one operation or event: it keeps what it has fetched. A key that the batch does not
    answer gets `missing()`.
    """

    def __init__(self, batch: Batch[K, V], *, missing: Callable[[], V]) -> None:
        self._batch = batch
        self._missing = missing
        self._known: dict[K, asyncio.Future[V]] = {}
        self._asked: list[K] = []

    def load(self, key: K) -> asyncio.Future[V]:
        """The value of `key`, perhaps later."""
        future = self._known.get(key)
        if future is None:
            loop = asyncio.get_running_loop()
            future = self._known[key] = loop.create_future()
            if not self._asked:
                # Two turns: futures that were just answered first wake everyone who waits for them.
                loop.call_soon(loop.call_soon, self._fetch)
            self._asked.append(key)
        return future

    def prime(self, values: Mapping[K, V]) -> None:
        """Note values that came along with another query."""
        loop = asyncio.get_running_loop()
        for key, value in values.items():
            if key not in self._known:
                future = self._known[key] = loop.create_future()
                future.set_result(value)

    def _fetch(self) -> None:
        keys, self._asked = self._asked, []
        task = asyncio.ensure_future(self._answer(keys))
        _running.add(task)
        task.add_done_callback(_running.discard)

    async def _answer(self, keys: list[K]) -> None:
        try:
            found = await self._batch(keys)
        except Exception as error:  # noqa: BLE001  (everyone who asked gets to know)
            self._settle(keys, error)
        except asyncio.CancelledError:
            for key in keys:
                self._known[key].cancel()
            raise
        else:
            for key in keys:
                future = self._known[key]
                if not future.done():
                    future.set_result(found[key] if key in found else self._missing())

    def _settle(self, keys: Iterable[K], error: Exception) -> None:
        for key in keys:
            if not self._known[key].done():
                self._known[key].set_exception(error)


def mapped(future: asyncio.Future[V], function: Callable[[V], T]) -> asyncio.Future[T]:
    """A future of `function` of another's result."""
    result: asyncio.Future[T] = asyncio.get_running_loop().create_future()

    def pass_on(source: asyncio.Future[V]) -> None:
        if result.done():
            return
        if source.cancelled():
            result.cancel()
            return
        try:
            result.set_result(function(source.result()))
        except Exception as error:  # noqa: BLE001  (whoever waits gets to know)
            result.set_exception(error)

    future.add_done_callback(pass_on)
    return result


_running: set[asyncio.Future[None]] = set()  # the loop itself keeps only weak references
