"""What would change if usage were divided otherwise. Pure: nothing is read or written here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from omnisonic.core.catalog.models import RightsType
from omnisonic.core.ledger.models import SuspenseReason
from omnisonic.core.royalties.policy import (
    POLICY_DIGEST,
    POLICY_VERSION,
    Allocation,
    SharePlan,
    allocate_by_plan,
)

Holder = UUID | SuspenseReason  # a contributor, or money that waits
Divide = Callable[[int, SharePlan, RightsType], Allocation]


@dataclass(frozen=True)
class Policy:
    """A version of the policy: its digest, and how it divides nano-units by a plan for a right."""

    digest: str
    divide: Divide


# Every version that journals were ever written by.
POLICIES: Mapping[int, Policy] = {POLICY_VERSION: Policy(POLICY_DIGEST, allocate_by_plan)}


@dataclass(frozen=True)
class Booked:
    """A use as its money stands in the ledger, and the plan it would be divided by."""

    currency: str
    amount_nano: int
    standing: Mapping[Holder, int]
    plan: SharePlan
    right: RightsType


@dataclass(frozen=True)
class Change:
    """What somebody has of the usage, and what they would have, in nano-units."""

    before_nano: int
    after_nano: int

    @property
    def difference_nano(self) -> int:
        """Above zero: they would have more."""
        return self.after_nano - self.before_nano


def compare(uses: Iterable[Booked], divide: Divide = allocate_by_plan) -> dict[tuple[str, Holder], Change]:
    """Before and after for each currency and holder; in each currency the differences add up to zero.

    Uses whose money does not stand in full (taken back) must be left out by the caller.
    """
    before: dict[tuple[str, Holder], int] = defaultdict(int)
    after: dict[tuple[str, Holder], int] = defaultdict(int)
    for use in uses:
        for holder, nano in use.standing.items():
            before[use.currency, holder] += nano
        divided = divide(use.amount_nano, use.plan, use.right)
        for party, nano in divided.payees:
            after[use.currency, party] += nano
        for reason, nano in divided.suspense:
            after[use.currency, reason] += nano
    return {key: Change(before[key], after[key]) for key in before.keys() | after.keys()}
