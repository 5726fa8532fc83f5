"""Bringing files in through the real service and the real job."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import select

from omnisonic.core.imports import service
from omnisonic.core.imports.schemas import BulkImportJobView, ImportStarted
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.models import OutboxMessage
from omnisonic.platform.settings import Settings
from omnisonic.platform.storage import Storage
from workers import imports as jobs

HEADER = "isrc,title,artist,duration,released_at,genre,iswc,work\n"


@pytest.fixture(autouse=True)
def _ready(db: None, redis_client: Any, storage: Storage, configure: Callable[..., Settings]) -> None:
    configure(BULK_IMPORT_RATE_LIMIT_PER_HOUR=1000)


def queue_file(
    actor: Actor, content: bytes | str, *, name: str = "catalog.csv", mapping: dict[str, Any] | None = None
) -> ImportStarted:
    """Upload a file; the job waits in the outbox."""
    raw = content.encode() if isinstance(content, str) else content
    with service.arrive(io.BytesIO(raw), file_name=name) as arrived, unit_of_work() as uow:
        return service.start_import(uow, actor, arrived=arrived, chosen=mapping)


def import_file(actor: Actor, content: bytes | str, **options: Any) -> BulkImportJobView:
    """Upload a file and run its job."""
    started = queue_file(actor, content, **options)
    jobs.import_file(str(started.job_id))
    return look(actor, started.job_id)


def look(actor: Actor, job_id: UUID) -> BulkImportJobView:
    """The import as its owner sees it."""
    with read_session() as session:
        return service.get_job(session, actor, job_id=job_id)


def run_jobs(function: str) -> None:
    """Run the waiting jobs of one kind, also those that they ask for."""
    while True:
        with unit_of_work() as uow:
            found = uow.session.exec(select(OutboxMessage).where(OutboxMessage.topic == function)).all()
            for row in found:
                uow.session.delete(row)
        if not found:
            return
        for row in found:
            getattr(jobs, function.rpartition(".")[2])(**row.payload["args"])


def rows(statement: str, **bound: Any) -> list[tuple[Any, ...]]:
    """What a query finds."""
    with read_session() as session:
        return [tuple(row) for row in session.execute(text(statement), bound)]


def one(statement: str, **bound: Any) -> Any:
    """The single value that a query finds."""
    return rows(statement, **bound)[0][0]


def problems(job: BulkImportJobView) -> list[tuple[int, str | None, str]]:
    """Row, column and code of every refusal."""
    return [(issue.row, issue.column, issue.code) for issue in job.errors]


def warned(job: BulkImportJobView) -> list[tuple[int, str]]:
    """Row and code of every warning."""
    return [(issue.row, issue.code) for issue in job.warnings]
