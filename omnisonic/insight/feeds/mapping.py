"""From the bytes of a feed, whatever its dialect, to its entries. Pure: fetches nothing, knows no table."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import feedparser

from omnisonic.insight.feeds.dates import first_date
from omnisonic.insight.feeds.decoding import decode_document
from omnisonic.insight.feeds.entries import (
    ENTRIES_MAX,
    NAME_MAX_CHARS,
    SHORT_MAX_CHARS,
    TAGS_MAX,
    ParsedFeed,
    entry_json,
    language_of,
    short,
    web_address,
)
from omnisonic.insight.feeds.errors import FeedUnreadable, NotAFeed
from omnisonic.insight.feeds.json_feed import looks_like_json, read_json_feed
from omnisonic.insight.feeds.safe_xml import refuse_bombs

PERIODS_S = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
REFRESH_MAX_S = 30 * 86_400
WARNING_MAX_CHARS = 400
# What feedparser is known to let through on documents that nobody thought of.
UNREADABLE = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    RecursionError,
)


def read_feed(body: bytes, *, content_type: str, url: str, now: datetime) -> ParsedFeed:
    """Read RSS 0.9x, 1.0 and 2.0, Atom, CDF and JSON Feed; a damaged document gives what could be read.

    `url` is where it came from: relative links start there. At most 2,000 entries. Raises `NotAFeed` for a
    web page or anything else, `FeedUnreadable`, and before parsing `FeedUnsafe` for entities that grow or
    lead to other files.
    """
    text, remark = decode_document(body, content_type)
    text = text.lstrip("\ufeff\x00 \t\r\n")
    if looks_like_json(text):
        return read_json_feed(text, url=url, now=now)
    if not text:
        raise NotAFeed("The document is empty.")
    refuse_bombs(text)
    parsed = _parse(text, url)
    found = parsed.entries
    if not found and not parsed.version:
        raise NotAFeed(_what_it_is(text))
    channel = parsed.feed
    site_url = web_address(dict.get(channel, "link"), url)
    language = language_of(dict.get(channel, "language"))
    return ParsedFeed(
        format=parsed.version or "unknown",
        title=short(dict.get(channel, "title"), NAME_MAX_CHARS),
        site_url=site_url,
        language=language,
        refresh_s=_refresh_s(channel),
        entries=[
            _entry(entry, position, language=language, base=url, now=now)
            for position, entry in enumerate(found[:ENTRIES_MAX])
        ],
        entry_count=len(found),
        warning=_warning(parsed, remark),
    )


def _parse(text: str, url: str) -> Any:
    try:
        return feedparser.parse(
            io.BytesIO(text.encode("utf-8", "replace")),
            response_headers={"content-type": "application/xml; charset=utf-8", "content-location": url},
            sanitize_html=False,  # everything becomes plain text below
            resolve_relative_uris=False,
        )
    except UNREADABLE as error:
        raise FeedUnreadable(
            f"Its reader gave up ({type(error).__name__}). {FeedUnreadable.advice}"
        ) from error


def _entry(entry: Any, position: int, *, language: str, base: str, now: datetime) -> dict[str, Any]:
    guid = dict.get(entry, "id")
    link = dict.get(entry, "feedburner_origlink") or dict.get(entry, "link") or _alternate(entry)
    address = web_address(link, base)
    if not address and dict.get(entry, "guidislink") is not False:
        address = web_address(guid)
    text, detail = _longest_text(entry)
    own_language = (dict.get(entry, "title_detail") or {}).get("language") or detail.get("language")
    return entry_json(
        position=position,
        guid=guid,
        url=address,
        title=dict.get(entry, "title") or "",
        text=text,
        date=first_date(entry, now=now),
        language=language_of(own_language) or language,
        raw={
            "author": short(dict.get(entry, "author")),
            "tags": _tags(entry),
            "enclosure": _enclosure(entry, base),
            "comments": web_address(dict.get(entry, "comments"), base),
        },
    )


def _longest_text(entry: Any) -> tuple[str, dict[str, Any]]:
    """The fullest of content and summary: feeds put the article into either."""
    best, best_detail = dict.get(entry, "summary") or "", dict.get(entry, "summary_detail") or {}
    for content in dict.get(entry, "content") or ():
        value = content.get("value") or ""
        kind = content.get("type") or ""
        if len(value) > len(best) and ("text" in kind or "html" in kind or "xml" in kind or not kind):
            best, best_detail = value, content
    return best, best_detail


def _alternate(entry: Any) -> str:
    for link in dict.get(entry, "links") or ():
        if link.get("rel", "alternate") == "alternate" and link.get("href"):
            return str(link["href"])
    return ""


def _tags(entry: Any) -> list[str]:
    words = (short(tag.get("label") or tag.get("term")) for tag in dict.get(entry, "tags") or ())
    return list(dict.fromkeys(word for word in words if word))[:TAGS_MAX]


def _enclosure(entry: Any, base: str) -> str:
    for link in dict.get(entry, "links") or ():
        if link.get("rel") == "enclosure":
            return web_address(link.get("href"), base)
    return ""


def _refresh_s(channel: Any) -> int | None:
    """What the feed asks for: RSS `ttl` in minutes, or the syndication module's period."""
    minutes = _number(dict.get(channel, "ttl"))
    if minutes:
        return int(min(minutes * 60, REFRESH_MAX_S))
    period_s = PERIODS_S.get(str(dict.get(channel, "sy_updateperiod") or "").strip().lower())
    if period_s is None:
        return None
    times = _number(dict.get(channel, "sy_updatefrequency")) or 1
    return int(min(max(period_s / times, 60), REFRESH_MAX_S))


def _number(value: Any) -> float:
    text = str(value or "").strip()
    return float(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0.0


def _warning(parsed: Any, remark: str | None) -> str | None:
    remarks = [remark] if remark else []
    if parsed.bozo:
        reason = short(str(parsed.get("bozo_exception") or "unknown"), SHORT_MAX_CHARS)
        remarks.append(f"The document is damaged ({reason}); what could be read was kept.")
    if len(parsed.entries) > ENTRIES_MAX:
        remarks.append(f"It has {len(parsed.entries):,} entries; the first {ENTRIES_MAX:,} were read.")
    return " ".join(remarks)[:WARNING_MAX_CHARS] or None


def _what_it_is(text: str) -> str:
    start = text[:2000].lower()
    if "<html" in start or "<!doctype html" in start or "<body" in start:
        return f"This is a web page, not a feed. {NotAFeed.advice}"
    return f"The document is neither RSS, Atom, CDF nor JSON Feed. {NotAFeed.advice}"
