"""From a file to checked rows: opens it in its form and hands out batches, with bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from omnisonic.core.imports.checked_row import CheckedRow
from omnisonic.core.imports.codes import Code, Issue, Warned
from omnisonic.core.imports.csv_rows import Cells, read_csv
from omnisonic.core.imports.errors import ImportFileEmpty
from omnisonic.core.imports.headers import FIELDS, HEADERS, REQUIRED, Field
from omnisonic.core.imports.json_rows import read_json, read_json_lines
from omnisonic.core.imports.json_shapes import line_of, paths_of, text_of, value_at, value_elsewhere
from omnisonic.core.imports.json_stream import Record, clean
from omnisonic.core.imports.mapping import Mapping, apply_choice, guess_mapping, more_isrc_columns
from omnisonic.core.imports.sniffing import FileForm, FileFormat, sniff
from omnisonic.core.imports.tables import find_header, joined_names, name_pairs, rows_of, with_names
from omnisonic.core.imports.validation import RowValidator

SAMPLE_ROWS = 200
COLUMNS_MAX = 500


@dataclass(frozen=True)
class Sheet:
    """A file that is understood: its form, its columns with a guessed mapping, and its first rows.

    `shown` counts the columns seen so far; the others are names that later records may use.
    """

    path: Path
    form: FileForm
    guessed: Mapping
    header_row: int
    samples: list[Cells]
    shown: int
    names: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Batch:
    """Some rows in the order of the file. `rejected` counts rows, `issues` may have several per row."""

    rows: list[CheckedRow]
    issues: list[Issue]
    rejected: int
    last_row: int


def open_sheet(path: Path, *, file_name: str = "", sample_rows: int = SAMPLE_ROWS) -> Sheet:
    """Look at a file. Raises the errors of `sniff`, and `ImportFileEmpty` when there is no row.

    Columns of JSON are the keys of the first `sample_rows` records; known names count wherever they come.
    """
    form = sniff(path, file_name=file_name)
    with _opened(path, form) as text:
        if form.format is FileFormat.CSV:
            return _csv_sheet(path, form, text)
        return _json_sheet(path, form, text, sample_rows)


def choose(sheet: Sheet, chosen: dict[str, Any] | None) -> Mapping:
    """The mapping to import with. Raises `ImportColumnsUnknown`."""
    return apply_choice(sheet.guessed, chosen)


def read_batches(
    sheet: Sheet, mapping: Mapping, *, batch_size: int, year: int, position: Position | None = None
) -> Iterator[Batch]:
    """Every row of the file, checked. `position` is kept up to date with how far the reading is."""
    validator = RowValidator(mapping, year=year)
    with _opened(sheet.path, sheet.form) as text:
        rows = _cells(sheet, mapping, text)
        while batch := list(islice(rows, batch_size)):
            if position is not None:
                position.read_bytes = text.buffer.tell()
            yield _checked(batch, validator)


@dataclass
class Position:
    """How many bytes of the file have been read."""

    read_bytes: int = 0


def file_warnings(sheet: Sheet, mapping: Mapping, *, first_row: int) -> list[Issue]:
    """Remarks on the file as a whole: an encoding that had to be guessed, columns that no row can use."""
    found = [_encoding_guessed(first_row)] if sheet.form.is_guessed else []
    read, others = mapping.column_of(Field.ISRC), more_isrc_columns(mapping)
    if read and others:
        named = ", ".join(f"“{name}”" for name in others[:5])
        message = (
            f"A row is one recording, so only “{read}” is read as its ISRC and {named} left out."
            " Put each recording on a row of its own."
        )
        found.append(Issue(first_row, others[0], Warned.PASSED_OVER, message))
    return found


def _encoding_guessed(first_row: int) -> Issue:
    message = (
        "The file is not UTF-8, so it was read as Windows-1252. Look at names with accents; "
        "if they are wrong, save the file as UTF-8 and import it again."
    )
    return Issue(first_row, None, Warned.ENCODING_GUESSED, message)


def _checked(batch: Iterable[tuple[int, Cells] | Issue], validator: RowValidator) -> Batch:
    rows: list[CheckedRow] = []
    issues: list[Issue] = []
    rejected = last_row = 0
    for item in batch:
        if isinstance(item, Issue):
            issues.append(item)
            rejected += not item.is_warning
            last_row = item.row
            continue
        last_row, cells = item
        row, found = validator.check(last_row, cells)
        if found:
            issues += found
        if row is None:
            rejected += 1
        else:
            rows.append(row)
    return Batch(rows, issues, rejected, last_row)


@contextmanager
def _opened(path: Path, form: FileForm) -> Iterator[TextIO]:
    with path.open(encoding=form.encoding, errors=form.errors, newline="") as text:
        yield text


def _cells(sheet: Sheet, mapping: Mapping, text: TextIO) -> Iterator[tuple[int, Cells] | Issue]:
    if sheet.form.format is FileFormat.CSV:
        rows = _after_header(read_csv(text, sheet.form), sheet.header_row)
        if sheet.names:
            rows = with_names(rows, sheet.names, len(mapping.columns) - 1)
        return rows_of(rows, mapping)
    reader = read_json if sheet.form.format is FileFormat.JSON else read_json_lines
    return _flattened(reader(text), mapping)


def _after_header(
    rows: Iterator[tuple[int, Cells] | Issue], header_row: int
) -> Iterator[tuple[int, Cells] | Issue]:
    for item in rows:
        if item[0] > header_row:
            yield item
            break
    yield from rows


def _flattened(records: Iterator[tuple[int, Record] | Issue], mapping: Mapping) -> Iterator[Any]:
    width = len(mapping.columns)
    columns = [(field, place, mapping.columns[place]) for field, place in mapping.at.items()]
    used = frozenset(path for _, _, path in columns)
    for item in records:
        if isinstance(item, Issue):
            yield item
            continue
        row, record = item
        cells = [""] * width
        for field, place, path in columns:
            value = value_at(record, path)
            is_elsewhere = value is None
            if is_elsewhere:
                value = value_elsewhere(record, field, used)
            try:
                cells[place] = line_of(value) if field is Field.ARTIST else text_of(value)
            except TypeError as error:
                if is_elsewhere:
                    continue  # a name that means something else here
                message = f"Expected a text or a number here, not {error}."
                yield Issue(row, path, Code.NOT_TEXT, message, clean(str(record)))
                break
        else:
            yield row, cells


def _csv_sheet(path: Path, form: FileForm, text: TextIO) -> Sheet:
    found = list(islice(read_csv(text, form), SAMPLE_ROWS + 2))
    rows = [item for item in found if not isinstance(item, Issue)]
    if rows and len(rows[0][1]) <= 2 and rows[0][1][0].lower().startswith("sep="):
        rows = rows[1:]  # a hint that spreadsheets write for themselves
    if not rows:
        raise ImportFileEmpty
    samples = [cells for _, cells in rows]
    place = find_header(samples)
    if place is None:
        columns = [f"Column {number}" for number in range(1, max(map(len, samples)) + 1)]
        guessed = guess_mapping(columns, has_header=False, samples=samples)
        return Sheet(path, form, guessed, 0, samples, len(columns))
    if rows[place] is rows[-1] and not isinstance(found[-1], Issue):
        raise ImportFileEmpty("There is a header and no row below it. Export the catalog again.")
    columns = [_one_line(cell) for cell in samples[place]][:COLUMNS_MAX]
    while columns and not columns[-1]:
        columns.pop()
    return _with_performers(path, form, rows[place][0], columns, samples[place + 1 :])


def _with_performers(path: Path, form: FileForm, row: int, columns: list[str], samples: list[Cells]) -> Sheet:
    guessed = guess_mapping(columns, has_header=True, samples=samples)
    pairs = name_pairs(columns) if Field.ARTIST not in guessed.at else []
    if not pairs:
        return Sheet(path, form, guessed, row, samples, len(columns))
    width = len(columns)
    samples = [[*padded, joined_names(padded, pairs)] for padded in (_padded(one, width) for one in samples)]
    columns.append("Artist")
    guessed = guess_mapping(columns, has_header=True, samples=samples)
    return Sheet(path, form, guessed, row, samples, len(columns), tuple(pairs))


def _padded(cells: Cells, width: int) -> Cells:
    return [*cells, *[""] * (width - len(cells))][:width]


def _one_line(cell: str) -> str:
    return " ".join(cell.lstrip("\ufeff").split())


def _json_sheet(path: Path, form: FileForm, text: TextIO, sample_rows: int) -> Sheet:
    reader = read_json if form.format is FileFormat.JSON else read_json_lines
    found = list(islice(reader(text), sample_rows))
    records = [item[1] for item in found if not isinstance(item, Issue)]
    if not found:
        raise ImportFileEmpty
    columns = list(dict.fromkeys(path_ for record in records for path_ in paths_of(record)))[:COLUMNS_MAX]
    columns = columns or [str(one) for one in FIELDS]  # every record so far is damaged: each will say why
    samples = [[_shown(value_at(record, one)) for one in columns] for record in records]
    guessed = guess_mapping(columns, has_header=True, samples=samples)
    return Sheet(path, form, _open_to_later(guessed), 0, samples, len(columns))


def _open_to_later(guessed: Mapping) -> Mapping:
    """The mapping with the fields that no record named yet, under their first name."""
    names = {
        field: HEADERS[field][0] for field in FIELDS if field not in guessed.at and field not in REQUIRED
    }
    further = {field: name for field, name in names.items() if name not in guessed.columns}
    width = len(guessed.columns)
    at = guessed.at | {field: width + number for number, field in enumerate(further)}
    return replace(guessed, columns=(*guessed.columns, *further.values()), at=at)


def _shown(value: Any) -> str:
    try:
        return text_of(value)
    except TypeError:
        return clean(str(value))
