"""Shares: exact sums whatever comes in."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.core.catalog.models import WHOLE_PPM, RightsType
from omnisonic.core.catalog.shares import (
    TOLERANCE_PPM,
    Total,
    applicable_shares,
    apportion,
    fit_to_whole,
    has_conflict,
    judge_total,
    percent_of_ppm,
    ppm_of_percent,
    split_evenly,
    total_by_right,
)

WEIGHTS = st.lists(st.integers(0, WHOLE_PPM), min_size=1, max_size=12).filter(any)


@dataclass(frozen=True)
class Claim:
    rights_type: RightsType | None
    share_ppm: int


def ids_for(count: int) -> list[str]:
    return [f"{number:04}" for number in range(count)]


@pytest.mark.parametrize(
    ("percent", "ppm"),
    [(100, 1_000_000), (33.3333, 333_333), ("33.33333333", 333_333), (0.0001, 1), (0, 0), (12.5, 125_000)],
)
def test_a_percentage_is_its_ppm(percent: float | str, ppm: int) -> None:
    assert ppm_of_percent(percent) == ppm


@pytest.mark.parametrize("percent", [-0.1, 100.1, float("nan"), float("inf"), "a third", "1e400", ""])
def test_what_is_no_percentage_is_none(percent: float | str) -> None:
    assert ppm_of_percent(percent) is None


@given(st.integers(0, WHOLE_PPM))
def test_percent_and_ppm_are_the_same_number(ppm: int) -> None:
    assert ppm_of_percent(percent_of_ppm(ppm)) == ppm


def test_thirds_become_exact() -> None:
    fitted = fit_to_whole([333_300] * 3, ["b", "c", "a"])
    assert fitted.shares_ppm == (333_333, 333_333, 333_334)
    assert fitted.adjusted
    assert fitted.total is Total.WHOLE
    assert split_evenly(["a", "b", "c"]) == (333_334, 333_333, 333_333)


@pytest.mark.parametrize(
    ("total", "judged"),
    [
        (0, Total.NONE),
        (WHOLE_PPM - TOLERANCE_PPM - 1, Total.SHORT),
        (WHOLE_PPM - TOLERANCE_PPM, Total.WHOLE),
        (WHOLE_PPM + TOLERANCE_PPM, Total.WHOLE),
        (WHOLE_PPM + TOLERANCE_PPM + 1, Total.CONFLICT),
    ],
)
def test_the_tolerance_ends_exactly(total: int, judged: Total) -> None:
    assert judge_total(total) is judged


@given(WEIGHTS)
def test_fitting_makes_the_whole_or_changes_nothing(shares: list[int]) -> None:
    fitted = fit_to_whole(shares, ids_for(len(shares)))
    if fitted.total is Total.WHOLE:
        assert sum(fitted.shares_ppm) == WHOLE_PPM
        assert max(abs(a - b) for a, b in zip(fitted.shares_ppm, shares, strict=True)) <= TOLERANCE_PPM
    else:
        assert list(fitted.shares_ppm) == shares
    assert fitted.adjusted == (list(fitted.shares_ppm) != shares)


@given(WEIGHTS, st.integers(0, 10**9), st.randoms())
def test_apportioning_is_exact_fair_and_independent_of_order(
    weights: list[int], whole: int, random: Random
) -> None:
    ids = ids_for(len(weights))
    parts = apportion(whole, weights, ids)
    assert sum(parts) == whole
    total = sum(weights)
    assert all(0 <= part - weight * whole // total <= 1 for part, weight in zip(parts, weights, strict=True))
    order = list(range(len(weights)))
    random.shuffle(order)
    shuffled = apportion(whole, [weights[index] for index in order], [ids[index] for index in order])
    assert [parts[index] for index in order] == list(shuffled)


@pytest.mark.parametrize("weights", [[0, 0], [-1, 2]])
def test_nothing_can_be_apportioned_to_nobody(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="above zero"):
        apportion(10, weights, ids_for(2))


def test_a_right_has_its_own_shares_or_those_of_every_right() -> None:
    everyone, own = Claim(None, 1_000_000), Claim(RightsType.MECHANICAL, 500_000)
    assert applicable_shares([everyone, own], RightsType.MECHANICAL) == [own]
    assert applicable_shares([everyone, own], RightsType.PERFORMANCE) == [everyone]
    assert applicable_shares([own], RightsType.PERFORMANCE) == []


def test_a_conflict_is_above_the_whole_for_one_right() -> None:
    half = [Claim(right, 600_000) for right in (None, RightsType.MASTER)]
    assert total_by_right(half) == {None: 600_000, RightsType.MASTER: 600_000}
    assert not has_conflict(half)
    assert has_conflict([*half, Claim(RightsType.MASTER, 400_001)])
