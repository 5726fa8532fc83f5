"""Balances and statements on `/royalties`: a payee's own, everybody's for curators, who may filter."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import reflex as rx
from sqlmodel import Session

from omnisonic.core.catalog.repository import contributors_by_ids
from omnisonic.core.royalties.access import is_curator
from omnisonic.core.royalties.cycle_service import list_cycles
from omnisonic.core.royalties.models import CycleStatus
from omnisonic.core.royalties.payouts_lists import list_balances
from omnisonic.core.royalties.statement_words import BalanceCard, StatementRow, balance_card, statement_row
from omnisonic.core.royalties.statements import list_currencies, list_statements
from omnisonic.core.royalties.statements_filter import StatementFilter, read_filter
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session
from omnisonic.platform.pagination import MAX_LIMIT, Page, as_far_as, decode_cursor

PAGE_ROWS = 30
MAX_ROWS = 300
BALANCES_SHOWN = 12


@dataclass
class FilterLine:
    """The filter as its row of controls shows it."""

    party_id: str = ""
    party: str = ""
    cycle: str = ""
    currency: str = ""
    is_empty: bool = True


@dataclass
class Earned:
    """One look at what is owed."""

    balances: list[BalanceCard] = field(default_factory=list)
    has_more_balances: bool = False
    statements: list[StatementRow] = field(default_factory=list)
    cursor: str = ""
    chosen: FilterLine = field(default_factory=FilterLine)
    cycles: list[list[str]] = field(default_factory=list)
    currencies: list[str] = field(default_factory=list)


class StatementsState(rx.State):
    """What the caller may see of balances and statements, newest first."""

    is_loaded: bool = False
    load_problem: str = ""
    balances: rx.Field[list[BalanceCard]] = rx.field(default_factory=list)
    has_more_balances: bool = False
    statements: rx.Field[list[StatementRow]] = rx.field(default_factory=list)
    cursor: str = ""
    chosen: rx.Field[FilterLine] = rx.field(default_factory=FilterLine)
    cycles: rx.Field[list[list[str]]] = rx.field(default_factory=list)  # id and name, to filter by
    currencies: rx.Field[list[str]] = rx.field(default_factory=list)

    @rx.event
    @guarded
    async def load(self) -> None:
        """Balances, and the first statements under the filter in the address."""
        self.load_problem = ""
        self._show(await in_thread(_look, current_actor(), self._filter()))

    @rx.event
    @guarded
    async def hear(self) -> None:
        """A cycle was closed, or money was booked or paid out."""
        self._show(await in_thread(_look, current_actor(), self._filter(), len(self.statements)))

    def _show(self, found: Earned) -> None:
        self.balances, self.has_more_balances = found.balances, found.has_more_balances
        self.statements, self.cursor, self.chosen = found.statements, found.cursor, found.chosen
        self.cycles, self.currencies = found.cycles, found.currencies
        self.is_loaded = True

    @rx.event
    @guarded
    async def show_more(self) -> None:
        """The next statements below."""
        if self.cursor and len(self.statements) < MAX_ROWS:
            rows, self.cursor = await in_thread(_statements, current_actor(), self._filter(), self.cursor)
            self.statements = [*self.statements, *rows]

    @rx.event
    @guarded(role=Role.CURATOR)
    async def choose_party(self, party_id: str, _name: str = "") -> Any:
        """Only the statements of a party; nothing chosen shows everybody's."""
        return rx.redirect(self._filter().address(party=party_id))

    @rx.event
    @guarded(role=Role.CURATOR)
    async def choose_cycle(self, cycle_id: str) -> Any:
        """Only the statements of a cycle."""
        return rx.redirect(self._filter().address(cycle=cycle_id))

    @rx.event
    @guarded(role=Role.CURATOR)
    async def choose_currency(self, currency: str) -> Any:
        """Only the statements in a currency."""
        return rx.redirect(self._filter().address(currency=currency))

    def _filter(self) -> StatementFilter:
        return read_filter(self.router.url.query_parameters)


def _look(actor: Actor, asked: StatementFilter, shown: int = 0) -> Earned:
    statements, cursor = as_far_as(shown, lambda after: _statements(actor, asked, after))
    with read_session() as session:
        balances = list_balances(
            session,
            actor,
            limit=BALANCES_SHOWN,
            contributor_id=asked.party if is_curator(actor) else None,
            currency=asked.currency if is_curator(actor) else None,
        )
        earned = Earned(
            balances=[balance_card(one, is_own=not is_curator(actor)) for one in balances.balances],
            has_more_balances=balances.next_cursor is not None,
            statements=statements,
            cursor=cursor,
        )
        return _with_choices(session, actor, asked, earned) if is_curator(actor) else earned


def _with_choices(session: Session, actor: Actor, asked: StatementFilter, earned: Earned) -> Earned:
    named = contributors_by_ids(session, [asked.party]).get(asked.party) if asked.party else None
    closed = list_cycles(session, actor, page=Page(limit=MAX_LIMIT), status=CycleStatus.CLOSED).cycles
    earned.cycles = [[str(one.id), one.name] for one in closed]
    earned.currencies = list_currencies(session, actor)
    earned.chosen = FilterLine(
        party_id=str(asked.party or ""),
        party=(named.name if named else "Somebody unknown") if asked.party else "",
        cycle=str(asked.cycle or ""),
        currency=asked.currency or "",
        is_empty=asked.is_empty,
    )
    return earned


def _statements(actor: Actor, asked: StatementFilter, cursor: str) -> tuple[list[StatementRow], str]:
    wanted = asked if is_curator(actor) else StatementFilter()  # payees have no controls to see it by
    with read_session() as session:
        found = list_statements(
            session,
            actor,
            page=Page(limit=PAGE_ROWS, after=decode_cursor(cursor)),
            contributor_id=wanted.party,
            cycle_id=wanted.cycle,
            currency=wanted.currency,
        )
    return [statement_row(one) for one in found.statements], found.next_cursor or ""
