"""Entries that may be one thing: alike titles and a second sign. Suggestions, never decisions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from omnisonic.core.catalog import entries, repository
from omnisonic.core.catalog.models import Contributor, Recording, Work
from omnisonic.core.catalog.repository import EntityT
from omnisonic.core.catalog.search import set_nearness
from omnisonic.platform.actor import Actor

MAX_SUGGESTIONS = 10
MAX_CANDIDATES = 200
LOOKED_AT = 100  # entries per call of the list
NEAR_TITLE = 0.6  # trigram similarity: one typo in a title of two words
NEAR_ARTIST = 0.5
NEAR_DURATION_MS = 3000


class Sign(StrEnum):
    """Why two entries may be one."""

    SAME_IDENTIFIER = "same-identifier"
    SAME_TITLE = "same-title"
    NEAR_TITLE = "near-title"
    SHARED_CONTRIBUTOR = "shared-contributor"
    NEAR_ARTIST = "near-artist"
    NEAR_DURATION = "near-duration"
    SAME_WORK = "same-work"


@dataclass(frozen=True)
class Suggestion:
    """Another entry and what speaks for it being the same."""

    id: UUID
    title: str
    score: float
    signs: tuple[Sign, ...]


def suggest_duplicates(
    session: Session, _actor: Actor, *, table: type[EntityT], entity_id: UUID
) -> list[Suggestion]:
    """Up to ten entries that may be the same one as this, best first. Raises `NotFound`."""
    entity = entries.get_entity(session, table, entity_id)
    values = {
        "id": entity.id,
        "near_artist": NEAR_ARTIST,
        "near_duration": NEAR_DURATION_MS,
        "candidates": MAX_CANDIDATES,
    }
    set_nearness(session, NEAR_TITLE)
    found = [_judge(row) for row in session.execute(_CANDIDATES[table], values).mappings()]
    likely = [one for one in found if _is_likely(table, one)]
    likely.sort(key=lambda one: (-one.score, str(one.id)))
    return likely[:MAX_SUGGESTIONS]


@dataclass(frozen=True)
class Pair:
    """Two entries that may be one; `newer` was registered later."""

    newer_id: UUID
    newer_title: str
    older: Suggestion


def list_pairs(
    session: Session, _actor: Actor, *, table: type[EntityT], after: UUID | None = None
) -> tuple[list[Pair], UUID | None]:
    """Pairs among the newest entries, and where to look further (the id to give as `after`).

    Each pair appears once, under its newer one. A call looks at LOOKED_AT entries, however many there are.
    """
    values = {
        "after": after,
        "looked_at": LOOKED_AT,
        "near_artist": NEAR_ARTIST,
        "near_duration": NEAR_DURATION_MS,
        "candidates": MAX_SUGGESTIONS,
    }
    set_nearness(session, NEAR_TITLE)
    name, title = table.__tablename__, "name" if table is Contributor else "title"
    looked = text(_LOOKED.format(table=name, title=title, wanted="looked.id"))
    ids = list(session.scalars(looked, values))
    inner = str(_CANDIDATES[table].text).replace(":id", "looked.id")
    met = text(f"{_PAIRS.format(table=name, title=title)} ({inner}) AS found WHERE found.id < looked.id")
    rows: Iterable[Any] = session.execute(met, values).mappings() if ids else ()
    pairs = [Pair(row["newer_id"], row["newer_title"], _judge(row)) for row in rows]
    likely = [pair for pair in pairs if _is_likely(table, pair.older)]
    likely.sort(key=lambda pair: (-pair.older.score, str(pair.newer_id)))
    return likely, ids[-1] if len(ids) == LOOKED_AT else None


def _judge(row: Any) -> Suggestion:
    signs = tuple(sign for sign in Sign if row.get(sign.name.lower()))
    score = row["likeness"] + sum(_WEIGHTS.get(sign, 0.0) for sign in signs)
    return Suggestion(id=row["id"], title=row["title"], score=round(score, 3), signs=signs)


def _is_likely(table: type[Any], one: Suggestion) -> bool:
    signs = set(one.signs)
    if Sign.SAME_IDENTIFIER in signs:
        return True
    titled = signs & {Sign.SAME_TITLE, Sign.NEAR_TITLE}
    if table is Contributor:
        return Sign.SAME_TITLE in signs
    others = {Sign.SHARED_CONTRIBUTOR} if table is Work else {Sign.SHARED_CONTRIBUTOR, Sign.NEAR_ARTIST}
    return bool(titled and signs & others)


_WEIGHTS = {
    Sign.SAME_IDENTIFIER: 2.0,
    Sign.SHARED_CONTRIBUTOR: 0.5,
    Sign.NEAR_ARTIST: 0.4,
    Sign.NEAR_DURATION: 0.3,
    Sign.SAME_WORK: 0.2,
}

_ALIKE = """
    WITH asked AS (SELECT entity_type, title_fold FROM catalog_search WHERE entity_id = :id),
    alike AS (
        SELECT other.entity_id AS id, similarity(other.title_fold, asked.title_fold) AS likeness,
               other.title_fold = asked.title_fold AS same_title
        FROM catalog_search AS other JOIN asked USING (entity_type)
        WHERE other.entity_id <> :id AND other.title_fold % asked.title_fold
        ORDER BY likeness DESC LIMIT :candidates
    ),
    numbered AS (
        SELECT other.{column} AS id FROM identifiers AS other
        WHERE other.{column} <> :id AND (other.scheme, other.value) IN (
            SELECT scheme, value FROM identifiers WHERE {column} = :id {preferred})
        {holders}
    ),
    candidate AS (
        SELECT id, likeness, same_title FROM alike
        UNION ALL SELECT id, 0, false FROM numbered WHERE id NOT IN (SELECT id FROM alike)
    )
    SELECT entry.id, entry.{title} AS title, likeness, same_title,
           likeness > 0 AND NOT same_title AS near_title,
           entry.id IN (SELECT id FROM numbered) AS same_identifier, {signs}
    FROM candidate JOIN {table} AS entry USING (id) JOIN {table} AS mine ON mine.id = :id
    WHERE entry.merged_into IS NULL
