"""Usage statements on `/royalties`, looked at again while one is being booked."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from omnisonic.core.royalties import usage_statements
from omnisonic.core.royalties.access import is_curator
from omnisonic.core.royalties.overview_lines import UsageRow, usage_row
from omnisonic.core.royalties.refusal_words import refusal_words
from omnisonic.core.royalties.reversal_words import reversal_words
from omnisonic.core.royalties.usage_reversals import cycles_of_statement
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.ids import parse_id, utc_now
from omnisonic.platform.pagination import Page
from omnisonic.platform.ui.notices import tell, warn
from omnisonic.platform.ui.watching import WatchState
from omnisonic.platform.ui.words import count

LIST_ROWS = 50


class UsageState(WatchState, rx.State):
    """Statements of every source, newest first."""

    path: ClassVar[str] = "/royalties"

    is_loaded: bool = False
    load_problem: str = ""
    rows: rx.Field[list[UsageRow]] = rx.field(default_factory=list)
    sources: rx.Field[list[str]] = rx.field(default_factory=list)  # who reported before
    asked_id: str = ""  # the statement that is to be taken back
    asked_words: str = ""
    asked_cycles: str = ""
    asked_at: int = 0
    decided: int = 0

    @rx.event
    @guarded
    async def load(self) -> Any:
        """The list as it is now; nothing for those who may not see it."""
        self.load_problem = ""
        actor = current_actor()
        self._show(await in_thread(_list_rows, actor) if is_curator(actor) else [])
        return UsageState.watch if any(row.is_active for row in self.rows) else None

    @rx.event
    @guarded(role=Role.CURATOR)
    async def hear(self) -> Any:
        """Somebody sent a statement or took one back, or one goes on."""
        self._show(await in_thread(_list_rows, current_actor()))
        return UsageState.watch if any(row.is_active for row in self.rows) else None

    @rx.event
    @guarded(role=Role.CURATOR)
    async def follow(self, _statement_id: str) -> Any:
        """A statement was sent on this page: show it and watch."""
        self._show(await in_thread(_list_rows, current_actor()))
        return UsageState.watch

    @rx.event
    @guarded(role=Role.CURATOR)
    async def ask(self, statement_id: str) -> None:
        """Open the question whether a statement is to be taken back."""
        found = next((row for row in self.rows if row.id == statement_id), None)
        if found is not None:
            self.asked_cycles = await in_thread(_cycles, UUID(found.id))
            self.asked_id, self.asked_words = (
                found.id,
                f"{found.source}: {found.file_name}, {found.reverse_words}",
            )
            self.asked_at += 1

    @rx.event
    @guarded(role=Role.CURATOR)
    async def reverse(self) -> Any:
        """Take back the statement that was asked about."""
        wanted, self.asked_id = parse_id(self.asked_id), ""
        self.decided += 1
        if wanted is None:
            return None
        try:
            journals = await in_thread(_reverse, current_actor(), wanted)
        except OmnisonicError as error:
            self._show(await in_thread(_list_rows, current_actor()))
            return warn(error.title, refusal_words(error))
        self._show(await in_thread(_list_rows, current_actor()))
        told = f"{count(journals, 'booking')} reversed, none was deleted. {self.asked_cycles}"
        return tell("The statement was taken back", told)

    @staticmethod
    async def _fetch_rows(actor: Actor) -> list[UsageRow]:
        return await in_thread(_list_rows, actor)

    def _show(self, rows: list[UsageRow]) -> None:
        self.rows, self.is_loaded = rows, True
        self.sources = sorted({row.source for row in rows})


def _list_rows(actor: Actor) -> list[UsageRow]:
    now = utc_now()
    with read_session() as session:
        found = usage_statements.list_statements(session, actor, page=Page(limit=LIST_ROWS))
        views = [
            usage_statements.get_statement(session, actor, statement_id=one.id) if one.rows_rejected else one
            for one in found.usage
        ]
    return [usage_row(view, now=now) for view in views]


def _cycles(statement_id: UUID) -> str:
    with read_session() as session:
        return reversal_words(cycles_of_statement(session, statement_id))


@repeatable
def _reverse(actor: Actor, statement_id: Any) -> int:
    with unit_of_work() as uow:
        return usage_statements.reverse_statement(uow, actor, statement_id=statement_id).journals
