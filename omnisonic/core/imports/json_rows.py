"""Records of a JSON or JSON Lines file, one at a time and never more than a bounded piece in memory."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, TextIO

from omnisonic.core.imports.codes import Code, Issue
from omnisonic.core.imports.json_stream import (
    DECODER,
    RECORD_MAX_CHARS,
    DuplicateKey,
    JsonStream,
    Record,
    clean,
    duplicate_issue,
    reason_of,
)

CREDITS_MAX = 100


def read_json_lines(text: TextIO) -> Iterator[tuple[int, Record] | Issue]:
    """One object per line, numbered as lines; blank lines are passed over."""
    row = 0
    while line := text.readline(RECORD_MAX_CHARS):
        row += 1
        if len(line) >= RECORD_MAX_CHARS and not line.endswith("\n"):
            _skip_line(text)
            yield _too_large(row, line)
            continue
        if not line.strip(" \t\r\n\ufeff"):
            continue
        yield _parse_line(row, line)


def read_json(text: TextIO) -> Iterator[tuple[int, Record] | Issue]:
    """Objects of a top-level list, or of the list under `records`, `items`, …, numbered from 1.

    Raises `ImportFileBroken` where the structure breaks: what follows could not be told apart.
    """
    for row, value in enumerate(JsonStream(text).records(), start=1):
        yield value._replace(row=row) if isinstance(value, Issue) else _checked(row, value)


def text_of(value: Any) -> str:
    """A JSON value as the text of a cell. Raises `TypeError` for what has no text, such as an object."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        raise TypeError("true or false")
    if isinstance(value, int | Decimal | float):
        return str(value)
    if isinstance(value, list):
        return _text_of_list(value)
    if isinstance(value, dict) and isinstance(value.get("name"), str):
        return str(value["name"])
    raise TypeError("an object")


def value_at(record: Record, path: str) -> Any:
    """The value under a key, or under a dotted path such as `external_ids.isrc`."""
    if path in record:
        return record[path]
    here: Any = record
    for key in path.split("."):
        if not isinstance(here, dict) or key not in here:
            return None
        here = here[key]
    return here


def paths_of(record: Record) -> list[str]:
    """Keys of a record as columns: objects inside it give dotted paths, one level deep."""
    found: list[str] = []
    for key, value in record.items():
        if isinstance(value, dict) and "name" not in value:
            found += [f"{key}.{inner}" for inner in value]
        else:
            found.append(key)
    return found


def _checked(row: int, value: Any) -> tuple[int, Record] | Issue:
    if not isinstance(value, dict):
        return Issue(
            row, None, Code.NOT_AN_OBJECT, "A record is an object with named fields.", str(value)[:200]
        )
    return row, value


def _parse_line(row: int, line: str) -> tuple[int, Record] | Issue:
    try:
        value = DECODER.decode(line.strip(" \t\r\n\ufeff"))
    except DuplicateKey as error:
        return duplicate_issue(row, str(error), line)
    except (ValueError, RecursionError) as error:
        return Issue(row, None, Code.BAD_JSON, f"This line is not JSON: {reason_of(error)}.", clean(line))
    return _checked(row, value)


def _too_large(row: int, line: str) -> Issue:
    message = f"This record is longer than {RECORD_MAX_CHARS} characters."
    return Issue(row, None, Code.ROW_TOO_LARGE, message, clean(line))


def _skip_line(text: TextIO) -> None:
    while (rest := text.readline(RECORD_MAX_CHARS)) and not rest.endswith("\n"):
        pass


def _text_of_list(values: list[Any]) -> str:
    if values and all(isinstance(value, dict) for value in values):
        return _text_of_credits(values[:CREDITS_MAX])
    return "; ".join(text_of(value) for value in values[:CREDITS_MAX])


def _text_of_credits(parts: list[Record]) -> str:
    """`artist-credit` of MusicBrainz (name and join phrase), or plain objects with a name."""
    if not any("joinphrase" in part for part in parts):
        return ", ".join(text_of(part) for part in parts)
    return "".join(text_of(part.get("name")) + text_of(part.get("joinphrase")) for part in parts)
