"""A page that looks again by itself while something on it is under way: parts of a page's state."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from typing import Any, ClassVar

import reflex as rx

from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.guard import current_actor, guarded


class LookAgainState(rx.State, mixin=True):
    """Looks again until nothing is under way or the page `path` is left. Observes only."""

    path: ClassVar[str]
    look_every_s: ClassVar[float] = 1.0
    looks_max: ClassVar[int] = 600

    _is_watching: bool = False

    @rx.event(background=True)
    @guarded
    async def watch(self) -> None:
        """Look again while something is under way; leaving the page stops no job."""
        actor = current_actor()
        async with self:
            if self._is_watching:
                return
            self._is_watching = True
        try:
            for _ in range(self.looks_max):
                await asyncio.sleep(self.look_every_s)
                is_under_way = await self._look_again(actor)
                async with self:
                    if not is_under_way or self.router.url.path != self.path:
                        return
            async with self:
                self._give_up()
        finally:
            async with self:
                self._is_watching = False

    @abstractmethod
    async def _look_again(self, actor: Actor) -> bool:
        """Show how things are now, under `async with self`; whether anything is under way."""

    def _give_up(self) -> None:
        """Say that nobody looks any more; the page is loaded again then."""


class WatchState(LookAgainState, mixin=True):
    """Rows with `is_active`, looked at again until none is."""

    look_every_s: ClassVar[float] = 0.7
    looks_max: ClassVar[int] = 10_000  # two hours

    async def _look_again(self, actor: Actor) -> bool:
        rows = await self._fetch_rows(actor)
        async with self:
            self._show(rows)
        return any(row.is_active for row in rows)

    @staticmethod
    @abstractmethod
    async def _fetch_rows(actor: Actor) -> list[Any]:
        """The rows as they are now."""

    @abstractmethod
    def _show(self, rows: list[Any]) -> None:
        """Put the rows on the page."""
