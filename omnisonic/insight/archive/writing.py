"""Takes one delivery into the archive: which articles are new, which were edited, whose story they tell."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from duckdb import DuckDBPyConnection

from omnisonic.insight.archive.entries import Delivery, Entry
from omnisonic.insight.archive.file import from_stored, last_seq, to_stored, transaction
from omnisonic.insight.archive.identity import Keys, keys_of, shared_keys
from omnisonic.insight.archive.stories import (
    LIKENESS,
    WINDOW_HOURS,
    StoryIndex,
    Told,
    block_words,
    title_words,
)

NO_VERSION = 0  # another feed of the outlet has the article too: kept, but the article stays as it is
KEY_KINDS = ("UUID", "UUID")
ITEM_KINDS = ("UUID", "UUID", "VARCHAR", "UTINYINT", "UUID", "TIMESTAMP", "BOOLEAN")
ENTRY_KINDS = (
    "BIGINT", "UUID", "UUID", "UINTEGER", "UUID", "VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR", "TIMESTAMP",
    "VARCHAR", "TIMESTAMP", "VARCHAR",
)  # fmt: skip
BLOCK_KINDS = ("VARCHAR", "UUID", "TIMESTAMP", "VARCHAR[]")
# The exact rule of `stories.are_alike`, among titles that share a block and within the window.
ALIKE_STORIES = f"""
WITH asked AS (
    SELECT unnest(?::VARCHAR[][]) AS words, unnest(?::VARCHAR[][]) AS blocks, unnest(?::TIMESTAMP[]) AS moment
),
filed AS (SELECT words, moment, unnest(blocks) AS word FROM asked)
SELECT DISTINCT b.story_at, b.story_id, b.words
FROM story_blocks b JOIN filed f ON b.word = f.word
    AND b.story_at BETWEEN f.moment - INTERVAL {WINDOW_HOURS} HOUR AND f.moment + INTERVAL {WINDOW_HOURS} HOUR
WHERE len(list_intersect(b.words, f.words)) * {LIKENESS[1] + LIKENESS[0]}
    >= {LIKENESS[0]} * (len(b.words) + len(f.words))
