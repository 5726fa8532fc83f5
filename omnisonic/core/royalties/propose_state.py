"""Proposing payouts on `/royalties`: which balances, in which currency, by which rates; first looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import reflex as rx

from omnisonic.core.royalties.payouts import propose_payouts
from omnisonic.core.royalties.payouts_plans import preview_payouts
from omnisonic.core.royalties.payouts_schemas import Proposed, ProposeRequest
from omnisonic.core.royalties.payouts_state import PayoutsState
from omnisonic.core.royalties.propose_words import PlannedLine, kept_words, planned_line, sum_words
from omnisonic.core.royalties.refusal_words import refusal_words
from omnisonic.core.royalties.statements_state import StatementsState
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.ids import parse_id, utc_now
from omnisonic.platform.ui.notices import tell
from omnisonic.platform.ui.words import count

ROWS_SHOWN = 50
MAX_SOURCE_CHARS = 120


@dataclass
class Asked:
    """What is chosen in the dialog; empty: everything, or each balance in its own currency."""

    cycle: str = ""
    currency: str = ""
    source: str = ""
    day: str = ""
    inverse: bool = False


@dataclass
class Preview:
    """What proposing would do."""

    rows: list[PlannedLine] = field(default_factory=list)
    payouts: int = 0
    words: str = ""
    kept: str = ""
    more: str = ""


class ProposeState(rx.State):
    """The choice, and what it comes to now."""

    asked: rx.Field[Asked] = rx.field(default_factory=Asked)
    today: str = ""
    preview: rx.Field[Preview] = rx.field(default_factory=Preview)
    problem: str = ""
    is_busy: bool = False
    opened_at: int = 0
    proposed: int = 0

    @rx.event
    @guarded(role=Role.CURATOR)
    async def open(self) -> None:
        """Everything until now, each balance in its own currency."""
        self.today = utc_now().date().isoformat()
        self.asked = Asked(day=self.today)
        await self._look()
        self.opened_at += 1

    @rx.event
    @guarded(role=Role.CURATOR)
    async def choose_cycle(self, cycle_id: str) -> None:
        """What the cycles closed until this one account for."""
        self.asked.cycle = str(parse_id(cycle_id) or "")
        await self._look()

    @rx.event
    @guarded(role=Role.CURATOR)
    async def choose_currency(self, currency: str) -> None:
        """Into which currency balances are exchanged."""
        self.asked.currency = currency[:3]
        await self._look()

    @rx.event
    @guarded(role=Role.CURATOR)
    async def choose_source(self, source: str) -> None:
        """Whose rates count."""
        self.asked.source = source[:MAX_SOURCE_CHARS]
        await self._look()

    @rx.event
    @guarded(role=Role.CURATOR)
    async def choose_day(self, day: str) -> None:
        """Rates of this day, else the newest before."""
        self.asked.day = day[:10]
        await self._look()

    @rx.event
    @guarded(role=Role.CURATOR)
    async def choose_inverse(self, inverse: bool) -> None:
        """Whether a rate that is stated the other way round counts."""
        self.asked.inverse = bool(inverse)
        await self._look()

    @rx.event
    @guarded(role=Role.CURATOR)
    async def propose(self) -> Any:
        """Propose what is shown; nothing is booked before it is marked as paid."""
        request = _request_of(self.asked)
        if request is None:
            return None
        try:
            made, kept = await in_thread(_propose, current_actor(), request)
        except OmnisonicError as error:
            self.problem = refusal_words(error)
            return None
        self.proposed += 1
        stays = f"{count(kept, 'balance')} {'stays' if kept == 1 else 'stay'} and will be carried forward."
        told = tell(f"{count(made, 'payout')} proposed", stays if kept else "")
        return [PayoutsState.load, StatementsState.load, told]

    async def _look(self) -> None:
        self.problem, request = "", _request_of(self.asked)
        if request is None:
            self.problem, self.preview = "Write the day of the rate as 2026-03-31.", Preview()
            return
        try:
            self.preview = await in_thread(_preview, current_actor(), request)
        except OmnisonicError as error:
            self.problem, self.preview = refusal_words(error), Preview()


def _request_of(asked: Asked) -> ProposeRequest | None:
    try:
        rate_day = date.fromisoformat(asked.day) if asked.currency else None
    except ValueError:
        return None
    return ProposeRequest(
        cycle_id=parse_id(asked.cycle),
        exchange_to=asked.currency or None,
        sources=[asked.source] if asked.source and asked.currency else [],
        rate_day=rate_day,
        allow_inverse=asked.inverse,
    )


def _preview(actor: Actor, request: ProposeRequest) -> Preview:
    with read_session() as session:
        found = preview_payouts(session, actor, request=request)
    hidden = len(found.payouts) - ROWS_SHOWN
    more = f"And {hidden:,} more." if hidden > 0 else ""
    if found.next_cursor:
        more = "And more: there are too many balances to show them all; all of them are proposed."
    return Preview(
        rows=[planned_line(one) for one in found.payouts[:ROWS_SHOWN]],
        payouts=len(found.payouts),
        words=sum_words(found.payouts),
        kept=kept_words(found.kept, target=request.exchange_to or ""),
        more=more,
    )


def _propose(actor: Actor, request: ProposeRequest) -> tuple[int, int]:
    made, kept, cursor = 0, 0, None
    while True:
        found = _propose_part(actor, request.model_copy(update={"cursor": cursor}))
        made, kept, cursor = made + len(found.payouts), kept + len(found.kept), found.next_cursor
        if cursor is None:
            return made, kept


@repeatable
def _propose_part(actor: Actor, request: ProposeRequest) -> Proposed:
    with unit_of_work() as uow:
        return propose_payouts(uow, actor, request=request)
