"""Payouts: proposed from what the ledger says, paid once, or canceled. Records and files, no bank.

A payout is whole minor units toward zero; what is left stays on the payee's account and is seen there.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, func, select

from omnisonic.core import money
from omnisonic.core.royalties.access import require_curator
from omnisonic.core.royalties.changes import announce
from omnisonic.core.royalties.errors import PayoutState, PayoutTooSmall
from omnisonic.core.royalties.models import Payout, PayoutStatus
from omnisonic.core.royalties.payouts_balances import (
    balance_of,
    hold_payee,
)
from omnisonic.core.royalties.payouts_journals import book_payout
from omnisonic.core.royalties.payouts_lists import reserved_of, views_of
from omnisonic.core.royalties.payouts_plans import Plan, kept_views, nothing_to_pay, plan_payouts
from omnisonic.core.royalties.payouts_rules import debits_of
from omnisonic.core.royalties.payouts_schemas import PayoutView, Proposed, ProposeRequest
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import NotFound, VersionConflict
from omnisonic.platform.ids import utc_now
from omnisonic.platform.named_locks import take_lock

PROPOSING_LOCK = "royalties:payouts"  # one proposal at a time: numbers, and no balance twice


def propose_payouts(uow: UnitOfWork, actor: Actor, *, request: ProposeRequest) -> Proposed:
    """Propose a payout for each balance that reaches the minimum; the others are told with their reason.

    For a closed cycle: what the cycles closed until then account for, but never more than there is now.
    Nothing is booked. 2,000 balances at once; `next_cursor` asks for those behind. Raises `Forbidden`
    unless a curator, `NotFound`, `PayoutState` for a cycle that is not closed, `InvalidFields`; for one
    payee alone also `PayoutTooSmall`, `NoExchangeRate`, and `PayoutState` where one is proposed already.
    """
    require_curator(actor)
    take_lock(uow.session, PROPOSING_LOCK)
    planned = plan_payouts(uow.session, request)
    if request.contributor_id and not planned.plans:
        raise nothing_to_pay(planned.kept, request)
    rows = _write(uow, actor, planned.plans, request.cycle_id)
    return Proposed(
        payouts=views_of(uow.session, rows), kept=kept_views(planned.kept), next_cursor=planned.next_cursor
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
    row.status, row.paid_at, row.reference = PayoutStatus.PAID, utc_now(), reference or row.reference
    row.journal_id = book_payout(uow, row, debits_of(standing, row.contributor_id, nano))
    return _changed(uow, row)


def cancel_payout(
    uow: UnitOfWork, actor: Actor, *, payout_id: UUID, version: int | None = None
) -> PayoutView:
    """Take a proposal back; its amount can be proposed again. Raises as `pay_payout`."""
    row = _locked(uow, actor, payout_id, version)
    row.status = PayoutStatus.CANCELED
    return _changed(uow, row)


def _changed(uow: UnitOfWork, row: Payout) -> PayoutView:
    row.version += 1
    uow.session.flush()
    announce(uow, parties=[row.contributor_id])
    return views_of(uow.session, [row])[0]


def _write(uow: UnitOfWork, actor: Actor, plans: Sequence[Plan], cycle_id: UUID | None) -> list[Payout]:
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
    if rows:
        announce(uow, parties=[row.contributor_id for row in rows])
    return rows


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
