"""One statement: its sums, its lines, and the proof of each."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import reflex as rx

from omnisonic.core.ledger.proofs import inclusion_proof
from omnisonic.core.royalties import statements
from omnisonic.core.royalties.access import is_curator, own_parties
from omnisonic.core.royalties.case_words import said_of_line
from omnisonic.core.royalties.changes import mark_for_page
from omnisonic.core.royalties.disputes import list_disputes, open_dispute
from omnisonic.core.royalties.disputes_schemas import DisputeView
from omnisonic.core.royalties.models import CaseStatus, StatementLine
from omnisonic.core.royalties.proof_words import ProofWords, line_words
from omnisonic.core.royalties.refusal_words import refusal_words
from omnisonic.core.royalties.statement_words import (
    InvoiceLine,
    StatementHead,
    invoice_line,
    statement_head,
)
from omnisonic.core.royalties.statements_lines import get_line, line_views, list_lines
from omnisonic.core.royalties.statements_schemas import LineOrder, LineView
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.errors import NotFound, OmnisonicError
from omnisonic.platform.ids import parse_id
from omnisonic.platform.pagination import MAX_LIMIT, Page, as_far_as, decode_cursor
from omnisonic.platform.ui.notices import tell, warn

STATEMENT_PAGES = "/royalties/statements/"
PAGE_LINES = 50
MAX_LINES = 400
MAX_REASON_CHARS = 2000


@dataclass
class Read:
    """One look at a statement."""

    head: StatementHead
    lines: list[InvoiceLine] = field(default_factory=list)
    cursor: str = ""
    is_own: bool = False


class StatementState(rx.State):
    """The statement in the address."""

    is_loaded: bool = False
    is_missing: bool = False
    load_problem: str = ""
    is_curator: bool = False
    head: rx.Field[StatementHead] = rx.field(default_factory=StatementHead)
    lines: rx.Field[list[InvoiceLine]] = rx.field(default_factory=list)
    cursor: str = ""
    order: str = LineOrder.AMOUNT.value
    proof: rx.Field[ProofWords] = rx.field(default_factory=ProofWords)
    proof_at: int = 0  # counts proofs asked for; the dialog opens when it changes
    is_own: bool = False
    mark: str = ""  # of the royalties as they are shown
    disputed_words: str = ""
    disputed_at: int = 0
    disputed: int = 0
    dispute_problem: str = ""
    _disputed_line: str = ""

    @rx.event
    @guarded
    async def load(self) -> None:
        """The statement and its first lines."""
        self.load_problem = ""
        actor = current_actor()
        self.is_curator = is_curator(actor)
        wanted = parse_id(self.router.url.path.rstrip("/").rpartition("/")[2])
        if self.head.id != str(wanted or ""):
            self.is_loaded = False
        self.mark = await in_thread(mark_for_page, actor)  # first: what changes from here on is heard
        self.is_missing = wanted is None
        if wanted is not None:
            try:
                self._show(await in_thread(_read, actor, wanted, self.order))
            except NotFound:
                self.is_missing = True
        self.is_loaded = True

    @rx.event
    @guarded
    async def hear(self) -> None:
        """A line was disputed, or answered."""
        self.mark = await in_thread(mark_for_page, current_actor())
        await self._look_again()

    @rx.event
    @guarded
    async def sort(self, order: str) -> None:
        """The largest lines first, or all in the order of the log."""
        self.order = order if order in set(LineOrder) else LineOrder.AMOUNT.value
        wanted = parse_id(self.head.id)
        if wanted is not None:
            self._show(await in_thread(_read, current_actor(), wanted, self.order))

    @rx.event
    @guarded
    async def show_more(self) -> None:
        """The next lines below."""
        wanted = parse_id(self.head.id)
        if wanted is not None and self.cursor and len(self.lines) < MAX_LINES:
            found = await in_thread(_read, current_actor(), wanted, self.order, self.cursor)
            self.lines, self.cursor = [*self.lines, *found.lines], found.cursor

    @rx.event
    @guarded
    async def prove(self, line_id: str) -> Any:
        """Open the proof of one line, in plain words and as a file."""
        statement_id, wanted = parse_id(self.head.id), parse_id(line_id)
        if statement_id is None or wanted is None:
            return None
        try:
            self.proof = await in_thread(_prove, current_actor(), statement_id, wanted)
        except OmnisonicError as error:
            return warn(error.title, refusal_words(error))
        self.proof_at += 1
        return None

    @rx.event
    @guarded
    async def ask_dispute(self, line_id: str) -> None:
        """Open the form that disputes a line."""
        found = next((one for one in self.lines if one.id == line_id), None)
        if found is not None:
            self._disputed_line, self.dispute_problem = line_id, ""
            self.disputed_words = f"{found.title}, {found.where}, {found.month}: {found.exact}"
            self.disputed_at += 1

    @rx.event
    @guarded
    async def dispute(self, form: dict[str, Any]) -> Any:
        """Say what is wrong with the chosen line."""
        wanted = parse_id(self._disputed_line)
        reason = str(form.get("dispute_reason", "")).strip()[:MAX_REASON_CHARS]
        if wanted is None or not reason:
            self.dispute_problem = "Say what is wrong: the curator who answers sees only this."
            return None
        try:
            await in_thread(_dispute, current_actor(), wanted, reason)
        except OmnisonicError as error:
            self.dispute_problem = refusal_words(error)
            return None
        self.disputed += 1
        await self._look_again()
        return tell("The line is disputed", "You see the answer beside it, and on your royalties page.")

    def _show(self, found: Read) -> None:
        self.head, self.lines, self.cursor = found.head, found.lines, found.cursor
        self.is_own = found.is_own

    async def _look_again(self) -> None:
        wanted = parse_id(self.head.id)
        if wanted is not None:
            self._show(await in_thread(_read_again, current_actor(), wanted, self.order, len(self.lines)))


def _read(actor: Actor, statement_id: UUID, order: str, cursor: str = "") -> Read:
    with read_session() as session:
        statement = statements.get_statement(session, actor, statement_id=statement_id)
        page = Page(limit=PAGE_LINES, after=decode_cursor(cursor))
        lines, next_cursor = list_lines(session, statement, page=page, order=LineOrder(order))
        head = statement_head(statements.view_of(session, statement))
        is_own = statement.contributor_id in own_parties(session, actor)
        asked = Page(limit=MAX_LIMIT)
        found = list_disputes(session, actor, page=asked, statement_id=statement_id).disputes
    newest = {one.line_id: one for one in reversed(found)}
    shown = [_line(one, newest.get(one.id)) for one in lines]
    return Read(head, shown, next_cursor or "", is_own)


def _read_again(actor: Actor, statement_id: UUID, order: str, shown: int) -> Read:
    """As `_read`, with at least as many lines as are shown."""
    last = Read(StatementHead())

    def read(cursor: str) -> tuple[list[InvoiceLine], str]:
        nonlocal last
        last = _read(actor, statement_id, order, cursor)
        return last.lines, last.cursor

    lines, cursor = as_far_as(shown, read)
    return replace(last, lines=lines, cursor=cursor)


def _line(view: LineView, dispute: DisputeView | None) -> InvoiceLine:
    line = invoice_line(view)
    if dispute is not None:
        line.disputed, line.is_disputed = said_of_line(dispute), dispute.status is CaseStatus.OPEN
    return line


@repeatable
def _dispute(actor: Actor, line_id: UUID, reason: str) -> None:
    with unit_of_work() as uow:
        open_dispute(uow, actor, line_id=line_id, reason=reason)


def _prove(actor: Actor, statement_id: UUID, line_id: UUID) -> ProofWords:
    with read_session() as session:
        statement = statements.get_statement(session, actor, statement_id=statement_id)
        line: StatementLine | None = get_line(session, statement, line_id)
        if line is None:
            raise NotFound("This line is not part of the statement.")
        (view,) = line_views(session, statement, [line])
        return line_words(invoice_line(view), inclusion_proof(session, row_id=line_id))
