"""How long the files of imports and the remarks on their rows are kept. Figures and history stay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from omnisonic.core.imports import repository
from omnisonic.platform.db import UnitOfWork, read_session
from omnisonic.platform.ids import parse_id
from omnisonic.platform.storage import get_storage

FILES_KEPT = timedelta(days=30)
ISSUES_KEPT = timedelta(days=90)  # longer than the file: the list of refused rows is what people work through
UNKNOWN_AFTER = timedelta(days=2)  # longer than any request takes to get its row
FOLDER = "imports/"
BATCH = 200
GONE = ""  # the key of a file that was removed


def is_forgotten(completed_at: datetime | None, *, now: datetime) -> bool:
    """Whether the remarks of an import that ended then are gone, or going."""
    return completed_at is not None and completed_at < now - ISSUES_KEPT


def remove_settled_files(uow: UnitOfWork, *, now: datetime, limit: int = 100) -> int:
    """Delete files of imports that ended FILES_KEPT ago; the number of them."""
    rows = repository.list_with_old_files(uow.session, ended_before=now - FILES_KEPT, limit=limit)
    for job in rows:
        get_storage().delete(job.file_key)  # first: a key without a file is found again, the reverse never
        job.file_key = GONE
    return len(rows)


def remove_old_issues(uow: UnitOfWork, *, now: datetime, limit: int = 20_000) -> int:
    """Delete remarks on rows of imports that ended ISSUES_KEPT ago; the number of them."""
    return repository.delete_old_issues(uow.session, ended_before=now - ISSUES_KEPT, limit=limit)


def remove_unknown_files(*, now: datetime) -> int:
    """Delete files whose row was never saved or is gone with its account; the number of them."""
    removed = 0
    aged = _aged_owners(older_than=now - UNKNOWN_AFTER)
    while ids := list(islice(aged, BATCH)):
        with read_session() as session:
            known = repository.known_jobs(session, ids)
        for unknown in set(ids) - known:
            removed += get_storage().delete_prefix(f"{FOLDER}{unknown}/")
    return removed


def _aged_owners(*, older_than: datetime) -> Iterator[UUID]:
    for found in get_storage().list(FOLDER):
        owner = parse_id(found.key.split("/")[1])
        if owner is not None and found.modified_at < older_than:
            yield owner
