"""Looks at the declarations in front of an XML document before a parser does. Pure."""

from __future__ import annotations

import re

from omnisonic.insight.feeds.errors import FeedUnsafe

ENTITIES_MAX = 300  # HTML has 252, and old feeds declare them all
ENTITY_VALUE_MAX_CHARS = 200
DOCTYPE = re.compile(r"(?:\s++|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL | re.IGNORECASE)
ENTITY = re.compile(
    r"<!ENTITY\s++(%\s++)?+([^\s\"'<>]++)\s++(?:\"([^\"]*)\"|'([^']*)'|(\w++))", re.IGNORECASE
)
ANY_ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)
REFERENCE = re.compile(r"[&%](?!#|amp;|lt;|gt;|quot;|apos;)[\w:.-]++;")


def refuse_bombs(text: str) -> None:
    """Raise `FeedUnsafe` when the document declares entities that grow, or that lead to other files.

    Plain declarations as in RSS 0.91 (`<!ENTITY nbsp "&#160;">`) pass, and so does a DTD that is only named:
    it is never fetched. Source: OWASP XML External Entity Prevention Cheat Sheet.
    """
    if DOCTYPE.match(text) is None:
        return
    declared = len(ANY_ENTITY.findall(text))
    understood = ENTITY.findall(text)
    if declared > ENTITIES_MAX:
        raise FeedUnsafe(f"It declares {declared:,} entities. {FeedUnsafe.advice}")
    if declared != len(understood):
        raise FeedUnsafe(f"It declares entities in a way that cannot be checked. {FeedUnsafe.advice}")
    for parameter, name, double, single, keyword in understood:
        value = double or single
        if parameter and keyword.upper() == "PUBLIC":
            continue  # the tables of letters that XHTML and RSS 1.0 name: never fetched, so they hold nothing
        if parameter or keyword:
            raise FeedUnsafe(f"Its entity {name[:40]!r} leads elsewhere. {FeedUnsafe.advice}")
        if len(value) > ENTITY_VALUE_MAX_CHARS or REFERENCE.search(value):
            raise FeedUnsafe(f"Its entity {name[:40]!r} grows when it is used. {FeedUnsafe.advice}")
