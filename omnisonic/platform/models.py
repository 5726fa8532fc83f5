"""Tables of the platform itself: outbox, schedule, idempotency, audit."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Identity, UniqueConstraint
from sqlmodel import Field, SQLModel

from omnisonic.platform.orm import Row, json_field, timestamp_field


class OutboxMessage(SQLModel, table=True):
    """A job to enqueue or an event to publish, written in the transaction that caused it.

    `id` order is commit order: rows are inserted under one advisory lock just before the commit.
    """

    __tablename__ = "outbox"

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    kind: str = Field(max_length=16)  # "job" | "event"
    topic: str = Field(max_length=200)  # job: dotted function path; event: channel
    payload: dict[str, Any] = json_field(nullable=False)
    attempts: int = Field(default=0)
    last_error: str | None = Field(default=None, max_length=500)
    created_at: datetime = timestamp_field()


class ScheduleRun(SQLModel, table=True):
    """One due time of one scheduled job; the primary key makes sure that none runs twice."""

    __tablename__ = "schedule_runs"

    job: str = Field(primary_key=True, max_length=100)
    due_at: datetime = Field(sa_column=Column(DateTime(timezone=True), primary_key=True))
    started_at: datetime = timestamp_field()


class IdempotencyRecord(Row, table=True):
    """The answer to a request that carried an Idempotency-Key, kept for a day."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("user_id", "key"),)

    user_id: UUID
    key: str = Field(max_length=200)
    fingerprint: str = Field(max_length=64)
    status: int
    body: dict[str, Any] = json_field(nullable=False)


class AuditEntry(Row, table=True):
    """Who changed which right or account, for operators. Never holds secrets."""

    __tablename__ = "audit_log"

    actor_id: UUID | None = Field(default=None, index=True)
    action: str = Field(max_length=100)
    subject: str = Field(max_length=200)
    details: dict[str, Any] = json_field(nullable=False)
