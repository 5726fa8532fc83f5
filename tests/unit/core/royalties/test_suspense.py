"""Giving out what waits takes nothing from anybody."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from omnisonic.core.royalties.suspense import keep_rounded

ANN, BOB, CAT = UUID(int=1), UUID(int=2), UUID(int=3)


def test_who_has_a_rounded_nano_unit_keeps_it() -> None:
    assert keep_rounded({ANN: -1, BOB: 4}, 1) == {ANN: 0, BOB: 3}
    assert keep_rounded({ANN: 1, BOB: -4}, -1) == {ANN: 0, BOB: -3}
    assert keep_rounded({ANN: -1, BOB: 1}, 1) == {ANN: 0, BOB: 0}
    assert keep_rounded({ANN: -2, BOB: 4}, 1) is None
    assert keep_rounded({ANN: -1, BOB: 0}, 1) is None


@given(
    st.dictionaries(st.sampled_from([ANN, BOB, CAT]), st.integers(-1, 5), min_size=1),
    st.sampled_from([1, -1]),
)
def test_what_is_given_out_stays_the_same_sum(gains: dict[UUID, int], sign: int) -> None:
    signed = {party: gain * sign for party, gain in gains.items()}
    kept = keep_rounded(signed, sign)
    assert (kept is None) == (sum(gains.values()) < 0)
    if kept is not None:
        assert sum(kept.values()) == sum(signed.values())
        assert all(gain * sign >= 0 for gain in kept.values())
