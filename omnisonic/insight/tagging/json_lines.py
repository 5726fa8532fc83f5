"""Catalogs, items and links as JSON Lines: the way in and out for data that is not in the database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from omnisonic.insight.news import EntityType
from omnisonic.insight.tagging.mentions import CatalogEntry, FoundLink, Item
from omnisonic.platform.errors import Malformed

MAX_LINE_LENGTH = 4_000_000
Line = dict[str, Any]


class UnreadableLine(Malformed):
    """A line that is no catalog entry or item."""

    slug: ClassVar[str] = "unreadable-line"
    title: ClassVar[str] = "A line of the file cannot be read"
    advice: ClassVar[str] = "Write one JSON object per line with the fields named in the documentation."


def read_lines(lines: Iterable[str], name: str) -> Iterator[tuple[int, Line]]:
    """Objects with their line numbers; empty lines are passed over. Raises UnreadableLine."""
    for number, line in enumerate(lines, start=1):
        line = line.lstrip("\ufeff").strip()
        if not line:
            continue
        if len(line) > MAX_LINE_LENGTH:
            raise UnreadableLine(f"{name}, line {number}: longer than {MAX_LINE_LENGTH} characters.")
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UnreadableLine(f"{name}, line {number}: no JSON ({error}).") from error
        if not isinstance(value, dict):
            raise UnreadableLine(f"{name}, line {number}: a JSON object is expected.")
        yield number, value


def read_catalog(lines: Iterable[str], name: str) -> Iterator[CatalogEntry]:
    """Entries `{id, type, name, aliases?, artistIds?}`. Unknown fields and unknown artists are no error."""
    for number, value in read_lines(lines, name):
        where = f"{name}, line {number}"
        kind = value.get("type")
        if kind not in list(EntityType):
            raise UnreadableLine(f'{where}: "type" must be artist, work or recording, not {kind!r}.')
        yield CatalogEntry(
            str(_id(value, where)),
            EntityType(kind),
            _text(value, "name", where, required=True),
            _texts(value, "aliases", where),
            _texts(value, "artistIds", where),
        )


def read_items(lines: Iterable[str], name: str) -> Iterator[tuple[str | int, Item]]:
    """Items `{id, title, text?, source?}` with their ids as given."""
    for number, value in read_lines(lines, name):
        where = f"{name}, line {number}"
        given = _id(value, where)
        title = _text(value, "title", where, required="text" not in value)
        yield given, Item(str(given), title, _text(value, "text", where), _text(value, "source", where))


def link_line(item_id: str | int, link: FoundLink, *, evidence: bool = False) -> str:
    """One accepted link as a line."""
    value: Line = {
        "itemId": item_id,
        "entityId": link.entity_id,
        "entityType": link.entity_type.value,
        "start": link.start,
        "end": link.end,
        "matchedText": link.matched_text,
        "confidence": round(link.confidence, 4),
        "method": link.method.value,
    }
    if evidence:
        value["evidence"] = link.evidence
    return json.dumps(value)


def _id(value: Line, where: str) -> str | int:
    given = value.get("id")
    if isinstance(given, bool) or not isinstance(given, str | int) or given == "":
        raise UnreadableLine(f'{where}: "id" must be a text that is not empty.')
    return given


def _text(value: Line, key: str, where: str, *, required: bool = False) -> str:
    given = value.get(key)
    if given is None and not required:
        return ""
    if not isinstance(given, str):
        raise UnreadableLine(f'{where}: "{key}" must be a text.')
    return given


def _texts(value: Line, key: str, where: str) -> tuple[str, ...]:
    given = value.get(key)
    if given is None:
        return ()
    if not isinstance(given, list) or not all(isinstance(one, str | int) for one in given):
        raise UnreadableLine(f'{where}: "{key}" must be a list of texts.')
    return tuple(str(one) for one in given)
