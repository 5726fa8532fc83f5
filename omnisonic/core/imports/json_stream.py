"""Walks through a JSON text of any length with the standard library's fast decoder, record by record.

A streaming parser by events was tried first: it keeps a value nested a million deep, and an integer of
five thousand digits stops the process. Here a record has a size limit and numbers stay texts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn, TextIO

from omnisonic.core.imports.codes import RAW_MAX_CHARS, Code, Issue
from omnisonic.core.imports.errors import ImportFileBroken

RECORD_MAX_CHARS = 256 * 1024
LIST_KEYS = ("records", "items", "recordings", "tracks", "songs", "data", "rows", "results", "albums")
BLOCK_CHARS = 64 * 1024
SHOWN_CHARS = 40  # of the damaged place

Record = dict[str, Any]

_SPACE = re.compile(r"[ \t\r\n\ufeff]*").match


class DuplicateKey(ValueError):
    """An object names one key twice: which value is meant cannot be known."""


def _unique(pairs: list[tuple[str, Any]]) -> Record:
    record = dict(pairs)
    if len(record) != len(pairs):
        keys = [key for key, _ in pairs]
        raise DuplicateKey(next(key for at, key in enumerate(keys) if key in keys[:at]))
    return record


def _first_of_each(pairs: list[tuple[str, Any]]) -> Record:
    return dict(reversed(pairs))


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


# Numbers stay the text that they are: no rounding, and no integer is too long.
DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_float=str, parse_int=str, parse_constant=_refuse_constant
)
_LENIENT = json.JSONDecoder(
    object_pairs_hook=_first_of_each, parse_float=str, parse_int=str, parse_constant=_refuse_constant
)


NEVER_ENDS = "a text in quotes never ends"
# What Python's decoder says, by the beginning of its message, for people who did not write the file by hand.
_REASONS = (
    ("Unterminated string", NEVER_ENDS),
    ("Invalid control character", "a text holds a line break or tab as such, which JSON writes \\n or \\t"),
    ("Invalid \\", "a backslash stands before a character that needs none"),
    ("Expecting property name", "the name of a field does not stand in double quotes"),
    ("Illegal trailing comma", "a comma stands before the end of a list or an object"),
    ("Expecting ':'", "a colon is missing between a name and its value"),
    ("Expecting ','", "a comma is missing between two values"),
    ("Expecting value", "a value is missing, or a text does not stand in double quotes"),
    ("Extra data", "something follows after its end"),
)


def reason_of(error: Exception) -> str:
    """What a decoder complained about, in words for whoever has the file."""
    if isinstance(error, RecursionError):
        return "nested too deep"
    said = " ".join(str(error).split())[:300]
    return next((words for start, words in _REASONS if said.startswith(start)), said)


def clean(raw: str) -> str:
    """A piece of the file that fits into a report."""
    return raw[:RAW_MAX_CHARS].replace("\x00", "\u2400").rstrip("\r\n")


def duplicate_issue(row: int, key: str, raw: str) -> Issue:
    """The refusal of a record with a key given twice."""
    return Issue(row, key[:200], Code.DUPLICATE_KEY, f"The key “{key[:100]}” stands twice here.", clean(raw))


class JsonStream:
    """One pass over a JSON text."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._buffer = ""
        self._at = 0
        self._is_done = False
        self._row = 0

    def records(self) -> Iterator[Any]:
        """Values of the list of records; a record with a duplicate key is an `Issue`.

        Raises `ImportFileBroken`.
        """
        opening = self._next_mark()
        if opening == "[":
            yield from self._list()
        elif opening == "{":
            yield from self._list_in_object()
        else:
            self._break("it starts neither with a list nor with an object")
        if self._look() != "":
            self._break("something follows after its end")

    def _list_in_object(self) -> Iterator[Any]:
        is_found = False
        while (mark := self._look()) != "}" or not is_found:
            if mark == "}":
                names = ", ".join(f"`{name}`" for name in LIST_KEYS)
                raise ImportFileBroken(
                    f"There is no list of records here: send a list, or an object with one of {names}."
                )
            key = self._value()
            if not isinstance(key, str) or self._next_mark() != ":":
                self._break("an object needs names and values")
            if not is_found and key.lower() in LIST_KEYS and self._look() == "[":
                self._at += 1
                is_found = True
                yield from self._list()
            else:
                self._value()
            if self._look() == ",":
                self._at += 1
            elif self._look() != "}":
                self._break("a comma or the end of the object is missing")
        self._at += 1

    def _list(self) -> Iterator[Any]:
        if self._look() == "]":
            self._at += 1
            return
        while True:
            self._row += 1
            yield self._value()
            mark = self._next_mark()
            if mark == "]":
                return
            if mark != ",":
                self._break("a comma or the end of the list is missing")

    def _value(self) -> Any:
        self._look()
        while True:
            try:
                value, end = DECODER.raw_decode(self._buffer, self._at)
            except DuplicateKey as error:
                return self._duplicate(str(error))
            except RecursionError as error:
                self._break(reason_of(error))
            except ValueError as error:
                ahead = getattr(error, "pos", self._at) - self._at
                if not self._more():
                    self._break(reason_of(error), ahead=ahead)
                continue
            # A number at the very end of the buffer may go on in the next block.
            if end < len(self._buffer) or self._buffer[end - 1] in '}]"' or not self._more():
                self._at = end
                return value

    def _duplicate(self, key: str) -> Issue:
        start = self._at
        while True:
            try:
                _, self._at = _LENIENT.raw_decode(self._buffer, start)
            except (ValueError, RecursionError) as error:
                if not self._more():
                    self._break(reason_of(error))
                start = self._at
                continue
            return duplicate_issue(0, key, self._buffer[start : self._at])

    def _next_mark(self) -> str:
        mark = self._look()
        self._at += len(mark)
        return mark

    def _look(self) -> str:
        while True:
            found = _SPACE(self._buffer, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            self._buffer, self._at = "", 0
            if not self._more():
                return ""

    def _more(self) -> bool:
        rest = self._buffer[self._at :]
        if self._is_done or len(rest) > RECORD_MAX_CHARS:
            return False
        block = self._text.read(BLOCK_CHARS)
        self._is_done = not block
        self._buffer, self._at = rest + block, 0
        return bool(block)

    def _break(self, reason: str, *, ahead: int = -1) -> NoReturn:
        """Raise `ImportFileBroken`; the damage is `ahead` characters behind the present place."""
        where = f"at record {self._row}" if self._row else "at its beginning"
        if len(self._buffer) - self._at > RECORD_MAX_CHARS:
            reason = f"it is longer than {RECORD_MAX_CHARS} characters, or {reason}"
        start = max(self._at + ahead, 0)
        piece = " ".join(clean(self._buffer[start : start + SHOWN_CHARS]).split())
        if not piece or reason == NEVER_ENDS:
            raise ImportFileBroken(f"The JSON is damaged {where}: {reason}. {ImportFileBroken.advice}")
        raise ImportFileBroken(
            f"The JSON is damaged {where}, at “{piece}”: {reason}. Mend that place, or export the file again."
        )
