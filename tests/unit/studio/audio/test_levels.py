"""Decibels against values that everyone knows, not against another user of the same function."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.studio.audio.levels import db_from_linear, linear_from_db


@pytest.mark.parametrize(("gain_db", "factor"), [(0, 1), (20, 10), (-20, 0.1), (-60, 0.001), (6.0206, 2)])
def test_a_positive_gain_is_louder(gain_db: float, factor: float) -> None:
    assert linear_from_db(gain_db) == pytest.approx(factor, rel=1e-5)
    assert db_from_linear(factor) == pytest.approx(gain_db, abs=1e-4)


def test_silence_is_minus_infinity() -> None:
    assert db_from_linear(0) == -inf


@given(st.floats(-60, 12))
def test_there_and_back(gain_db: float) -> None:
    assert db_from_linear(linear_from_db(gain_db)) == pytest.approx(gain_db, abs=1e-9)
