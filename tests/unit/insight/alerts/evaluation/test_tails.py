"""Probabilities against sums by hand, and what holds for all of them."""

from __future__ import annotations

from math import comb, exp, factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.insight.alerts.evaluation.discovery import discoveries
from omnisonic.insight.alerts.evaluation.tails import upper_tail

means = st.floats(0.2, 300)
dispersions = st.floats(1, 10)
counts = st.integers(0, 600)


def test_poisson_by_hand() -> None:
    below = sum(exp(-2) * 2**k / factorial(k) for k in range(5))
    assert upper_tail(5, mean=2) == pytest.approx(1 - below, rel=1e-12)
    assert upper_tail(1, mean=0.2) == pytest.approx(1 - exp(-0.2), rel=1e-12)


def test_negative_binomial_by_hand() -> None:
    """Mean 6 and variance 12: six successes of probability a half."""
    below = sum(comb(k + 5, k) * 0.5**6 * 0.5**k for k in range(10))
    assert upper_tail(10, mean=6, dispersion=2) == pytest.approx(1 - below, rel=1e-12)
    assert upper_tail(4, mean=6, dispersion=2) == pytest.approx(
        1 - sum(comb(k + 5, k) * 0.5 ** (6 + k) for k in range(4)), rel=1e-12
    )


def test_small_probabilities_keep_their_digits() -> None:
    """Poisson with mean 1: the terms from 30 on are 1/(e k!)."""
    exact = sum(exp(-1) / factorial(k) for k in range(30, 60))
    assert upper_tail(30, mean=1) == pytest.approx(exact, rel=1e-10)
    assert exact < 1e-32


@given(counts, means, dispersions)
def test_it_is_a_probability_that_falls_with_the_count(count: int, mean: float, dispersion: float) -> None:
    here = upper_tail(count, mean=mean, dispersion=dispersion)
    assert 0 <= here <= 1
    assert upper_tail(count + 1, mean=mean, dispersion=dispersion) <= here + 1e-12
    assert upper_tail(count, mean=mean * 1.1, dispersion=dispersion) >= here - 1e-9


@given(st.integers(0, 100), st.floats(0.2, 50))
def test_a_dispersion_of_one_is_the_limit(count: int, mean: float) -> None:
    limit = upper_tail(count, mean=mean, dispersion=1 + 1e-7)
    assert upper_tail(count, mean=mean) == pytest.approx(limit, rel=1e-3, abs=1e-12)


@pytest.mark.parametrize(("mean", "dispersion"), [(0.0, 1.0), (-1.0, 1.0), (1.0, 0.5), (float("nan"), 1.0)])
def test_what_is_no_distribution_is_refused(mean: float, dispersion: float) -> None:
    with pytest.raises(ValueError, match="positive"):
        upper_tail(3, mean=mean, dispersion=dispersion)


def test_benjamini_hochberg_by_hand() -> None:
    """With 5 tests at 0.05 the limits are .01 .02 .03 .04 .05: the third carries the two before it."""
    tests = {"a": 0.009, "b": 0.021, "c": 0.029, "d": 0.2, "e": 0.9}
    assert discoveries(tests, level=0.05) == {"a", "b", "c"}
    assert discoveries(tests, level=0.05, tests=50) == set()
    assert discoveries({}, level=0.05) == set()


@given(st.dictionaries(st.integers(), st.floats(0, 1), max_size=20), st.integers(0, 100))
def test_more_tests_never_find_more(tests: dict[int, float], others: int) -> None:
    alone = discoveries(tests, level=0.1)
    assert discoveries(tests, level=0.1, tests=len(tests) + others) <= alone
    assert all(tests[one] <= 0.1 for one in alone)
