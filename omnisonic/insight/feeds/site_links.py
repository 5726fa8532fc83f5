"""The feeds that a web page names. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin

from omnisonic.insight.feeds.entries import short, web_address

HTML_MAX_CHARS = 512 * 1024
LINKS_MAX = 30
FEED_TYPES = {
    "application/rss+xml": "RSS",
    "application/atom+xml": "Atom",
    "application/feed+json": "JSON",
    "application/rdf+xml": "RSS",
    "application/json": "JSON",
    "application/xml": "XML",
    "text/xml": "XML",
}
# Where sites keep feeds that no page of theirs mentions, the usual ones first.
GUESSES = ("feed", "rss", "atom.xml", "index.xml", "feed.xml", "rss.xml")
FEED_WORDS = ("/feed", "/rss", "rss.xml", "atom.xml", "feed.xml", "feed.json", "/index.xml", ".rss", ".atom")


@dataclass(frozen=True)
class FeedLink:
    """A feed that a page names."""

    url: str
    title: str
    format: str


def feed_links(html: str, *, url: str) -> list[FeedLink]:
    """What the head of a page declares, in its order; else the links of the page that look like feeds."""
    reader = _LinkReader(url)
    reader.feed(html[:HTML_MAX_CHARS])
    chosen = reader.declared or reader.mentioned
    found: dict[str, FeedLink] = {}
    for href, title, form in chosen:
        address = web_address(urljoin(reader.base, href))
        if address and address not in found:
            found[address] = FeedLink(address, title or reader.page_title, form)
    return list(found.values())[:LINKS_MAX]


def guessed_addresses(url: str) -> list[str]:
    """Where a feed might be: below the address itself, then at the top of the site."""
    below = url if url.endswith("/") else url + "/"
    places = [urljoin(below, guess) for guess in GUESSES[:2]] + [
        urljoin(url, f"/{guess}") for guess in GUESSES
    ]
    return list(dict.fromkeys(places))


class _LinkReader(HTMLParser):
    def __init__(self, base: str) -> None:
        super().__init__(convert_charrefs=True)
        self.base = base
        self.page_title = ""
        self.declared: list[tuple[str, str, str]] = []
        self.mentioned: list[tuple[str, str, str]] = []
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        href = values.get("href", "").strip()
        self._in_title = tag == "title"
        if tag == "base" and href:
            self.base = urljoin(self.base, href)
        elif tag == "link" and href:
            self._declare(values, href)
        elif tag == "a" and href and any(word in href.lower() for word in FEED_WORDS):
            self.mentioned.append((href, short(values.get("title", "")), ""))

    def handle_data(self, data: str) -> None:
        if self._in_title and not self.page_title:
            self.page_title = short(data)

    def _declare(self, values: dict[str, str], href: str) -> None:
        form = FEED_TYPES.get(values.get("type", "").partition(";")[0].strip().lower())
        words = values.get("rel", "").lower().split()
        is_generic = form in ("XML", "JSON") and not any(
            word in href.lower() for word in ("feed", "rss", "atom")
        )
        if form and not is_generic and ("alternate" in words or "feed" in words):
            self.declared.append((href, short(values.get("title", "")), form))
