"""The reading of range headers never leaves the whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.platform.storage.ranges import Unsatisfiable, parse_range


@given(st.text(alphabet="bytes=-0123456789, ", max_size=30), st.integers(0, 2**40))
def test_any_header_stays_within_the_whole(header: str, size: int) -> None:
    try:
        found = parse_range(header, size)
    except Unsatisfiable:
        return
    assert found is None or 0 <= found.start < found.end <= size


@given(st.integers(1, 10**9), st.data())
def test_a_range_inside_is_taken_literally(size: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, size - 1))
    last = data.draw(st.integers(first, size - 1))
    found = parse_range(f"bytes={first}-{last}", size)
    assert found is not None
    assert (found.start, found.length) == (first, last - first + 1)


@given(st.integers(1, 10**9), st.integers(1, 10**12))
def test_a_suffix_counts_from_the_end(size: int, length: int) -> None:
    found = parse_range(f"bytes=-{length}", size)
    assert found is not None
    assert (found.end, found.length) == (size, min(size, length))


@pytest.mark.parametrize("header", ["bytes=0-", "bytes=0-0", "bytes=-1"])
def test_an_empty_whole_has_no_ranges(header: str) -> None:
    with pytest.raises(Unsatisfiable):
        parse_range(header, 0)
