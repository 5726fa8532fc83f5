"""Shares as integer millionths (ppm): exact sums, normalization, which shares apply to a right. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from enum import StrEnum
from typing import Protocol, TypeVar

from omnisonic.core.catalog.models import WHOLE_PPM, RightsType

TOLERANCE_PPM = 600  # CISAC CWR accepts totals within 0.06 %
PPM_PER_PERCENT = 10_000


class Total(StrEnum):
    """How the shares of one right add up."""

    NONE = "none"
    WHOLE = "whole"
    SHORT = "short"
    CONFLICT = "conflict"


class Share(Protocol):
    """What this module needs to know about a stored share."""

    @property
    def rights_type(self) -> RightsType | None: ...
    @property
    def share_ppm(self) -> int: ...


ShareT = TypeVar("ShareT", bound=Share)


@dataclass(frozen=True)
class Fitted:
    """Shares in the order given, and whether they were changed to add up to the whole."""

    shares_ppm: tuple[int, ...]
    total: Total
    adjusted: bool


def ppm_of_percent(percent: Decimal | float | str) -> int | None:
    """A percentage of 0 to 100 as ppm, rounded half to even; None when it is no such number."""
    try:
        exact = Decimal(str(percent)) * PPM_PER_PERCENT
        ppm = int(exact.to_integral_value(ROUND_HALF_EVEN))
    except (InvalidOperation, ValueError, OverflowError):
        return None
    return ppm if 0 <= exact <= WHOLE_PPM else None


def percent_of_ppm(share_ppm: int) -> float:
    """The same share as a percentage."""
    return share_ppm / PPM_PER_PERCENT


def judge_total(total_ppm: int) -> Total:
    """Whether a sum is nothing, the whole (within the tolerance), less, or a conflict."""
    if total_ppm == 0:
        return Total.NONE
    if total_ppm > WHOLE_PPM + TOLERANCE_PPM:
        return Total.CONFLICT
    return Total.SHORT if total_ppm < WHOLE_PPM - TOLERANCE_PPM else Total.WHOLE


def fit_to_whole(shares_ppm: Sequence[int], ids: Sequence[str]) -> Fitted:
    """Shares within ±600 ppm of the whole made exact by largest remainder; others as they are.

    `ids` are stable and decide between equal remainders, so the outcome does not depend on the order.
    """
    total = sum(shares_ppm)
    judged = judge_total(total)
    if judged is not Total.WHOLE or total == WHOLE_PPM:
        return Fitted(tuple(shares_ppm), judged, adjusted=False)
    return Fitted(apportion(WHOLE_PPM, shares_ppm, ids), judged, adjusted=True)


def apportion(whole: int, weights: Sequence[int], ids: Sequence[str]) -> tuple[int, ...]:
    """`whole` divided by weight: floors first, then one each to the largest remainders, ties by id.

    Raises `ValueError` when no weight is above zero. Source: Hamilton's method.
    """
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        raise ValueError("One weight at least must be above zero, and none below.")
    parts = [weight * whole // total for weight in weights]
    by_claim = sorted(
        (index for index, weight in enumerate(weights) if weight),
        key=lambda index: (-(weights[index] * whole % total), ids[index]),
    )
    for index in by_claim[: whole - sum(parts)]:
        parts[index] += 1
    return tuple(parts)


def split_evenly(ids: Sequence[str]) -> tuple[int, ...]:
    """The whole in equal parts; the first ids get what cannot be divided (of thirds 333 334)."""
    return apportion(WHOLE_PPM, [1] * len(ids), ids)


def applicable_shares(shares: Iterable[ShareT], right: RightsType) -> list[ShareT]:
    """The shares that count for a right: its own if it has any, else those given for every right."""
    shares = list(shares)
    own = [share for share in shares if share.rights_type is right]
    return own or [share for share in shares if share.rights_type is None]


def total_by_right(shares: Iterable[Share]) -> Mapping[RightsType | None, int]:
    """Sum in ppm per right given; None stands for the shares of every right."""
    totals: dict[RightsType | None, int] = {}
    for share in shares:
        totals[share.rights_type] = totals.get(share.rights_type, 0) + share.share_ppm
    return totals


def has_conflict(shares: Iterable[Share]) -> bool:
    """Whether more than the whole is claimed for any right."""
    return any(total > WHOLE_PPM for total in total_by_right(shares).values())
