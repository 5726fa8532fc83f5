"""The entries behind one line of a statement, opened from the line."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import reflex as rx

from omnisonic.core.royalties import statements
from omnisonic.core.royalties.line_entries_words import LineEntryRow, LineHead, line_entry_row, line_head
from omnisonic.core.royalties.refusal_words import refusal_words
from omnisonic.core.royalties.statement_words import invoice_line
from omnisonic.core.royalties.statements_entries import list_line_entries
from omnisonic.core.royalties.statements_lines import get_line, line_views
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session
from omnisonic.platform.errors import NotFound, OmnisonicError
from omnisonic.platform.ids import parse_id
from omnisonic.platform.pagination import Page, decode_cursor
from omnisonic.platform.ui.notices import warn

PAGE_ENTRIES = 25
MAX_ENTRIES = 500


class LineEntriesState(rx.State):
    """Which line is looked into, and its entries as far as they were asked for."""

    head: rx.Field[LineHead] = rx.field(default_factory=LineHead)
    entries: rx.Field[list[LineEntryRow]] = rx.field(default_factory=list)
    cursor: str = ""
    is_full: bool = False  # more than a page shows
    opened_at: int = 0  # counts openings; the dialog opens when it changes
    _statement_id: str = ""

    @rx.event
    @guarded
    async def open(self, statement_id: str, line_id: str) -> Any:
        """Show the first entries of a line."""
        statement, line = parse_id(statement_id), parse_id(line_id)
        if statement is None or line is None:
            return None
        try:
            found = await in_thread(_read, current_actor(), statement, line, "")
        except OmnisonicError as error:
            return warn(error.title, refusal_words(error))
        self._statement_id = str(statement)
        self.head, self.entries, self.cursor = found
        self.is_full = False
        self.opened_at += 1
        return None

    @rx.event
    @guarded
    async def show_more(self) -> Any:
        """The next entries below."""
        statement, line = parse_id(self._statement_id), parse_id(self.head.id)
        if statement is None or line is None or not self.cursor:
            return None
        try:
            _, rows, cursor = await in_thread(_read, current_actor(), statement, line, self.cursor)
        except OmnisonicError as error:
            return warn(error.title, refusal_words(error))
        self.entries = [*self.entries, *rows]
        self.is_full = bool(cursor) and len(self.entries) >= MAX_ENTRIES
        self.cursor = "" if self.is_full else cursor
        return None


def _read(
    actor: Actor, statement_id: UUID, line_id: UUID, cursor: str
) -> tuple[LineHead, list[LineEntryRow], str]:
    with read_session() as session:
        statement = statements.get_statement(session, actor, statement_id=statement_id)
        line = get_line(session, statement, line_id)
        if line is None:
            raise NotFound("This line is not part of the statement.")
        page = Page(limit=PAGE_ENTRIES, after=decode_cursor(cursor))
        found = list_line_entries(session, statement, line, page=page)
        (view,) = line_views(session, statement, [line])
    rows = [line_entry_row(one, source=line.source) for one in found.entries]
    return line_head(invoice_line(view)), rows, found.next_cursor or ""
