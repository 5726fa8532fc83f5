"""What a feed delivered, read back from its JSON, and what the archive makes of its dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from omnisonic.insight.archive.identity import Named, Outlet, content_digest
from omnisonic.insight.feeds.canonical_url import canonical_url
from omnisonic.insight.feeds.models import FeedDelivery

UNDATED = frozenset({"missing", "clamped"})  # the date is that of the fetch, so it says nothing
TIER_ANYBODY = 3


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry as it was delivered; `raw` is all of it."""

    name: Named
    url: str
    language: str
    date_quality: str
    published_at: datetime | None  # None: the feed does not say
    raw: dict[str, Any]

    @property
    def digest(self) -> UUID:
        """Changes exactly when title, text, address or date do."""
        date = self.published_at.isoformat() if self.published_at else ""
        return content_digest((self.name.title, self.name.text, self.url, date))


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What one fetch brought, with what a news item says of its feed.

    `is_backdated`: the articles count as seen when they were published. Only for what is brought in as if
    it had been followed all along, never for a fetch: a feed could write itself into the past.
    """

    delivery_id: UUID
    outlet: Outlet
    source_tier: int
    language: str
    fetched_at: datetime
    is_backfill: bool
    is_backdated: bool
    entries: tuple[Entry, ...]

    @classmethod
    def of(cls, row: FeedDelivery) -> Delivery:
        """The row, with a default for whatever it does not say: a delivery is never refused."""
        facts = row.feed
        return cls(
            delivery_id=row.id,
            outlet=Outlet(feed_id=row.feed_id, source=_text(facts, "source")),
            source_tier=_tier(facts.get("sourceTier")),
            language=_text(facts, "language"),
            fetched_at=row.fetched_at,
            is_backfill=row.is_backfill,
            is_backdated=bool(facts.get("isBackdated", False)),
            entries=tuple(read_entry(item) for item in row.items),
        )

    def seen_at(self, entry: Entry) -> datetime:
        """When an article new to the archive counts as seen first."""
        if self.is_backdated and entry.published_at is not None:
            return min(entry.published_at, self.fetched_at)
        return self.fetched_at


def read_entry(item: Mapping[str, Any]) -> Entry:
    """An entry of a delivery."""
    url, quality = _text(item, "url"), _text(item, "dateQuality")
    title, text = _text(item, "title"), _text(item, "text")
    published_at = None if quality in UNDATED else _time(item.get("publishedAt"))
    return Entry(
        name=Named(guid=_text(item, "guid"), url=canonical_url(url) or url, title=title, text=text),
        url=url,
        language=_text(item, "language"),
        date_quality=quality,
        published_at=published_at,
        raw=dict(item),
    )


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _time(value: object) -> datetime | None:
    try:
        parsed = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return parsed if parsed is None or parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _tier(value: object) -> int:
    return value if isinstance(value, int) and 1 <= value <= TIER_ANYBODY else TIER_ANYBODY
