"""From a CSV file of a service to usage: one event per row, or why the row cannot be one."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from uuid import UUID

from iso3166 import countries_by_alpha3

from omnisonic.core.imports.codes import RAW_MAX_CHARS, Issue
from omnisonic.core.imports.csv_rows import Cells, read_csv
from omnisonic.core.imports.errors import ImportNotText
from omnisonic.core.imports.sniffing import FileForm, FileFormat, sniff
from omnisonic.core.imports.values import Refused, parse_day
from omnisonic.core.licenses.territories import WORLD_NAMES
from omnisonic.core.royalties.models import UsageType
from omnisonic.core.royalties.statement_columns import (
    HEADER_SEARCH_ROWS,
    Columns,
    UsageField,
    find_columns,
)
from omnisonic.core.royalties.usage_errors import UsageColumnsMissing
from omnisonic.core.royalties.usage_rules import CheckedUsage, UsageDraft, check_usage
from omnisonic.platform.errors import FieldError

_WHOLE = re.compile(r"([0-9]{1,18})(?:\.0+)?").fullmatch
_MONTH = re.compile(r"([0-9]{4})[-/.]?([0-9]{2})").fullmatch
_QUARTER = re.compile(r"([0-9]{4})[-/ ]?Q([1-4])|Q([1-4])[-/ ]([0-9]{4})", re.IGNORECASE).fullmatch
_SPAN = re.compile(r"(\S{8,10}?)(?:/| to | - |–|\.\.)(\S{8,10})", re.IGNORECASE).fullmatch
_WORDED_MONTH = re.compile(r"([A-Za-z]{3,9})\.? ([0-9]{4})").fullmatch
_FIELD_OF_ERROR = {
    "amount": UsageField.AMOUNT,
    "amount.currency": UsageField.CURRENCY,
    "occurredAt": UsageField.PERIOD,
    "usageType": UsageField.USAGE_TYPE,
}


@dataclass(frozen=True)
class StatementForm:
    """A file that is understood: its form, the row of its header and its columns."""

    form: FileForm
    header_row: int
    columns: Columns


@dataclass(frozen=True)
class GoodRow:
    """A row that can be booked."""

    number: int
    usage: CheckedUsage


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be booked: `(column as in the file, code, message)` for each fault."""

    number: int
    faults: tuple[tuple[str, str, str], ...]
    raw: str


@dataclass(frozen=True)
class Reported:
    """What holds for every row: the statement, who reports it, and the day it arrived."""

    statement_id: UUID
    source: str
    received_at: datetime
    usage_type: UsageType = UsageType.STREAM


def open_statement(path: Path, *, file_name: str = "") -> StatementForm:
    """Look at a file. Raises the errors of `sniff`, `ImportNotText` and `UsageColumnsMissing`."""
    form = sniff(path, file_name=file_name)
    if form.format is not FileFormat.CSV:
        raise ImportNotText("A usage statement is a CSV file; this is JSON. Over GraphQL, use recordUsage.")
    with path.open(encoding=form.encoding, errors=form.errors, newline="") as text:
        found = islice(read_csv(text, form), HEADER_SEARCH_ROWS + 1)
        rows = [item for item in found if not isinstance(item, Issue)]
    header_row, columns = find_columns(rows)
    if rows[-1][0] <= header_row and len(rows) <= HEADER_SEARCH_ROWS:
        raise UsageColumnsMissing("There is a header and no row below it. Export the statement again.")
    return StatementForm(form, header_row, columns)


def read_statement(path: Path, form: StatementForm, reported: Reported) -> Iterator[GoodRow | BadRow]:
    """Every row below the header, checked, in the order of the file."""
    with path.open(encoding=form.form.encoding, errors=form.form.errors, newline="") as text:
        for item in read_csv(text, form.form):
            if isinstance(item, Issue):
                if item.row > form.header_row:
                    yield BadRow(item.row, (("", str(item.code), item.message),), item.raw or "")
            elif item[0] > form.header_row and any(cell.strip() for cell in item[1]):
                yield _read_row(*item, form.columns, reported)


