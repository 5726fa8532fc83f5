"""Money that waits: what of an event still does, and its release once a recording or shares are known."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from omnisonic.core.ledger.accounts import payee
from omnisonic.core.ledger.models import JournalKind, SuspenseReason
from omnisonic.core.ledger.posting import JournalDraft, Posting, post
from omnisonic.core.royalties.cycles import CycleFinder, hold_open_cycles
from omnisonic.core.royalties.policy import (
    POLICY_DIGEST,
    RIGHT_OF_USAGE,
    Allocation,
    SharePlan,
    allocate_by_plan,
)
from omnisonic.core.royalties.usage import require_bookkeeper
from omnisonic.core.royalties.usage_booking import plan_hashes, share_facts, suspense_account
from omnisonic.core.royalties.usage_catalog import KnownRecording, SharePlans
from omnisonic.core.royalties.usage_events import UsageEvent, events_by_ids
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.ids import utc_now
from omnisonic.platform.named_locks import take_lock

CORRECTIONS_LOCK = "royalties:corrections"  # releases and reversals look at what stands before they write
CHUNK = 1000

_STANDING = text("""
    SELECT j.event_id, a.kind, CASE WHEN a.kind = 'payee' THEN coalesce(c.merged_into, c.id)::text
                                    ELSE a.owner END AS owner, -sum(e.amount_nano) AS nano
    FROM journals j JOIN ledger_entries e ON e.journal_id = j.id JOIN ledger_accounts a ON a.id = e.account_id
    LEFT JOIN contributors c ON a.kind = 'payee' AND c.id::text = a.owner
    WHERE j.event_id = ANY(CAST(:ids AS uuid[])) AND a.kind IN ('payee', 'suspense')
    GROUP BY 1, 2, 3 HAVING sum(e.amount_nano) <> 0
""")
_RELEASES = text("""
    SELECT event_id, count(*) AS number FROM journals
    WHERE event_id = ANY(CAST(:ids AS uuid[])) AND kind = 'release' GROUP BY 1
""")
_EVENTS_OF_WORK = text("""
    WITH own AS (
        SELECT r.id, coalesce(r.merged_into, r.id) AS recording_id FROM recordings r
        JOIN recordings s ON s.id = coalesce(r.merged_into, r.id) JOIN works w ON w.id = s.work_id
        WHERE coalesce(w.merged_into, w.id) =
              (SELECT coalesce(merged_into, id) FROM works WHERE id = CAST(:work_id AS uuid))
    )
    SELECT e.id, own.recording_id, (SELECT coalesce(merged_into, id) FROM works
                                    WHERE id = CAST(:work_id AS uuid)) AS work_id
    FROM royalty_events e LEFT JOIN unmatched_usage u ON u.id = e.unmatched_id AND u.status = 'matched'
    JOIN own ON own.id = coalesce(u.recording_id, e.recording_id)
    ORDER BY e.id
""")


@dataclass
class Released:
    """What a release moved: events, nano-units per currency, and events that need a reversal instead."""

    events: int = 0
    nano: Counter[str] = field(default_factory=Counter)
    unresolved: int = 0


@dataclass
class Standing:
    """Where the money of an event is now, in nano-units with the event's sign."""

    payees: dict[UUID, int] = field(default_factory=dict)
    suspense: dict[SuspenseReason, int] = field(default_factory=dict)
    releases: int = 0

    @property
    def total(self) -> int:
        """All of it; less than the event's amount where that was taken back."""
        return sum(self.payees.values()) + sum(self.suspense.values())


def release_resolved(uow: UnitOfWork, actor: Actor, *, work_id: UUID) -> Released:
    """Give out what waits for a work as its shares now say for each event's day.

    An event whose parties would have to give something back is left and counted as unresolved.
    Raises `Forbidden`.
    """
    require_bookkeeper(actor)
    take_lock(uow.session, CORRECTIONS_LOCK)
    rows = uow.session.execute(_EVENTS_OF_WORK, {"work_id": work_id}).all()
    recordings = {row.id: KnownRecording(row.recording_id, row.work_id) for row in rows}
    return release_events(uow, list(recordings), recordings.__getitem__)


