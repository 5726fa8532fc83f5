"""The matching queue on `/royalties`: suggestions arrive row by row, one click decides, one takes it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import reflex as rx

from omnisonic.core.royalties import matching
from omnisonic.core.royalties.access import is_curator
from omnisonic.core.royalties.matching_schemas import Decision
from omnisonic.core.royalties.matching_suggestions import suggest
from omnisonic.core.royalties.models import MatchStatus
from omnisonic.core.royalties.overview_lines import (
    ReportedLine,
    SuggestionLine,
    reported_line,
    suggestion_line,
)
from omnisonic.core.royalties.refusal_words import refusal_words
from omnisonic.core.royalties.waiting_words import released_words
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.errors import NotFound, OmnisonicError
from omnisonic.platform.ids import parse_id
from omnisonic.platform.pagination import Page, as_far_as, decode_cursor
from omnisonic.platform.ui.notices import tell, warn

PAGE_ROWS = 20
MAX_ROWS = 200
SUGGESTIONS_SHOWN = 3
LOOKING, READY = "looking", "ready"


class MatchingState(rx.State):
    """Reported recordings that nobody has decided on, newest first."""

    is_loaded: bool = False
    load_problem: str = ""
    rows: rx.Field[list[ReportedLine]] = rx.field(default_factory=list)
    cursor: str = ""
    undo_id: str = ""
    undo_words: str = ""
    _is_looking: bool = False

    @rx.event
    @guarded
    async def load(self) -> Any:
        """The open queue; nothing for those who may not see it."""
        self.load_problem = self.undo_id = ""
        actor = current_actor()
        if not is_curator(actor):
            self.rows, self.cursor, self.is_loaded = [], "", True
            return None
        self.rows, self.cursor = await in_thread(_open_rows, actor, "")
        self.is_loaded = True
        return MatchingState.look_up

    @rx.event
    @guarded(role=Role.CURATOR)
    async def hear(self) -> Any:
        """Others reported or decided: rows come and go, those that stay keep what was found for them."""
        known = {(row.id, row.version): row for row in self.rows if row.phase == READY}
        actor = current_actor()
        found, self.cursor = await in_thread(
            as_far_as, len(self.rows), lambda after: _open_rows(actor, after)
        )
        self.rows = [_as_known(row, known.get((row.id, row.version))) for row in found]
        return MatchingState.look_up

    @rx.event
    @guarded(role=Role.CURATOR)
    async def show_more(self) -> Any:
        """The next rows below."""
        if self.cursor and len(self.rows) < MAX_ROWS:
            found, self.cursor = await in_thread(_open_rows, current_actor(), self.cursor)
            self.rows = [*self.rows, *found]
        return MatchingState.look_up

    @rx.event(background=True)
    @guarded(role=Role.CURATOR)
    async def look_up(self) -> None:
        """Look for suggestions, one row after the other; the queue can be worked on meanwhile."""
        actor = current_actor()
        async with self:
            if self._is_looking:
                return
            self._is_looking = True
        try:
            while True:
                async with self:
                    wanted = next((row.id for row in self.rows if row.phase == LOOKING), None)
                if wanted is None:
                    return
                found = await in_thread(_suggestions, actor, UUID(wanted))
                async with self:
                    self.rows = [
                        replace(row, phase=READY, suggestions=found) if row.id == wanted else row
                        for row in self.rows
                    ]
        finally:
            async with self:
                self._is_looking = False

    @rx.event
    @guarded(role=Role.CURATOR)
    async def confirm(self, reported_id: str, recording_id: str, title: str = "") -> Any:
        """This recording is meant, now and from now on."""
        recording = parse_id(recording_id)
        row = self._row(reported_id)
        if recording is None or row is None:
            return None
        words = f"“{row.title}” is {title[:200] or 'matched'}"
        return await self._decide(row, words, _confirm, recording)

    @rx.event
    @guarded(role=Role.CURATOR)
    async def dismiss(self, reported_id: str) -> Any:
        """Not ours, or not to be found: its money stays in suspense."""
        row = self._row(reported_id)
        return await self._decide(row, f"“{row.title}” left the queue", _dismiss, None) if row else None

    @rx.event
    @guarded(role=Role.CURATOR)
    async def undo(self) -> Any:
        """Take the last decision back; what it gave out is reversed."""
        wanted, self.undo_id = parse_id(self.undo_id), ""
        if wanted is None:
            return None
        try:
            await in_thread(_reopen, current_actor(), wanted)
        except OmnisonicError as error:
            return warn(error.title, refusal_words(error))
        return MatchingState.load

    @rx.event
    @guarded(role=Role.CURATOR)
    async def forget_undo(self) -> None:
        """Take the undo bar away."""
        self.undo_id = ""

    def _row(self, reported_id: str) -> ReportedLine | None:
        return next((row for row in self.rows if row.id == reported_id), None)

    async def _decide(
        self, row: ReportedLine, words: str, decide: Callable[..., Decision], recording: UUID | None
    ) -> Any:
        try:
            decision = await in_thread(decide, current_actor(), UUID(row.id), row.version, recording)
        except OmnisonicError as error:
            return [warn(error.title, refusal_words(error)), MatchingState.load]
        self.rows = [one for one in self.rows if one.id != row.id]
        self.undo_id, self.undo_words = row.id, words
        return tell(words, _told(decision)) if recording else None


def _told(decision: Decision) -> str:
    told = released_words(decision.release)
    return told if decision.is_complete else f"{told} The rest follows in the background."


def _as_known(row: ReportedLine, known: ReportedLine | None) -> ReportedLine:
    return replace(row, phase=READY, suggestions=known.suggestions) if known else row


def _open_rows(actor: Actor, cursor: str) -> tuple[list[ReportedLine], str]:
    with read_session() as session:
        page = Page(limit=PAGE_ROWS, after=decode_cursor(cursor))
        found = matching.list_reported(session, actor, page=page, status=MatchStatus.OPEN)
    return [reported_line(view) for view in found.matching], found.next_cursor or ""


def _suggestions(actor: Actor, reported_id: UUID) -> list[SuggestionLine]:
    with read_session() as session:
        try:
            found = suggest(session, actor, reported_id=reported_id).suggestions
        except NotFound:
            return []
    return [suggestion_line(one) for one in found[:SUGGESTIONS_SHOWN]]


@repeatable
def _confirm(actor: Actor, reported_id: UUID, version: int, recording_id: UUID) -> Decision:
    with unit_of_work() as uow:
        return matching.confirm_match(
            uow, actor, reported_id=reported_id, recording_id=recording_id, version=version
        )


@repeatable
def _dismiss(actor: Actor, reported_id: UUID, version: int, _recording: None) -> Decision:
    with unit_of_work() as uow:
        return matching.dismiss(uow, actor, reported_id=reported_id, version=version)


@repeatable
def _reopen(actor: Actor, reported_id: UUID) -> Decision:
    with unit_of_work() as uow:
        return matching.reopen(uow, actor, reported_id=reported_id)
