"""What a search shows: names with what tells them apart."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.catalog import repository, search
from omnisonic.core.catalog.models import EntityKind
from omnisonic.core.catalog.schemas import SearchAnswer, SearchHit
from omnisonic.core.identifiers import format_isni, format_isrc, format_iswc
from omnisonic.platform.actor import Actor

MAX_NAMES = 3


def search_catalog(session: Session, _actor: Actor, *, query: str, limit: int) -> SearchAnswer:
    """Up to `limit` works, recordings and contributors, best first each."""
    return SearchAnswer(
        works=_works(session, search.find_ids(session, EntityKind.WORK, query, limit=limit)),
        recordings=_recordings(session, search.find_ids(session, EntityKind.RECORDING, query, limit=limit)),
        contributors=_contributors(
            session, search.find_ids(session, EntityKind.CONTRIBUTOR, query, limit=limit)
        ),
    )


def _works(session: Session, ids: Sequence[UUID]) -> list[SearchHit]:
    rows = repository.works_by_ids(session, ids)
    people = repository.contributors_of_works(session, ids)
    return [
        SearchHit(
            id=row.id,
            kind=EntityKind.WORK,
            title=row.title,
            detail=", ".join(one.name for one in people.get(row.id, [])[:MAX_NAMES]) or None,
            identifier=format_iswc(row.iswc) if row.iswc else None,
        )
        for row in (rows[one] for one in ids if one in rows)
    ]


def _recordings(session: Session, ids: Sequence[UUID]) -> list[SearchHit]:
    rows = repository.recordings_by_ids(session, ids)
    return [
        SearchHit(
            id=row.id,
            kind=EntityKind.RECORDING,
            title=row.title,
            detail=row.primary_artist,
            identifier=format_isrc(row.isrc) if row.isrc else None,
        )
        for row in (rows[one] for one in ids if one in rows)
    ]


def _contributors(session: Session, ids: Sequence[UUID]) -> list[SearchHit]:
    rows = repository.contributors_by_ids(session, ids)
    return [
        SearchHit(
            id=row.id,
            kind=EntityKind.CONTRIBUTOR,
            title=row.name,
            detail=", ".join(row.roles[:MAX_NAMES]) or None,
            identifier=row.ipi or (format_isni(row.isni) if row.isni else None),
        )
        for row in (rows[one] for one in ids if one in rows)
    ]
