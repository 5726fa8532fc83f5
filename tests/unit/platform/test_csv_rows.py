"""CSV that no spreadsheet runs."""

from __future__ import annotations

import csv
import io

import pytest

from omnisonic.platform.csv_rows import ROWS_PER_PIECE, safe_cell, stream_csv


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1"])
def test_a_text_that_would_be_calculated_is_quoted(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


def test_numbers_stay_numbers() -> None:
    assert [safe_cell(value) for value in (-1.5, 3, None, True, "a=b")] == ["-1.5", "3", "", "true", "a=b"]


def test_rows_come_back_as_they_were() -> None:
    rows = [[str(number), 'a "quoted", line\nbreak'] for number in range(ROWS_PER_PIECE * 2 + 1)]
    pieces = list(stream_csv(["n", "text"], rows))
    assert len(pieces) == 3
    assert list(csv.reader(io.StringIO("".join(pieces), newline=""))) == [["n", "text"], *rows]
