"""Leaving out what others have: exact sets, in the words people use."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omnisonic.core.licenses.territories import parse_territory
from omnisonic.core.licenses.territory_cuts import leave_out
from omnisonic.core.licenses.territory_sets import difference, intersection, to_numbers, union

NAMES = st.sampled_from(["EUROPE", "WORLD", "EU", "AFRICA", "US", "CA", "FR", "DE", "CH", "JP"])
ALL_OF = st.lists(NAMES, min_size=1, max_size=4).map(", ".join)
WITHOUT = st.lists(st.sampled_from(["FR", "DE", "CH", "EU", "AFRICA"]), max_size=3).map(
    lambda names: " - ".join(["WORLD", *names])
)
EXPRESSIONS = ALL_OF | WITHOUT


@pytest.mark.parametrize(
    ("ours", "theirs", "rest"),
    [
        ("FR, US", ["EUROPE - CH"], "US"),
        (None, ["US"], "WORLD - US"),
        (None, ["EUROPE - CH"], "WORLD - EUROPE + CH"),
        (None, ["WORLD - US"], "US"),
        (None, ["WORLD - EUROPE"], "EUROPE"),
        ("EUROPE", ["DE", "FR"], "EUROPE - DE, FR"),
        ("AT, DE, FR", ["DE"], "AT, FR"),
        ("EU", ["EU", "US"], None),
        ("FR", [None], None),
    ],
)
def test_what_is_left(ours: str | None, theirs: list[str | None], rest: str | None) -> None:
    territory = parse_territory(ours)
    taken = union(intersection(parse_territory(text).ranges, territory.ranges) for text in theirs)
    assert leave_out(territory, taken, theirs) == rest


@settings(deadline=None)
@given(ours=EXPRESSIONS, theirs=st.lists(EXPRESSIONS, min_size=1, max_size=3))
def test_the_rest_is_exact_and_shares_nothing(ours: str, theirs: list[str]) -> None:
    territory = parse_territory(ours)
    sets = [parse_territory(text).ranges for text in theirs]
    taken = union(intersection(one, territory.ranges) for one in sets)
    rest = leave_out(territory, taken, theirs)
    if rest is not None:
        ranges = parse_territory(rest).ranges
        assert ranges == difference(territory.ranges, taken)
        assert all(not intersection(ranges, one) for one in sets)


@settings(deadline=None)
@given(one=EXPRESSIONS, other=EXPRESSIONS)
def test_sets_as_numbers_do(one: str, other: str) -> None:
    first, second = parse_territory(one).ranges, parse_territory(other).ranges
    for ours, wanted in (
        (union([first, second]), to_numbers(first) | to_numbers(second)),
        (intersection(first, second), to_numbers(first) & to_numbers(second)),
        (difference(first, second), to_numbers(first) - to_numbers(second)),
    ):
        assert to_numbers(ours) == wanted
        assert all(end < start for (_, end), (start, _) in pairwise(ours))
