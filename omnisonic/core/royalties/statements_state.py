"""Balances, statements and payouts on `/royalties`: a payee's own, everybody's for curators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import reflex as rx

from omnisonic.core.royalties.payouts import cancel_payout, pay_payout, propose_payouts
from omnisonic.core.royalties.payouts_lists import list_balances, list_payouts
from omnisonic.core.royalties.payouts_schemas import PayoutView, Proposed, ProposeRequest
from omnisonic.core.royalties.refusal_words import refusal_words
from omnisonic.core.royalties.statement_words import (
    BalanceCard,
    PayoutLine,
    StatementRow,
    balance_card,
    payout_line,
    statement_row,
)
from omnisonic.core.royalties.statements import list_statements
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.ids import parse_id
from omnisonic.platform.pagination import Page, decode_cursor
from omnisonic.platform.ui.notices import tell, warn
from omnisonic.platform.ui.words import count

PAGE_ROWS = 30
MAX_ROWS = 300
BALANCES_SHOWN = 12
PAYOUTS_SHOWN = 50
MAX_REFERENCE_CHARS = 200


@dataclass
class Earned:
    """One look at what is owed and paid."""

    balances: list[BalanceCard] = field(default_factory=list)
    has_more_balances: bool = False
    statements: list[StatementRow] = field(default_factory=list)
    cursor: str = ""
    payouts: list[PayoutLine] = field(default_factory=list)


class StatementsState(rx.State):
    """What the caller may see of balances, statements and payouts, newest first."""

    is_loaded: bool = False
    load_problem: str = ""
    balances: rx.Field[list[BalanceCard]] = rx.field(default_factory=list)
    has_more_balances: bool = False
    statements: rx.Field[list[StatementRow]] = rx.field(default_factory=list)
    cursor: str = ""
    payouts: rx.Field[list[PayoutLine]] = rx.field(default_factory=list)
    paying: rx.Field[PayoutLine | None] = rx.field(default=None)
    paying_at: int = 0
    paid: int = 0

    @rx.event
    @guarded
    async def load(self) -> None:
        """Balances, the first statements and payouts."""
        self.load_problem = ""
        self._show(await in_thread(_look, current_actor()))
        self.is_loaded = True

    @rx.event
    @guarded
    async def show_more(self) -> None:
        """The next statements below."""
        if self.cursor and len(self.statements) < MAX_ROWS:
            rows, self.cursor = await in_thread(_statements, current_actor(), self.cursor)
            self.statements = [*self.statements, *rows]

    @rx.event
    @guarded(role=Role.CURATOR)
    async def propose(self) -> Any:
        """Propose a payout for every balance that reaches the smallest payout."""
        try:
            made, kept = await in_thread(_propose, current_actor())
        except OmnisonicError as error:
            return warn(error.title, refusal_words(error))
        self._show(await in_thread(_look, current_actor()))
        kept_words = f"{count(kept, 'balance')} stays and is carried forward." if kept == 1 else ""
        if kept > 1:
            kept_words = f"{kept} balances stay and are carried forward."
        return tell(f"{count(made, 'payout')} proposed" if made else "Nothing to pay out yet", kept_words)

    @rx.event
    @guarded(role=Role.CURATOR)
    async def ask_paid(self, payout_id: str) -> None:
        """Open the question with which reference a payout was paid."""
        self.paying = next((one for one in self.payouts if one.id == payout_id), None)
        self.paying_at += 1 if self.paying else 0

    @rx.event
    @guarded(role=Role.CURATOR)
    async def pay(self, form: dict[str, Any]) -> Any:
        """Book the payout that was asked about as paid."""
        asked, self.paying = self.paying, None
        self.paid += 1
        if asked is None:
            return None
        reference = str(form.get("payout_reference", "")).strip()[:MAX_REFERENCE_CHARS] or None
        return await self._change(_pay, UUID(asked.id), asked.version, reference)

    @rx.event
    @guarded(role=Role.CURATOR)
    async def cancel(self, payout_id: str, version: int) -> Any:
        """Take a proposal back."""
        wanted = parse_id(payout_id)
        return None if wanted is None else await self._change(_cancel, wanted, version, None)

    async def _change(
        self, change: Callable[..., PayoutView], payout_id: UUID, version: int, reference: str | None
    ) -> Any:
        try:
            found = await in_thread(change, current_actor(), payout_id, version, reference)
        except OmnisonicError as error:
            return [warn(error.title, refusal_words(error)), StatementsState.load]
        self._show(await in_thread(_look, current_actor()))
        line = payout_line(found)
        return tell(f"Payout {line.number} · {line.status_words.lower()}", f"{line.amount} to {line.name}")

    def _show(self, found: Earned) -> None:
        self.balances, self.has_more_balances = found.balances, found.has_more_balances
        self.statements, self.cursor, self.payouts = found.statements, found.cursor, found.payouts


def _look(actor: Actor) -> Earned:
    statements, cursor = _statements(actor, "")
    with read_session() as session:
        balances = list_balances(session, actor, limit=BALANCES_SHOWN)
        payouts = list_payouts(session, actor, page=Page(limit=PAYOUTS_SHOWN))
    return Earned(
        balances=[balance_card(one) for one in balances.balances],
        has_more_balances=balances.next_cursor is not None,
        statements=statements,
        cursor=cursor,
        payouts=[payout_line(one) for one in payouts.payouts],
    )


def _statements(actor: Actor, cursor: str) -> tuple[list[StatementRow], str]:
    with read_session() as session:
        page = Page(limit=PAGE_ROWS, after=decode_cursor(cursor))
        found = list_statements(session, actor, page=page)
    return [statement_row(one) for one in found.statements], found.next_cursor or ""


def _propose(actor: Actor) -> tuple[int, int]:
    made, kept, cursor = 0, 0, None
    while True:
        found = _propose_part(actor, cursor)
        made, kept, cursor = made + len(found.payouts), kept + len(found.kept), found.next_cursor
        if cursor is None:
            return made, kept


@repeatable
def _propose_part(actor: Actor, cursor: str | None) -> Proposed:
    with unit_of_work() as uow:
        return propose_payouts(uow, actor, request=ProposeRequest(cursor=cursor))


@repeatable
def _pay(actor: Actor, payout_id: UUID, version: int, reference: str | None) -> PayoutView:
    with unit_of_work() as uow:
        return pay_payout(uow, actor, payout_id=payout_id, version=version, reference=reference)


@repeatable
def _cancel(actor: Actor, payout_id: UUID, version: int, _reference: None) -> PayoutView:
    with unit_of_work() as uow:
        return cancel_payout(uow, actor, payout_id=payout_id, version=version)
