"""Which column of a file means what: recognized headers, and the mapping that people may change."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from omnisonic.core.identifiers import normalize_isrc
from omnisonic.core.imports.errors import ImportColumnsUnknown
from omnisonic.core.imports.headers import FIELDS, HEADERS, REQUIRED, Field, fold_header
from omnisonic.platform.errors import FieldError

COLUMN_NAME_MAX_CHARS = 200


class DurationUnit(StrEnum):
    """How a bare number in the duration column counts."""

    SECONDS = "s"
    MILLISECONDS = "ms"


_BRACKETS = re.compile(r"[(\[{][^)\]}]*[)\]}]")
_DIGITS = re.compile(r"\d+")
_WRAPPERS = frozenset(
    {"track", "song", "recording", "item", "attributes", "result", "data", "resource", "node", "metadata"}
)
_AROUND = frozenset({"album", "release", "parent"})
# Under which objects a key at the end of a dotted path means the field: `label.name` is no title.
_UNDER = {
    Field.ISRC: None,
    Field.ARTIST: _WRAPPERS | _AROUND,
    Field.RELEASED_AT: _WRAPPERS | _AROUND,
    Field.GENRE: _WRAPPERS | _AROUND,
    Field.ISWC: _WRAPPERS | {"work", "works", "musicalwork", "composition"},
    Field.ARTIST_ISNI: _WRAPPERS | {"artist", "performer", "mainartist"},
    Field.ARTIST_IPI: _WRAPPERS | {"artist", "performer", "mainartist"},
}
_MILLISECONDS = re.compile(r"\b(ms|msec|millis|milliseconds|millisekunden)\b|_ms$")


@dataclass(frozen=True)
class Mapping:
    """Columns by field, as positions in `columns`. `duration_unit` is for bare numbers only."""

    columns: tuple[str, ...]
    at: dict[Field, int] = field(default_factory=dict)
    duration_unit: DurationUnit = DurationUnit.SECONDS
    has_header: bool = True

    def column_of(self, wanted: Field) -> str | None:
        """The file's own name of a field's column."""
        position = self.at.get(wanted)
        return None if position is None else self.columns[position]

    def missing(self) -> list[Field]:
        """Required fields without a column."""
        return [wanted for wanted in REQUIRED if wanted not in self.at]

    def to_json(self) -> dict[str, Any]:
        """`{field: column name, …, durationUnit}`, what people see and send."""
        named: dict[str, Any] = {str(wanted): self.columns[place] for wanted, place in self.at.items()}
        return named | {"durationUnit": str(self.duration_unit)}

    def sha256(self) -> str:
        """The mapping's fingerprint: what makes the same file another job."""
        text = json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def guess_mapping(columns: Sequence[str], *, has_header: bool, samples: Sequence[Sequence[str]]) -> Mapping:
    """Recognize columns by their headers; where a file has none, find the ISRCs by their form."""
    names = tuple(name[:COLUMN_NAME_MAX_CHARS] for name in columns)
    at: dict[Field, int] = {}
    folded = [fold_header(name) for name in names]
    bare = [_bare(name) for name in names]
    forms = (folded, bare, [_DIGITS.sub("", name) for name in bare])
    for wanted, known in HEADERS.items():
        place = _first_known(known, forms, taken=set(at.values()))
        if place is None:
            place = _at_end_of_path(wanted, names, taken=set(at.values()))
        if place is not None:
            at[wanted] = place
    if Field.TITLE not in at and Field.WORK in at:
        at[Field.TITLE] = at[Field.WORK]  # a list of works names its recordings by them
    if Field.ISRC not in at:
        place = _isrc_column(samples, len(names))
        if place is not None and place not in at.values():
            at[Field.ISRC] = place
    guessed = Mapping(names, at, has_header=has_header)
    return replace(guessed, duration_unit=_guess_unit(guessed, folded, samples))


def apply_choice(guessed: Mapping, chosen: dict[str, Any] | None) -> Mapping:
    """The guess, or what the caller says instead: `{field: column}` or `{column: field}`.

    A field with an empty column is left out; with a choice only the named fields count. Raises
    `ImportColumnsUnknown` for names that are not there and for required fields without a column.
    """
    mapping = guessed
    if chosen:
        mapping = _chosen_mapping(guessed, chosen)
    if missing := mapping.missing():
        found = ", ".join(f"“{name}”" for name in guessed.columns[:12]) or "none"
        raise ImportColumnsUnknown(
            f"Say which columns hold {' and '.join(map(str, missing))}. Columns in this file: {found}.",
            errors=[FieldError(f"mapping.{one}", "required", "Name the column.") for one in missing],
        )
    return mapping


def more_isrc_columns(mapping: Mapping) -> list[str]:
    """Columns of further recordings in a row, such as `Recording 2 ISRC`, beside the one that is read."""
    read = mapping.at.get(Field.ISRC)
    return [
        name
        for place, name in enumerate(mapping.columns)
        if place != read and _DIGITS.search(name) and _DIGITS.sub("", _bare(name)) in HEADERS[Field.ISRC]
    ]


