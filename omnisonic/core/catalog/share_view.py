"""Shares of a work as bars that must reach the whole. Pure.

Places are percent of the bar's width, which stands for the whole or, in a conflict, for all that is claimed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from uuid import UUID

from omnisonic.core.catalog.models import WHOLE_PPM, Contribution, Contributor, RightsType
from omnisonic.core.catalog.role_words import (
    EVERY_RIGHT,
    OTHER_RIGHTS,
    percent_words,
    right_words,
    role_words,
)
from omnisonic.core.catalog.shares import Total, judge_total
from omnisonic.platform.ui.people import initials
from omnisonic.platform.ui.words import day

COLORS = 6  # the track colors on which dark letters are readable in both themes
NARROW_PERCENT = 6.0  # below this, letters do not fit


@dataclass
class Slice:
    """A part of the bar: someone's share, or what nobody claims (`color` 0)."""

    color: int
    left: float
    width: float
    letters: str
    words: str


@dataclass
class ShareLine:
    """A share beside the bar."""

    id: str
    href: str
    name: str
    letters: str
    color: int
    role: str
    percent: str


@dataclass
class ShareGroup:
    """The shares of one right. `state`: whole, short, conflict; `whole_at` is −1 unless more is claimed."""

    right: str
    title: str
    total: str
    state: str
    words: str
    whole_at: float
    slices: list[Slice] = field(default_factory=list)
    lines: list[ShareLine] = field(default_factory=list)


@dataclass
class Period:
    """A time in which the same shares hold; `at` is its first moment."""

    at: str
    words: str
    is_now: bool


def group_shares(
    shares: Sequence[Contribution], contributors: Mapping[UUID, Contributor]
) -> list[ShareGroup]:
    """A bar per right given, "every right" first."""
    colors = choose_colors(share.contributor_id for share in shares)
    given = {share.rights_type for share in shares}
    order = [right for right in (None, *RightsType) if right in given]
    return [
        _group(right, [one for one in shares if one.rights_type is right], contributors, colors, len(order))
        for right in order
    ]


def worst_group(groups: Sequence[ShareGroup]) -> ShareGroup | None:
    """The group to show where there is place for one: a conflict, one that falls short, the first."""
    order = ("conflict", "short", "whole")
    return min(groups, key=lambda group: order.index(group.state), default=None)


def choose_colors(contributor_ids: Iterable[UUID]) -> dict[UUID, int]:
    """A color (1–6) per contributor that follows the id and differs from the others' while there are any."""
    chosen: dict[UUID, int] = {}
    for one in sorted(set(contributor_ids)):
        color = one.int % COLORS
        if len(chosen) < COLORS:
            while color + 1 in chosen.values():
                color = (color + 1) % COLORS
        chosen[one] = color + 1
    return chosen


def list_periods(versions: Sequence[Contribution], *, now: datetime) -> list[Period]:
    """The times between two changes of shares, latest first; empty unless there were any changes."""
    starts = sorted({one.valid_from for one in versions})
    ends = {one.valid_to for one in versions if one.valid_to is not None}
    bounds = sorted({*starts, *ends})
    if len(bounds) < 2:
        return []
    periods = [
        Period(starts.isoformat(), _between(starts, ends), starts <= now < ends)
        for starts, ends in pairwise(bounds)
        if any(one.valid_from < ends and (one.valid_to is None or one.valid_to > starts) for one in versions)
    ]
    last = bounds[-1]
    if any(one.valid_to is None for one in versions):
        words = f"since {day(last)}" if last <= now else f"from {day(last)} on"
        periods.append(Period(last.isoformat(), words, last <= now))
    return periods[::-1]


def _between(starts: datetime, ends: datetime) -> str:
    if starts <= datetime(1971, 1, 1, tzinfo=UTC):
        return f"until {day(ends)}"
    return f"{day(starts)} – {day(ends)}"


def _group(
    right: RightsType | None,
    shares: Sequence[Contribution],
    contributors: Mapping[UUID, Contributor],
    colors: Mapping[UUID, int],
    group_count: int,
) -> ShareGroup:
    total = sum(share.share_ppm for share in shares)
    judged = judge_total(total)
    is_other = right is None and group_count > 1
    group = ShareGroup(
        right=right or "",
        title=OTHER_RIGHTS if is_other else EVERY_RIGHT if right is None else right_words(right),
        total=percent_words(total),
        state="short" if judged is Total.NONE else str(judged),
        words=_total_words(total, judged),
        whole_at=round(WHOLE_PPM / total * 100, 3) if judged is Total.CONFLICT else -1.0,
    )
    across, at = max(total, WHOLE_PPM), 0
    for share in sorted(shares, key=lambda one: -one.share_ppm):
        line = _line(share, contributors, colors)
        group.lines.append(line)
        group.slices.append(_slice(line, at, share.share_ppm, across))
        at += share.share_ppm
    if at < WHOLE_PPM:
        rest = WHOLE_PPM - at
        words = f"Unclaimed, {percent_words(rest)}"
        group.slices.append(Slice(0, at / across * 100, rest / across * 100, "", words))
    return group


def _slice(line: ShareLine, at: int, share_ppm: int, across: int) -> Slice:
    width = share_ppm / across * 100
    letters = line.letters if width >= NARROW_PERCENT else ""
    words = f"{line.name}, {line.role.lower()}, {line.percent}"
    return Slice(line.color, at / across * 100, width, letters, words)


def _line(
    share: Contribution, contributors: Mapping[UUID, Contributor], colors: Mapping[UUID, int]
) -> ShareLine:
    person = contributors.get(share.contributor_id)
    name = person.name if person else "Unknown"
    return ShareLine(
        id=str(share.id),
        href=f"/catalog/contributors/{person.id if person else share.contributor_id}",
        name=name,
        letters=initials(name),
        color=colors[share.contributor_id],
        role=role_words(share.role),
        percent=percent_words(share.share_ppm),
    )


def _total_words(total: int, judged: Total) -> str:
    if judged is Total.CONFLICT:
        return f"{percent_words(total - WHOLE_PPM)} more than there is"
    if total < WHOLE_PPM:
        return f"{percent_words(WHOLE_PPM - total)} unclaimed"
    return "Adds up"
