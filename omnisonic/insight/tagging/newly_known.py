"""Names that waited in the queue "not in the catalog yet" and that the catalog has now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from omnisonic.insight.news import EntityType
from omnisonic.insight.tagging.aliases import written_forms
from omnisonic.insight.tagging.catalog_source import BUSINESS_ROLES, ROWS_PER_FETCH
from omnisonic.insight.tagging.mentions import CatalogEntry
from omnisonic.insight.tagging.models import UnlinkedMention
from omnisonic.insight.tagging.words import phrase_key

# Names that an analyst gave to an entry. Not for ever: an entry may be none that the tagger links.
GIVEN = """
SELECT DISTINCT m.phrase_key FROM unlinked_mentions m JOIN entity_aliases a ON a.alias_key = m.phrase_key
WHERE a.created_at > now() - interval '6 hours'
"""
# Of transactions older than every open one, so that none shows up behind the end later.
END = "SELECT CAST(pg_snapshot_xmin(pg_current_snapshot())::text AS bigint) - 1"
WAITING = """
SELECT DISTINCT phrase_key FROM unlinked_mentions m WHERE NOT EXISTS (
    SELECT FROM unlinked_decisions d WHERE d.phrase_key = m.phrase_key AND d.status = 'ignored')
"""
CHANGED = """
WITH changed AS (SELECT DISTINCT entity_id AS id FROM provenance WHERE txid > :after AND txid <= :until)
SELECT 'artist' AS kind, name FROM contributors JOIN changed USING (id)
UNION ALL SELECT 'work', title FROM works JOIN changed USING (id)
UNION ALL SELECT 'recording', title FROM recordings JOIN changed USING (id)
UNION ALL SELECT 'artist', credited_as FROM recording_credits JOIN changed ON id = recording_id
"""
REGISTERED = """
WITH asked AS (
    SELECT phrase, catalog_fold(phrase) AS fold FROM unnest(CAST(:phrases AS text[])) AS given(phrase)
), found AS (
    SELECT a.phrase, 'artist' AS kind, c.id FROM asked a JOIN contributors c ON c.name_key = left(a.fold, 600)
     WHERE c.merged_into IS NULL AND (c.roles = '{}' OR NOT c.roles <@ CAST(:business AS text[]))
    UNION ALL
    SELECT a.phrase, s.entity_type, s.entity_id FROM asked a JOIN catalog_search s ON s.title_fold = a.fold
     WHERE s.entity_type IN ('work', 'recording')
)
SELECT DISTINCT ON (phrase) phrase, kind, id FROM found ORDER BY phrase, kind <> 'artist', kind DESC, id
"""


@dataclass(frozen=True)
class NewlyKnown:
    """Keys of waiting names that the catalog learned up to the transaction `until`, or was given."""

    keys: frozenset[str]
    until: int


def find_newly_known(session: Session, *, after: int) -> NewlyKnown:
    """What the catalog learned since the transaction `after` (0: ever) of what waits in the queue."""
    until: int = session.execute(text(END)).scalar_one()
    waiting = set(session.scalars(text(WAITING)))
    known = set(session.scalars(text(GIVEN)))
    if waiting and after < until:
        rows = session.execute(
            text(CHANGED),
            {"after": after, "until": until},
            execution_options={"stream_results": True, "yield_per": ROWS_PER_FETCH},
        )
        for kind, name in rows:
            entry = CatalogEntry("", EntityType(kind), name)
            known |= waiting.intersection(phrase_key(form) for form, _ in written_forms(entry))
    return NewlyKnown(frozenset(known), until)


def articles_naming(session: Session, keys: Collection[str]) -> list[UUID]:
    """Articles in which these names stand without a link."""
    statement = select(UnlinkedMention.news_item_id).where(col(UnlinkedMention.phrase_key).in_(keys))
    return sorted(set(session.exec(statement))) if keys else []


def find_registered(session: Session, phrases: Sequence[str]) -> dict[str, tuple[EntityType, UUID]]:
    """What the catalog has under exactly these names by now; an artist before a title."""
    rows = session.execute(text(REGISTERED), {"phrases": list(phrases), "business": BUSINESS_ROLES})
    return {phrase: (EntityType(kind), entity_id) for phrase, kind, entity_id in rows}