def known_fields(cells: Sequence[str]) -> int:
    """How many fields a row of headers would name."""
    forms = {form for cell in cells if cell for form in (fold_header(cell), _bare(cell)) if form}
    return sum(not forms.isdisjoint(known) for known in HEADERS.values())


def holds_isrc(cells: Sequence[str]) -> bool:
    """Whether a row is about a recording."""
    return any(_is_isrc(cell) for cell in cells)


def _bare(name: str) -> str:
    return fold_header(_BRACKETS.sub("", name))


def _first_known(known: Sequence[str], forms: Sequence[list[str]], *, taken: set[int]) -> int | None:
    for names in forms:
        for name in known:
            for place, form in enumerate(names):
                if form == name and place not in taken:
                    return place
    return None


def _at_end_of_path(wanted: Field, names: Sequence[str], *, taken: set[int]) -> int | None:
    under = _UNDER.get(wanted, _WRAPPERS)
    found: list[tuple[int, int, int]] = []
    for place, name in enumerate(names):
        *objects, last = name.split(".")
        rank = {form: at for at, form in enumerate(HEADERS[wanted])}.get(fold_header(last))
        if not objects or rank is None or place in taken:
            continue
        if under is None or all(fold_header(one) in under for one in objects):
            found.append((len(objects), rank, place))
    return min(found)[2] if found else None


def _isrc_column(samples: Sequence[Sequence[str]], width: int) -> int | None:
    """The column with the most codes, at least a quarter of its cells: statements mix kinds of rows."""
    best, most = None, 0
    for place in range(width):
        cells = [row[place] for row in samples if place < len(row) and row[place].strip()]
        codes = sum(map(_is_isrc, cells))
        if codes > most and codes * 4 >= len(cells):
            best, most = place, codes
    return best


def _is_isrc(cell: str) -> bool:
    return normalize_isrc(cell).value is not None


def _guess_unit(mapping: Mapping, folded: list[str], samples: Sequence[Sequence[str]]) -> DurationUnit:
    place = mapping.at.get(Field.DURATION)
    if place is None:
        return DurationUnit.SECONDS
    header = mapping.columns[place].lower()
    if _MILLISECONDS.search(header) or folded[place].endswith(("lengthms", "durationms", "millis")):
        return DurationUnit.MILLISECONDS
    ends = {fold_header(name.rpartition(".")[2]) for name in mapping.columns}
    if {"artistcredit", "firstreleasedate", "isrcs"} & ends and header.rpartition(".")[2] == "length":
        return DurationUnit.MILLISECONDS  # MusicBrainz
    numbers = sorted(int(row[place]) for row in samples if place < len(row) and _is_count(row[place]))
    if numbers and numbers[len(numbers) // 2] >= 20_000:  # five and a half hours, or twenty seconds
        return DurationUnit.MILLISECONDS
    return DurationUnit.SECONDS


def _is_count(cell: str) -> bool:
    return cell.isascii() and cell.isdigit() and len(cell) < 12


def _chosen_mapping(guessed: Mapping, chosen: dict[str, Any]) -> Mapping:
    pairs = {key: value for key, value in chosen.items() if key not in ("durationUnit", "duration_unit")}
    unit = chosen.get("durationUnit", chosen.get("duration_unit", guessed.duration_unit))
    if any(fold_header(str(key)) not in _FIELD_BY_NAME for key in pairs):
        pairs = {value: key for key, value in pairs.items() if value}  # column → field
    problems: list[FieldError] = []
    at: dict[Field, int] = {}
    for name, column in pairs.items():
        wanted = _FIELD_BY_NAME.get(fold_header(str(name)))
        place = _place_of(guessed.columns, column)
        if wanted is None:
            allowed = ", ".join(FIELDS)
            problems.append(FieldError(f"mapping.{name}"[:200], "choice", f"Fields are {allowed}."))
        elif column not in (None, "") and place is None:
            problems.append(FieldError(f"mapping.{wanted}", "column", "There is no column of that name."))
        elif place is not None:
            at[wanted] = place
    if unit not in tuple(DurationUnit):
        problems.append(FieldError("mapping.durationUnit", "choice", "Use `s` or `ms`."))
    if problems:
        raise ImportColumnsUnknown(problems[0].message, errors=problems)
    return replace(guessed, at=at, duration_unit=DurationUnit(unit))


def _place_of(columns: Sequence[str], column: Any) -> int | None:
    if isinstance(column, str) and column in columns:
        return columns.index(column)
    folded = fold_header(str(column or ""))
    return next((at for at, name in enumerate(columns) if folded and fold_header(name) == folded), None)


_FIELD_BY_NAME = {fold_header(one): one for one in FIELDS}
