"""How booked events would be divided by the catalog as it is now, many at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from omnisonic.core.royalties.models import MatchStatus, UnmatchedUsage
from omnisonic.core.royalties.policy import SharePlan
from omnisonic.core.royalties.usage_catalog import KnownRecording, SharePlans, recordings_by_id
from omnisonic.core.royalties.usage_events import UsageEvent


@dataclass(frozen=True)
class Planned:
    """An event, the recording it is of as far as is known, and how its money would be divided."""

    event: UsageEvent
    recording: KnownRecording | None
    plan: SharePlan


def plan_events(session: Session, events: Sequence[UsageEvent]) -> list[Planned]:
    """The present plan of each event, by its recording's shares on its UTC day; in the order given."""
    recordings = recordings_of(session, events)
    days = {event.id: event.occurred_at.date() for event in events}
    plans = SharePlans(
        session,
        ((known.work_id, days[at]) for at, known in recordings.items() if known and known.work_id),
    )
    return [
        Planned(event, known, plans.plan_for(known, days[event.id], event.usage_type))
        for event in events
        for known in (recordings[event.id],)
    ]


def recordings_of(session: Session, events: Sequence[UsageEvent]) -> Mapping[UUID, KnownRecording | None]:
    """Which recording each event is of now: as a curator matched it, else as it was booked."""
    reported = {event.unmatched_id for event in events if event.unmatched_id}
    rows = session.exec(
        select(UnmatchedUsage.id, UnmatchedUsage.recording_id).where(
            col(UnmatchedUsage.id).in_(reported), UnmatchedUsage.status == MatchStatus.MATCHED
        )
    )
    matched = dict(rows.all()) if reported else {}
    named = {event.id: matched.get(event.unmatched_id) if event.unmatched_id else None for event in events}
    wanted = {event.id: named[event.id] or event.recording_id for event in events}
    known = recordings_by_id(session, {one for one in wanted.values() if one})
    return {at: known.get(one) if one else None for at, one in wanted.items()}
