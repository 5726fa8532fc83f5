"""Shares that are everything, to the millionth, and the hash that stands for them."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.core.catalog.models import WHOLE_PPM, ContributionRole
from omnisonic.studio.split_sheets.agreement import AgreedShare, Agreement, check_shares, share_evenly
from omnisonic.studio.split_sheets.errors import SplitTotal

PEOPLE = [(UUID(int=number), f"Person {number}") for number in range(1, 51)]


@given(st.integers(1, 50))
def test_equal_parts_are_everything_and_differ_by_a_millionth_at_most(count: int) -> None:
    shares = share_evenly(PEOPLE[:count])
    check_shares(shares)
    parts = [one.share_ppm for one in shares]
    assert sum(parts) == WHOLE_PPM
    assert max(parts) - min(parts) <= 1


@given(st.lists(st.integers(-1000, WHOLE_PPM + 1000), min_size=1, max_size=6))
def test_only_the_exact_whole_is_taken(parts: list[int]) -> None:
    shares = [
        AgreedShare(user_id, name, ContributionRole.COMPOSER, part)
        for (user_id, name), part in zip(PEOPLE, parts, strict=False)
    ]
    if sum(parts) == WHOLE_PPM and min(parts) > 0:
        check_shares(shares)
    else:
        with pytest.raises(SplitTotal):
            check_shares(shares)


def test_nobody_has_a_role_twice_but_may_have_two_roles() -> None:
    user_id, name = PEOPLE[0]
    half = AgreedShare(user_id, name, ContributionRole.COMPOSER, WHOLE_PPM // 2)
    with pytest.raises(SplitTotal, match="twice"):
        check_shares([half, half])
    check_shares([half, replace(half, role=ContributionRole.LYRICIST)])


def test_the_hash_changes_with_everything_that_is_agreed_on() -> None:
    first = Agreement(UUID(int=1), UUID(int=2), 1, "Song", None, tuple(share_evenly(PEOPLE[:2])))
    mine, other = first.shares
    others = [
        replace(first, sheet_id=UUID(int=3)),
        replace(first, session_id=UUID(int=3)),
        replace(first, version=2),
        replace(first, title="Song!"),
        replace(first, note=""),
        replace(first, shares=(other, mine)),
        replace(first, shares=(replace(mine, name="Someone"), other)),
        replace(first, shares=(replace(mine, role=ContributionRole.MIXER), other)),
        replace(first, shares=(replace(mine, share_ppm=499_999), other)),
        replace(first, shares=(replace(mine, user_id=UUID(int=9)), other)),
    ]
    assert len({one.sha256() for one in [first, *others]}) == 11
