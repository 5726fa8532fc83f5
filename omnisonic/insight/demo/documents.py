"""The feeds of the demo as RSS 2.0 documents. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime
from xml.etree import ElementTree as xml

from omnisonic.insight.demo.articles import Article, write_articles
from omnisonic.insight.demo.outlets import Outlet

CONTENT_TYPE = "application/rss+xml; charset=utf-8"


def write_document(outlet: Outlet, *, now: datetime) -> bytes:
    """An outlet's feed as it was at `now`, newest article first."""
    return _rss(outlet, [one for one in reversed(write_articles(now)) if one.outlet == outlet])


def _rss(outlet: Outlet, articles: Iterable[Article]) -> bytes:
    root = xml.Element("rss", version="2.0")
    channel = xml.SubElement(root, "channel")
    _put(channel, title=outlet.name, link=f"https://{outlet.domain}/", language="en")
    _put(channel, description=f"{outlet.name} is an invented outlet of the demo.")
    for article in articles:
        item = xml.SubElement(channel, "item")
        _put(item, title=article.title, link=f"https://{outlet.domain}/news/{article.number}")
        _put(item, guid=f"tag:{outlet.domain},2026:{article.number}", description=article.text)
        _put(item, pubDate=format_datetime(article.published_at))
        item.find("guid").set("isPermaLink", "false")  # type: ignore[union-attr]
    document: bytes = xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _put(parent: xml.Element, **children: str) -> None:
    for name, value in children.items():
        xml.SubElement(parent, name).text = value
