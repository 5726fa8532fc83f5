"""Lists of feeds as OPML 2.0 (http://opml.org/spec2.opml), as feed readers exchange them. Pure."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass

from omnisonic.insight.feeds.decoding import decode_document
from omnisonic.insight.feeds.entries import NAME_MAX_CHARS, web_address
from omnisonic.insight.feeds.errors import FeedUnsafe, OpmlUnreadable
from omnisonic.insight.feeds.models import Feed
from omnisonic.insight.feeds.plain_text import clean_lines, line_of
from omnisonic.insight.feeds.safe_xml import refuse_bombs
from omnisonic.platform.web.body_limit import FEED_LIST_MAX_BYTES

OPML_MAX_BYTES = FEED_LIST_MAX_BYTES
OUTLINES_MAX = 5000


@dataclass(frozen=True)
class Outline:
    """A feed that a list names."""

    url: str
    title: str


def read_opml(body: bytes) -> list[Outline]:
    """The feeds of a list, however deep in folders, each once. Raises `OpmlUnreadable`."""
    if len(body) > OPML_MAX_BYTES:
        raise OpmlUnreadable(f"The file is larger than {OPML_MAX_BYTES // 1024**2} MiB.")
    text, _remark = decode_document(body, "")
    text = text.lstrip("\ufeff \t\r\n")
    try:
        refuse_bombs(text)
        root = ET.fromstring(_without_encoding(text))  # noqa: S314  (bombs are refused above)
    except FeedUnsafe as error:
        raise OpmlUnreadable(error.detail) from error
    except (ET.ParseError, ValueError, RecursionError) as error:
        raise OpmlUnreadable(f"The file is no readable XML. {OpmlUnreadable.advice}") from error
    if root.tag.lower() != "opml":
        raise OpmlUnreadable(f"The file is XML, but no OPML. {OpmlUnreadable.advice}")
    found: dict[str, Outline] = {}
    for element in root.iter():
        attributes = {name.lower(): value for name, value in element.attrib.items()}
        url = attributes.get("xmlurl", "").strip()
        if url and url not in found:
            title = attributes.get("title") or attributes.get("text") or ""
            found[url] = Outline(url, line_of(title, max_chars=NAME_MAX_CHARS))
        if len(found) > OUTLINES_MAX:
            raise OpmlUnreadable(f"The file names more than {OUTLINES_MAX:,} feeds. Split it.")
    return list(found.values())


def write_opml(feeds: Iterable[Feed]) -> bytes:
    """A list of feeds, by title."""
    root = ET.Element("opml", version="2.0")
    head = ET.SubElement(root, "head")
    ET.SubElement(head, "title").text = "Feeds of Omnisonic"
    body = ET.SubElement(root, "body")
    for feed in feeds:
        title = clean_lines(feed.title)
        attributes = {"type": "rss", "text": title, "title": title, "xmlUrl": feed.url}
        if web_address(feed.site_url):
            attributes["htmlUrl"] = str(feed.site_url)
        if feed.genre:
            attributes["category"] = clean_lines(feed.genre)
        ET.SubElement(body, "outline", attributes)
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _without_encoding(text: str) -> str:
    """The document without its first line: the text is decoded already, whatever that line says."""
    if text.startswith("<?xml"):
        return text.partition("?>")[2]
    return text
