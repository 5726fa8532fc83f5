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
# What is believed of an entity of which little is known, and as how many windows that counts: days differ
# from each other more than the hours of a day do.
HOUR_DISPERSION, DISPERSION, PRIOR_WINDOWS = 2.0, 3.0, 14

Span = tuple[datetime, datetime]


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """Windows to compare with: `same_hours` say what is usual, they and `daily` how much it varies."""

    same_hours: tuple[Span, ...]
    daily: tuple[Span, ...]


def earlier_windows(
    at: datetime, length: timedelta, *, oldest: datetime, flagged: Sequence[Span] = ()
) -> Earlier | None:
    """Windows to compare with the one that ends `at`, latest first; None where there are too few.

    The same hours of the last 4 to 8 weeks or, where the news do not go back so far, of the last days; all
    of them end 24 hours before the window begins and begin after `oldest`. Windows that touch a flagged
    range are left out as long as four others stay.
    """
    oldest = max(oldest, at - HISTORY)
    weekly = _windows(at, length, step=WEEK, most=MOST_WINDOWS, oldest=oldest)
    daily = _windows(at, length, step=max(DAY, length), most=MOST_DAILY_WINDOWS, oldest=oldest)
    calm_daily = _calm(daily, flagged)
    if len(weekly) >= LEAST_WINDOWS:
        return Earlier(same_hours=_calm(weekly, flagged), daily=calm_daily)
    if len(daily) >= LEAST_WINDOWS:
        return Earlier(same_hours=calm_daily, daily=calm_daily)
    return None


def usual_count(same_hours: Sequence[int]) -> float:
    """The trimmed mean of counts of equal windows, at least 0.2."""
    cut = ceil(len(same_hours) * TRIMMED_SHARE) if len(same_hours) >= LEAST_WINDOWS else 0
    return max(LEAST_MEAN, fmean(sorted(same_hours)[cut : len(same_hours) - cut]))


def dispersion_of(same_hours: Sequence[int], daily: Sequence[int] = (), *, prior: float) -> float:
    """Variance over mean, 1 to 10, of both kinds of windows by their numbers, drawn towards `prior`.

    Eight windows alone say little of it, days more; of who is seldom in the news neither says anything,
    and news come in bunches. The highest count of each kind is drawn at least halfway towards the next
    lower one: a single good day is no reason to miss the next.
    """
    kinds = [one for one in (same_hours, daily) if len(one) >= LEAST_WINDOWS]
    told = sum(_dispersion(one) * (len(one) - 1) for one in kinds)
    whole = sum(len(one) - 1 for one in kinds)
    return (prior * PRIOR_WINDOWS + told) / (PRIOR_WINDOWS + whole)


def _calm(found: Sequence[Span], flagged: Sequence[Span]) -> tuple[Span, ...]:
    calm = tuple(one for one in found if not _touches(one, flagged))
    return calm if len(calm) >= LEAST_WINDOWS else tuple(found)


def _dispersion(counts: Sequence[int]) -> float:
    ordered: list[float] = sorted(counts)
    excess = ordered[-1] - ordered[-2]
    ordered[-1] = ordered[-2] + min(excess / 2, 2 + ordered[-2] / 2)
    mean = fmean(ordered)
    return min(MOST_DISPERSION, max(1.0, variance(ordered, mean) / mean)) if mean > 0 else 1.0


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
