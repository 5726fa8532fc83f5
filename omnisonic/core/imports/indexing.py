"""Makes what an import changed searchable, afterwards and in slices: text indexes are slow to write."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, col, select

from omnisonic.core.catalog.models import Provenance
from omnisonic.core.catalog.search import TABLES, index_entities
from omnisonic.core.imports.jobs import INDEX_IMPORT
from omnisonic.platform.db import bulk_connection, unit_of_work

SLICE_CHANGES = 5_000
SLICES_PER_JOB = 10  # then other imports have their turn


def index_changes(*, source: str, after: int) -> int:
    """Write search rows for what `source` changed behind `after`; returns how many changes were seen."""
    seen = 0
    with bulk_connection() as connection:
        for _ in range(SLICES_PER_JOB):
            with unit_of_work(connection) as uow:
                changes = _changes(uow.session, source, after)
                for kind in TABLES:
                    ids = sorted({entity_id for seq, found, entity_id in changes if found == kind})
                    if ids:
                        index_entities(uow.session, kind, ids)
            seen += len(changes)
            if len(changes) < SLICE_CHANGES:
                return seen
            after = changes[-1][0]
    with unit_of_work() as uow:
        uow.enqueue(INDEX_IMPORT, source=source, after=str(after))
    return seen


def _changes(session: Session, source: str, after: int) -> list[tuple[int, str, UUID]]:
    rows = session.exec(
        select(Provenance.seq, Provenance.entity_type, Provenance.entity_id)
        .where(col(Provenance.seq) > after, Provenance.source == source)
        .order_by(col(Provenance.seq))
        .limit(SLICE_CHANGES)
    )
    return [(int(seq or 0), kind, entity_id) for seq, kind, entity_id in rows]