"""  # noqa: S608  (numbers of ours)


@dataclass(frozen=True)
class Taken:
    """What a delivery came to, and where the log of the archive ends now."""

    new: int
    edited: int
    seq: int


@dataclass
class _Known:
    """What the archive has on the articles of a delivery."""

    items: dict[UUID, UUID]  # by key
    shared: frozenset[UUID]
    versions: dict[UUID, int]
    digests: dict[tuple[UUID, UUID], UUID]  # the newest of each item and feed
    stories: StoryIndex


@dataclass
class _Rows:
    """Rows to add, by table."""

    keys: list[tuple[UUID, UUID]] = field(default_factory=list)
    items: list[tuple[Any, ...]] = field(default_factory=list)
    entries: list[tuple[Any, ...]] = field(default_factory=list)
    blocks: list[tuple[Any, ...]] = field(default_factory=list)


def take_delivery(connection: DuckDBPyConnection, delivery: Delivery) -> Taken:
    """Archive a delivery in one transaction. One that is there already changes nothing."""
    with transaction(connection):
        seq = last_seq(connection)
        if _has(connection, delivery.delivery_id):
            return Taken(0, 0, seq)
        keys = [keys_of(entry.name, delivery.outlet) for entry in delivery.entries]
        newly_shared = shared_keys([entry.name for entry in delivery.entries], keys)
        known = _look_up(connection, delivery, keys, newly_shared)
        rows = _Taker(delivery, known, seq).take(keys)
        _add(connection, delivery, rows, newly_shared - _stored_shared(connection, newly_shared))
    return Taken(len(rows.items), sum(row[3] > 1 for row in rows.entries), seq + len(rows.entries))


class _Taker:
    """Decides entry by entry, in the order of the document."""

    def __init__(self, delivery: Delivery, known: _Known, seq: int) -> None:
        self.delivery = delivery
        self.known = known
        self.seq = seq
        self.rows = _Rows()
        self.taken: set[UUID] = set()

    def take(self, keys: Sequence[Keys]) -> _Rows:
        """The rows that the delivery adds."""
        for entry, its in zip(self.delivery.entries, keys, strict=True):
            item_id = self._find(its)
            if item_id in self.taken:
                continue  # the same article, listed twice
            if item_id is None:
                item_id = self._begin(entry, its)
            self.taken.add(item_id)
            self._remember(item_id, its)
            self._record(entry, item_id)
        return self.rows

    def _find(self, keys: Keys) -> UUID | None:
        for key in keys.lookups(self.known.shared):
            found = self.known.items.get(key)
            if found is None or (key == keys.by_url and key not in keys.primaries and found in self.taken):
                continue  # an address that another entry of this document holds names that one
            return found
        return None

    def _begin(self, entry: Entry, keys: Keys) -> UUID:
        delivery, item_id = self.delivery, keys.primary(self.known.shared)
        seen_at = delivery.seen_at(entry)
        words, published_at = title_words(entry.name.title), entry.published_at or seen_at
        story = self.known.stories.find(words, published_at) if words else None
        told = Told(story.story_at, story.story_id, words) if story else Told(published_at, item_id, words)
        self.known.stories.add(told)
        self.rows.items.append(
            (
                item_id,
                delivery.outlet.feed_id,
                delivery.outlet.source,
                delivery.source_tier,
                told.story_id,
                to_stored(seen_at),
                delivery.is_backfill,
            )
        )
        self.rows.blocks.extend(
            (word, told.story_id, to_stored(told.story_at), sorted(words)) for word in block_words(words)
        )
        return item_id

    def _remember(self, item_id: UUID, keys: Keys) -> None:
        for key in keys.all:
            if key not in self.known.items and key not in self.known.shared:
                self.known.items[key] = item_id
                self.rows.keys.append((key, item_id))

    def _record(self, entry: Entry, item_id: UUID) -> None:
        """Keep what is new: the first entry of an article, an edit, or the first of another feed."""
        feed_id = self.delivery.outlet.feed_id
        before = self.known.digests.get((item_id, feed_id))
        if before == entry.digest:
            return
        version = self.known.versions.get(item_id, 0)
        is_news = before is not None or version == 0
        self.seq += 1
        self.rows.entries.append(
            (
                self.seq,
                item_id,
                feed_id,
                version + 1 if is_news else NO_VERSION,
                entry.digest,
                entry.name.title,
                entry.url,
                entry.name.text,
                entry.language or self.delivery.language,
                to_stored(entry.published_at) if entry.published_at else None,
                entry.date_quality,
                to_stored(self.delivery.fetched_at),
                json.dumps(entry.raw, ensure_ascii=False),
            )
        )


def _has(connection: DuckDBPyConnection, delivery_id: UUID) -> bool:
    return bool(
        connection.execute("SELECT 1 FROM deliveries WHERE delivery_id = ?", [delivery_id]).fetchone()
    )


def _look_up(
    connection: DuckDBPyConnection, delivery: Delivery, keys: Sequence[Keys], shared: frozenset[UUID]
) -> _Known:
    asked = sorted({key for its in keys for key in its.all})
    found = connection.execute(
        "SELECT key_id, item_id FROM keys SEMI JOIN (SELECT unnest(?::UUID[]) AS key_id) USING (key_id)",
        [asked],
    ).fetchall()
    items: dict[UUID, UUID] = dict(found)
    shared |= _stored_shared(connection, asked)
    new = [
        entry
        for entry, its in zip(delivery.entries, keys, strict=True)
        if not any(key in items for key in its.lookups(shared))
    ]
    ids = sorted(set(items.values()))
    versions = connection.execute(
        "SELECT item_id, max(version) FROM entries SEMI JOIN (SELECT unnest(?::UUID[]) AS item_id) "
        "USING (item_id) GROUP BY item_id",
        [ids],
    ).fetchall()
    digests = connection.execute(
        "SELECT item_id, arg_max(digest, seq) FROM entries SEMI JOIN (SELECT unnest(?::UUID[]) AS item_id) "
        "USING (item_id) WHERE feed_id = ? GROUP BY item_id",
        [ids, delivery.outlet.feed_id],
    ).fetchall()
    return _Known(
        items=items,
        shared=shared,
        versions=dict(versions),
        digests={(item, delivery.outlet.feed_id): digest for item, digest in digests},
        stories=StoryIndex(_near_stories(connection, delivery, new)),
    )


def _stored_shared(connection: DuckDBPyConnection, keys: Iterable[UUID]) -> frozenset[UUID]:
    found = connection.execute(
        "SELECT key_id FROM shared_keys SEMI JOIN (SELECT unnest(?::UUID[]) AS key_id) USING (key_id)",
        [sorted(keys)],
    ).fetchall()
    return frozenset(key for (key,) in found)


def _near_stories(connection: DuckDBPyConnection, delivery: Delivery, new: Sequence[Entry]) -> list[Told]:
    """Every story that one of these entries could belong to."""
    titles = [(title_words(entry.name.title), entry.published_at or delivery.seen_at(entry)) for entry in new]
    titles = [(words, at) for words, at in titles if words]
    if not titles:
        return []
    found = connection.execute(
        ALIKE_STORIES,
        [
            [sorted(words) for words, _ in titles],
            [block_words(words) for words, _ in titles],
            [to_stored(at) for _, at in titles],
        ],
    ).fetchall()
    return [Told(from_stored(moment), story, frozenset(its)) for moment, story, its in found]


def _add(
    connection: DuckDBPyConnection, delivery: Delivery, rows: _Rows, newly_shared: frozenset[UUID]
) -> None:
    _insert(connection, "keys", KEY_KINDS, rows.keys)
    _insert(connection, "shared_keys", ("UUID",), [(key,) for key in sorted(newly_shared)])
    _insert(connection, "items", ITEM_KINDS, rows.items)
    _insert(connection, "entries", ENTRY_KINDS, rows.entries)
    _insert(connection, "story_blocks", BLOCK_KINDS, rows.blocks)
    connection.execute(
        "INSERT INTO deliveries VALUES (?, ?, ?, ?)",
        [
            delivery.delivery_id,
            delivery.outlet.feed_id,
            to_stored(delivery.fetched_at),
            len(delivery.entries),
        ],
    )


def _insert(
    connection: DuckDBPyConnection, table: str, kinds: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert rows column by column: eight times as fast as one by one."""
    if rows:
        columns = ", ".join(f"unnest(?::{kind}[])" for kind in kinds)
        by_column = [list(column) for column in zip(*rows, strict=True)]
        connection.execute(f"INSERT INTO {table} SELECT {columns}", by_column)
