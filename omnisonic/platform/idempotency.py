"""Answers a repeated request with its first answer, in the transaction of the first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Header
from fastapi.encoders import jsonable_encoder
from sqlalchemy import text
from sqlmodel import Session, select
from structlog.contextvars import get_contextvars

from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import FieldError, IdempotencyConflict, InvalidFields
from omnisonic.platform.ids import utc_now
from omnisonic.platform.models import IdempotencyRecord

KEPT_HOURS = 24
MAX_KEY_LENGTH = 200

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Any text of up to 200 characters. The same key with the same body gets the same answer"
        " for a day; with another body it is refused.",
    ),
]


def run_idempotent(
    uow: UnitOfWork,
    actor: Actor,
    key: str | None,
    request: Any,
    produce: Callable[[], tuple[int, dict[str, Any]]],
) -> tuple[int, dict[str, Any]]:
    """Status and JSON body of a POST that carries an `Idempotency-Key`; without a key just `produce()`.

    `request` is what was asked for, as JSON can hold it; method and path are added from the request at
    hand. Everything happens in `uow`, so an answer is remembered exactly when its effect is committed;
    a second request with the key waits for the first. Raises `IdempotencyConflict` when the key was used
    for another request, `InvalidFields` for a key that is empty, too long or not printable ASCII.
    Source: draft-ietf-httpapi-idempotency-key-header-07.
    """
    if key is None:
        return produce()
    _check_key(key)
    _lock(uow.session, actor.user_id, key)
    wanted = fingerprint(request)
    record = _find(uow.session, actor.user_id, key)
    if record is not None:
        if record.fingerprint != wanted:
            raise IdempotencyConflict
        return record.status, record.body
    status, body = produce()
    answer: dict[str, Any] = jsonable_encoder(body)
    uow.session.add(
        IdempotencyRecord(user_id=actor.user_id, key=key, fingerprint=wanted, status=status, body=answer)
    )
    return status, answer


def fingerprint(request: Any) -> str:
    """SHA-256 of method, path and the canonical JSON (sorted keys, no spaces) of `request`, in hex."""
    bound = get_contextvars()
    whole = [bound.get("method"), bound.get("path"), jsonable_encoder(request)]
    canonical = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _check_key(key: str) -> None:
    if not 1 <= len(key) <= MAX_KEY_LENGTH or not key.isascii() or not key.isprintable():
        message = f"Must be 1 to {MAX_KEY_LENGTH} printable ASCII characters."
        raise InvalidFields(errors=[FieldError("Idempotency-Key", "bad-key", message)])


def _lock(session: Session, user_id: UUID, key: str) -> None:
    digest = hashlib.sha256(user_id.bytes + key.encode()).digest()
    number = int.from_bytes(digest[:8], "big", signed=True)
    session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def _find(session: Session, user_id: UUID, key: str) -> IdempotencyRecord | None:
    statement = select(IdempotencyRecord).where(
        IdempotencyRecord.user_id == user_id, IdempotencyRecord.key == key
    )
    record = session.exec(statement).first()
    if record is not None and record.created_at < utc_now() - timedelta(hours=KEPT_HOURS):
        session.delete(record)
        session.flush()
        return None
    return record
