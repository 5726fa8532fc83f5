"""The catalog as files: rows of works and recordings, read a thousand at a time while they are sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlmodel import Session

from omnisonic.core.catalog import listing, repository
from omnisonic.core.catalog.models import Recording, Work
from omnisonic.core.catalog.schemas import CatalogFilter
from omnisonic.core.catalog.shares import percent_of_ppm
from omnisonic.platform.actor import Actor
from omnisonic.platform.csv_rows import stream_csv
from omnisonic.platform.db import read_session
from omnisonic.platform.pagination import Page, decode_cursor

ROWS_PER_READ = 1000
Record = dict[str, Any]

WORK_COLUMNS = ("id", "title", "iswc", "genre", "contributors", "hasConflict", "createdAt", "updatedAt")
# The names that imports read, so that a file can come back.
RECORDING_COLUMNS = (
    *("id", "isrc", "title", "artist", "duration", "released_at", "genre", "iswc", "work", "workId"),
    *("createdAt", "updatedAt"),
)


def stream_works_csv(actor: Actor, where: CatalogFilter) -> Iterator[str]:
    """Works as CSV text, piece by piece; shares read `Name (role 50 %); …`."""
    return stream_csv(WORK_COLUMNS, (_work_cells(record) for record in _works(actor, where)))


def stream_works_lines(actor: Actor, where: CatalogFilter) -> Iterator[str]:
    """Works as JSON Lines."""
    return (_line(record) for record in _works(actor, where))


def stream_recordings_csv(actor: Actor, where: CatalogFilter) -> Iterator[str]:
    """Recordings as CSV text, piece by piece, with the columns that imports know."""
    cells = ([_cell(record[name]) for name in RECORDING_COLUMNS] for record in _recordings(actor, where))
    return stream_csv(RECORDING_COLUMNS, cells)


def stream_recordings_lines(actor: Actor, where: CatalogFilter) -> Iterator[str]:
    """Recordings as JSON Lines."""
    return (_line(record) for record in _recordings(actor, where))


def _works(actor: Actor, where: CatalogFilter) -> Iterator[Record]:
    return _read_all(
        lambda session, page: listing.list_works(session, actor, page=page, where=where), _work_records
    )


def _recordings(actor: Actor, where: CatalogFilter) -> Iterator[Record]:
    return _read_all(
        lambda session, page: listing.list_recordings(session, actor, page=page, where=where),
        _recording_records,
    )


def _read_all(
    read: Callable[[Session, Page], tuple[list[Any], str | None]],
    describe: Callable[[Session, Sequence[Any]], list[Record]],
) -> Iterator[Record]:
    # A short transaction per page: a slow reader of the file holds no snapshot and no connection.
    cursor: str | None = None
    while True:
        with read_session() as session:
            rows, cursor = read(session, Page(limit=ROWS_PER_READ, after=decode_cursor(cursor)))
            records = describe(session, rows)
        yield from records
        if cursor is None:
            return


def _work_records(session: Session, works: Sequence[Work]) -> list[Record]:
    ids = [work.id for work in works]
    shares = repository.shares_at(session, ids)
    conflicts = repository.works_with_conflict(session, ids)
    people = repository.contributors_by_ids(
        session, [share.contributor_id for group in shares.values() for share in group]
    )
    identifiers = repository.identifiers_of(session, works)
    return [
        {
            "id": str(work.id),
            "title": work.title,
            "description": work.description,
            "iswc": work.iswc,
            "identifiers": [vars(one) for one in identifiers[work.id]],
            "genres": work.genres,
            "contributions": [
                {
                    "contributorId": str(share.contributor_id),
                    "name": people[share.contributor_id].name,
                    "role": share.role,
                    "rightsType": share.rights_type,
                    "sharePpm": share.share_ppm,
                    "validFrom": share.valid_from,
                    "validTo": share.valid_to,
                }
                for share in shares.get(work.id, [])
            ],
            "hasConflict": work.id in conflicts,
            "createdAt": work.created_at,
            "updatedAt": work.updated_at,
        }
        for work in works
    ]


def _recording_records(session: Session, recordings: Sequence[Recording]) -> list[Record]:
    works = repository.works_by_ids(session, [one.work_id for one in recordings if one.work_id])
    named = repository.credits_of(session, [one.id for one in recordings])
    records = []
    for one in recordings:
        work = works.get(one.work_id) if one.work_id else None
        records.append(
            {
                "id": str(one.id),
                "isrc": one.isrc,
                "title": one.title,
                "artist": one.primary_artist,
                "credits": [
                    {"contributorId": str(row.contributor_id), "creditedAs": row.credited_as}
                    for row in named.get(one.id, [])
                ],
                "duration": one.duration_ms / 1000 if one.duration_ms is not None else None,
                "released_at": one.released_on,
                "genre": one.genres,
                "iswc": work.iswc if work else None,
                "work": work.title if work else None,
                "workId": str(work.id) if work else None,
                "createdAt": one.created_at,
                "updatedAt": one.updated_at,
            }
        )
    return records


def _work_cells(record: Record) -> list[Any]:
    shares = "; ".join(
        f"{one['name']} ({one['role']}{_of_right(one['rightsType'])} {percent_of_ppm(one['sharePpm']):g} %)"
        for one in record["contributions"]
    )
    cells = {**record, "genre": record["genres"], "contributors": shares}
    return [_cell(cells[name]) for name in WORK_COLUMNS]


def _of_right(right: str | None) -> str:
    return f", {right.lower()}" if right else ""


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return "; ".join(value)
    return _iso(value) if hasattr(value, "isoformat") else value


def _line(record: Record) -> str:
    return json.dumps(record, ensure_ascii=False, default=_iso) + "\n"


def _iso(value: Any) -> str:
    return str(value.isoformat()).replace("+00:00", "Z")
