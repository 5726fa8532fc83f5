"""Licenses in the words of the pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from omnisonic.core.catalog.models import RightsType
from omnisonic.core.licenses.models import LicenseStatus
from omnisonic.core.licenses.overlaps import day_words, last_day_words
from omnisonic.core.licenses.schemas import ConflictPreview, LicenseView, Overlap

RIGHT_WORDS = {
    RightsType.MASTER: "Master",
    RightsType.SYNCHRONIZATION: "Synchronization",
    RightsType.MECHANICAL: "Mechanical",
    RightsType.PERFORMANCE: "Performance",
}
STATUS_WORDS = {
    LicenseStatus.ACTIVE: "Active",
    LicenseStatus.DRAFT: "Draft",
    LicenseStatus.EXPIRED: "Expired",
    LicenseStatus.REVOKED: "Revoked",
}
SOON = timedelta(days=30)


@dataclass
class LicenseLine:
    """One license as a page shows it."""

    id: str
    work_title: str
    work_href: str
    licensee: str
    right: str
    territory: str
    window: str
    status: str
    status_words: str
    ends: str
    is_soon: bool
    is_exclusive: bool
    may_edit: bool
    is_open: bool  # neither revoked nor expired


@dataclass
class OverlapLine:
    """A license in the way."""

    id: str
    href: str
    licensee: str
    kind: str
    shared: str
    status: str


def line_of(view: LicenseView, *, now: datetime, may_edit: bool) -> LicenseLine:
    """The words for one license."""
    is_open = view.status in (LicenseStatus.ACTIVE, LicenseStatus.DRAFT)
    is_running = view.status is LicenseStatus.ACTIVE and view.expires_on is not None
    return LicenseLine(
        id=str(view.id),
        work_title=view.work_title,
        work_href=f"/catalog/works/{view.work_id}",
        licensee=view.licensee,
        right=RIGHT_WORDS[view.rights_type],
        territory=view.territory_name,
        window=window(view.effective_from, view.expires_on),
        status=_state(view, now),
        status_words=_state_words(view, now),
        ends=ends_words(view.expires_on, now=now) if is_running else "",
        is_soon=is_running and view.expires_on is not None and view.expires_on - now < SOON,
        is_exclusive=view.exclusive,
        may_edit=may_edit,
        is_open=is_open,
    )


def overlap_line(overlap: Overlap) -> OverlapLine:
    """The words for one license in the way."""
    shared = f"{overlap.shared_territory}, {window(overlap.shared_from, overlap.shared_until)}"
    return OverlapLine(
        id=str(overlap.id),
        href=f"/licenses?license={overlap.id}",
        licensee=overlap.licensee,
        kind="exclusive" if overlap.exclusive else "non-exclusive",
        shared=shared,
        status=overlap.status,
    )


def free_after(overlaps: Sequence[Overlap], wanted_end: datetime | None) -> datetime | None:
    """When the last of them has ended, at a midnight; None when one has no end or nothing would be left."""
    ends = [one.expires_on for one in overlaps]
    if not ends or None in ends:
        return None
    last = max(end for end in ends if end is not None)
    whole_day = start_of(day_text(last + timedelta(days=1, microseconds=-1)))
    return whole_day if wanted_end is None or whole_day < wanted_end else None


def verdict(met: ConflictPreview, *, is_draft: bool) -> str:
    """What saving would do, in one sentence."""
    count = len(met.conflicts)
    if count and is_draft:
        return f"A draft may wait here; {_are(count)} in its way."
    if count:
        return f"Cannot be granted: {_are(count)} in the way."
    return "Saved as a draft: in nobody's way." if is_draft else "Nothing is in the way."


def _are(count: int) -> str:
    return "one license is" if count == 1 else f"{count} licenses are"


def window(starts: datetime, ends: datetime | None) -> str:
    """`1 Jan 2026 – 31 Dec 2026`: the last day is the one before the end; `from …` without an end."""
    if ends is None:
        return f"from {day_words(starts)}"
    return f"{day_words(starts)} – {last_day_words(ends)}"


def ends_words(ends: datetime | None, *, now: datetime) -> str:
    """`Ends today`, `ends in 12 days`, `ends in 3 months`: until the last day."""
    if ends is None:
        return ""
    days = (ends - timedelta(microseconds=1)).date().toordinal() - now.astimezone(UTC).date().toordinal()
    if days < 0:
        return "ended"
    if days < 2:
        return "Ends today" if days == 0 else "Ends tomorrow"
    if days < 60:
        return f"Ends in {days} days"
    return f"Ends in {days // 30} months" if days < 720 else f"Ends in {days // 365} years"


def day_text(moment: datetime | None) -> str:
    """A day as date fields have it; empty for none."""
    return moment.astimezone(UTC).date().isoformat() if moment else ""


def last_day_text(ends: datetime | None) -> str:
    """The last day of a window that ends before `ends`; empty for none."""
    return day_text(ends - timedelta(microseconds=1)) if ends else ""


def start_of(day: str) -> datetime:
    """Midnight UTC at which a day begins. Raises `ValueError`."""
    return datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC)


def end_of(last_day: str) -> datetime:
    """The first moment after a last day: `2026-12-31` is `2027-01-01T00:00Z`. Raises `ValueError`."""
    return start_of(last_day) + timedelta(days=1)


def _state(view: LicenseView, now: datetime) -> str:
    if view.status is LicenseStatus.ACTIVE and view.effective_from > now:
        return "upcoming"
    if view.status is LicenseStatus.ACTIVE and view.expires_on is not None and view.expires_on <= now:
        return "expired"  # the daily run has not come by yet
    return str(view.status)


def _state_words(view: LicenseView, now: datetime) -> str:
    state = _state(view, now)
    return "Begins later" if state == "upcoming" else STATUS_WORDS[LicenseStatus(state)]
