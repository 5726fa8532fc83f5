"""Cursors are opaque, exact and never a crash."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.platform.errors import InvalidFields
from omnisonic.platform.pagination import as_far_as, decode_cursor, encode_cursor


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_a_cursor_is_the_place_it_was_made_from(created_at: datetime, row_id: UUID) -> None:
    cursor = decode_cursor(encode_cursor(created_at, row_id))
    assert cursor is not None
    assert (cursor.created_at, cursor.id) == (created_at, row_id)


@given(st.text(min_size=1, max_size=60))
def test_any_other_text_is_refused(text: str) -> None:
    with suppress(InvalidFields):  # and nothing else
        cursor = decode_cursor(text)
        assert cursor is not None
        assert encode_cursor(cursor.created_at, cursor.id) == text


@pytest.mark.parametrize("text", ["x", "AAAA", "=" * 32, "f" * 33, "A" * 28])
def test_a_made_up_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidFields):
        decode_cursor(text)


@pytest.mark.parametrize("text", [None, ""])
def test_no_cursor_is_the_first_page(text: str | None) -> None:
    assert decode_cursor(text) is None


@given(st.integers(0, 30), st.integers(1, 7), st.integers(0, 40))
def test_a_list_is_read_again_as_far_as_it_was_opened(there: int, limit: int, shown: int) -> None:
    def read(cursor: str) -> tuple[list[int], str]:
        end = int(cursor or 0) + limit
        return list(range(there))[int(cursor or 0) : end], str(end) if end < there else ""

    rows, cursor = as_far_as(shown, read)
    assert rows == list(range(len(rows)))
    assert len(rows) >= min(shown, there)
    assert (cursor == "") == (len(rows) == there)
