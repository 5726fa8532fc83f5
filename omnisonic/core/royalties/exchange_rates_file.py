"""A CSV file of exchange rates: columns base, quote, day, rate, source in any order."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from omnisonic.core.imports.codes import Issue
from omnisonic.core.imports.csv_rows import Cells, read_csv
from omnisonic.core.imports.sniffing import FileFormat, sniff
from omnisonic.core.royalties.errors import RatesFileRefused
from omnisonic.core.royalties.exchange_rates_schemas import MAX_RATES, RateDraft
from omnisonic.platform.errors import FieldError, TooLarge

FILE_BYTES_MAX = 1 << 20
NEEDED = ("base", "quote", "day", "rate")
SOURCE = "source"
TOO_MANY_CELLS = "This row has more cells than the header. Write decimals with a point: 1.0812."
CELL_CHARS_MAX = {"base": 20, "quote": 20, "day": 40, "rate": 60, SOURCE: 500}


def read_rates(content: bytes, *, source: str | None = None) -> list[tuple[str, RateDraft]]:
    """Rows of a file with their place (`rows.<number as a spreadsheet shows it>`).

    `source` is used where the file has no such column or an empty cell. Raises `RatesFileRefused` with an
    entry for each row that cannot be read, `TooLarge`, and what `sniff` raises.
    """
    if len(content) > FILE_BYTES_MAX:
        raise TooLarge(f"A file of rates has at most {FILE_BYTES_MAX >> 20} MB. Send it in parts.")
    rows, errors = _rows(content)
    if not rows:
        raise RatesFileRefused("There are no rows in this file.", errors=errors)
    columns = _columns(rows[0][1], has_source=bool(source))
    drafts = []
    for number, cells in rows[1:]:
        if not any(cell.strip() for cell in cells):
            continue
        if any(cell.strip() for cell in cells[len(rows[0][1]) :]):
            errors.append(FieldError(f"rows.{number}", "too-many-cells", TOO_MANY_CELLS))
            continue
        named = {name: _cell(cells, place) for name, place in columns.items()}
        named[SOURCE] = named.get(SOURCE) or source or ""
        long = [name for name, value in named.items() if len(value) > CELL_CHARS_MAX[name]]
        errors += [FieldError(f"rows.{number}.{name}", "too-long", "This is too long.") for name in long]
        if not long:
            drafts.append((f"rows.{number}", RateDraft(**named)))
    if errors:
        raise RatesFileRefused(errors[0].message, errors=errors)
    if not drafts:
        raise RatesFileRefused("There is a header and no rate below it.")
    if len(drafts) > MAX_RATES:
        raise TooLarge(f"A file has at most {MAX_RATES:,} rates; this one has {len(drafts):,}.")
    return drafts


def _rows(content: bytes) -> tuple[list[tuple[int, Cells]], list[FieldError]]:
    rows, errors = [], []
    for item in _read(content):
        if isinstance(item, Issue):
            errors.append(FieldError(f"rows.{item.row}", str(item.code), item.message))
        else:
            rows.append(item)
    return rows, errors


def _read(content: bytes) -> Iterator[tuple[int, Cells] | Issue]:
    with tempfile.NamedTemporaryFile(suffix=".csv") as spool:
        spool.write(content)
        spool.flush()
        form = sniff(Path(spool.name), file_name="rates.csv")
        if form.format is not FileFormat.CSV:
            raise RatesFileRefused
        with open(spool.name, encoding=form.encoding, errors=form.errors, newline="") as text:
            yield from read_csv(text, form)


def _columns(header: Sequence[str], *, has_source: bool) -> dict[str, int]:
    found = {name.strip().casefold(): place for place, name in reversed(list(enumerate(header)))}
    needed = NEEDED if has_source else (*NEEDED, SOURCE)
    missing = [name for name in needed if name not in found]
    if missing:
        errors = [FieldError(name, "missing-column", f"There is no column “{name}”.") for name in missing]
        raise RatesFileRefused(f"These columns are missing: {', '.join(missing)}.", errors=errors)
    return {name: found[name] for name in (*NEEDED, SOURCE) if name in found}


def _cell(cells: Cells, place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""
