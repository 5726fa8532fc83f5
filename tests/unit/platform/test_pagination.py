"""Cursors are opaque, exact and never a crash."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.platform.errors import InvalidFields
from omnisonic.platform.pagination import decode_cursor, encode_cursor


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
