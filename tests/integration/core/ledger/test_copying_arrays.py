"""Rows of one width, read as arrays: whole, in pieces, and never guessed at."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from omnisonic.core.ledger import copying_arrays
from omnisonic.core.ledger.copying_arrays import UnevenRows, copy_arrays
from omnisonic.platform.db import read_session

COLUMNS = (("number", ">i8"), ("digest", "V4"))

pytestmark = pytest.mark.usefixtures("db")


def read(query: str) -> list[Any]:
    """The pieces of a query's answer."""
    pieces: list[Any] = []
    with read_session() as session:
        copy_arrays(session, query, COLUMNS, pieces.append)
    return pieces


def test_rows_come_whole_and_in_order_however_they_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying_arrays, "PIECE_BYTES", 100)
    pieces = read("SELECT n, int4send(n::int) FROM generate_series(1::bigint, 50) AS n")
    assert len(pieces) > 1
    assert [int(row["number"]) for piece in pieces for row in piece] == list(range(1, 51))
    assert b"".join(piece["digest"].tobytes() for piece in pieces) == b"".join(
        number.to_bytes(4, "big") for number in range(1, 51)
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
