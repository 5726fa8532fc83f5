"""What is usual for an entity: the same hours of earlier weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from statistics import fmean, variance

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
GUARD = timedelta(hours=24)  # what leads up to a spike is not what is usual
LEAST_WINDOWS = 4
MOST_WINDOWS = 8
MOST_DAILY_WINDOWS = 28
HISTORY = WEEK * (MOST_WINDOWS + 2)  # the longest way back that any window begins
TRIMMED_SHARE = 0.125  # of the windows, at each end
LEAST_MEAN = 0.2
MOST_DISPERSION = 10.0

Span = tuple[datetime, datetime]


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """The usual count of a window, its variance as a multiple of that, and the windows behind it."""

    mean: float
    dispersion: float
    windows: int


def earlier_windows(
    at: datetime, length: timedelta, *, oldest: datetime, flagged: Sequence[Span] = ()
) -> list[Span]:
    """Windows to compare with the one that ends `at`, latest first; empty where there are too few.

    The same hours of the last 4 to 8 weeks or, where the news do not go back so far, of the last days; all
    of them end 24 hours before the window begins and begin after `oldest`. Windows that touch a flagged
    range are left out as long as four others stay.
    """
    for step, most in ((WEEK, MOST_WINDOWS), (max(DAY, length), MOST_DAILY_WINDOWS)):
        found = _windows(at, length, step=step, most=most, oldest=oldest)
        calm = [one for one in found if not _touches(one, flagged)]
        if len(calm) >= LEAST_WINDOWS:
            return calm
        if len(found) >= LEAST_WINDOWS:
            return found
    return []


def baseline_of(counts: Sequence[int]) -> Baseline:
    """Robust mean and dispersion of counts of equal windows; at least two of them."""
    mean = max(LEAST_MEAN, _trimmed_mean(counts))
    plain = fmean(counts)
    ratio = variance(counts) / plain if plain > 0 else 1.0
    return Baseline(mean=mean, dispersion=min(MOST_DISPERSION, max(1.0, ratio)), windows=len(counts))


def _windows(at: datetime, length: timedelta, *, step: timedelta, most: int, oldest: datetime) -> list[Span]:
    first = max(1, ceil((length + GUARD) / step))
    found = []
    for place in range(first, first + most):
        span = (at - step * place - length, at - step * place)
        if span[0] < oldest:
            break
        found.append(span)
    return found


def _touches(span: Span, flagged: Sequence[Span]) -> bool:
    return any(span[0] < end and begin < span[1] for begin, end in flagged)


def _trimmed_mean(counts: Sequence[int]) -> float:
    cut = ceil(len(counts) * TRIMMED_SHARE) if len(counts) >= LEAST_WINDOWS else 0
    ordered = sorted(counts)
    return fmean(ordered[cut : len(ordered) - cut])
