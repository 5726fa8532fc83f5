"""Queries on jobs; each read starts from the account that owns them."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, select

from omnisonic.insight.ingest_jobs.models import IngestJob


def find_job(session: Session, *, user_id: UUID, job_id: UUID, for_update: bool = False) -> IngestJob | None:
    """A job of this account."""
    statement = select(IngestJob).where(IngestJob.id == job_id, IngestJob.user_id == user_id)
    return session.exec(statement.with_for_update() if for_update else statement).first()


def find_for_work(session: Session, *, job_id: UUID) -> IngestJob | None:
    """The row, locked, whoever owns it: for workers."""
    return session.get(IngestJob, job_id, with_for_update=True)
