"""What two licenses share, and the refusal that names it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from omnisonic.core.licenses.errors import LicenseConflict
from omnisonic.core.licenses.models import LicenseStatus
from omnisonic.core.licenses.repository import Claim, Standing
from omnisonic.core.licenses.schemas import Overlap
from omnisonic.core.licenses.territory_sets import Ranges, from_multirange, intersection
from omnisonic.core.licenses.territory_words import describe

NAMED_IN_DETAIL = 3


def shared_territory(row: Standing, claim: Claim) -> Ranges:
    """Where both would be valid."""
    return intersection(from_multirange(row.territories), claim.territories)


def overlap_of(row: Standing, claim: Claim) -> Overlap:
    """The license in the way with the territory and the time that both would have."""
    shared = shared_territory(row, claim)
    ends = [end for end in (row.expires_on, claim.expires_on) if end is not None]
    return Overlap(
        id=row.id,
        licensee=row.licensee,
        exclusive=row.exclusive,
        status=LicenseStatus(row.status),
        territory=row.territory,
        effective_from=row.effective_from,
        expires_on=row.expires_on,
        shared_territory=describe(shared),
        shared_from=max(row.effective_from, claim.effective_from),
        shared_until=min(ends) if ends else None,
        recording_id=row.recording_id,
    )


def conflict_of(overlaps: Sequence[Overlap]) -> LicenseConflict:
    """The refusal that names the licenses in the way; `current` holds them all."""
    sentences = [sentence_of(overlap) for overlap in overlaps[:NAMED_IN_DETAIL]]
    more = len(overlaps) - len(sentences)
    if more > 0:
        sentences.append(f"And {more} more.")
    # It may have ended between the refusal and our question: then trying again works.
    detail = " ".join(sentences) or "An active license stood in the way a moment ago. Try again."
    return LicenseConflict(
        detail, current={"licenses": [overlap.model_dump(mode="json") for overlap in overlaps]}
    )


def sentence_of(overlap: Overlap) -> str:
    """`The exclusive license of Acme covers France from 1 Jan 2026 until 31 Dec 2026.`"""
    kind = "exclusive" if overlap.exclusive else "non-exclusive"
    window = window_words(overlap.shared_from, overlap.shared_until)
    return f"The {kind} license of {overlap.licensee} covers {overlap.shared_territory} {window} too."


def window_words(starts: datetime, ends: datetime | None) -> str:
    """`from 1 Jan 2026 until 31 Dec 2026`: the last day, not the first one after it."""
    begin = f"from {day_words(starts)}"
    return f"{begin} on" if ends is None else f"{begin} until {last_day_words(ends)}"


def last_day_words(ends: datetime) -> str:
    """The last day of a window that ends before `ends`."""
    return day_words(ends - timedelta(microseconds=1))


def day_words(moment: datetime) -> str:
    """`31 Dec 2026` in UTC."""
    moment = moment.astimezone(UTC)
    return f"{moment.day} {moment:%b} {moment.year}"
