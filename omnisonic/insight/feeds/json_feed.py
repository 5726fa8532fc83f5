"""JSON Feed, versions 1 and 1.1 (https://www.jsonfeed.org/version/1.1/). Pure."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from omnisonic.insight.feeds.dates import NO_DATE, EntryDate, date_of
from omnisonic.insight.feeds.entries import (
    ENTRIES_MAX,
    NAME_MAX_CHARS,
    TAGS_MAX,
    ParsedFeed,
    entry_json,
    language_of,
    short,
    web_address,
)
from omnisonic.insight.feeds.errors import NotAFeed


def looks_like_json(text: str) -> bool:
    """Whether a document can only be JSON."""
    return text.startswith(("{", "["))


def read_json_feed(text: str, *, url: str, now: datetime) -> ParsedFeed:
    """The entries of a JSON Feed. Raises `NotAFeed` for other JSON, and for what is not quite JSON."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotAFeed("The document looks like JSON but cannot be read as JSON.") from error
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list) or not isinstance(document.get("version"), str):
        raise NotAFeed(f"This is JSON, but no JSON Feed. {NotAFeed.advice}")
    entries = [item for item in items if isinstance(item, dict)]
    language = language_of(document.get("language"))
    return ParsedFeed(
        format="json",
        title=short(document.get("title"), NAME_MAX_CHARS),
        site_url=web_address(document.get("home_page_url"), url),
        language=language,
        entries=[
            _entry(item, position, language=language, base=url, now=now)
            for position, item in enumerate(entries[:ENTRIES_MAX])
        ],
        entry_count=len(entries),
        warning=_warning(items, entries),
    )


def _entry(item: dict[str, Any], position: int, *, language: str, base: str, now: datetime) -> dict[str, Any]:
    guid = item.get("id")
    content = item.get("content_html")
    if not isinstance(content, str) or not content:
        content = _escaped(item.get("content_text")) or _escaped(item.get("summary"))
    return entry_json(
        position=position,
        guid=str(guid) if isinstance(guid, str | int | float) and not isinstance(guid, bool) else None,
        url=web_address(item.get("url"), base)
        or web_address(item.get("external_url"), base)
        or web_address(guid),
        title=_string(item.get("title")),
        text=content,
        date=_date(item, now),
        language=language_of(item.get("language")) or language,
        raw={
            "author": _author(item),
            "tags": [short(tag) for tag in _list(item.get("tags"))[:TAGS_MAX] if short(tag)],
            "enclosure": _attachment(item, base),
        },
    )


def _date(item: dict[str, Any], now: datetime) -> EntryDate:
    best = NO_DATE
    for name in ("date_published", "date_modified"):
        raw = _string(item.get(name))
        if raw:
            found = date_of(raw, None, now=now)
            if found.at is not None:
                return found
            best = found if best is NO_DATE else best
    return best


def _author(item: dict[str, Any]) -> str:
    people = [*_list(item.get("authors")), item.get("author")]
    return next(
        (short(one.get("name")) for one in people if isinstance(one, dict) and short(one.get("name"))), ""
    )


def _attachment(item: dict[str, Any], base: str) -> str:
    first = next((one for one in _list(item.get("attachments")) if isinstance(one, dict)), {})
    return web_address(first.get("url"), base)


def _escaped(value: Any) -> str:
    """Plain text as markup, so that its angle brackets stay."""
    return _string(value).replace("&", "&amp;").replace("<", "&lt;")


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _warning(items: list[Any], entries: list[Any]) -> str | None:
    if len(entries) > ENTRIES_MAX:
        return f"It has {len(entries):,} entries; the first {ENTRIES_MAX:,} were read."
    return "Some items are no objects and were left out." if len(entries) < len(items) else None
