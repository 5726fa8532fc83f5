"""A list that looks again by itself while one of its rows is under way: a part of a page's state."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from typing import Any, ClassVar

import reflex as rx

from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.guard import current_actor, guarded

LOOK_EVERY_S = 0.7
LOOKS_MAX = 10_000  # two hours: then the page is loaded again


class WatchState(rx.State, mixin=True):
    """Rows with `is_active`, looked at again until none is or the page `path` is left. Observes only."""

    path: ClassVar[str]

    _is_watching: bool = False

    @rx.event(background=True)
    @guarded
    async def watch(self) -> None:
        """Look at the rows while one is under way; leaving the page stops no job."""
        actor = current_actor()
        async with self:
            if self._is_watching:
                return
            self._is_watching = True
        try:
            for _ in range(LOOKS_MAX):
                await asyncio.sleep(LOOK_EVERY_S)
                rows = await self._fetch_rows(actor)
                async with self:
                    self._show(rows)
                    if not any(row.is_active for row in rows) or self.router.url.path != self.path:
                        return
        finally:
            async with self:
                self._is_watching = False

    @staticmethod
    @abstractmethod
    async def _fetch_rows(actor: Actor) -> list[Any]:
        """The rows as they are now."""

    @abstractmethod
    def _show(self, rows: list[Any]) -> None:
        """Put the rows on the page."""
