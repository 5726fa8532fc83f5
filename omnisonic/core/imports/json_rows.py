"""Records of a JSON or JSON Lines file, one at a time and never more than a bounded piece in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TextIO

from omnisonic.core.imports.codes import Code, Issue
from omnisonic.core.imports.json_shapes import recordings_in, recordings_of_answer
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

WHOLE_MAX_CHARS = 8 * 1024 * 1024  # an answer of a service is looked at as one piece; beyond, a list streams
NOT_A_RECORD = "A record is an object with named fields, such as {“isrc”: …, “title”: …, “artist”: …}."


def read_json_lines(text: TextIO) -> Iterator[tuple[int, Record] | Issue]:
    """One object per line, numbered as lines; blank lines are passed over.

    Recordings inside an object count on from its line.
    """
    row = told = 0
    while line := text.readline(RECORD_MAX_CHARS):
        row += 1
        if len(line) >= RECORD_MAX_CHARS and not line.endswith("\n"):
            _skip_line(text)
            yield _too_large(row, line)
            continue
        if not line.strip(" \t\r\n\ufeff"):
            continue
        for item in _parse_line(row, line):
            told = max(row, told + 1)
            yield item._replace(row=told) if isinstance(item, Issue) else (told, item)


def read_json(text: TextIO) -> Iterator[tuple[int, Record] | Issue]:
    """Recordings of a list, of the list under `records`, `items`, …, or of an answer, numbered from 1.

    Raises `ImportFileBroken` where the structure breaks: what follows could not be told apart.
    """
    whole = _whole(text)
    if whole is not None:
        yield from enumerate(whole, start=1)
        return
    row = 0
    for value in JsonStream(text).records():
        for item in _checked(value):
            row += 1
            yield item._replace(row=row) if isinstance(item, Issue) else (row, item)


def _whole(text: TextIO) -> list[Record] | None:
    head = text.read(WHOLE_MAX_CHARS + 1)
    text.seek(0)
    if len(head) > WHOLE_MAX_CHARS or not head.lstrip(" \t\r\n\ufeff").startswith("{"):
        return None
    try:
        return recordings_of_answer(DECODER.decode(head.strip(" \t\r\n\ufeff")))
    except (ValueError, RecursionError):  # the walk through it says where it is damaged
        return None


def _checked(value: Any) -> list[Record | Issue]:
    if isinstance(value, Issue):
        return [value]
    if not isinstance(value, dict):
        return [Issue(0, None, Code.NOT_AN_OBJECT, NOT_A_RECORD, clean(str(value))[:200])]
    return [*recordings_in(value)]


def _parse_line(row: int, line: str) -> list[Record | Issue]:
    try:
        value = DECODER.decode(line.strip(" \t\r\n\ufeff"))
    except DuplicateKey as error:
        value = duplicate_issue(row, str(error), line)
    except (ValueError, RecursionError) as error:
        value = Issue(row, None, Code.BAD_JSON, f"This line is not JSON: {reason_of(error)}.", clean(line))
    return _checked(value)


def _too_large(row: int, line: str) -> Issue:
    message = f"This record is longer than {RECORD_MAX_CHARS} characters."
    return Issue(row, None, Code.ROW_TOO_LARGE, message, clean(line))


def _skip_line(text: TextIO) -> None:
    while (rest := text.readline(RECORD_MAX_CHARS)) and not rest.endswith("\n"):
        pass
