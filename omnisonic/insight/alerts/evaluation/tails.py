"""How likely a count is that is at least as high as the one seen."""

from __future__ import annotations

from math import exp, lgamma, log, log1p

NEGLIGIBLE = 1e-17  # of the sum so far: the terms fall geometrically from there on


def upper_tail(count: int, *, mean: float, dispersion: float = 1.0) -> float:
    """P(X >= count) for a negative binomial X with this mean and variance `dispersion` times the mean.

    With a dispersion of 1 X is a Poisson variable. Summed term by term from log-gammas, above the mean
    upwards, so that small probabilities keep their digits. Raises `ValueError` for a mean that is not
    positive or a dispersion below 1.
    """
    if not mean > 0 or not dispersion >= 1:
        raise ValueError("The mean must be positive and the dispersion at least 1.")
    if count <= 0:
        return 1.0
    if count <= mean:
        return max(0.0, 1.0 - sum(exp(_log_pmf(one, mean, dispersion)) for one in range(count)))
    return min(1.0, _sum_upwards(count, mean, dispersion))


def _sum_upwards(count: int, mean: float, dispersion: float) -> float:
    term = total = exp(_log_pmf(count, mean, dispersion))
    at = count
    while term > total * NEGLIGIBLE:
        term *= _growth(at, mean, dispersion)
        total += term
        at += 1
    return total


def _growth(count: int, mean: float, dispersion: float) -> float:
    """pmf(count + 1) / pmf(count): below 1 above the mean."""
    # (count + r) (1 - 1/D) / (count + 1) with r = mean / (D - 1), written so that D = 1 is the Poisson case
    return (count * (dispersion - 1) + mean) / (dispersion * (count + 1))


def _log_pmf(count: int, mean: float, dispersion: float) -> float:
    excess = dispersion - 1
    if excess < 1e-9:  # the log-gammas of mean / excess would lose every digit
        return count * log(mean) - mean - lgamma(count + 1)
    successes = mean / excess
    ways = lgamma(count + successes) - lgamma(successes) - lgamma(count + 1)
    return ways - successes * log1p(excess) + count * (log(excess) - log1p(excess))
