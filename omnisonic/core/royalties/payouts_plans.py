"""What a proposal of payouts comes to: each balance judged, with its exchange; nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from omnisonic.core import money
from omnisonic.core.royalties.access import party_ids, require_curator
from omnisonic.core.royalties.errors import NoExchangeRate, PayoutState, PayoutTooSmall
from omnisonic.core.royalties.exchange import ExchangeFacts, exchange_facts
from omnisonic.core.royalties.exchange_rates import ChosenRate, find_rate
from omnisonic.core.royalties.models import Cycle, CycleStatus
from omnisonic.core.royalties.payouts_balances import Balance, cursor_after, decode_place, read_balances
from omnisonic.core.royalties.payouts_lists import exchange_view, names_of, open_proposals
from omnisonic.core.royalties.payouts_rules import Kept, Payable, judge_balance, payable_nano
from omnisonic.core.royalties.payouts_schemas import (
    KeptBalance,
    PayoutPreview,
    PlannedPayout,
    ProposeRequest,
)
from omnisonic.core.royalties.shapes import money_view
from omnisonic.platform.actor import Actor
from omnisonic.platform.errors import FieldError, InvalidFields, NotFound
from omnisonic.platform.ids import utc_now
from omnisonic.platform.settings import get_settings

BALANCES_AT_ONCE = 2000
PAYOUT_NANO_MAX = 1000 * money.NANO_MAX  # booked in a thousand entries then, on each account


@dataclass(frozen=True)
class Plan:
    """What to pay of one balance."""

    balance: Balance
    currency: str
    payable: Payable
    exchange: ExchangeFacts | None


@dataclass(frozen=True)
class Planned:
    """What to pay, what is kept and why, and where the next 2,000 balances begin."""

    plans: list[Plan]
    kept: list[tuple[Balance, Kept]]
    next_cursor: str | None


def preview_payouts(session: Session, actor: Actor, *, request: ProposeRequest) -> PayoutPreview:
    """What `propose_payouts` would propose now; by then balances and rates may be others.

    Raises `Forbidden` unless a curator, `NotFound`, `PayoutState`, `InvalidFields`.
    """
    require_curator(actor)
    planned = plan_payouts(session, request)
    names = names_of(session, [one.balance.contributor_id for one in planned.plans])
    return PayoutPreview(
        payouts=[_planned_view(one, names) for one in planned.plans],
        kept=kept_views(planned.kept),
        next_cursor=planned.next_cursor,
    )


def plan_payouts(session: Session, request: ProposeRequest) -> Planned:
    """Judge the balances that a request names. Raises `NotFound`, `PayoutState`, `InvalidFields`."""
    currency, target = _code(request.currency, "currency"), _code(request.exchange_to, "exchangeTo")
    _require_closed(session, request.cycle_id)
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
    return Planned(
        plans=[plan for _, plan in judged if isinstance(plan, Plan)],
        kept=[(one, reason) for one, reason in judged if isinstance(reason, Kept)],
        next_cursor=cursor_after(looked_at[-1]) if len(found) > len(looked_at) else None,
    )


def kept_views(kept: Sequence[tuple[Balance, Kept]]) -> list[KeptBalance]:
    """Balances that are carried forward, as programs get them."""
    return [
        KeptBalance(
            contributor_id=one.contributor_id,
            balance=money_view(one.nano, one.currency),
            reason=reason,
        )
        for one, reason in kept
    ]


def nothing_to_pay(
    kept: Sequence[tuple[Balance, Kept]], request: ProposeRequest
) -> PayoutTooSmall | NoExchangeRate | PayoutState:
    """Why a payee who was asked for alone gets nothing."""
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


def _judge(balance: Balance, rates: _Rates, reserved: Mapping[tuple[UUID, str], int]) -> Plan | Kept:
    if (balance.contributor_id, balance.currency) in reserved:
        return Kept.PROPOSED
    nano, currency = payable_nano(balance.nano, balance.settled_nano), balance.currency
    if nano < 0:
        return Kept.NEGATIVE
    given = nano
    told: ExchangeFacts | None = None
    if rates.target not in (None, balance.currency):
        rate = rates.into_target(balance.currency)
        if rate is None:
            return Kept.NO_RATE
        told = exchange_facts(rate.stated, nano, is_inverse=rate.is_inverse)
        nano, currency = int(told["toNano"]), told["toCurrency"]
    if max(nano, given) > PAYOUT_NANO_MAX:
        return Kept.TOO_LARGE
    judged = judge_balance(nano, currency, minimum=get_settings().payout_minimum)
    return judged if isinstance(judged, Kept) else Plan(balance, currency, judged, told)


def _planned_view(plan: Plan, names: Mapping[UUID, str]) -> PlannedPayout:
    nano = plan.payable.amount_minor * money.nano_per_minor(plan.currency)
    return PlannedPayout(
        contributor_id=plan.balance.contributor_id,
        payee_name=names[plan.balance.contributor_id],
        balance=money_view(plan.balance.nano, plan.balance.currency),
        amount=money_view(nano, plan.currency),
        residue=money_view(plan.payable.residue_nano, plan.currency),
        exchange=exchange_view(plan.exchange),
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
