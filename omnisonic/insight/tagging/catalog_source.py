"""The catalog as the tagger wants it: names, other names, and whose a title is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from omnisonic.insight.news import EntityType
from omnisonic.insight.tagging.pipeline import CatalogEntry

ROWS_PER_FETCH = 5000
# Who only publishes, administers or releases is nobody whom the news call an artist.
BUSINESS_ROLES = ["publisher", "sub-publisher", "administrator", "label"]

ARTISTS = """
SELECT c.id::text AS id, c.name,
       coalesce(array_agg(DISTINCT n.name) FILTER (WHERE n.name <> c.name), '{}') AS aliases,
       '{}'::text[] AS artist_ids,
       (SELECT g FROM recording_credits rc JOIN recordings r ON r.id = rc.recording_id, unnest(r.genres) g
         WHERE rc.contributor_id = c.id GROUP BY g ORDER BY count(*) DESC, g LIMIT 1) AS genre
FROM contributors c
LEFT JOIN LATERAL (
    SELECT credited_as AS name FROM recording_credits WHERE contributor_id = c.id
    UNION SELECT alias FROM entity_aliases WHERE entity_id = c.id
) n ON true
WHERE c.merged_into IS NULL
  AND (c.roles = '{}' OR NOT c.roles <@ CAST(:business AS text[])
       OR EXISTS (SELECT FROM recording_credits rc WHERE rc.contributor_id = c.id))
GROUP BY c.id
"""
WORKS = """
SELECT w.id::text AS id, w.title AS name,
       coalesce((SELECT array_agg(alias) FROM entity_aliases WHERE entity_id = w.id), '{}') AS aliases,
       ARRAY(SELECT rc.contributor_id::text
               FROM recordings r JOIN recording_credits rc ON rc.recording_id = r.id
              WHERE r.work_id = w.id AND r.merged_into IS NULL
             UNION SELECT contributor_id::text FROM contributions
              WHERE work_id = w.id AND valid_to IS NULL) AS artist_ids,
       w.genres[1] AS genre
FROM works w WHERE w.merged_into IS NULL
"""
RECORDINGS = """
SELECT r.id::text AS id, r.title AS name,
       coalesce((SELECT array_agg(alias) FROM entity_aliases WHERE entity_id = r.id), '{}') AS aliases,
       ARRAY(SELECT contributor_id::text FROM recording_credits WHERE recording_id = r.id) AS artist_ids,
       r.genres[1] AS genre
FROM recordings r WHERE r.merged_into IS NULL
"""
QUERIES = ((EntityType.ARTIST, ARTISTS), (EntityType.WORK, WORKS), (EntityType.RECORDING, RECORDINGS))
VERSION = "SELECT coalesce(max(seq), 0) FROM provenance"


@dataclass(frozen=True)
class Catalog:
    """Everything that can be linked. `genres` by entity id; `version` grows with every change of an entry."""

    entries: tuple[CatalogEntry, ...]
    genres: dict[UUID, str]
    version: int


def load_catalog(session: Session) -> Catalog:
    """Read the whole catalog, streamed."""
    version: int = session.execute(text(VERSION)).scalar_one()
    entries: list[CatalogEntry] = []
    genres: dict[UUID, str] = {}
    for kind, row in _rows(session):
        entries.append(
            CatalogEntry(
                id=row.id,
                type=kind,
                name=row.name,
                aliases=tuple(row.aliases),
                artist_ids=tuple(row.artist_ids),
            )
        )
        if row.genre:
            genres[UUID(row.id)] = row.genre
    return Catalog(tuple(entries), genres, version)


def _rows(session: Session) -> Iterator[tuple[EntityType, Any]]:
    for kind, query in QUERIES:
        found = session.execute(
            text(query),
            {"business": BUSINESS_ROLES} if kind is EntityType.ARTIST else {},
            execution_options={"stream_results": True, "yield_per": ROWS_PER_FETCH},
        )
        for row in found:
            yield kind, row
