"""What booking needs to know of the catalog, for many events with one statement each.

Merged recordings, works and contributors are followed to what they were merged into.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from omnisonic.core.catalog.models import RightsType
from omnisonic.core.royalties.models import UsageType
from omnisonic.core.royalties.policy import (
    RIGHT_OF_USAGE,
    UNCLAIMED_PLAN,
    UNMATCHED_PLAN,
    SharePlan,
    plan_shares,
)

_BY_ID = text("""
    SELECT asked.id AS asked, r.id, coalesce(w.merged_into, w.id) AS work_id
    FROM unnest(CAST(:ids AS uuid[])) AS asked (id)
    JOIN recordings first ON first.id = asked.id
    JOIN recordings r ON r.id = coalesce(first.merged_into, first.id)
    LEFT JOIN works w ON w.id = r.work_id
""")
# A code that several recordings had before names none of them.
_BY_ISRC = text("""
    WITH asked AS (SELECT unnest(CAST(:isrcs AS text[])) AS isrc),
    named AS (
        SELECT asked.isrc, 0 AS rank, r.id FROM asked JOIN recordings r ON r.isrc = asked.isrc
        UNION ALL
        SELECT asked.isrc, 1, i.recording_id FROM asked
        JOIN identifiers i ON i.scheme = 'isrc' AND i.value = asked.isrc AND i.recording_id IS NOT NULL
    ),
    best AS (
        SELECT DISTINCT named.isrc, coalesce(r.merged_into, r.id) AS id FROM named
        JOIN recordings r ON r.id = named.id
        WHERE rank = (SELECT min(other.rank) FROM named other WHERE other.isrc = named.isrc)
    )
    SELECT best.isrc AS asked, r.id, coalesce(w.merged_into, w.id) AS work_id FROM best
    JOIN recordings r ON r.id = best.id
    LEFT JOIN works w ON w.id = r.work_id
    WHERE 1 = (SELECT count(*) FROM best other WHERE other.isrc = best.isrc)
""")
_SHARES = text("""
    SELECT c.work_id, coalesce(p.merged_into, p.id) AS contributor_id, c.rights_type, c.share_ppm,
           c.valid_from, c.valid_to
    FROM contributions c JOIN contributors p ON p.id = c.contributor_id
    WHERE c.work_id = ANY(CAST(:work_ids AS uuid[])) AND c.valid_from < :until
      AND (c.valid_to IS NULL OR c.valid_to > :since)
""")


@dataclass(frozen=True)
class KnownRecording:
    """A recording of the catalog and the work it is of, if that is known."""

    id: UUID
    work_id: UUID | None


@dataclass(frozen=True)
class ValidShare:
    """A version of a share."""

    contributor_id: UUID
    rights_type: RightsType | None
    share_ppm: int
    valid_from: datetime
    valid_to: datetime | None

    def is_valid(self, moment: datetime) -> bool:
        """Whether it counts at a moment."""
        return self.valid_from <= moment and (self.valid_to is None or moment < self.valid_to)


def recordings_by_id(session: Session, ids: Collection[UUID]) -> dict[UUID, KnownRecording]:
    """Recordings by the ids asked for; unknown ones are missing."""
    if not ids:
        return {}
    rows = session.execute(_BY_ID, {"ids": sorted(ids)})
    return {row.asked: KnownRecording(row.id, row.work_id) for row in rows}


def recordings_by_isrc(session: Session, isrcs: Collection[str]) -> dict[str, KnownRecording]:
    """Recordings by their ISRC, the preferred one first; unknown and ambiguous codes are missing."""
    if not isrcs:
        return {}
    rows = session.execute(_BY_ISRC, {"isrcs": sorted(isrcs)})
    return {row.asked: KnownRecording(row.id, row.work_id) for row in rows}


def end_of_day(day: date) -> datetime:
    """The last moment of a UTC day: the shares of a day are those it ends with."""
    return datetime.combine(day, time.max, UTC)


class SharePlans:
    """How the money of works is divided on given days; everything is read by one statement."""

    def __init__(self, session: Session, work_days: Iterable[tuple[UUID, date]]) -> None:
        self._plans: dict[tuple[UUID, date, RightsType], SharePlan] = {}
        self._shares: dict[UUID, list[ValidShare]] = defaultdict(list)
        wanted = set(work_days)
        if wanted:
            self._read(session, {work_id for work_id, _ in wanted}, [day for _, day in wanted])

    def plan_for(self, recording: KnownRecording | None, day: date, usage_type: UsageType) -> SharePlan:
        """The plan for a use of a recording on a UTC day."""
        if recording is None:
            return UNMATCHED_PLAN
        if recording.work_id is None:
            return UNCLAIMED_PLAN
        key = (recording.work_id, day, RIGHT_OF_USAGE[usage_type])
        if key not in self._plans:
            moment = end_of_day(day)
            valid = [share for share in self._shares[recording.work_id] if share.is_valid(moment)]
            self._plans[key] = plan_shares(valid, key[2])
        return self._plans[key]

    def _read(self, session: Session, work_ids: set[UUID], days: list[date]) -> None:
        window = {"until": end_of_day(max(days) + timedelta(days=1)), "since": end_of_day(min(days))}
        for row in session.execute(_SHARES, {"work_ids": sorted(work_ids), **window}):
            right = RightsType(row.rights_type) if row.rights_type else None
            share = ValidShare(row.contributor_id, right, row.share_ppm, row.valid_from, row.valid_to)
            self._shares[row.work_id].append(share)
