"""What-if: the same division changes nothing, another one only moves money, and never between currencies."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from omnisonic.core.catalog.models import RightsType
from omnisonic.core.royalties.policy import SharePlan, allocate_by_plan, plan_shares
from omnisonic.core.royalties.what_if_rules import Booked, Change, Holder, compare


@dataclass(frozen=True)
class Share:
    contributor_id: UUID
    share_ppm: int
    rights_type: RightsType | None = None


RIGHT = RightsType.MASTER
shares = st.lists(
    st.builds(Share, st.integers(1, 6).map(lambda number: UUID(int=number)), st.integers(0, 600_000)),
    max_size=5,
)
plans = shares.map(lambda rows: plan_shares(rows, RIGHT))
uses = st.lists(
    st.tuples(
        st.sampled_from(["EUR", "JPY"]),
        st.integers(-(10**15), 10**15).filter(bool),
        plans,
        plans,
    ),
    max_size=12,
)


def booked(currency: str, nano: int, stands_by: SharePlan, plan: SharePlan) -> Booked:
    standing: dict[Holder, int] = {}
    allocation = allocate_by_plan(nano, stands_by, RIGHT)
    standing.update(allocation.payees)
    standing.update(allocation.suspense)
    return Booked(currency, nano, standing, plan, RIGHT)


@given(uses)
def test_the_same_shares_change_nothing(drawn: list[tuple[str, int, SharePlan, SharePlan]]) -> None:
    changes = compare(booked(currency, nano, plan, plan) for currency, nano, plan, _ in drawn)
    assert all(one.difference_nano == 0 for one in changes.values())


@given(uses)
def test_other_shares_only_move_money(drawn: list[tuple[str, int, SharePlan, SharePlan]]) -> None:
    changes = compare(booked(*one) for one in drawn)
    moved: dict[str, int] = defaultdict(int)
    before: dict[str, int] = defaultdict(int)
    for (currency, _), change in changes.items():
        moved[currency] += change.difference_nano
        before[currency] += change.before_nano
    assert not any(moved.values())
    for currency in before:
        assert before[currency] == sum(nano for code, nano, *_ in drawn if code == currency)
    assert changes == compare(booked(*one) for one in reversed(drawn))


def test_each_holder_sees_both_sides() -> None:
    ann, bob = UUID(int=1), UUID(int=2)
    stands, wanted = (
        plan_shares([Share(ann, first), Share(bob, 1_000_000 - first)], RIGHT) for first in (750_000, 250_000)
    )
    assert compare([booked("EUR", 100, stands, wanted)]) == {
        ("EUR", ann): Change(75, 25),
        ("EUR", bob): Change(25, 75),
    }
