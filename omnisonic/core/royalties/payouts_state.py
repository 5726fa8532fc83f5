"""Payouts on `/royalties`: a payee's own; curators propose, book them as paid, or take them back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import reflex as rx

from omnisonic.core.royalties.payouts import cancel_payout, pay_payout
from omnisonic.core.royalties.payouts_lists import get_payout, list_payouts
from omnisonic.core.royalties.payouts_schemas import PayoutView
from omnisonic.core.royalties.refusal_words import refusal_words
from omnisonic.core.royalties.statement_words import PayoutLine, payout_line
from omnisonic.core.royalties.statements_state import StatementsState
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.errors import NotFound, OmnisonicError
from omnisonic.platform.ids import parse_id
from omnisonic.platform.pagination import Page, as_far_as, decode_cursor
from omnisonic.platform.ui.notices import tell, warn

PAGE_ROWS = 50
MAX_ROWS = 500
MAX_REFERENCE_CHARS = 200


class PayoutsState(rx.State):
    """Payouts that the caller may see, newest first, and the question whether one was paid."""

    is_loaded: bool = False
    load_problem: str = ""
    payouts: rx.Field[list[PayoutLine]] = rx.field(default_factory=list)
    cursor: str = ""
    paying: rx.Field[PayoutLine | None] = rx.field(default=None)
    paying_at: int = 0
    pay_problem: str = ""
    paid: int = 0

    @rx.event
    @guarded
    async def load(self) -> None:
        """The newest payouts."""
        self.load_problem = ""
        self.payouts, self.cursor = await in_thread(_read, current_actor(), "")
        self.is_loaded = True

    @rx.event
    @guarded
    async def hear(self) -> None:
        """Others proposed, paid or canceled; a question that is open says what became of its payout."""
        actor = current_actor()
        self.payouts, self.cursor = await in_thread(
            as_far_as, len(self.payouts), lambda after: _read(actor, after)
        )
        if self.paying is not None:
            self.paying = await in_thread(_line, actor, UUID(self.paying.id))

    @rx.event
    @guarded
    async def show_more(self) -> None:
        """Older payouts below."""
        if self.cursor and len(self.payouts) < MAX_ROWS:
            rows, self.cursor = await in_thread(_read, current_actor(), self.cursor)
            self.payouts = [*self.payouts, *rows]

    @rx.event
    @guarded(role=Role.CURATOR)
    async def ask_paid(self, payout_id: str) -> None:
        """Open the question with which reference a payout was paid."""
        self.pay_problem = ""
        self.paying = next((one for one in self.payouts if one.id == payout_id), None)
        self.paying_at += 1 if self.paying else 0

    @rx.event
    @guarded(role=Role.CURATOR)
    async def pay(self, form: dict[str, Any]) -> Any:
        """Book the payout that was asked about as paid; refused, the form stays with what was typed."""
        asked = self.paying
        if asked is None:
            return None
        reference = str(form.get("payout_reference", "")).strip()[:MAX_REFERENCE_CHARS] or None
        try:
            found = await in_thread(_pay, current_actor(), UUID(asked.id), asked.version, reference)
        except OmnisonicError as error:
            self.pay_problem = refusal_words(error)
            self.paying = await in_thread(_line, current_actor(), UUID(asked.id))
            return PayoutsState.load
        self.paid += 1
        return self._told(found)

    @rx.event
    @guarded(role=Role.CURATOR)
    async def cancel(self, payout_id: str, version: int) -> Any:
        """Take a proposal back."""
        wanted = parse_id(payout_id)
        if wanted is None:
            return None
        try:
            found = await in_thread(_cancel, current_actor(), wanted, version)
        except OmnisonicError as error:
            return [warn(error.title, refusal_words(error)), PayoutsState.load]
        return self._told(found)

    def _told(self, found: PayoutView) -> list[Any]:
        line = payout_line(found)
        words = tell(f"Payout {line.number} · {line.status_words.lower()}", f"{line.amount} to {line.name}")
        return [PayoutsState.load, StatementsState.load, words]


def _read(actor: Actor, cursor: str) -> tuple[list[PayoutLine], str]:
    with read_session() as session:
        page = Page(limit=PAGE_ROWS, after=decode_cursor(cursor))
        found = list_payouts(session, actor, page=page)
    return [payout_line(one) for one in found.payouts], found.next_cursor or ""


def _line(actor: Actor, payout_id: UUID) -> PayoutLine | None:
    try:
        with read_session() as session:
            return payout_line(get_payout(session, actor, payout_id=payout_id))
    except NotFound:
        return None


@repeatable
def _pay(actor: Actor, payout_id: UUID, version: int, reference: str | None) -> PayoutView:
    with unit_of_work() as uow:
        return pay_payout(uow, actor, payout_id=payout_id, version=version, reference=reference)


@repeatable
def _cancel(actor: Actor, payout_id: UUID, version: int) -> PayoutView:
    with unit_of_work() as uow:
        return cancel_payout(uow, actor, payout_id=payout_id, version=version)
