"""The history of alerts: what fired, newest first, and what became of each message."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import reflex as rx

from omnisonic.insight.alerts import deliveries
from omnisonic.insight.alerts.history_words import EventLine, event_line
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.ids import parse_id, utc_now
from omnisonic.platform.pagination import Page, decode_cursor
from omnisonic.platform.ui.notices import tell, warn

PAGE_ROWS = 25
MAX_ROWS = 100


class HistoryState(rx.State):
    """The caller's events."""

    is_loaded: bool = False
    load_problem: str = ""
    lines: rx.Field[list[EventLine]] = rx.field(default_factory=list)
    has_more: bool = False
    _cursor: str = ""

    @rx.event
    @guarded
    async def load(self) -> None:
        """The newest events."""
        self.load_problem = ""
        lines, self._cursor = await in_thread(_find, current_actor(), "", PAGE_ROWS)
        self._show(lines)

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
        lines, self._cursor = await in_thread(_find, actor, "", max(PAGE_ROWS, len(self.lines)))
        self._show(lines)
        return tell(
            "On its way once more", "It is the same message; the hourly limit does not count it again."
        )

    def _show(self, lines: list[EventLine]) -> None:
        self.lines, self.is_loaded = lines, True
        self.has_more = bool(self._cursor) and len(lines) < MAX_ROWS


def _find(actor: Actor, cursor: str, rows: int) -> tuple[list[EventLine], str]:
    now = utc_now()
    with read_session() as session:
        page = Page(limit=rows, after=decode_cursor(cursor))
        found = deliveries.list_events(session, actor, page=page)
    return [event_line(view, now=now) for view in found.events], found.next_cursor or ""


def _resend(actor: Actor, delivery_id: UUID) -> None:
    with unit_of_work() as uow:
        deliveries.resend(uow, actor, delivery_id=delivery_id)
