"""Lists of works, recordings and contributors with filters, page by page.

Newest first (ids are time-ordered); with `search` best first, up to a bounded number of hits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_, text
from sqlmodel import Session, col, select

from omnisonic.core.catalog.access import Entity, linked_to_recording, linked_to_work
from omnisonic.core.catalog.entries import KINDS
from omnisonic.core.catalog.models import (
    WHOLE_PPM,
    Contribution,
    Contributor,
    Recording,
    RecordingCredit,
    Work,
)
from omnisonic.core.catalog.repository import EntityT
from omnisonic.core.catalog.schemas import CatalogFilter
from omnisonic.core.catalog.search import find_ids
from omnisonic.core.identifiers import normalize_isrc
from omnisonic.platform.actor import Actor
from omnisonic.platform.ids import utc_now
from omnisonic.platform.pagination import Page, encode_cursor

MAX_HITS = 1000
GENRES_FROM = 5000  # entries that are looked at: a catalog of millions answers as fast
MAX_GENRES = 100
EVERYTHING = CatalogFilter()
_COMMON_GENRES = """
    SELECT min(genre) FROM (
        SELECT genres FROM {table} WHERE merged_into IS NULL AND genres <> '{{}}'
        ORDER BY id DESC LIMIT :entries) AS recent, unnest(genres) AS genre
    GROUP BY lower(genre) ORDER BY count(*) DESC, lower(genre) LIMIT :genres
"""


def list_works(
    session: Session, actor: Actor, *, page: Page, where: CatalogFilter = EVERYTHING
) -> tuple[list[Work], str | None]:
    """Works on this page and the cursor of the next one."""
    return _list(session, actor, Work, page, where)


def list_recordings(
    session: Session, actor: Actor, *, page: Page, where: CatalogFilter = EVERYTHING
) -> tuple[list[Recording], str | None]:
    """Recordings on this page and the cursor of the next one."""
    return _list(session, actor, Recording, page, where)


def list_contributors(
    session: Session, actor: Actor, *, page: Page, where: CatalogFilter = EVERYTHING
) -> tuple[list[Contributor], str | None]:
    """Contributors on this page and the cursor of the next one."""
    return _list(session, actor, Contributor, page, where)


def count_entries(
    session: Session, actor: Actor, table: type[Entity], *, where: CatalogFilter = EVERYTHING
) -> int:
    """How many rows the list has; with `search` at most 1000."""
    conditions = _conditions(actor, table, where)
    if where.search:
        hits = find_ids(session, KINDS[table], where.search, limit=MAX_HITS)
        conditions.append(col(table.id).in_(hits))
    return session.exec(select(func.count()).select_from(table).where(*conditions)).one()


def common_genres(session: Session, table: type[Work | Recording]) -> list[str]:
    """Genres of the newest entries, the most frequent first; one spelling of each."""
    statement = text(_COMMON_GENRES.format(table=table.__tablename__))
    return list(session.scalars(statement, {"entries": GENRES_FROM, "genres": MAX_GENRES}))


def _list(
    session: Session, actor: Actor, table: type[EntityT], page: Page, where: CatalogFilter
) -> tuple[list[EntityT], str | None]:
    conditions = _conditions(actor, table, where)
    if where.search:
        rows = _found(session, table, where.search, conditions, page)
    else:
        if page.after is not None:
            conditions.append(col(table.id) < page.after.id)
        newest = select(table).where(*conditions).order_by(col(table.id).desc()).limit(page.limit + 1)
        rows = list(session.exec(newest))
    if len(rows) <= page.limit:
        return rows, None
    last = rows[page.limit - 1]
    return rows[: page.limit], encode_cursor(last.created_at, last.id)


def _found(
    session: Session,
    table: type[EntityT],
    query: str,
    conditions: Sequence[ColumnElement[bool]],
    page: Page,
) -> list[EntityT]:
    hits = find_ids(session, KINDS[table], query, limit=MAX_HITS)
    if page.after is not None:
        hits = hits[hits.index(page.after.id) + 1 :] if page.after.id in hits else []
    allowed = set(session.exec(select(table.id).where(col(table.id).in_(hits), *conditions)))
    chosen = [hit for hit in hits if hit in allowed][: page.limit + 1]
    rows = {row.id: row for row in session.exec(select(table).where(col(table.id).in_(chosen)))}
    return [rows[hit] for hit in chosen if hit in rows]


def _conditions(actor: Actor, table: type[Any], where: CatalogFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [table.merged_into.is_(None)]
    if where.mine:
        conditions.append(or_(table.created_by == actor.user_id, _linked(actor, table)))
    if where.genre and table is not Contributor:
        genre = func.unnest(table.genres).column_valued("genre")
        matches = select(1).where(func.lower(genre) == where.genre.strip().lower())
        conditions.append(exists(matches.correlate(table)))
    if table is Work:
        conditions += _about_works(where)
    elif table is Recording:
        conditions += _about_recordings(where)
    return conditions


def _linked(actor: Actor, table: type[Any]) -> ColumnElement[bool]:
    if table is Work:
        return linked_to_work(actor)
    if table is Recording:
        return linked_to_recording(actor)
    return col(Contributor.user_id) == actor.user_id


def _about_works(where: CatalogFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if where.has_iswc is not None:
        iswc = col(Work.iswc)
        conditions.append(iswc.is_not(None) if where.has_iswc else iswc.is_(None))
    if where.has_conflict is not None:
        clashing = col(Work.id).in_(_conflicting_works())
        conditions.append(clashing if where.has_conflict else ~clashing)
    if where.contributor_id is not None:
        conditions.append(
            exists().where(
                col(Contribution.work_id) == col(Work.id),
                col(Contribution.contributor_id) == where.contributor_id,
                _valid_now(),
            )
        )
    return conditions


def _about_recordings(where: CatalogFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if where.has_isrc is not None:
        isrc = col(Recording.isrc)
        conditions.append(isrc.is_not(None) if where.has_isrc else isrc.is_(None))
    if where.isrc is not None:
        conditions.append(col(Recording.isrc) == (normalize_isrc(where.isrc).value or ""))
    if where.work_id is not None:
        conditions.append(col(Recording.work_id) == where.work_id)
    if where.contributor_id is not None:
        conditions.append(
            exists().where(
                col(RecordingCredit.recording_id) == col(Recording.id),
                col(RecordingCredit.contributor_id) == where.contributor_id,
            )
        )
    return conditions


def _valid_now() -> ColumnElement[bool]:
    now, valid_to = utc_now(), col(Contribution.valid_to)
    return (col(Contribution.valid_from) <= now) & or_(valid_to.is_(None), valid_to > now)


def _conflicting_works() -> Any:
    groups = (col(Contribution.work_id), col(Contribution.rights_type))
    claimed = func.sum(Contribution.share_ppm) > WHOLE_PPM
    statement: Any = select(Contribution.work_id).where(_valid_now()).group_by(*groups)
    return statement.having(claimed)
