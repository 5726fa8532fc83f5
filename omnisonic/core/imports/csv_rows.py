"""Rows of a CSV file, numbered as a spreadsheet shows them. One bad row never takes the next one with it."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from typing import TextIO

from omnisonic.core.imports.codes import RAW_MAX_CHARS, Code, Issue
from omnisonic.core.imports.sniffing import FileForm

ROW_MAX_CHARS = 64 * 1024
CELLS_MAX = 1000

Cells = list[str]


class _RowTooLarge(Exception):
    """A line beyond the limit; what is left of it has been skipped."""


class _Lines(Iterator[str]):
    """Lines of the file that remember which of them the present row took, and take some back."""

    def __init__(self, text: TextIO) -> None:
        self._readline = text.readline
        self._returned: deque[str] = deque()
        self.taken: list[str] = []

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else self._readline(ROW_MAX_CHARS)
        if not line:
            raise StopIteration
        self.taken.append(line)
        if len(line) >= ROW_MAX_CHARS and not line.endswith(("\n", "\r")):
            self._skip_line()
            raise _RowTooLarge
        return line

    def take_back(self, lines: list[str]) -> None:
        """These lines come again."""
        self._returned.extendleft(reversed(lines))

    def _skip_line(self) -> None:
        while rest := self._readline(ROW_MAX_CHARS):
            if rest.endswith(("\n", "\r")):
                return


def read_csv(text: TextIO, form: FileForm) -> Iterator[tuple[int, Cells] | Issue]:
    """Every row that is not blank with its number from 1, or why it cannot be read.

    A quote that is never closed costs the line it stands in, not the rows behind it.
    """
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=form.delimiter, strict=True)
    taken = lines.taken
    is_guessed = form.is_guessed
    row = 0
    while True:
        taken.clear()
        row += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except _RowTooLarge:
            yield _issue(
                row, Code.ROW_TOO_LARGE, f"This row is longer than {ROW_MAX_CHARS} characters.", taken
            )
            continue
        except csv.Error:
            recovered = _recover(lines, form)
            if recovered is None:
                message = "A quotation mark is opened here and never closed, or stands inside a cell."
                yield _issue(row, Code.UNCLOSED_QUOTE, message, taken)
                continue
            cells = recovered
        if not any(cells):
            continue
        problem = _unreadable(taken, is_guessed=is_guessed)
        if problem is not None:
            yield _issue(row, *problem, taken)
            continue
        if len(cells) > CELLS_MAX:
            yield _issue(row, Code.TOO_MANY_CELLS, f"This row has more than {CELLS_MAX} cells.", taken)
            continue
        yield row, cells


def _recover(lines: _Lines, form: FileForm) -> Cells | None:
    first, others = lines.taken[0], lines.taken[1:]
    lines.take_back(others)
    del lines.taken[1:]
    if first.count('"') % 2:
        return None
    # Such as `"Big" Band,…`: quotes inside a cell that close again.
    try:
        return next(csv.reader([first], delimiter=form.delimiter))
    except csv.Error:
        return None


def _unreadable(taken: list[str], *, is_guessed: bool) -> tuple[Code, str] | None:
    for line in taken:
        if "\x00" in line:
            return Code.NULL_CHARACTER, "This row holds null characters; the file may be damaged here."
        if is_guessed and "\ufffd" in line:
            return Code.BAD_ENCODING, "This row holds bytes that are no letter in Windows-1252 nor in UTF-8."
    return None


def _issue(row: int, code: Code, message: str, taken: list[str]) -> Issue:
    raw = "".join(taken)[:RAW_MAX_CHARS].replace("\x00", "\u2400").rstrip("\r\n")
    return Issue(row, None, code, message, raw)