def last_day(text: str) -> date | str:
    """The last day of a period such as `2026-03`, `2026-Q1`, `2026-03-01/2026-03-31`; else what is wrong."""
    text = " ".join(text.split())
    if (found := _MONTH(text)) and 1 <= int(found[2]) <= 12 and int(found[1]):
        return _end_of_month(int(found[1]), int(found[2]))
    if (found := _QUARTER(text)) and int(found[1] or found[4]):
        return _end_of_month(int(found[1] or found[4]), 3 * int(found[2] or found[3]))
    if (found := _WORDED_MONTH(text)) and (month := _month_of(found[1])) and int(found[2]):
        return _end_of_month(int(found[2]), month)
    found = _SPAN(text)
    day = parse_day(found[2] if found else text)
    if day is None:
        return "There is no period here. Write it as 2026-03, 2026-Q1 or 2026-03-01/2026-03-31."
    if isinstance(day, Refused):
        return day.message
    if day.warning:
        return "A year is too long a period for one row. Write the month as 2026-03."
    return day.value


def _read_row(number: int, cells: Cells, columns: Columns, reported: Reported) -> GoodRow | BadRow:
    def cell(field: UsageField) -> str:
        place = columns.at.get(field)
        return cells[place].strip() if place is not None and place < len(cells) else ""

    faults: list[FieldError] = []
    quantity = _quantity(cell(UsageField.QUANTITY), faults)
    moment = _moment(cell, reported, faults)
    draft = UsageDraft(
        source=reported.source,
        idempotency_key=f"statement:{reported.statement_id}:{number}",
        usage_type=cell(UsageField.USAGE_TYPE) or reported.usage_type,
        quantity=quantity,
        amount=cell(UsageField.AMOUNT),
        currency=cell(UsageField.CURRENCY).upper() or columns.currency or "",
        occurred_at=moment,
        isrc=cell(UsageField.ISRC),
        title=cell(UsageField.TITLE),
        artist=cell(UsageField.ARTIST),
        territory=_territory(cell(UsageField.TERRITORY)),
    )
    checked = check_usage(draft, now=reported.received_at)
    if isinstance(checked, CheckedUsage) and not faults:
        return GoodRow(number, checked)
    faults += checked if isinstance(checked, list) else []
    raw = " | ".join(cells)[:RAW_MAX_CHARS]
    return BadRow(number, tuple((_column(columns, one.field), one.code, one.message) for one in faults), raw)


def _column(columns: Columns, field: str) -> str:
    wanted = _FIELD_OF_ERROR.get(field) or UsageField(field)
    if wanted is UsageField.PERIOD and wanted not in columns.at:
        wanted = UsageField.END if UsageField.END in columns.at else UsageField.START
    return columns.name_of(wanted)


def _quantity(text: str, faults: list[FieldError]) -> int:
    found = _WHOLE(text)
    if found is None:
        message = (
            "A quantity is not negative. To take usage back, reverse the statement it was in."
            if text.startswith("-")
            else "A quantity is a whole number without grouping, such as 1200."
        )
        faults.append(FieldError("quantity", "not-a-number" if text else "required", message))
        return 0
    return int(found[1])


def _moment(cell: Callable[[UsageField], str], reported: Reported, faults: list[FieldError]) -> datetime:
    named = cell(UsageField.END) or cell(UsageField.PERIOD) or cell(UsageField.START)
    day = last_day(named)
    if isinstance(day, str):
        faults.append(FieldError("period", "bad-period", day))
        return reported.received_at
    start = last_day(cell(UsageField.START)) if cell(UsageField.START) else None
    if isinstance(start, date) and start > day:
        faults.append(FieldError("period", "bad-period", "The period ends before it starts."))
    received_on = reported.received_at.date()
    if day > received_on and _has_begun(named, day, start, received_on):
        day = received_on  # a period under way is reported up to the day of the report
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _has_begun(named: str, day: date, start: object, received_on: date) -> bool:
    if isinstance(start, date):
        return start <= received_on
    is_quarter = _QUARTER(" ".join(named.split())) is not None
    first_month = day.month - 2 if is_quarter else day.month
    return not _is_day(named) and date(day.year, first_month, 1) <= received_on


def _is_day(text: str) -> bool:
    day = parse_day(text)
    return day is not None and not isinstance(day, Refused) and day.warning is None


def _territory(text: str) -> str | None:
    folded = text.casefold()
    if folded in WORLD_NAMES:
        return None
    country = countries_by_alpha3.get(text.upper())
    return country.alpha2 if country else text


def _month_of(name: str) -> int | None:
    names = [one.lower() for one in calendar.month_name]
    return next((at for at, one in enumerate(names) if at and one.startswith(name.lower())), None)


def _end_of_month(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])
