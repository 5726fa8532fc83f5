"""Licenses of one work on a time axis: one lane per right, bars that never cover each other. Pure.

Places are percent of the width, from the first January shown to the last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from omnisonic.core.licenses.models import LicenseStatus
from omnisonic.core.licenses.schemas import LicenseView
from omnisonic.core.licenses.words import RIGHT_WORDS, STATUS_WORDS, window

MAX_TICKS = 8
NARROW_PERCENT = 9.0  # below this a name does not fit into its bar
SPAN_MAX_YEARS = 400
HIDDEN = {LicenseStatus.REVOKED}
CHANGEABLE = {LicenseStatus.ACTIVE, LicenseStatus.DRAFT}


@dataclass
class Bar:
    """One license. `row` is its place from the top of its lane."""

    id: str
    label: str
    title: str
    left: float
    width: float
    row: int
    kind: str  # active, draft, expired
    is_exclusive: bool
    is_open: bool
    is_narrow: bool
    may_edit: bool


@dataclass
class TimeLane:
    """The licenses of one right."""

    name: str
    rows: int
    bars: list[Bar] = field(default_factory=list)


@dataclass
class Tick:
    """A January on the axis."""

    label: str
    left: float


@dataclass
class Timeline:
    """Everything the picture needs; `today` is −1 when it lies outside."""

    lanes: list[TimeLane] = field(default_factory=list)
    ticks: list[Tick] = field(default_factory=list)
    today: float = -1.0
    summary: str = ""


def timeline_of(licenses: Sequence[LicenseView], *, now: datetime, may_edit: bool) -> Timeline:
    """The picture of what is in force, was and will be; revoked licenses are not in it.

    `may_edit`: the viewer may change the licenses of this work; none that is over can be changed.
    """
    shown = [one for one in licenses if one.status not in HIDDEN]
    if not shown:
        return Timeline()
    first, last = _years(shown, now)
    lanes = [
        _lane(name, [one for one in shown if one.rights_type == right], (first, last), now, may_edit)
        for right, name in RIGHT_WORDS.items()
        if any(one.rights_type == right for one in shown)
    ]
    today = _place(now, first, last)
    active = sum(one.status is LicenseStatus.ACTIVE for one in shown)
    summary = f"{len(shown)} licenses from {first} to {last - 1}, {active} of them active."
    return Timeline(lanes, _ticks(first, last), today if 0 <= today <= 100 else -1.0, summary)


def _years(licenses: Sequence[LicenseView], now: datetime) -> tuple[int, int]:
    starts = [one.effective_from for one in licenses]
    ends = [one.expires_on or one.effective_from for one in licenses]
    first = min(*starts, now).year
    last = max(*ends, now).year + 1
    if any(one.expires_on is None for one in licenses):
        last += 1
    return max(first, last - SPAN_MAX_YEARS), last


def _place(moment: datetime, first: int, last: int) -> float:
    start, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last, 1, 1, tzinfo=UTC)
    return (moment - start) / (end - start) * 100


def _lane(
    name: str, licenses: Sequence[LicenseView], years: tuple[int, int], now: datetime, may_edit: bool
) -> TimeLane:
    first, last = years
    ends_of_rows: list[float] = []
    bars: list[Bar] = []
    for one in sorted(licenses, key=lambda one: (one.effective_from, one.id)):
        left = max(0.0, _place(one.effective_from, first, last))
        right = 100.0 if one.expires_on is None else max(left, _place(one.expires_on, first, last))
        row = next((at for at, end in enumerate(ends_of_rows) if end <= left + 1e-9), len(ends_of_rows))
        ends_of_rows[row : row + 1] = [right]
        bars.append(_bar(one, left, right - left, row, now, may_edit))
    return TimeLane(name, len(ends_of_rows), bars)


def _bar(one: LicenseView, left: float, width: float, row: int, now: datetime, may_edit: bool) -> Bar:
    is_over = one.expires_on is not None and one.expires_on <= now and one.status is LicenseStatus.ACTIVE
    kind = "exclusive" if one.exclusive else "non-exclusive"
    title = (
        f"{one.licensee}, {one.territory_name}, {kind}, {window(one.effective_from, one.expires_on)}, "
        f"{STATUS_WORDS[one.status].lower()}"
    )
    return Bar(
        id=str(one.id),
        label=f"{one.licensee} · {one.territory_name}",
        title=title,
        left=round(left, 3),
        width=round(max(width, 0.6), 3),
        row=row,
        kind="expired" if is_over else str(one.status),
        is_exclusive=one.exclusive,
        is_open=one.expires_on is None,
        is_narrow=width < NARROW_PERCENT,
        may_edit=may_edit and one.status in CHANGEABLE,
    )


def _ticks(first: int, last: int) -> list[Tick]:
    step = max(1, -(-(last - first) // MAX_TICKS))
    return [
        Tick(str(year), round((year - first) / (last - first) * 100, 3)) for year in range(first, last, step)
    ]
