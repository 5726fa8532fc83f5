"""What is removed for good: sessions put away long ago, and stored objects that no row knows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from sqlmodel import Session, col, select

from omnisonic.core.releases.isrcs import free_isrc
from omnisonic.platform.db import UnitOfWork, read_session
from omnisonic.platform.ids import parse_id
from omnisonic.platform.settings import get_settings
from omnisonic.platform.storage import get_storage
from omnisonic.studio.exports.models import Export
from omnisonic.studio.sessions.models import StudioSession
from omnisonic.studio.uploads.jobs import DELETE_OBJECTS
from omnisonic.studio.uploads.models import MultipartUpload, Upload

UNKNOWN_AFTER = timedelta(days=2)  # longer than any upload or render takes to get its row
OWNERS = {"uploads": (Upload, MultipartUpload), "exports": (Export,)}
BATCH = 200


def purge_removed_sessions(uow: UnitOfWork, *, now: datetime, limit: int = 50) -> int:
    """Delete sessions put away for UPLOAD_ORPHAN_DAYS with their exports; the number of sessions.

    Their uploads stay behind without a session and go as orphans.
    """
    older_than = now - timedelta(days=get_settings().upload_orphan_days)
    rows = uow.session.exec(
        select(StudioSession)
        .where(col(StudioSession.deleted_at) < older_than)
        .order_by(col(StudioSession.deleted_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        for export_id in uow.session.exec(select(Export.id).where(Export.session_id == row.id)):
            uow.enqueue(DELETE_OBJECTS, prefix=f"exports/{export_id}/")
            free_isrc(uow, holder_id=export_id)
        uow.session.delete(row)
    return len(rows)


def delete_unknown_objects(*, now: datetime) -> int:
    """Delete objects whose row was never saved or is gone; the number of uploads and exports they were."""
    removed = 0
    for kind in OWNERS:
        for ids in _batches(_aged_owners(kind, older_than=now - UNKNOWN_AFTER)):
            with read_session() as session:
                known = _known(session, kind, ids)
            for unknown in sorted(set(ids) - known):
                get_storage().delete_prefix(f"{kind}/{unknown}/")
                removed += 1
    return removed


def _aged_owners(kind: str, *, older_than: datetime) -> Iterator[UUID]:
    """Ids below `kind` of which every object is older; a key that names no id is left alone."""
    found = get_storage().list(f"{kind}/")
    for name, objects in groupby(found, key=lambda stat: stat.key.split("/")[1]):
        owner = parse_id(name)
        if owner is not None and all(stat.modified_at < older_than for stat in objects):
            yield owner


def _known(session: Session, kind: str, ids: list[UUID]) -> set[UUID]:
    return {
        owner
        for table in OWNERS[kind]
        for owner in session.exec(select(table.id).where(col(table.id).in_(ids)))
    }


def _batches(ids: Iterator[UUID]) -> Iterator[list[UUID]]:
    batch: list[UUID] = []
    for one in ids:
        batch.append(one)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
