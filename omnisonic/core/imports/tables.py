"""What stands around the rows of a CSV file: lines above the header, comments, sums. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from omnisonic.core.imports.checked_row import CREDIT_MARK
from omnisonic.core.imports.codes import RAW_MAX_CHARS, Issue, Warned
from omnisonic.core.imports.csv_rows import Cells
from omnisonic.core.imports.headers import HEADERS, Field, fold_header
from omnisonic.core.imports.mapping import Mapping, holds_isrc, known_fields

HEADER_SEARCH_ROWS = 40
CODE_LENGTHS = (12, 15)  # an ISRC, and one with hyphens
PASSED_OVER = "Taken for a comment, a sum or a repeated header, and passed over."

_ASIDE = re.compile(
    r"(?:#|//|--|\*).*|(?:grand |sub[ -]?|net )?(?:total|sum)s?\b.*|(?:summe|gesamt)\b.*"
    r"|end of .*|(?:report )?generated\b.*|page \d+.*|.*©.*",
    re.IGNORECASE | re.DOTALL,
).fullmatch
_NAME_PARTS = re.compile(r"^(?P<start>.*?)(?P<part>first|last)(?:name)?$")


def find_header(rows: Sequence[Cells]) -> int | None:
    """Which row names the columns, or None where the first row is a recording already.

    The row with the most known names counts, however many lines of a report stand above it.
    """
    best, best_known = None, 1
    for place, cells in enumerate(rows[:HEADER_SEARCH_ROWS]):
        if holds_isrc(cells):
            break
        known = known_fields(cells)
        if known > best_known:
            best, best_known = place, known
    if best is not None:
        return best
    first = rows[0]
    if known_fields(first):
        return None if holds_isrc(first) else 0
    return 0 if _is_like_names(first, rows[1:]) else None


def rows_of(
    rows: Iterator[tuple[int, Cells] | Issue], mapping: Mapping
) -> Iterator[tuple[int, Cells] | Issue]:
    """The rows that are about recordings, a remark for what was passed over, nothing for blank lines."""
    code_at = mapping.at[Field.ISRC]
    code_name = mapping.columns[code_at] if mapping.has_header else ""
    names_at = [mapping.at[one] for one in (Field.TITLE, Field.ARTIST)]
    for item in rows:
        if isinstance(item, Issue):
            yield item
            continue
        row, cells = item
        code = cells[code_at].strip() if code_at < len(cells) else ""
        if len(code) in CODE_LENGTHS and code != code_name:
            yield item  # nearly every row
        elif not any(cell.strip() for cell in cells):
            continue
        elif (code and code == code_name) or _is_aside(cells, names_at):
            raw = " | ".join(cells)[:RAW_MAX_CHARS]
            yield Issue(row, None, Warned.PASSED_OVER, PASSED_OVER, raw)
        else:
            yield item


def name_pairs(columns: Sequence[str]) -> list[tuple[int, int]]:
    """Places of performers' first and last names, in columns such as `Artist 1 First`, `Artist 1 Last`."""
    found: dict[str, dict[str, int]] = {}
    for place, column in enumerate(columns):
        parts = _NAME_PARTS.match(fold_header(column))
        if parts and re.sub(r"\d+", "", parts["start"]) in HEADERS[Field.ARTIST]:
            found.setdefault(parts["start"], {})[parts["part"]] = place
    return [(one["first"], one["last"]) for one in found.values() if len(one) == 2]


def with_names(
    rows: Iterator[tuple[int, Cells] | Issue], pairs: Sequence[tuple[int, int]], width: int
) -> Iterator[tuple[int, Cells] | Issue]:
    """The rows with one more cell, at `width`: the performers that the pairs name."""
    for item in rows:
        if isinstance(item, Issue) or len(item[1]) > width:
            yield item
            continue
        row, cells = item
        cells.extend([""] * (width - len(cells)))
        yield row, [*cells, joined_names(cells, pairs)]


def joined_names(cells: Cells, pairs: Sequence[tuple[int, int]]) -> str:
    """An artist line of the performers in a row."""
    names = (" ".join(f"{cells[first]} {cells[last]}".split()) for first, last in pairs)
    return f"{CREDIT_MARK}, {CREDIT_MARK}".join(filter(None, names))


def _is_aside(cells: Cells, names_at: Sequence[int]) -> bool:
    first = next(cell.strip() for cell in cells if cell.strip())
    is_named = all(place < len(cells) and cells[place].strip() for place in names_at)
    return not is_named and _ASIDE(first) is not None


def _is_like_names(first: Cells, others: Sequence[Cells]) -> bool:
    """Whether a row without a known name may still hold names: as wide as the rest, no numbers, no code."""
    widths = Counter(map(len, others)).most_common(1)
    if holds_isrc(first) or (widths and len(first) < widths[0][0]):
        return False
    return not any(re.search(r"\d{4}|^\d+(\.\d+)?$", cell) for cell in first)
