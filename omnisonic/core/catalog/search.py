"""Search: rows kept beside the entries, found by exact title, prefix, words, then by similar spelling.

Text is folded alike on both sides: no accents, no case, no punctuation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from omnisonic.core.catalog import repository
from omnisonic.core.catalog.models import Contributor, EntityKind, IdentifierScheme, Recording, Work
from omnisonic.core.identifiers import Scheme, normalize

MAX_QUERY_CHARS = 200
MAX_QUERY_WORDS = 12
MAX_CANDIDATES = 2000
MIN_PREFIX_CHARS = 2
MIN_SPELLING_CHARS = 3
ENOUGH_HITS = 5  # with so many that are certain, nobody looks for those that are only spelled alike
NEAR_SPELLING = 0.4  # trigram similarity: two typos in a title of two words
TABLES: dict[EntityKind, type[Any]] = {
    EntityKind.WORK: Work,
    EntityKind.RECORDING: Recording,
    EntityKind.CONTRIBUTOR: Contributor,
}


@dataclass(frozen=True)
class Wanted:
    """A query, folded: the whole of it and what the text index is asked."""

    whole: str
    words: str


def index_entities(session: Session, kind: EntityKind, ids: Sequence[UUID]) -> None:
    """Write the search rows of entries again, all in one statement; merged ones lose theirs."""
    session.flush()
    session.execute(_INDEX[kind], {"ids": list(ids)})
    session.execute(_FORGET[kind], {"ids": list(ids)})


def find_ids(session: Session, kind: EntityKind, query: str, *, limit: int) -> list[UUID]:
    """Ids of what the query finds, best first: its identifier, exact title, prefix, words, spelling."""
    found: dict[UUID, None] = dict.fromkeys(_by_identifier(session, kind, query))
    wanted = _understand(session, query)
    if wanted is None:
        return list(found)[:limit]
    values = {
        "kind": kind.value,
        "whole": wanted.whole,
        "starts": f"{wanted.whole}%" if len(wanted.whole) > MIN_PREFIX_CHARS else None,
        "words": wanted.words,
        "limit": limit,
        "candidates": MAX_CANDIDATES,
    }
    found.update(dict.fromkeys(session.scalars(_BY_WORDS, values)))
    if len(found) < min(limit, ENOUGH_HITS) and len(wanted.whole) >= MIN_SPELLING_CHARS:
        set_nearness(session, NEAR_SPELLING)
        found.update(dict.fromkeys(session.scalars(_BY_SPELLING, values)))
    return list(found)[:limit]


def set_nearness(session: Session, similarity: float) -> None:
    """What `%` takes as alike in this transaction; the index skips the rest without reading it."""
    session.execute(
        text("SELECT set_config('pg_trgm.similarity_threshold', :near, true)"), {"near": str(similarity)}
    )


def _by_identifier(session: Session, kind: EntityKind, query: str) -> list[UUID]:
    ids = []
    for scheme in repository.SCHEMES[TABLES[kind]]:
        value = normalize(Scheme(scheme.value), query[:MAX_QUERY_CHARS]).value
        found = repository.find_by_identifier(session, IdentifierScheme(scheme), value) if value else None
        if found is not None:
            ids.append(found.id)
    return ids


def _understand(session: Session, query: str) -> Wanted | None:
    plain = "".join(mark for mark in query[:MAX_QUERY_CHARS] if mark.isprintable() or mark.isspace())
    folded = str(session.scalar(text(f"SELECT {_folded(':query')}"), {"query": plain}) or "")
    if not folded:
        return None
    words = [word for word in folded.split() if word.isalnum()][:MAX_QUERY_WORDS]
    if words and len(words[-1]) >= MIN_PREFIX_CHARS:
        words[-1] += ":*"
    return Wanted(whole=folded, words=" & ".join(words))


def _folded(expression: str) -> str:
    # Apostrophes join (don't = dont), other punctuation parts; a title of signs alone stays as it is.
    plain = f"catalog_fold(CAST({expression} AS text))"
    spaced = f"btrim(regexp_replace(replace({plain}, '''', ''), '[^[:alnum:]]+', ' ', 'g'))"
    return f"coalesce(nullif({spaced}, ''), btrim({plain}))"


def _index_statement(kind: EntityKind, table: str, title: str, words: str) -> Any:
    return text(
        f"""
        INSERT INTO catalog_search (entity_type, entity_id, title_fold, words)
        SELECT '{kind}', entry.id, {_folded("entry." + title)}, left({_folded(words)}, 20000)
        FROM {table} AS entry WHERE entry.id = ANY(CAST(:ids AS uuid[])) AND entry.merged_into IS NULL
        ORDER BY entry.id
        ON CONFLICT (entity_id) DO UPDATE SET title_fold = excluded.title_fold, words = excluded.words
        """  # noqa: S608  (names of our own tables)
    )


def _forget_statement(table: str) -> Any:
    return text(
        f"""
        DELETE FROM catalog_search USING {table} AS entry
        WHERE entity_id = entry.id AND entry.id = ANY(CAST(:ids AS uuid[])) AND entry.merged_into IS NOT NULL
        """  # noqa: S608
    )


_WORK_WORDS = """concat_ws(' ', entry.iswc, array_to_string(entry.genres, ' '),
    (SELECT string_agg(value, ' ') FROM identifiers WHERE work_id = entry.id),
    (SELECT string_agg(DISTINCT person.name, ' ') FROM contributions AS share
     JOIN contributors AS person ON person.id = share.contributor_id
     WHERE share.work_id = entry.id AND (share.valid_to IS NULL OR share.valid_to > now())))"""
_RECORDING_WORDS = """concat_ws(' ', entry.isrc, entry.primary_artist, array_to_string(entry.genres, ' '),
    (SELECT string_agg(value, ' ') FROM identifiers WHERE recording_id = entry.id))"""
_CONTRIBUTOR_WORDS = """concat_ws(' ', entry.ipi, entry.isni, array_to_string(entry.roles, ' '),
    (SELECT string_agg(value, ' ') FROM identifiers WHERE contributor_id = entry.id))"""
_INDEX = {
    EntityKind.WORK: _index_statement(EntityKind.WORK, "works", "title", _WORK_WORDS),
    EntityKind.RECORDING: _index_statement(EntityKind.RECORDING, "recordings", "title", _RECORDING_WORDS),
    EntityKind.CONTRIBUTOR: _index_statement(
        EntityKind.CONTRIBUTOR, "contributors", "name", _CONTRIBUTOR_WORDS
    ),
}
_FORGET = {
    EntityKind.WORK: _forget_statement("works"),
    EntityKind.RECORDING: _forget_statement("recordings"),
    EntityKind.CONTRIBUTOR: _forget_statement("contributors"),
}
# Candidates are capped before they are ranked: one very common word must not sort half the catalog.
_BY_WORDS = text(
    """
    SELECT entity_id FROM (
        (SELECT entity_id, 3 AS tier, 0.0 AS rank FROM catalog_search
         WHERE entity_type = :kind AND title_fold = :whole LIMIT :limit)
        UNION ALL
        (SELECT entity_id, 2, -length(title_fold) FROM (
            SELECT entity_id, title_fold FROM catalog_search
            WHERE entity_type = :kind AND title_fold LIKE :starts LIMIT :candidates) AS near)
        UNION ALL
        (SELECT entity_id, 1, ts_rank(document, to_tsquery('simple', :words)) FROM (
            SELECT entity_id, document FROM catalog_search
            WHERE entity_type = :kind AND document @@ to_tsquery('simple', :words)
            LIMIT :candidates) AS named)
    ) AS hits
    GROUP BY entity_id ORDER BY max(tier) DESC, max(rank) DESC, entity_id DESC LIMIT :limit
    """
)
# A union, because PostgreSQL reads the whole table for the two conditions joined by OR.
_BY_SPELLING = text(
    """
    SELECT entity_id FROM (
        SELECT entity_id, title_fold FROM catalog_search
        WHERE entity_type = :kind AND title_fold % :whole
        UNION
        SELECT entity_id, title_fold FROM catalog_search
        WHERE entity_type = :kind AND :whole <% title_fold
    ) AS alike
    ORDER BY greatest(similarity(title_fold, :whole), word_similarity(:whole, title_fold)) DESC,
        entity_id DESC
    LIMIT :limit
    """
)