def release_events(
    uow: UnitOfWork, event_ids: Sequence[UUID], recording_of: Callable[[UUID], KnownRecording | None]
) -> Released:
    """Divide what waits of these events by their recordings' present shares. Hold `CORRECTIONS_LOCK`."""
    released = Released()
    finder = CycleFinder(uow)
    open_ids = {cycle.id for cycle in hold_open_cycles(uow)}
    for part in chunks_of(event_ids):
        standings = read_standings(uow.session, part)
        waiting = [one for one in part if one in standings and standings[one].suspense]
        events = list(events_by_ids(uow.session, waiting).values())
        recordings = {event.id: recording_of(event.id) for event in events}
        plans = _plans(uow.session, events, recordings)
        hashes = plan_hashes(uow.session, list(plans.values()))
        drafts = []
        for event in events:
            recording, plan = recordings[event.id], plans[event.id]
            allocation = allocate_by_plan(event.amount_nano, plan, RIGHT_OF_USAGE[event.usage_type])
            postings = redivide(event, standings[event.id], allocation, recording)
            if postings is None:
                released.unresolved += 1
            elif postings:
                is_open = event.cycle_id in open_ids
                cycle_id = event.cycle_id if is_open else _cycle_of_now(finder, event)
                facts = {"release": _told(event, recording)} | share_facts(plan, allocation, hashes)
                drafts.append(_draft(event, standings[event.id], cycle_id, postings, facts))
                released.events += 1
                released.nano[event.currency] += sum(
                    -one.amount_nano for one in postings if one.account.contributor_id
                )
        post(uow, drafts)
    return released


def read_standings(session: Session, event_ids: Sequence[UUID]) -> dict[UUID, Standing]:
    """Where the money of events stands; events without any are missing."""
    standings: dict[UUID, Standing] = defaultdict(Standing)
    ids = {"ids": [str(one) for one in event_ids]}
    for row in session.execute(_STANDING, ids):
        standing = standings[row.event_id]
        if row.kind == "payee":
            standing.payees[UUID(row.owner)] = int(row.nano)
        else:
            standing.suspense[SuspenseReason(row.owner)] = int(row.nano)
    for row in session.execute(_RELEASES, ids):
        if row.event_id in standings:
            standings[row.event_id].releases = row.number
    return dict(standings)


def redivide(
    event: UsageEvent, standing: Standing, allocation: Allocation, recording: KnownRecording | None
) -> list[Posting] | None:
    """Entries from what stands to what should: none where nothing changes, None where a party would lose.

    Also None for a part in dispute, and for an event of which something was taken back.
    """
    if standing.total != event.amount_nano or SuspenseReason.DISPUTED in standing.suspense:
        return None
    sign = -1 if event.amount_nano < 0 else 1
    wanted = dict(allocation.payees)
    gains = {
        party: wanted.get(party, 0) - standing.payees.get(party, 0)
        for party in sorted(wanted.keys() | standing.payees.keys())
    }
    kept = keep_rounded(gains, sign)
    if kept is None:
        return None
    work_id = recording.work_id if recording else None
    waits = dict(allocation.suspense)
    moves = [
        Posting(suspense_account(reason, event.currency), change, work_id)
        for reason in sorted(waits.keys() | standing.suspense.keys())
        if (change := standing.suspense.get(reason, 0) - waits.get(reason, 0))
    ]
    credited = [Posting(payee(party, event.currency), -gain, work_id) for party, gain in kept.items() if gain]
    return moves + credited


def keep_rounded(gains: Mapping[UUID, int], sign: int) -> dict[UUID, int] | None:
    """What each party gets so that nobody gives anything back; None where it is more than rounding. Pure.

    Dividing among more parties may round one nano-unit to another party: who has it keeps it, and who gets
    most gets one less.
    """
    kept = dict(gains)
    for party in [one for one, gain in gains.items() if gain * sign < 0]:
        most = max(kept, key=lambda one: kept[one] * sign)
        if kept[party] != -sign or kept[most] * sign < 1:
            return None
        kept[party], kept[most] = 0, kept[most] - sign
    return kept


def _plans(
    session: Session, events: Sequence[UsageEvent], recordings: Mapping[UUID, KnownRecording | None]
) -> dict[UUID, SharePlan]:
    days = {event.id: event.occurred_at.date() for event in events}
    pairs = ((known.work_id, days[at]) for at, known in recordings.items() if known and known.work_id)
    plans = SharePlans(session, pairs)
    return {
        event.id: plans.plan_for(recordings[event.id], days[event.id], event.usage_type) for event in events
    }


def _cycle_of_now(finder: CycleFinder, event: UsageEvent) -> UUID:
    return finder.cycle_for(utc_now().date(), event.currency).cycle.id


def _told(event: UsageEvent, recording: KnownRecording | None) -> dict[str, str | None]:
    return {
        "event": str(event.id),
        "recording": str(recording.id) if recording else None,
        "work": str(recording.work_id) if recording and recording.work_id else None,
    }


def _draft(
    event: UsageEvent,
    standing: Standing,
    cycle_id: UUID,
    postings: Sequence[Posting],
    facts: Mapping[str, object],
) -> JournalDraft:
    return JournalDraft(
        kind=JournalKind.RELEASE,
        cycle_id=cycle_id,
        postings=postings,
        event_id=event.id,
        policy_digest=POLICY_DIGEST,
        idempotency_key=f"release:{event.id}:{standing.releases + 1}",
        facts=facts,
    )


def chunks_of(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    """Ids in parts that one statement takes."""
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))
