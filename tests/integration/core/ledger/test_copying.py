"""COPY in binary: rows of one width as arrays, whole and never guessed at; numbers of any size."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from omnisonic.core.ledger import copying_arrays
from omnisonic.core.ledger.copying_arrays import UnevenRows, copy_arrays
from omnisonic.core.ledger.copying_binary import copy_binary, number_cell
from omnisonic.platform.db import read_session, unit_of_work

COLUMNS = (("number", ">i8"), ("digest", "V4"))

pytestmark = pytest.mark.usefixtures("db")


def read(query: str) -> list[Any]:
    """The pieces of a query's answer."""
    pieces: list[Any] = []
    with read_session() as session:
        copy_arrays(session, query, COLUMNS, pieces.append)
    return pieces


@pytest.mark.parametrize("count", range(40, 52))  # rows of 22 bytes: once the trailer alone fills a piece
def test_rows_come_whole_and_in_order_however_they_are_cut(
    monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(copying_arrays, "PIECE_BYTES", 111)
    pieces = read(f"SELECT n, int4send(n::int) FROM generate_series(1::bigint, {count}) AS n")  # noqa: S608
    numbers = list(range(1, count + 1))
    assert len(pieces) > 1
    assert [int(row["number"]) for piece in pieces for row in piece] == numbers
    assert b"".join(piece["digest"].tobytes() for piece in pieces) == b"".join(
        number.to_bytes(4, "big") for number in numbers
    )
    assert read("SELECT 1::bigint, '\\x00'::bytea WHERE false") == []


@pytest.mark.parametrize("cell", ["NULL::bytea", "'\\x0102'::bytea", "'\\x0102030405'::bytea"])
def test_a_cell_of_another_width_is_refused(cell: str) -> None:
    same = "SELECT 1::bigint, '\\x01020304'::bytea"
    with pytest.raises(UnevenRows):
        read(f"{same} UNION ALL {same} UNION ALL SELECT 2, {cell}")


def test_what_the_database_refuses_keeps_its_own_error() -> None:
    for query in ("SELECT nothing", "SELECT 1 / (n - 3), '\\x01020304'::bytea FROM generate_series(1, 5) n"):
        with pytest.raises(DBAPIError):
            read(query)


@settings(max_examples=20)
@given(numbers=st.lists(st.integers(-(10**38) + 1, 10**38 - 1), min_size=1, max_size=30))
def test_whole_numbers_of_any_size_arrive_as_they_are(numbers: list[int]) -> None:
    with unit_of_work() as uow:
        uow.session.execute(text("CREATE TEMP TABLE sums (amount numeric(38, 0)) ON COMMIT DROP"))
        rows = [(1).to_bytes(2, "big") + number_cell(number) for number in numbers]
        copy_binary(uow.session, "sums", ("amount",), rows)
        assert [int(row.amount) for row in uow.session.execute(text("SELECT amount FROM sums"))] == numbers
        same = text("SELECT count(*) FROM sums WHERE amount = CAST(amount::text AS numeric)")
        assert uow.session.execute(same).scalar_one() == len(numbers)
