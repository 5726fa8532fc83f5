"""Ends licenses whose window is over. Only their status: the window itself already refuses and permits.

A late run cannot permit a wrong license, and a second run finds nothing: each license expires once, in the
transaction that changes its status, writes its history and tells the subscribers of its work.
"""

from __future__ import annotations

from datetime import datetime

from omnisonic.core.catalog import entries, provenance
from omnisonic.core.catalog import repository as catalog
from omnisonic.core.catalog.models import EntityKind
from omnisonic.core.licenses import repository
from omnisonic.core.licenses.models import LicenseStatus
from omnisonic.platform.db import UnitOfWork

BATCH = 500


def expire_due_licenses(uow: UnitOfWork, *, now: datetime, limit: int = BATCH) -> int:
    """Expire what ended at or before `now`; returns how many licenses that were (call again until 0)."""
    due = repository.lock_due(uow.session, now=now, limit=limit)
    for row in due:
        row.status = LicenseStatus.EXPIRED
        row.version += 1
        row.updated_at = now
        provenance.record(
            uow,
            None,
            kind=EntityKind.LICENSE,
            entity_id=row.id,
            action="expired",
            before={"status": LicenseStatus.ACTIVE},
            after={"status": LicenseStatus.EXPIRED, "expires_on": row.expires_on},
        )
    uow.session.flush()
    works = catalog.works_by_ids(uow.session, {row.work_id for row in due})
    for work in sorted(works.values(), key=lambda work: work.id):
        entries.announce(uow, None, work)
    return len(due)
