"""Rows of `royalty_events`: written many at a time, never changed, read again by key or id."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from omnisonic.core.ledger.leaves import KEY_HASH, text_hash
from omnisonic.core.royalties.models import UsageType

_COLUMNS = (
    "id, created_at, source, idempotency_key, fingerprint, cycle_id, recording_id, work_id, isrc, "
    "usage_type, quantity, amount, amount_nano, currency, territory, occurred_at, statement_id, row_number, "
    "unmatched_id, details"
)
# Sorted by the unique key: two writers with the same keys wait for each other, never in a circle.
_INSERT = text(f"""
    INSERT INTO royalty_events ({_COLUMNS})
    SELECT id::uuid, created_at::timestamptz, source, key, decode(fingerprint, 'hex'), cycle_id::uuid,
           recording_id::uuid, work_id::uuid, isrc, usage_type, quantity::bigint, amount::numeric,
           nano::bigint, currency, territory, occurred_at::timestamptz, statement_id::uuid, row_number::int,
           unmatched_id::uuid, details::jsonb
    FROM unnest(
        CAST(:id AS text[]), CAST(:created_at AS text[]), CAST(:source AS text[]),
        CAST(:idempotency_key AS text[]), CAST(:fingerprint AS text[]), CAST(:cycle_id AS text[]),
        CAST(:recording_id AS text[]), CAST(:work_id AS text[]), CAST(:isrc AS text[]),
        CAST(:usage_type AS text[]), CAST(:quantity AS text[]), CAST(:amount AS text[]),
        CAST(:amount_nano AS text[]), CAST(:currency AS text[]), CAST(:territory AS text[]),
        CAST(:occurred_at AS text[]), CAST(:statement_id AS text[]), CAST(:row_number AS text[]),
        CAST(:unmatched_id AS text[]), CAST(:details AS text[])
    ) AS given (id, created_at, source, key, fingerprint, cycle_id, recording_id, work_id, isrc, usage_type,
                quantity, amount, nano, currency, territory, occurred_at, statement_id, row_number,
                unmatched_id, details)
    ON CONFLICT (source, idempotency_key) DO NOTHING
    RETURNING id
""")  # noqa: S608  (names of columns only)
_BY_KEY = text(f"""
    SELECT {_COLUMNS} FROM royalty_events
    WHERE (source, idempotency_key) IN (
        SELECT * FROM unnest(CAST(:sources AS text[]), CAST(:keys AS text[]))
    )
""")  # noqa: S608
_BY_ID = text(f"SELECT {_COLUMNS} FROM royalty_events WHERE id = ANY(CAST(:ids AS uuid[]))")  # noqa: S608


@dataclass(frozen=True, slots=True)
class UsageEvent:
    """A usage as it was booked; the fields are those of `RoyaltyEvent`."""

    id: UUID
    created_at: datetime
    source: str
    idempotency_key: str
    fingerprint: bytes
    cycle_id: UUID
    recording_id: UUID | None
    work_id: UUID | None
    isrc: str | None
    usage_type: UsageType
    quantity: int
    amount: Decimal
    amount_nano: int
    currency: str
    territory: str | None
    occurred_at: datetime
    statement_id: UUID | None
    row_number: int | None
    unmatched_id: UUID | None
    details: dict[str, Any] | None

    @property
    def key(self) -> tuple[str, str]:
        """What makes it the same event when it is reported again."""
        return self.source, self.idempotency_key


def find_events(session: Session, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], UsageEvent]:
    """Events booked before, by (source, key); also one that a replay rebuilt under its key's hash."""
    if not keys:
        return {}
    asked = {(source, f"{KEY_HASH}{text_hash(name)}"): (source, name) for source, name in keys}
    asked |= {key: key for key in keys}
    sources, names = zip(*sorted(asked), strict=True)
    rows = session.execute(_BY_KEY, {"sources": list(sources), "keys": list(names)})
    return {asked[event.key]: event for event in map(_event, rows)}


def events_by_ids(session: Session, ids: Collection[UUID]) -> dict[UUID, UsageEvent]:
    """Events by id."""
    rows = session.execute(_BY_ID, {"ids": [str(one) for one in ids]}) if ids else ()
    return {event.id: event for event in map(_event, rows)}


def insert_events(session: Session, events: Iterable[UsageEvent]) -> set[UUID]:
    """Write events; the ids of those that are new. One that another transaction has just written is left."""
    rows = sorted(events, key=lambda event: event.key)
    if not rows:
        return set()
    return set(session.scalars(_INSERT, _arrays(rows)))


def _arrays(rows: Sequence[UsageEvent]) -> dict[str, list[str | None]]:
    arrays = {
        name: [_text(getattr(row, name)) for row in rows]
        for name in UsageEvent.__slots__
        if name not in ("fingerprint", "details")
    }
    arrays["fingerprint"] = [row.fingerprint.hex() for row in rows]
    arrays["details"] = [None if row.details is None else json.dumps(row.details) for row in rows]
    return arrays


def _text(value: Any) -> str | None:
    if value is None or type(value) is str:
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _event(row: Any) -> UsageEvent:
    values = dict(row._mapping)
    values["usage_type"] = UsageType(values["usage_type"])
    values["fingerprint"] = bytes(values["fingerprint"])
    return UsageEvent(**values)
