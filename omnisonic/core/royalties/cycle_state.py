"""One cycle: its money, its entries as they come, closing it, and what anyone can check of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from omnisonic.core.catalog.repository import contributors_by_ids, works_by_ids
from omnisonic.core.royalties.closing import close_cycle
from omnisonic.core.royalties.cycle_check_state import CycleCheckState
from omnisonic.core.royalties.cycle_flow import FlowPicture, flow_picture
from omnisonic.core.royalties.cycle_lines import (
    CheckpointLine,
    CycleHead,
    EntryLine,
    checkpoint_line,
    cycle_head,
    entry_line,
)
from omnisonic.core.royalties.cycle_totals import cycle_detail
from omnisonic.core.royalties.entries import EntryRow, list_entries
from omnisonic.core.royalties.refusal_words import refusal_words
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session
from omnisonic.platform.errors import Forbidden, NotFound, OmnisonicError
from omnisonic.platform.ids import parse_id, utc_now
from omnisonic.platform.pagination import MAX_LIMIT, Page, decode_cursor
from omnisonic.platform.ui.notices import tell

CYCLE_PAGES = "/royalties/cycles/"
ENTRY_ROWS = 12
MAX_ENTRIES = 300


@dataclass
class Looked:
    """One look at a cycle."""

    head: CycleHead
    checkpoint: CheckpointLine
    flows: list[FlowPicture] = field(default_factory=list)


class CycleState(rx.State):
    """The cycle in the address."""

    is_loaded: bool = False
    is_missing: bool = False
    load_problem: str = ""
    head: rx.Field[CycleHead] = rx.field(default_factory=CycleHead)
    checkpoint: rx.Field[CheckpointLine] = rx.field(default_factory=CheckpointLine)
    flow: rx.Field[FlowPicture] = rx.field(default_factory=FlowPicture)
    currencies: rx.Field[list[str]] = rx.field(default_factory=list)
    entries: rx.Field[list[EntryLine]] = rx.field(default_factory=list)
    cursor: str = ""
    is_closing: bool = False
    close_problem: str = ""
    closed: int = 0  # counts what was closed here; the dialog closes when it changes
    _currency: str = ""
    _closed_here: str = ""  # the id of a cycle that was closed on this page

    @rx.event
    @guarded
    async def load(self) -> None:
        """The cycle, its money and its newest entries."""
        self.load_problem = self.close_problem = ""
        wanted = parse_id(self.router.url.path.rstrip("/").rpartition("/")[2])
        if wanted is None:
            self.is_missing = self.is_loaded = True
            return
        if self.head.id != str(wanted):
            self.is_loaded, self.entries, self._currency = False, [], ""
        try:
            await self._look(wanted)
        except (NotFound, Forbidden):
            self.is_missing = True
        else:
            self.is_missing = False
        self.is_loaded = True

    @rx.event
    @guarded(role=Role.CURATOR)
    async def hear(self, _update: dict[str, Any]) -> None:
        """Entries were added, or may have been while the connection was gone."""
        wanted = parse_id(self.head.id)
        if wanted is not None:
            await self._look(wanted)

    @rx.event
    @guarded(role=Role.CURATOR)
    async def hear_closed(self, _update: dict[str, Any]) -> Any:
        """Somebody closed the cycle, or may have while the connection was gone."""
        was_open = self.head.can_close
        wanted = parse_id(self.head.id)
        if wanted is None:
            return None
        await self._look(wanted)
        if self.head.can_close or not was_open or self.is_closing or self._closed_here == self.head.id:
            return None
        self.closed += 1  # a dialog that still asks has nothing left to ask
        return [CycleCheckState.load_checks, tell("The cycle was closed", CLOSED_WORDS)]

    @rx.event
    @guarded(role=Role.CURATOR)
    async def choose_currency(self, currency: str) -> None:
        """Show the money of another currency."""
        wanted = parse_id(self.head.id)
        if wanted is not None and currency in self.currencies:
            self._currency = currency
            self._show(await in_thread(_read, current_actor(), wanted))

    @rx.event
    @guarded(role=Role.CURATOR)
    async def show_more(self) -> None:
        """Older entries below."""
        wanted = parse_id(self.head.id)
        if wanted is not None and self.cursor and len(self.entries) < MAX_ENTRIES:
            found, self.cursor = await in_thread(_entries, current_actor(), wanted, self.cursor)
            self.entries = [*self.entries, *found]

    @rx.event(background=True)
    @guarded(role=Role.CURATOR)
    async def close(self, form: dict[str, Any]) -> Any:
        """Close the cycle, or go on with it; the page stays alive meanwhile."""
        actor = current_actor()
        async with self:
            wanted = parse_id(self.head.id)
            if wanted is None or self.is_closing:
                return None
            self.is_closing, self.close_problem = True, ""
        problem = ""
        try:
            await in_thread(close_cycle, actor, cycle_id=wanted, early=form.get("close_early") is not None)
        except OmnisonicError as error:
            problem = refusal_words(error)
        async with self:
            self.is_closing, self.close_problem = False, problem
            if not problem:
                self.closed += 1
                self._closed_here = str(wanted)
        return [CycleState.load] if problem else [CycleState.load, tell("The cycle is closed", CLOSED_WORDS)]

    async def _look(self, cycle_id: UUID) -> None:
        actor = current_actor()
        self._show(await in_thread(_read, actor, cycle_id))
        shown = min(max(ENTRY_ROWS, len(self.entries)), MAX_LIMIT)  # what was opened stays open
        self.entries, self.cursor = await in_thread(_entries, actor, cycle_id, "", shown)

    def _show(self, found: Looked) -> None:
        self.head, self.checkpoint = found.head, found.checkpoint
        self.currencies = [one.currency for one in found.flows]
        if self._currency not in self.currencies:
            self._currency = self.currencies[0] if self.currencies else ""
        self.flow = next((one for one in found.flows if one.currency == self._currency), FlowPicture())


CLOSED_WORDS = "Every party has its statement, and each line of it can be proved."


def _read(actor: Actor, cycle_id: UUID) -> Looked:
    with read_session() as session:
        found = cycle_detail(session, actor, cycle_id=cycle_id)
    flows = sorted(
        (flow_picture(one) for one in found.totals), key=lambda one: one.currency != found.currency
    )
    return Looked(cycle_head(found, now=utc_now()), checkpoint_line(found), flows)


def _entries(
    actor: Actor, cycle_id: UUID, cursor: str, limit: int = ENTRY_ROWS
) -> tuple[list[EntryLine], str]:
    with read_session() as session:
        page = Page(limit=limit, after=decode_cursor(cursor))
        rows, next_cursor = list_entries(session, actor, page=page, cycle_id=cycle_id)
        return in_words(session, rows), next_cursor or ""


def in_words(session: Session, rows: list[EntryRow]) -> list[EntryLine]:
    """Entries with the names of their parties and works, by two statements for any number."""
    parties = {UUID(row.contributor_id) for row in rows if row.contributor_id}
    works = {UUID(row.work_id) for row in rows if row.work_id}
    names = {str(one): found.name for one, found in contributors_by_ids(session, parties).items()}
    titles = {str(one): found.title for one, found in works_by_ids(session, works).items()}
    return [entry_line(row, names, titles) for row in rows]
