"""`/tagging`: what people teach the tagger. The tab is part of the address."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

import reflex as rx
from pydantic import ValidationError

from omnisonic.insight.tagging import corrections, stoplist, unknown_names
from omnisonic.insight.tagging.models import UnlinkedStatus
from omnisonic.insight.tagging.page_lines import (
    CorrectionLine,
    NameLine,
    StopLine,
    correction_lines,
    name_lines,
    stop_lines,
)
from omnisonic.insight.tagging.publishing import try_publish
from omnisonic.insight.tagging.schemas import StoplistDraft, UnlinkedDecisionDraft
from omnisonic.insight.tagging.views import correction_views, stoplist_views
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.ids import parse_id, utc_now
from omnisonic.platform.pagination import Page, decode_cursor
from omnisonic.platform.ui.notices import tell, warn
from omnisonic.platform.ui.words import count

TABS = ("names", "corrections", "stoplist")
PAGE_ROWS = 30
MAX_ROWS = 300
KINDS = {"contributors": "artist", "works": "work", "recordings": "recording"}


class TaggingState(rx.State):
    """The three lists; only the one whose tab is open is read."""

    phase: str = "loading"
    load_problem: str = ""
    tab: str = TABS[0]
    is_analyst: bool = False
    names: rx.Field[list[NameLine]] = rx.field(default_factory=list)
    corrections: rx.Field[list[CorrectionLine]] = rx.field(default_factory=list)
    stops: rx.Field[list[StopLine]] = rx.field(default_factory=list)
    has_more: bool = False
    form_problem: str = ""
    form_key: int = 0
    _cursor: str = ""

    @rx.event
    @guarded
    async def load(self) -> AsyncIterator[None]:
        """The list of the tab in the address."""
        asked = str(self.router.url.query_parameters.get("tab", ""))
        tab = asked if asked in TABS else TABS[0]
        self.is_analyst = corrections.is_analyst(current_actor())
        self.form_problem = ""
        if tab != self.tab:
            self.tab, self.phase = tab, "loading"
        yield
        self.names, self.corrections, self.stops = [], [], []
        self._cursor = ""
        await self._read_more()
        self.phase, self.load_problem = "ready", ""

    @rx.event
    @guarded
    async def more(self) -> None:
        """The next rows of the list."""
        await self._read_more()

    @rx.event
    @guarded(role=Role.ANALYST)
    async def ignore(self, key: str) -> Any:
        """A name is nobody's: it leaves the queue."""
        return await self._decide(UnlinkedDecisionDraft(key=key[:300] or "-", status=UnlinkedStatus.IGNORED))

    @rx.event
    @guarded(role=Role.ANALYST)
    async def link(self, key: str, entity_id: str, _name: str, kind: str) -> Any:
        """A name is another name of an entity."""
        known = parse_id(entity_id)
        if kind not in KINDS or known is None:
            return None
        draft = UnlinkedDecisionDraft.model_validate(
            {"key": key[:300] or "-", "status": "linked", "entityType": KINDS[kind], "entityId": known}
        )
        return await self._decide(draft)

    @rx.event
    @guarded(role=Role.ANALYST)
    async def take_back(self, correction_id: str) -> Any:
        """Take a correction back."""
        return await self._remove(corrections.delete_correction, "correction_id", correction_id)

    @rx.event
    @guarded(role=Role.ANALYST)
    async def release(self, entry_id: str) -> Any:
        """Let words be names again."""
        return await self._remove(stoplist.remove_entry, "entry_id", entry_id)

    @rx.event
    @guarded(role=Role.ANALYST)
    async def stop(self, form: dict[str, Any]) -> Any:
        """Add words to the stoplist."""
        self.form_problem = ""
        given = {
            name: str(form.get(f"stop_{name}", "")).strip() or None for name in ("phrase", "source", "reason")
        }
        try:
            draft = StoplistDraft.model_validate({name: value for name, value in given.items() if value})
        except ValidationError:
            self.form_problem = "Give the words, and a reason of at least three letters."
            return None
        try:
            changed = await in_thread(_stop, current_actor(), draft)
        except OmnisonicError as error:
            self.form_problem = error.detail
            return None
        self.form_key += 1
        await self._look_again()
        return tell("On the stoplist", f"{count(changed, 'link')} left the charts.")

    async def _decide(self, draft: UnlinkedDecisionDraft) -> Any:
        try:
            await in_thread(_decide, current_actor(), draft)
        except OmnisonicError as error:
            return warn(error.title, error.detail)
        self.names = [line for line in self.names if line.key != draft.key]
        if draft.status is UnlinkedStatus.LINKED:
            return tell("Another name was added", "Its articles get the link within a minute or two.")
        return None

    async def _remove(self, remove: Callable[..., int], name: str, given: str) -> Any:
        known = parse_id(given)
        if known is None:
            return None
        changed = await in_thread(_remove, remove, current_actor(), name, known)
        await self._look_again()
        return tell("Taken back", f"{count(changed, 'link')} changed at once.")

    async def _look_again(self) -> None:
        self.names, self.corrections, self.stops = [], [], []
        self._cursor = ""
        await self._read_more()

    async def _read_more(self) -> None:
        if self.tab == "names":
            found, self.has_more = await in_thread(_names, len(self.names))
            self.names = [*self.names, *found]
        elif self.tab == "corrections":
            rows, self._cursor = await in_thread(_corrections, self._cursor)
            self.corrections = [*self.corrections, *rows]
            self.has_more = bool(self._cursor) and len(self.corrections) < MAX_ROWS
        else:
            entries, self._cursor = await in_thread(_stops, self._cursor)
            self.stops = [*self.stops, *entries]
            self.has_more = bool(self._cursor) and len(self.stops) < MAX_ROWS


def _names(offset: int) -> tuple[list[NameLine], bool]:
    with read_session() as session:
        found = unknown_names.queue(session, limit=PAGE_ROWS + 1, offset=offset)
    more = len(found) > PAGE_ROWS and offset + PAGE_ROWS < MAX_ROWS
    return name_lines(found[:PAGE_ROWS], now=utc_now()), more


def _corrections(cursor: str) -> tuple[list[CorrectionLine], str]:
    with read_session() as session:
        page = Page(limit=PAGE_ROWS, after=decode_cursor(cursor))
        rows, following = corrections.list_corrections(session, page=page)
        return correction_lines(correction_views(session, rows), now=utc_now()), following or ""


def _stops(cursor: str) -> tuple[list[StopLine], str]:
    with read_session() as session:
        rows, following = stoplist.list_entries(
            session, page=Page(limit=PAGE_ROWS, after=decode_cursor(cursor))
        )
        return stop_lines(stoplist_views(session, rows), now=utc_now()), following or ""


@repeatable
def _decide(actor: Actor, draft: UnlinkedDecisionDraft) -> None:
    with unit_of_work() as uow:
        unknown_names.decide(uow, actor, draft=draft)


@repeatable
def _add(actor: Actor, draft: StoplistDraft) -> int:
    with unit_of_work() as uow:
        _, changed = stoplist.add_entry(uow, actor, draft=draft)
        return changed


def _stop(actor: Actor, draft: StoplistDraft) -> int:
    changed = _add(actor, draft)
    try_publish()
    return changed


def _remove(remove: Callable[..., int], actor: Actor, name: str, row_id: UUID) -> int:
    with unit_of_work() as uow:
        changed = remove(uow, actor, **{name: row_id})
    try_publish()
    return changed
