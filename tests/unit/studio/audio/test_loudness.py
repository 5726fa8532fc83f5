"""Which gain is chosen, and what is said about it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.studio.audio.loudness import Loudness, decide_gain, parse_target


@pytest.mark.parametrize(
    ("value", "lufs"),
    [
        ("as-mixed", None), ("streaming", -14), ("apple", -16), ("broadcast", -23),
        ({"lufs": -18.5}, -18.5), ({"lufs": -9}, -9),
    ],
)  # fmt: skip
def test_targets(value: object, lufs: float | None) -> None:
    assert parse_target(value).lufs == lufs


@pytest.mark.parametrize(
    "value", ["loud", None, {}, {"lufs": 0}, {"lufs": True}, {"lufs": "-14"}, {"lufs": -90}]
)
def test_unknown_targets_say_what_is_accepted(value: object) -> None:
    with pytest.raises(ValueError, match="as-mixed, streaming, apple, broadcast"):
        parse_target(value)


def test_as_mixed_changes_nothing_however_loud() -> None:
    decision = decide_gain(Loudness(-5.0, 3.0, 4.0), parse_target("as-mixed"))
    assert (decision.gain_db, decision.capped, decision.reason) == (0.0, False, None)


def test_the_ceiling_wins_and_says_so() -> None:
    decision = decide_gain(Loudness(-20.0, 3.0, -5.0), parse_target("streaming"))
    assert decision.gain_db == pytest.approx(4.0)
    assert decision.capped
    assert decision.reason is not None
    assert decision.reason.startswith("-16.0 LUFS instead of -14.0")


def test_silence_is_not_raised() -> None:
    decision = decide_gain(Loudness(None, None, None), parse_target("streaming"))
    assert decision.gain_db == 0
    assert decision.reason is not None


@given(st.floats(-60, 0), st.floats(-60, 6), st.floats(-40, -5))
def test_target_or_ceiling_is_met_exactly(lufs: float, peak_db: float, goal: float) -> None:
    decision = decide_gain(Loudness(lufs, 1.0, peak_db), parse_target({"lufs": goal}))
    assert peak_db + decision.gain_db <= -1 + 1e-9
    reached = lufs + decision.gain_db
    assert reached == pytest.approx(goal) or (
        decision.capped and peak_db + decision.gain_db == pytest.approx(-1)
    )
