"""The history of alerts: what fired, newest first, and what became of each message."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from omnisonic.insight.alerts import deliveries, mutes
from omnisonic.insight.alerts.history_words import EventLine, event_line
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.ids import parse_id, utc_now
from omnisonic.platform.pagination import Page, decode_cursor
from omnisonic.platform.ui.notices import tell, warn
from omnisonic.platform.ui.watching import LookAgainState

PAGE_ROWS = 25
MAX_ROWS = 100


class HistoryState(LookAgainState, rx.State):
    """The caller's events; those whose messages are on their way are looked at again by themselves."""

    path: ClassVar[str] = "/alerts"
    looks_max: ClassVar[int] = 90

    is_loaded: bool = False
    load_problem: str = ""
    lines: rx.Field[list[EventLine]] = rx.field(default_factory=list)
    has_more: bool = False
    _cursor: str = ""

    @rx.event
    @guarded
    async def load(self) -> Any:
        """The newest events; messages on their way are looked at until they arrived or failed."""
        self.load_problem = ""
        lines, self._cursor = await in_thread(_find, current_actor(), "", PAGE_ROWS)
        self._show(lines)
        return HistoryState.watch if self._is_under_way() else None

    @rx.event
    @guarded
    async def more(self) -> None:
        """Older events."""
        if not self.has_more:
            return
        lines, self._cursor = await in_thread(_find, current_actor(), self._cursor, PAGE_ROWS)
        self._show([*self.lines, *lines])

    @rx.event
    @guarded
    async def resend(self, delivery_id: str) -> Any:
        """Send a message once more."""
        found, actor = parse_id(delivery_id), current_actor()
        if found is None:
            return None
        try:
            await in_thread(_resend, actor, found)
        except OmnisonicError as error:
            return warn(error.title, error.detail)
        await self._look(actor)
        words = "It is the same message; the hourly limit does not count it again."
        return [tell("On its way once more", words), HistoryState.watch]

    async def _look_again(self, actor: Actor) -> bool:
        async with self:
            await self._look(actor)
            return self._is_under_way()

    def _is_under_way(self) -> bool:
        return any(message.is_under_way for line in self.lines for message in line.messages)

    async def _look(self, actor: Actor) -> None:
        lines, self._cursor = await in_thread(_find, actor, "", max(PAGE_ROWS, len(self.lines)))
        self._show(lines)

    def _show(self, lines: list[EventLine]) -> None:
        self.lines, self.is_loaded = lines, True
        self.has_more = bool(self._cursor) and len(lines) < MAX_ROWS


def _find(actor: Actor, cursor: str, rows: int) -> tuple[list[EventLine], str]:
    now = utc_now()
    with read_session() as session:
        page = Page(limit=rows, after=decode_cursor(cursor))
        found = deliveries.list_events(session, actor, page=page)
        muted = mutes.list_mutes(session, actor, page=Page(limit=mutes.MAX_MUTES)).mutes
    return [event_line(view, now=now, mutes=muted) for view in found.events], found.next_cursor or ""


def _resend(actor: Actor, delivery_id: UUID) -> None:
    with unit_of_work() as uow:
        deliveries.resend(uow, actor, delivery_id=delivery_id)