"""
# People are the same by id, by folded name, or as a share and a share.
_SHARED_IN_WORKS = """EXISTS (
    SELECT FROM contributions AS ours JOIN contributors AS one ON one.id = ours.contributor_id
    JOIN contributors AS two ON two.id = one.id OR two.name_key = one.name_key
    JOIN contributions AS theirs ON theirs.contributor_id = two.id
    WHERE ours.work_id = :id AND theirs.work_id = entry.id) AS shared_contributor"""
_SHARED_IN_RECORDINGS = """EXISTS (
    SELECT FROM recording_credits AS ours JOIN recording_credits AS theirs USING (contributor_id)
    WHERE ours.recording_id = :id AND theirs.recording_id = entry.id) AS shared_contributor,
    similarity(catalog_fold(entry.primary_artist), catalog_fold(mine.primary_artist)) >= :near_artist
        AS near_artist,
    abs(entry.duration_ms - mine.duration_ms) <= :near_duration AS near_duration,
    entry.work_id = mine.work_id AS same_work"""


_LOOKED = """
    SELECT {wanted} FROM (
        SELECT id, {title} AS title FROM {table}
        WHERE merged_into IS NULL AND (CAST(:after AS uuid) IS NULL OR id < CAST(:after AS uuid))
        ORDER BY id DESC LIMIT :looked_at) AS looked"""
_PAIRS = _LOOKED.replace("{wanted}", "looked.id AS newer_id, looked.title AS newer_title, found.*") + (
    " CROSS JOIN LATERAL"
)


def _statement(table: type[Any], name: str, title: str, signs: str) -> Any:
    column = repository.ENTITY_COLUMN[table]
    schemes = [scheme.value for scheme in repository.SCHEMES[table]]
    preferred = "".join(
        f" UNION ALL SELECT '{scheme}', {scheme} FROM {name} WHERE id = :id AND {scheme} IS NOT NULL"  # noqa: S608
        for scheme in schemes
    )
    holders = "".join(
        f" UNION SELECT other.id FROM {name} AS other JOIN identifiers AS ours ON ours.value = other.{scheme}"  # noqa: S608
        f" WHERE ours.{column} = :id AND ours.scheme = '{scheme}' AND other.id <> :id"
        for scheme in schemes
    )
    return text(
        _ALIKE.format(
            column=column, preferred=preferred, holders=holders, title=title, table=name, signs=signs
        )
    )


_CANDIDATES: dict[type[Any], Any] = {
    Work: _statement(Work, "works", "title", _SHARED_IN_WORKS),
    Recording: _statement(Recording, "recordings", "title", _SHARED_IN_RECORDINGS),
    Contributor: _statement(Contributor, "contributors", "name", "false AS shared_contributor"),
}
