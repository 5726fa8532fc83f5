"""Finds recordings in the JSON of services and labels: wrapped, in albums, with credits as objects. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from typing import Any

from omnisonic.core.imports.checked_row import CREDIT_MARK
from omnisonic.core.imports.headers import FIELDS, HEADERS, KNOWN_HEADERS, Field, fold_header
from omnisonic.core.imports.json_stream import Record

CREDITS_MAX = 100
DEPTH_MAX = 5  # MusicBrainz: release → medium → track → recording
INNER_MAX = 10_000  # recordings of one album or answer; one record has a size limit besides
PARENT = "parent"
LENT = (Field.ARTIST, Field.RELEASED_AT, Field.GENRE)  # what an album says for its tracks
ENVELOPES = ("records", "items", "recordings", "tracks", "songs", "data", "rows", "results")
_ISRC_NAMES = frozenset(HEADERS[Field.ISRC])


def recordings_in(record: Record) -> list[Record]:
    """The record, or the recordings inside it when the ISRCs stand there, as in an album with its tracks.

    What an inner one was taken from is its `parent`, so that an album's artist can stand for all tracks.
    """
    if "isrc" in record or "isrcs" in record or _names_isrc(record, DEPTH_MAX):
        return [record]
    return list(islice(_inner(record, DEPTH_MAX), INNER_MAX)) or [record]


def recordings_of_answer(value: Any) -> list[Record] | None:
    """Recordings of a whole JSON text: an answer with a list, an album, one recording; else None."""
    if not isinstance(value, dict):
        return None
    for key, children in value.items():
        if key.lower() in ENVELOPES and isinstance(children, list):
            if not all(isinstance(one, dict) for one in children):
                return None
            around = _known_in(value)
            return [_under(one, around) for child in children for one in recordings_in(child)]
    if _names_isrc(value, DEPTH_MAX):
        return [value]
    return list(islice(_inner(value, DEPTH_MAX), INNER_MAX)) or None


def paths_of(record: Record, depth: int = DEPTH_MAX) -> list[str]:
    """A record's keys as columns; objects inside it give dotted paths such as `external_ids.isrc`."""
    found: list[str] = []
    for key, value in record.items():
        if not isinstance(value, dict):
            found.append(key)
            continue
        if isinstance(value.get("name"), str):
            found.append(key)
        if depth > 1:
            found += [f"{key}.{inner}" for inner in paths_of(value, depth - 1)]
    return found


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


def value_elsewhere(record: Record, wanted: Field, used: frozenset[str]) -> Any:
    """A field's value under another of its names or on the album, for files whose records differ."""
    place = _names_in(tuple(record), used).get(wanted)
    if place is not None:
        return record[place]
    parent = record.get(PARENT)
    if wanted in LENT and isinstance(parent, dict):
        return value_elsewhere(parent, wanted, frozenset())
    return None


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
        return "; ".join(filter(None, (text_of(one) for one in value[:CREDITS_MAX])))
    if isinstance(value, dict):
        if isinstance(value.get("name"), str):
            return str(value["name"])
        if isinstance(value.get("data"), list):
            return text_of(value["data"])
    raise TypeError("an object")


def line_of(value: Any) -> str:
    """An artist line: names of a list stay apart, whatever stands between them (`CREDIT_MARK`).

    Reads the credits of MusicBrainz (`name`, `joinphrase`), lists of names, lists of objects with a name.
    """
    if isinstance(value, dict) and isinstance(value.get("data"), list):
        value = value["data"]
    if not isinstance(value, list):
        return text_of(value)
    parts: list[str] = []
    for one in value[:CREDITS_MAX]:
        name = text_of(one).replace(CREDIT_MARK, " ").strip()
        if not name:
            continue
        if parts and len(parts) % 2:
            parts.append(", ")
        parts.append(name)
        phrase = one.get("joinphrase") if isinstance(one, dict) else None
        if isinstance(phrase, str) and phrase:
            parts.append(phrase)
    if len(parts) % 2 == 0 and parts and not parts[-1].strip():
        parts.pop()
    return CREDIT_MARK.join(parts)


def _names_isrc(record: Record, depth: int) -> bool:
    for key, value in record.items():
        if fold_header(key) in _ISRC_NAMES:
            return True
        if depth > 1 and isinstance(value, dict) and _names_isrc(value, depth - 1):
            return True
    return False


def _inner(record: Record, depth: int) -> Iterator[Record]:
    for value in record.values():
        for children in _lists_of_objects(value, depth):
            around = _known_in(record)
            for child in children:
                for found in _with_isrc(child, depth - 1):
                    yield _under(found, around)


def _known_in(record: Record) -> Record:
    return {key: value for key, value in record.items() if fold_header(key) in KNOWN_HEADERS}


def _under(record: Record, around: Record) -> Record:
    if not around:
        return record
    parent = record.get(PARENT)
    if PARENT in record and not isinstance(parent, dict):
        return record
    return {**record, PARENT: _under(parent, around) if parent else around}


def _with_isrc(record: Any, depth: int) -> Iterator[Record]:
    if isinstance(record, dict) and depth > 0:
        if _names_isrc(record, depth):
            yield record
        else:
            yield from _inner(record, depth)


def _lists_of_objects(value: Any, depth: int) -> Iterator[list[Any]]:
    if isinstance(value, list):
        if any(isinstance(one, dict) for one in value):
            yield value
    elif isinstance(value, dict) and depth > 1:
        for inner in value.values():
            yield from _lists_of_objects(inner, depth - 1)


@lru_cache(maxsize=512)
def _names_in(keys: tuple[str, ...], used: frozenset[str]) -> dict[Field, str]:
    folded = {fold_header(key): key for key in reversed(keys) if key not in used}
    names = {
        wanted: next((folded[one] for one in HEADERS[wanted] if one in folded), None) for wanted in FIELDS
    }
    return {wanted: key for wanted, key in names.items() if key is not None}
