"""How names read together, whatever their number."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from omnisonic.core.releases.credit_line import read_together


def test_names_are_joined_as_on_a_cover() -> None:
    assert read_together(["Ana"]) == "Ana"
    assert read_together(["Ana", "Ben"]) == "Ana & Ben"
    assert read_together(["Ana", "Ben", "Ana", "Cleo"]) == "Ana, Ben & Cleo"
    assert read_together(["Ana", "Ben", "Cleo", "Dora"], max_chars=18) == "Ana and 3 others"


@given(st.lists(st.text(min_size=1, max_size=300), min_size=1, max_size=50))
def test_a_line_always_fits(names: list[str]) -> None:
    assert 0 < len(read_together(names)) <= 1000
