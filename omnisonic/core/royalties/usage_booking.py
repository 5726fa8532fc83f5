"""From events and share plans to journals: what stands on which account, and the facts a journal proves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.ledger.accounts import Account, party_hashes, payee
from omnisonic.core.ledger.leaves import usage_facts
from omnisonic.core.ledger.models import AccountKind, JournalKind, SuspenseReason
from omnisonic.core.ledger.posting import JournalDraft, Posting
from omnisonic.core.royalties.policy import (
    POLICY_DIGEST,
    RIGHT_OF_USAGE,
    Allocation,
    SharePlan,
    allocate_by_plan,
)
from omnisonic.core.royalties.usage_events import UsageEvent


def usage_journals(
    session: Session, booked: Sequence[tuple[UsageEvent, SharePlan]], *, suffix: str = ""
) -> list[JournalDraft]:
    """A journal for each event that is worth a nano-unit at least: its source owes, parties and suspense get.

    An event of less has no journal: there is nothing to move. `suffix` tells a second booking from the first.
    """
    hashes = plan_hashes(session, [plan for _, plan in booked])
    drafts = []
    for event, plan in booked:
        if event.amount_nano == 0:
            continue
        allocation = allocate_by_plan(event.amount_nano, plan, RIGHT_OF_USAGE[event.usage_type])
        source = Posting(source_account(event), event.amount_nano, event.work_id)
        drafts.append(
            JournalDraft(
                kind=JournalKind.USAGE,
                cycle_id=event.cycle_id,
                postings=[source, *credit_postings(allocation, event.currency, event.work_id)],
                event_id=event.id,
                policy_digest=POLICY_DIGEST,
                idempotency_key=f"usage:{event.id}{suffix}",
                facts={"event": usage_facts(event)} | share_facts(plan, allocation, hashes),
            )
        )
    return drafts


def credit_postings(allocation: Allocation, currency: str, work_id: UUID | None) -> list[Posting]:
    """The parts of an allocation as credits."""
    parties = [Posting(payee(party, currency), -part, work_id) for party, part in allocation.payees]
    waiting = [
        Posting(suspense_account(reason, currency), -part, work_id) for reason, part in allocation.suspense
    ]
    return parties + waiting


def share_facts(plan: SharePlan, allocation: Allocation, hashes: Mapping[UUID, str]) -> dict[str, Any]:
    """The shares by which a journal divides, for its leaf: parties by salted hash."""
    return {
        "right": str(allocation.right),
        "shares": {hashes[party]: ppm for party, ppm in plan.parties},
        "waiting": {str(plan.reason): plan.waiting_ppm} if plan.reason else {},
    }


def plan_hashes(session: Session, plans: Sequence[SharePlan]) -> dict[UUID, str]:
    """The salted hashes of every party of the plans."""
    return party_hashes(session, {party for plan in plans for party, _ in plan.parties})


def source_account(event: UsageEvent) -> Account:
    """Who owes the event's money."""
    return Account(AccountKind.SOURCE, event.source, event.currency)


def suspense_account(reason: SuspenseReason, currency: str) -> Account:
    """Where money waits for a reason."""
    return Account(AccountKind.SUSPENSE, str(reason), currency)
