"""What a dispute books: money held back and given free again, and the correction of a line's usage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, select

from omnisonic.core.ledger.accounts import party_hashes, payee
from omnisonic.core.ledger.models import Journal, JournalKind, SuspenseReason
from omnisonic.core.ledger.posting import JournalDraft, Posting, post, reversals_of
from omnisonic.core.royalties.cycles import CycleFinder, cycle_for, hold_open_cycles
from omnisonic.core.royalties.disputes_schemas import Correction
from omnisonic.core.royalties.errors import CorrectionTooLarge
from omnisonic.core.royalties.models import LineDispute, Statement, StatementLine
from omnisonic.core.royalties.payouts_balances import balance_of, hold_payee
from omnisonic.core.royalties.payouts_rules import debits_of
from omnisonic.core.royalties.suspense import CORRECTIONS_LOCK, chunks_of, read_standings
from omnisonic.core.royalties.usage_booking import suspense_account, usage_journals
from omnisonic.core.royalties.usage_events import events_by_ids
from omnisonic.core.royalties.usage_plans import plan_events
from omnisonic.core.royalties.usage_reversals import reverse_events
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.ids import utc_now
from omnisonic.platform.named_locks import take_lock

EVENTS_MAX = 10_000

# The key of a line, as closing groups by it.
_EVENTS = text("""
    SELECT DISTINCT ev.id FROM ledger_entries e JOIN royalty_events ev ON ev.id = e.event_id
    LEFT JOIN unmatched_usage matched ON matched.id = ev.unmatched_id AND matched.status = 'matched'
    WHERE e.contributor_id = :contributor_id AND e.cycle_id = :cycle_id AND e.currency = :currency
      AND e.work_id IS NOT DISTINCT FROM CAST(:work_id AS uuid)
      AND coalesce(ev.recording_id, matched.recording_id) IS NOT DISTINCT FROM CAST(:recording_id AS uuid)
      AND ev.source = :source AND ev.usage_type = :usage_type
      AND ev.territory IS NOT DISTINCT FROM CAST(:territory AS text)
      AND to_char(ev.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM') = :period
    ORDER BY ev.id LIMIT :limit
""")
_HELD = text("""
    SELECT j.key, sum(-e.amount_nano) AS nano
    FROM (SELECT id, split_part(idempotency_key, chr(58), 2) AS key FROM journals
          WHERE idempotency_key = ANY(CAST(:keys AS text[]))) AS j
    JOIN ledger_entries e ON e.journal_id = j.id AND e.contributor_id IS NULL
    GROUP BY 1
""")


def hold_back(uow: UnitOfWork, dispute: LineDispute, line: StatementLine, statement: Statement) -> int:
    """Move the line's amount from the payee to suspense, as far as it has not been paid out; how much."""
    hold_payee(uow.session, dispute.contributor_id)
    standing = balance_of(uow.session, contributor_id=dispute.contributor_id, currency=statement.currency)
    held_nano = max(0, min(line.amount_nano, sum(standing.values())))
    if not held_nano:
        return 0
    debits = debits_of(standing, dispute.contributor_id, held_nano)
    disputed = suspense_account(SuspenseReason.DISPUTED, statement.currency)
    party = party_hashes(uow.session, [dispute.contributor_id])[dispute.contributor_id]
    draft = JournalDraft(
        kind=JournalKind.DISPUTE,
        cycle_id=cycle_for(uow, utc_now().date(), statement.currency).cycle.id,
        postings=[
            *(Posting(payee(party, statement.currency), nano, line.work_id) for party, nano in debits),
            Posting(disputed, -held_nano, line.work_id),
        ],
        idempotency_key=_hold_key(dispute.id),
        facts={"dispute": str(dispute.id), "line": str(line.id), "held": "yes", "party": party},
    )
    post(uow, [draft])
    return held_nano


def give_free(uow: UnitOfWork, dispute: LineDispute, currency: str) -> None:
    """Give what was held back to the payee again, once it is settled; the leaf says how the dispute ended."""
    key = _hold_key(dispute.id)
    held = uow.session.exec(select(Journal.id).where(Journal.idempotency_key == key)).first()
    if held is None:
        return
    cycle_id = cycle_for(uow, utc_now().date(), currency).cycle.id
    told = {"held": "no", "status": str(dispute.status)}
    facts = {"dispute": str(dispute.id), "line": str(dispute.line_id)} | told
    drafts = reversals_of(uow.session, [held], cycle_id=cycle_id, facts=facts)
    # Of the same kind as the hold, so that both meet in one line of the next statement.
    post(
        uow,
        [replace(one, kind=JournalKind.DISPUTE, idempotency_key=_free_key(dispute.id)) for one in drafts],
    )


def held_of(session: Session, dispute_ids: Sequence[UUID]) -> dict[UUID, int]:
    """What is held back for disputes now, in nano-units, out of the ledger."""
    keys = [key for one in dispute_ids for key in (_hold_key(one), _free_key(one))]
    rows = session.execute(_HELD, {"keys": keys})
    return {UUID(row.key): int(row.nano) for row in rows}


def correct_line(
    uow: UnitOfWork,
    dispute: LineDispute,
    line: StatementLine,
    statement: Statement,
    *,
    correction: Correction,
) -> int:
    """Take the usage of a line back, and divide it again where that is asked; how many events.

    Usage that was taken back before stays so. Raises `CorrectionTooLarge`.
    """
    if correction is Correction.NONE:
        return 0
    take_lock(uow.session, CORRECTIONS_LOCK)
    corrected = 0
    for part in chunks_of(events_of_line(uow.session, line, statement)):
        standings = read_standings(uow.session, part)
        events = list(events_by_ids(uow.session, list(standings)).values())
        events = [event for event in events if standings[event.id].total == event.amount_nano]
        reason = {"reason": "dispute accepted", "dispute": str(dispute.id)}
        reverse_events(uow, [event.id for event in events], reason=reason)
        if correction is Correction.REDIVIDE:
            booked = [(one.event, one.plan) for one in plan_events(uow.session, events)]
            _post_in_open_cycles(uow, usage_journals(uow.session, booked, suffix=f":{dispute.id}"))
        corrected += len(events)
    return corrected


def events_of_line(session: Session, line: StatementLine, statement: Statement) -> list[UUID]:
    """The events a line adds up. Raises `CorrectionTooLarge`."""
    asked = {
        name: getattr(line, name)
        for name in ("work_id", "recording_id", "source", "usage_type", "territory", "period")
    }
    asked |= {name: getattr(statement, name) for name in ("contributor_id", "cycle_id", "currency")}
    found = list(session.scalars(_EVENTS, asked | {"limit": EVENTS_MAX + 1}))
    if len(found) > EVENTS_MAX:
        raise CorrectionTooLarge(f"This line adds up more than {EVENTS_MAX:,} events.")
    return found


def _post_in_open_cycles(uow: UnitOfWork, drafts: Sequence[JournalDraft]) -> None:
    open_ids = {cycle.id for cycle in hold_open_cycles(uow)}
    finder, today = CycleFinder(uow), utc_now().date()
    post(
        uow,
        [
            draft
            if draft.cycle_id in open_ids
            else replace(draft, cycle_id=finder.cycle_for(today, draft.postings[0].account.currency).cycle.id)
            for draft in drafts
        ],
    )


def _hold_key(dispute_id: UUID) -> str:
    return f"dispute:{dispute_id}"


def _free_key(dispute_id: UUID) -> str:
    return f"dispute:{dispute_id}:free"
