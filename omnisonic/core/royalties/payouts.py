"""Payouts: proposed from what the ledger says, paid once, or canceled. Records and files, no bank.

A payout is whole minor units toward zero; what is left stays on the payee's account and is seen there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, func, select

from omnisonic.core import money
from omnisonic.core.royalties.access import party_ids, require_curator
from omnisonic.core.royalties.errors import NoExchangeRate, PayoutState, PayoutTooSmall
from omnisonic.core.royalties.exchange import ExchangeFacts, exchange_facts
from omnisonic.core.royalties.exchange_rates import ChosenRate, find_rate
from omnisonic.core.royalties.models import Cycle, CycleStatus, Payout, PayoutStatus
from omnisonic.core.royalties.payouts_balances import (
    Balance,
    balance_of,
    cursor_after,
    decode_place,
    hold_payee,
    read_balances,
)
from omnisonic.core.royalties.payouts_journals import book_payout
from omnisonic.core.royalties.payouts_lists import open_proposals, reserved_of, views_of
from omnisonic.core.royalties.payouts_rules import Kept, Payable, debits_of, judge_balance, payable_nano
from omnisonic.core.royalties.payouts_schemas import KeptBalance, PayoutView, Proposed, ProposeRequest
from omnisonic.core.royalties.shapes import money_view
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import FieldError, InvalidFields, NotFound, VersionConflict
from omnisonic.platform.ids import utc_now
from omnisonic.platform.named_locks import take_lock
from omnisonic.platform.settings import get_settings

PROPOSING_LOCK = "royalties:payouts"  # one proposal at a time: numbers, and no balance twice
BALANCES_AT_ONCE = 2000


@dataclass(frozen=True)
class _Plan:
    """What to pay of one balance."""

    balance: Balance
    currency: str
    payable: Payable
    exchange: ExchangeFacts | None


def propose_payouts(uow: UnitOfWork, actor: Actor, *, request: ProposeRequest) -> Proposed:
    """Propose a payout for each balance that reaches the minimum; the others are told with their reason.

    For a closed cycle: what the cycles closed until then account for, but never more than there is now.
    Nothing is booked. 2,000 balances at once; `next_cursor` asks for those behind. Raises `Forbidden`
    unless a curator, `NotFound`, `PayoutState` for a cycle that is not closed, `InvalidFields`; for one
    payee alone also `PayoutTooSmall`, `NoExchangeRate`, and `PayoutState` where one is proposed already.
    """
    require_curator(actor)
    currency, target = _code(request.currency, "currency"), _code(request.exchange_to, "exchangeTo")
    session = uow.session
    _require_closed(session, request.cycle_id)
    take_lock(session, PROPOSING_LOCK)
    alone = request.contributor_id
    found = read_balances(
        session,
        parties=party_ids(session, alone) if alone else None,
        currency=currency,
        cycle_id=request.cycle_id,
        after=decode_place(request.cursor),
        limit=BALANCES_AT_ONCE + 1,
    )
    looked_at, rates = found[:BALANCES_AT_ONCE], _Rates(session, request, target)
    reserved = open_proposals(session, [one.contributor_id for one in looked_at])
    judged = [(one, _judge(one, rates, reserved)) for one in looked_at]
    plans = [plan for _, plan in judged if isinstance(plan, _Plan)]
    kept = [(one, reason) for one, reason in judged if isinstance(reason, Kept)]
    if alone and not plans:
        raise _nothing_to_pay(kept, request)
    rows = _write(uow, actor, plans, request.cycle_id)
    return Proposed(
        payouts=views_of(session, rows),
        kept=[_kept_view(*one) for one in kept],
        next_cursor=cursor_after(looked_at[-1]) if len(found) > len(looked_at) else None,
    )


def pay_payout(
    uow: UnitOfWork,
    actor: Actor,
    *,
    payout_id: UUID,
    version: int | None = None,
    reference: str | None = None,
) -> PayoutView:
    """Book a proposed payout as paid, with its exchange, in the open cycle of today.

    Raises `Forbidden` unless a curator, `NotFound`, `VersionConflict`, `PayoutState` when it was paid or
    canceled before, `PayoutTooSmall` when the payee has less by now than was proposed.
    """
    row = _locked(uow, actor, payout_id, version)
    hold_payee(uow.session, row.contributor_id)
    currency, nano = reserved_of(row)
    standing = balance_of(uow.session, contributor_id=row.contributor_id, currency=currency)
    if sum(standing.values()) < nano:
        there, wanted = (money.format_money(one, currency) for one in (sum(standing.values()), nano))
        raise PayoutTooSmall(
            f"There is {there} by now and the payout takes {wanted}. Cancel it and propose a new one."
        )
    row.journal_id = book_payout(uow, row, debits_of(standing, row.contributor_id, nano))
    row.status, row.paid_at, row.reference = PayoutStatus.PAID, utc_now(), reference or row.reference
    row.version += 1
    uow.session.flush()
    return views_of(uow.session, [row])[0]


def cancel_payout(
    uow: UnitOfWork, actor: Actor, *, payout_id: UUID, version: int | None = None
) -> PayoutView:
    """Take a proposal back; its amount can be proposed again. Raises as `pay_payout`."""
    row = _locked(uow, actor, payout_id, version)
    row.status = PayoutStatus.CANCELED
    row.version += 1
    uow.session.flush()
    return views_of(uow.session, [row])[0]


@dataclass
class _Rates:
    """Rates into the wanted currency, each looked up once."""

    session: Session
    request: ProposeRequest
    target: str | None

    def __post_init__(self) -> None:
        self._found: dict[str, ChosenRate | None] = {}

    def into_target(self, currency: str) -> ChosenRate | None:
        """The rate from a currency; None where there is none."""
        if self.target is not None and currency not in self._found:
            today = utc_now().date()
            self._found[currency] = find_rate(
                self.session,
                base=currency,
                quote=self.target,
                day=min(self.request.rate_day or today, today),
                sources=self.request.sources,
                allow_inverse=self.request.allow_inverse,
            )
        return self._found.get(currency)


def _kept_view(balance: Balance, reason: Kept) -> KeptBalance:
    return KeptBalance(
        contributor_id=balance.contributor_id,
        balance=money_view(balance.nano, balance.currency),
        reason=reason,
    )


def _code(text: str | None, field: str) -> str | None:
    if text is None:
        return None
    try:
        return money.parse_currency(text)
    except money.BadMoney as error:
        raise InvalidFields(errors=[FieldError(field, str(error.problem), error.message)]) from error


def _require_closed(session: Session, cycle_id: UUID | None) -> None:
    if cycle_id is None:
        return
    cycle = session.get(Cycle, cycle_id)
    if cycle is None:
        raise NotFound(f"There is no cycle with the id {cycle_id}.")
    if cycle.status is not CycleStatus.CLOSED:
        raise PayoutState(f"Cycle {cycle.number} is not closed. Close it first, or propose for now.")


def _judge(balance: Balance, rates: _Rates, reserved: Mapping[tuple[UUID, str], int]) -> _Plan | Kept:
    if (balance.contributor_id, balance.currency) in reserved:
        return Kept.PROPOSED
    nano, currency = payable_nano(balance.nano, balance.settled_nano), balance.currency
    if nano < 0:
        return Kept.NEGATIVE
    told: ExchangeFacts | None = None
    if rates.target not in (None, balance.currency):
        rate = rates.into_target(balance.currency)
        if rate is None:
            return Kept.NO_RATE
        told = exchange_facts(rate.stated, nano, is_inverse=rate.is_inverse)
        nano, currency = int(told["toNano"]), told["toCurrency"]
    if nano > money.NANO_MAX:
        return Kept.TOO_LARGE
    judged = judge_balance(nano, currency, minimum=get_settings().payout_minimum)
    return judged if isinstance(judged, Kept) else _Plan(balance, currency, judged, told)


def _write(uow: UnitOfWork, actor: Actor, plans: Sequence[_Plan], cycle_id: UUID | None) -> list[Payout]:
    last = uow.session.exec(select(func.max(Payout.number))).one() or 0
    rows = [
        Payout(
            number=last + at,
            contributor_id=plan.balance.contributor_id,
            cycle_id=cycle_id,
            currency=plan.currency,
            amount_minor=plan.payable.amount_minor,
            residue_nano=plan.payable.residue_nano,
            exchange=dict(plan.exchange) if plan.exchange else None,
            created_by=actor.user_id,
        )
        for at, plan in enumerate(plans, start=1)
    ]
    uow.session.add_all(rows)
    uow.session.flush()
    return rows


def _nothing_to_pay(
    kept: Sequence[tuple[Balance, Kept]], request: ProposeRequest
) -> PayoutTooSmall | NoExchangeRate | PayoutState:
    reasons = {reason for _, reason in kept}
    if Kept.PROPOSED in reasons:
        return PayoutState("A payout of this balance is proposed already. Pay or cancel it first.")
    if Kept.NO_RATE in reasons:
        given = next(one.currency for one, reason in kept if reason is Kept.NO_RATE)
        return NoExchangeRate(
            f"There is no rate from {given} to {request.exchange_to} on or before that day."
        )
    there = ", ".join(money.format_money(one.nano, one.currency) for one, _ in kept) or "nothing"
    return PayoutTooSmall(f"There is {there}; a payout has {get_settings().payout_minimum} at least.")


def _locked(uow: UnitOfWork, actor: Actor, payout_id: UUID, version: int | None) -> Payout:
    require_curator(actor)
    row = uow.session.get(Payout, payout_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(f"There is no payout with the id {payout_id}.")
    if version is not None and version != row.version:
        raise VersionConflict(current=_current(uow.session, row))
    if row.status is not PayoutStatus.PROPOSED:
        raise PayoutState(f"Payout {row.number} is {row.status} already.", current=_current(uow.session, row))
    return row


def _current(session: Session, row: Payout) -> dict[str, object]:
    return views_of(session, [row])[0].model_dump(mode="json", by_alias=True)
