"""Bars that reach the whole, say what is missing or too much, and keep the colors of people apart."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.core.catalog.models import Contribution, ContributionRole, Contributor, RightsType
from omnisonic.core.catalog.role_words import percent_words
from omnisonic.core.catalog.share_view import choose_colors, group_shares, list_periods, worst_group

WORK = UUID(int=1)
START, LATER, NOW = (datetime(year, 1, 1, tzinfo=UTC) for year in (2024, 2025, 2026))


def share(
    name: str,
    share_ppm: int,
    right: RightsType | None = None,
    *,
    since: datetime = START,
    until: datetime | None = None,
) -> Contribution:
    return Contribution(
        work_id=WORK,
        contributor_id=uuid5(WORK, name),
        role=ContributionRole.COMPOSER,
        rights_type=right,
        share_ppm=share_ppm,
        valid_from=since,
        valid_to=until,
    )


def people(*names: str) -> dict[UUID, Contributor]:
    return {uuid5(WORK, name): Contributor(id=uuid5(WORK, name), name=name, name_key=name) for name in names}


@given(st.lists(st.integers(0, 1_000_000), min_size=1, max_size=12))
def test_a_bar_is_always_full(parts: list[int]) -> None:
    names = [f"n{at}" for at in range(len(parts))]
    shares = [share(name, part) for name, part in zip(names, parts, strict=True)]
    (group,) = group_shares(shares, people(*names))
    assert sum(one.width for one in group.slices) == pytest.approx(100)
    ends = [one.left + one.width for one in group.slices]
    assert [one.left for one in group.slices[1:]] == pytest.approx(ends[:-1])
    assert (group.whole_at > 0) == (sum(parts) > 1_000_600)
    assert (group.slices[-1].color == 0) == (sum(parts) < 1_000_000)


def test_what_is_missing_and_what_is_too_much_is_said() -> None:
    known = people("Ana", "Bo")
    short = group_shares([share("Ana", 850_000)], known)[0]
    assert (short.state, short.total, short.words) == ("short", "85 %", "15 % unclaimed")
    conflict = group_shares([share("Ana", 850_000), share("Bo", 250_000)], known)[0]
    assert (conflict.state, conflict.total, conflict.words) == (
        "conflict",
        "110 %",
        "10 % more than there is",
    )
    assert conflict.whole_at == pytest.approx(90.909, abs=0.001)
    whole = group_shares([share("Ana", 1_000_000)], known)[0]
    assert (whole.state, whole.words) == ("whole", "Adds up")
    assert worst_group([whole, short, conflict]) is conflict
    assert worst_group([]) is None


def test_rights_have_bars_of_their_own() -> None:
    groups = group_shares(
        [share("Ana", 1_000_000), share("Bo", 1_000_000, RightsType.MECHANICAL)], people("Ana", "Bo")
    )
    assert [group.title for group in groups] == ["All other rights", "Mechanical"]
    assert [group.lines[0].name for group in groups] == ["Ana", "Bo"]


@given(st.sets(st.uuids(), min_size=1, max_size=6))
def test_six_people_have_six_colors_whatever_the_order(ids: set[UUID]) -> None:
    chosen = choose_colors(ids)
    assert sorted(chosen) == sorted(ids)
    assert len(set(chosen.values())) == len(ids)
    assert set(chosen.values()) <= set(range(1, 7))
    assert choose_colors(sorted(ids, reverse=True)) == chosen


def test_periods_tell_when_shares_changed() -> None:
    once = [share("Ana", 1_000_000)]
    assert list_periods(once, now=NOW) == []
    changed = [share("Ana", 1_000_000, until=LATER), share("Bo", 1_000_000, since=LATER)]
    assert [(one.words, one.is_now) for one in list_periods(changed, now=NOW)] == [
        ("since 1 Jan 2025", True),
        ("1 Jan 2024 – 1 Jan 2025", False),
    ]


@pytest.mark.parametrize(
    ("share_ppm", "words"), [(0, "0 %"), (333_333, "33.3333 %"), (500, "0.05 %"), (1_000_000, "100 %")]
)
def test_percentages_are_exact(share_ppm: int, words: str) -> None:
    assert percent_words(share_ppm) == words
