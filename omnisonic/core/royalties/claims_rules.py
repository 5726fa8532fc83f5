"""Which part of a work is free, and the shares it has once a claim is accepted. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

from omnisonic.core.catalog.models import WHOLE_PPM, Contribution, ContributionRole
from omnisonic.core.catalog.schemas import ContributionDraft
from omnisonic.core.catalog.shares import Total, judge_total, total_by_right

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)  # where the first shares of a work begin


@dataclass(frozen=True)
class Standing:
    """The shares of a work in force from `start` on, and what is free of those that count for every right.

    `blocked` says why nothing can be added to them, in a sentence for whoever claims.
    """

    start: datetime
    shares: tuple[Contribution, ...]
    free_ppm: int
    blocked: str | None = None


def standing_on(versions: Sequence[Contribution], day: date | None, *, now: datetime) -> Standing:
    """What stands from the start of a UTC day; without a day, from where the present shares begin.

    Shares that change again later or end cannot be added to: the claim has to begin there.
    """
    moment = datetime.combine(day, time.min, UTC) if day else now
    shares = tuple(one for one in versions if _is_valid(one, moment))
    start = moment if day else max((one.valid_from for one in shares), default=ALWAYS)
    change = min((one.valid_from for one in versions if one.valid_from > start), default=None)
    end = min((one.valid_to for one in shares if one.valid_to is not None), default=None)
    free_ppm = free_of(shares)
    if change or end:
        first = min(one for one in (change, end) if one is not None)
        return Standing(
            start, shares, free_ppm, f"The shares change on {first:%Y-%m-%d}. Claim from that day on."
        )
    return Standing(start, shares, free_ppm)


def free_of(shares: Sequence[Contribution]) -> int:
    """Millionths of every right that nobody has; within the tolerance nothing is free."""
    taken = total_by_right(shares).get(None, 0)
    return WHOLE_PPM - taken if judge_total(taken) in (Total.NONE, Total.SHORT) else 0


def with_claim(
    standing: Standing, *, contributor_id: UUID, role: ContributionRole, share_ppm: int
) -> list[ContributionDraft]:
    """The shares with the claimed one, which is added to what the party has in that role."""
    lines = {(one.contributor_id, one.role, one.rights_type): one.share_ppm for one in standing.shares}
    key = (contributor_id, role, None)
    lines[key] = lines.get(key, 0) + share_ppm
    return [
        ContributionDraft(
            contributor_id=party,
            role=str(as_role),
            rights_type=right,
            share_ppm=ppm,
            valid_from=standing.start,
        )
        for (party, as_role, right), ppm in lines.items()
    ]


def _is_valid(one: Contribution, moment: datetime) -> bool:
    return one.valid_from <= moment and (one.valid_to is None or moment < one.valid_to)
