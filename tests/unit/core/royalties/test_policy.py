"""The policy: exact sums whatever the shares, and rules that cannot change unnoticed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.core.catalog.models import WHOLE_PPM, RightsType
from omnisonic.core.catalog.shares import TOLERANCE_PPM
from omnisonic.core.ledger.models import SuspenseReason
from omnisonic.core.royalties.models import UsageType
from omnisonic.core.royalties.policy import (
    POLICY_DIGEST,
    Allocation,
    PolicyEvent,
    allocate,
    compute_amount,
)

SHARES_PPM = st.lists(st.integers(0, WHOLE_PPM), min_size=0, max_size=8)
NANO = st.integers(0, 2**63 - 1)
MASTER_USE = st.sampled_from([UsageType.STREAM, UsageType.SALE])


@dataclass(frozen=True)
class Party:
    contributor_id: UUID
    share_ppm: int
    rights_type: RightsType | None = None


def parties(shares_ppm: list[int]) -> list[Party]:
    return [Party(UUID(int=number + 1), ppm) for number, ppm in enumerate(shares_ppm)]


def divided(nano: int, shares: list[Party], usage: UsageType = UsageType.STREAM) -> Allocation:
    return allocate(PolicyEvent(Decimal(nano).scaleb(-9), usage), shares)


def total(allocation: Allocation) -> int:
    return sum(part for _, part in (*allocation.payees, *allocation.suspense))


@given(NANO, SHARES_PPM, st.randoms(use_true_random=False))
def test_parts_add_up_whatever_the_order_and_mirror_for_negatives(
    nano: int, shares_ppm: list[int], random: Random
) -> None:
    shares = parties(shares_ppm)
    allocation = divided(nano, shares)
    assert total(allocation) == allocation.total_nano == nano
    shuffled = list(shares)
    random.shuffle(shuffled)
    assert divided(nano, shuffled) == allocation
    mirrored = divided(-nano, shares)
    assert mirrored.payees == tuple((party, -part) for party, part in allocation.payees)
    assert mirrored.suspense == tuple((reason, -part) for reason, part in allocation.suspense)


@given(NANO, SHARES_PPM)
def test_every_part_is_within_one_nano_of_its_exact_share(nano: int, shares_ppm: list[int]) -> None:
    allocation = divided(nano, parties(shares_ppm))
    got = dict(allocation.payees)
    for party, ppm in allocation.plan.parties:
        assert abs(got.get(party, 0) - Fraction(nano * ppm, WHOLE_PPM)) < 1
    assert sum(ppm for _, ppm in allocation.plan.parties) + allocation.plan.waiting_ppm == WHOLE_PPM
    holders = {party.contributor_id for party in parties(shares_ppm) if party.share_ppm}
    assert got.keys() <= holders


@given(NANO, st.lists(st.integers(1, WHOLE_PPM // 9), min_size=1, max_size=8), st.data())
def test_a_larger_share_never_gets_less(nano: int, shares_ppm: list[int], data: st.DataObject) -> None:
    shares = parties(shares_ppm)
    before = dict(divided(nano, shares).payees)
    for one in shares:
        for other in shares:
            if one.share_ppm > other.share_ppm:
                assert before.get(one.contributor_id, 0) >= before.get(other.contributor_id, 0)
    room = WHOLE_PPM - TOLERANCE_PPM - 1 - sum(shares_ppm)
    if room > 0:
        place = data.draw(st.integers(0, len(shares) - 1))
        raised = list(shares)
        raised[place] = replace(
            raised[place], share_ppm=raised[place].share_ppm + data.draw(st.integers(1, room))
        )
        party = raised[place].contributor_id
        assert dict(divided(nano, raised).payees).get(party, 0) >= before.get(party, 0)


@pytest.mark.parametrize(
    ("shares_ppm", "payees", "suspense"),
    [
        ([333_333, 333_333, 333_333], [34, 33, 33], {}),
        ([500_000, 500_300], [50, 50], {}),
        ([500_000, 400_000], [50, 40], {SuspenseReason.UNCLAIMED: 10}),
        ([700_000, 500_000], [], {SuspenseReason.CONFLICT: 100}),
        ([], [], {SuspenseReason.UNCLAIMED: 100}),
        ([0, 0], [], {SuspenseReason.UNCLAIMED: 100}),
        ([WHOLE_PPM, 0], [100], {}),
    ],
)
def test_what_is_missing_or_too_much_waits(
    shares_ppm: list[int], payees: list[int], suspense: dict[SuspenseReason, int]
) -> None:
    allocation = divided(100, parties(shares_ppm))
    assert [part for _, part in allocation.payees] == payees
    assert dict(allocation.suspense) == suspense


def test_usage_without_a_recording_waits_as_unmatched() -> None:
    event = PolicyEvent(Decimal(1), UsageType.STREAM, has_recording=False)
    assert allocate(event, parties([WHOLE_PPM])).suspense == ((SuspenseReason.UNMATCHED, 10**9),)


def test_the_right_of_the_use_decides_and_roles_of_one_party_are_added() -> None:
    ann, bob = UUID(int=1), UUID(int=2)
    shares = [
        Party(ann, 500_000),
        Party(bob, 500_000),
        Party(bob, 600_000, RightsType.MASTER),
        Party(bob, 400_000, RightsType.MASTER),
    ]
    assert divided(10, shares, UsageType.STREAM).payees == ((bob, 10),)
    assert divided(10, shares, UsageType.BROADCAST).payees == ((ann, 5), (bob, 5))


def test_what_lies_below_a_nano_unit_stays_visible() -> None:
    computed = compute_amount(Decimal("0.00000000199999"))
    assert (computed.nano, computed.cut_off) == (1, Decimal("0.00000000099999"))


def test_the_rules_are_those_of_version_one() -> None:
    # Journals name these rules by this digest: a change of a rule needs a new version, not a new digest here.
    assert POLICY_DIGEST == "c22e961b35eb1eb6c375e4be568d1423e5ebe838ecc3d8fdddcad0b6504351af"
