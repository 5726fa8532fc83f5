"""How the money of one usage is divided. Pure and versioned: the same event and shares, the same parts.

`POLICY_DIGEST` stands in every journal, so that whoever checks an entry knows by which rules it was made.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from omnisonic.core import money
from omnisonic.core.catalog.models import WHOLE_PPM, RightsType
from omnisonic.core.catalog.shares import (
    TOLERANCE_PPM,
    Total,
    applicable_shares,
    apportion,
    fit_to_whole,
    judge_total,
)
from omnisonic.core.ledger.models import SuspenseReason
from omnisonic.core.royalties.models import UsageType

POLICY_VERSION = 1

RIGHT_OF_USAGE: Mapping[UsageType, RightsType] = {
    UsageType.STREAM: RightsType.MASTER,
    UsageType.DOWNLOAD: RightsType.MASTER,
    UsageType.PHYSICAL: RightsType.MASTER,
    UsageType.SALE: RightsType.MASTER,
    UsageType.OTHER: RightsType.MASTER,
    UsageType.BROADCAST: RightsType.PERFORMANCE,
    UsageType.PERFORMANCE: RightsType.PERFORMANCE,
    UsageType.MECHANICAL: RightsType.MECHANICAL,
    UsageType.SYNC: RightsType.SYNCHRONIZATION,
}


class PartyShare(Protocol):
    """What the policy needs to know about a share."""

    @property
    def contributor_id(self) -> UUID: ...
    @property
    def rights_type(self) -> RightsType | None: ...
    @property
    def share_ppm(self) -> int: ...


@dataclass(frozen=True)
class PolicyEvent:
    """One usage: the amount as reported, and whether a recording is known for it."""

    amount: Decimal
    usage_type: UsageType
    has_recording: bool = True


@dataclass(frozen=True)
class Amount:
    """What is booked of a reported amount, and what lies below a nano-unit and stays visible."""

    nano: int
    cut_off: Decimal


@dataclass(frozen=True)
class SharePlan:
    """Who gets which part of any amount: parties by id with ppm above zero, and where the rest waits.

    The ppm of parties and of `waiting_ppm` are 1 000 000 together.
    """

    parties: tuple[tuple[UUID, int], ...]
    waiting_ppm: int
    reason: SuspenseReason | None


@dataclass(frozen=True)
class Allocation:
    """The parts of one usage in nano-units. Their sum is `total_nano`; parts of zero are left out."""

    total_nano: int
    payees: tuple[tuple[UUID, int], ...]
    suspense: tuple[tuple[SuspenseReason, int], ...]
    right: RightsType
    plan: SharePlan
    policy_digest: str


def compute_amount(amount: Decimal) -> Amount:
    """Nano-units of a reported amount, cut off toward zero; `nano` and `cut_off` add up to it exactly."""
    nano = money.to_nano(amount)
    return Amount(nano, amount - money.from_nano(nano))


def allocate(event: PolicyEvent, shares: Iterable[PartyShare]) -> Allocation:
    """Divide one usage by the shares of its work on its day, of any right and in any order."""
    right = RIGHT_OF_USAGE[event.usage_type]
    plan = plan_shares(shares, right) if event.has_recording else UNMATCHED_PLAN
    return allocate_by_plan(compute_amount(event.amount).nano, plan, right)


def plan_shares(shares: Iterable[PartyShare], right: RightsType) -> SharePlan:
    """How any amount for this right is divided. Several shares of one party count together."""
    by_party: dict[UUID, int] = {}
    for share in applicable_shares(shares, right):
        by_party[share.contributor_id] = by_party.get(share.contributor_id, 0) + share.share_ppm
    by_party = {party: ppm for party, ppm in sorted(by_party.items()) if ppm}
    total = judge_total(sum(by_party.values()))
    if total is Total.NONE:
        return UNCLAIMED_PLAN
    if total is Total.CONFLICT:
        return SharePlan((), WHOLE_PPM, SuspenseReason.CONFLICT)
    fitted = fit_to_whole(list(by_party.values()), [str(party) for party in by_party]).shares_ppm
    waiting_ppm = WHOLE_PPM - sum(fitted)
    parties = tuple(zip(by_party, fitted, strict=True))
    return SharePlan(parties, waiting_ppm, SuspenseReason.UNCLAIMED if waiting_ppm else None)


def allocate_by_plan(total_nano: int, plan: SharePlan, right: RightsType) -> Allocation:
    """Divide nano-units by largest remainder, ties by id: |x| is divided, the sign put back."""
    sign = -1 if total_nano < 0 else 1
    weights = [ppm for _, ppm in plan.parties]
    keys = [str(party) for party, _ in plan.parties]
    if plan.waiting_ppm:
        weights.append(plan.waiting_ppm)
        keys.append(LAST_KEY)
    parts = [sign * part for part in apportion(abs(total_nano), weights, keys)]
    waiting = parts.pop() if plan.waiting_ppm else 0
    return Allocation(
        total_nano=total_nano,
        payees=tuple((party, part) for (party, _), part in zip(plan.parties, parts, strict=True) if part),
        suspense=((plan.reason, waiting),) if waiting and plan.reason else (),
        right=right,
        plan=plan,
        policy_digest=POLICY_DIGEST,
    )


def describe() -> dict[str, Any]:
    """The rules in canonical words and numbers: what `POLICY_DIGEST` is the digest of."""
    return {
        "version": POLICY_VERSION,
        "amount": f"reported decimal * 10^{money.SCALE}, truncated toward zero",
        "rights": {str(usage): str(right) for usage, right in sorted(RIGHT_OF_USAGE.items())},
        "shares": {
            "whole_ppm": WHOLE_PPM,
            "tolerance_ppm": TOLERANCE_PPM,
            "day": "as they stand at the end of the UTC day of occurredAt",
            "applicable": "rows for the right if there are any, else rows without a right",
            "party": "several rows of a contributor are added; zero gets nothing",
            "within_tolerance": "fitted to the whole by largest remainder, ties by contributor id",
            "above": "everything to suspense/conflict",
            "short": "the missing part to suspense/unclaimed",
            "none": "everything to suspense/unclaimed",
            "no_recording": "everything to suspense/unmatched",
        },
        "division": "largest remainder over the magnitude at one nano-unit, ties by contributor id, "
        "suspense last, then the sign",
    }


def canonical_description() -> bytes:
    """`describe()` as JSON with sorted keys, without spaces, in UTF-8."""
    return json.dumps(describe(), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


LAST_KEY = "~"  # after every UUID
UNCLAIMED_PLAN = SharePlan((), WHOLE_PPM, SuspenseReason.UNCLAIMED)
UNMATCHED_PLAN = SharePlan((), WHOLE_PPM, SuspenseReason.UNMATCHED)
POLICY_DIGEST = hashlib.sha256(canonical_description()).hexdigest()
