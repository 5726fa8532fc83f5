"""What a feed document is read to: its own facts and its entries, ready to be stored as JSON. Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from omnisonic.insight.feeds.dates import EntryDate
from omnisonic.insight.feeds.models import MAX_URL_CHARS
from omnisonic.insight.feeds.plain_text import clean_lines, cut, line_of, text_of_html

ENTRIES_MAX = 2000
GUID_MAX_CHARS = 1000
TITLE_MAX_CHARS = 500
TEXT_MAX_CHARS = 20_000
NAME_MAX_CHARS = 300
SHORT_MAX_CHARS = 200
TAGS_MAX = 20
HEADLINE_OF_TEXT_CHARS = 120
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}")


@dataclass(frozen=True, kw_only=True)
class ParsedFeed:
    """A document that was read. `entry_count` may exceed `entries`: the rest was left out.

    `entries` are JSON: `{position, guid, url, title, text, publishedAt, dateQuality, language, raw}`, in the
    order of the document, repeated guids as they are. `publishedAt` is null where the feed gives no date that
    could be true; then it counts from when it was first seen.
    """

    format: str
    title: str = ""
    site_url: str = ""
    language: str = ""
    refresh_s: int | None = None  # how long the feed says it stays the same
    entries: list[dict[str, Any]] = field(default_factory=list)
    entry_count: int = 0
    warning: str | None = None


def entry_json(
    *,
    position: int,
    guid: str | None,
    url: str,
    title: str,
    text: str,
    date: EntryDate,
    language: str,
    raw: dict[str, Any],
) -> dict[str, Any]:
    """One entry as it is stored. `title` and `text` may hold markup, `url` must be absolute to be kept."""
    body = text_of_html(text, max_chars=TEXT_MAX_CHARS)
    return {
        "position": position,
        "guid": guid_of(guid),
        "url": web_address(url),
        "title": line_of(title, max_chars=TITLE_MAX_CHARS)
        or cut(" ".join(body.split()), HEADLINE_OF_TEXT_CHARS),
        "text": body,
        "publishedAt": written(date.at),
        "dateQuality": str(date.quality),
        "language": language,
        "raw": {name: value for name, value in {**raw, "date": short(date.raw)}.items() if value},
    }


def guid_of(value: str | None) -> str | None:
    """An entry's own identifier; a very long one by its hash."""
    guid = clean_lines(value) if isinstance(value, str) else ""
    if len(guid) > GUID_MAX_CHARS:
        return f"sha256:{hashlib.sha256(guid.encode()).hexdigest()}"
    return guid or None


def web_address(value: Any, base: str = "") -> str:
    """An absolute http(s) address, or nothing."""
    if not isinstance(value, str) or not value or len(value) > MAX_URL_CHARS:
        return ""
    try:
        address = urljoin(base, value.strip()) if base else value.strip()
    except ValueError:
        return ""
    address = "".join(clean_lines(address).split())
    return address if address[:8].lower().startswith(("http://", "https://")) else ""


def language_of(value: Any) -> str:
    """A language tag in the spelling of BCP 47 as far as it matters here (`en`, `pt-BR`), or nothing."""
    found = LANGUAGE.fullmatch(value.strip().replace("_", "-")) if isinstance(value, str) else None
    if found is None:
        return ""
    first, *rest = found[0].split("-")
    return "-".join([first.lower(), *(part.upper() if len(part) == 2 else part for part in rest)])[:35]


def short(value: Any, max_chars: int = SHORT_MAX_CHARS) -> str:
    """A small piece of text on one line, or nothing."""
    return line_of(value, max_chars=max_chars) if isinstance(value, str) else ""


def written(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with `Z`, to the second."""
    if moment is None:
        return None
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
