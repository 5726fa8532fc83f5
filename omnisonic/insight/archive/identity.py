"""Which entries of feeds are the same article. Pure: the archive looks up what these functions name.

Feeds break every single rule about identifiers: one guid for all entries, guids that embed the headline,
every link to the home page. So an entry has several keys, a key that a document used for two different
entries is never believed alone again, and the most specific believable key that is known decides.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

SEPARATOR = "\x1f"  # the unit separator: in no address and in no cleaned title
GLOBAL_GUID = re.compile(r"[a-z][a-z0-9+.-]*:\S+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{9}-[0-9a-f]{12}", re.I)


@dataclass(frozen=True, kw_only=True)
class Outlet:
    """Where an entry came from: bare numbers as guids count within a feed, all else within the outlet."""

    feed_id: UUID
    source: str  # registrable domain


@dataclass(frozen=True, kw_only=True)
class Named:
    """What names an entry; `url` is canonical, each may be empty."""

    guid: str
    url: str
    title: str
    text: str


@dataclass(frozen=True)
class Keys:
    """The keys of one entry, most general first in `primaries`: the first believable one makes a new id."""

    primaries: tuple[UUID, ...]
    by_url: UUID | None  # the second key

    @property
    def all(self) -> tuple[UUID, ...]:
        """Under which the article is remembered."""
        return self.primaries if self.by_url in {None, *self.primaries} else (*self.primaries, self.by_url)  # type: ignore[arg-type]

    def primary(self, shared: frozenset[UUID]) -> UUID:
        """The dedupe key: the most general one that names nothing else. Also the id of a new article."""
        return next((key for key in self.primaries if key not in shared), self.primaries[-1])

    def lookups(self, shared: frozenset[UUID]) -> tuple[UUID, ...]:
        """Where to look for the article, the most specific key first and its address last."""
        named = [key for key in reversed(self.primaries) if key not in shared or key == self.primaries[-1]]
        if self.by_url is not None and self.by_url not in shared and self.by_url not in named:
            named.append(self.by_url)
        return tuple(named)


def digest_id(*parts: str) -> UUID:
    """The first 128 bits of SHA-256 of the parts, as a UUID (not of a version of RFC 9562)."""
    return UUID(bytes=hashlib.sha256(SEPARATOR.join(parts).encode()).digest()[:16])


def keys_of(entry: Named, outlet: Outlet) -> Keys:
    """Every key of an entry."""
    by_url = digest_id("url", outlet.source, entry.url) if names_an_article(entry.url) else None
    if entry.guid:
        named = ("guid", _scope(entry.guid, outlet), entry.guid)
        primaries = [digest_id(*named)]
        if entry.url:
            primaries.append(digest_id(*named, "url", entry.url))
        primaries.append(digest_id(*named, "url", entry.url, "title", entry.title))
    elif by_url is not None:
        primaries = [by_url, digest_id("url", outlet.source, entry.url, "title", entry.title)]
    else:
        primaries = [digest_id("content", str(outlet.feed_id), entry.url, entry.title, entry.text)]
    return Keys(tuple(primaries), by_url)


def shared_keys(entries: Sequence[Named], keys: Sequence[Keys]) -> frozenset[UUID]:
    """Keys that one document used for two different entries; the same entry twice does not count."""
    users: dict[UUID, tuple[str, str, str]] = {}
    shared: set[UUID] = set()
    for entry, its in zip(entries, keys, strict=True):
        user = (entry.guid, entry.url, entry.title)
        for key in its.all:
            if users.setdefault(key, user) != user:
                shared.add(key)
    return frozenset(shared)


def names_an_article(url: str) -> bool:
    """Whether an address may be one article's: a home page is the link of many."""
    parts = urlsplit(url)
    return bool(parts.netloc and (parts.path.strip("/") or parts.query))


def content_digest(parts: Iterable[str]) -> UUID:
    """What an edit changes: the same digest means the same title, text, address and date."""
    return digest_id("content", *parts)


def _scope(guid: str, outlet: Outlet) -> str:
    return outlet.source if GLOBAL_GUID.fullmatch(guid) else str(outlet.feed_id)
