"""The history of everything: one row per change with who, when, from where, before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlmodel import Session, SQLModel, col, select

from omnisonic.core.catalog.models import EntityKind, Provenance
from omnisonic.core.catalog.schemas import ChangeView
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork

MAX_HISTORY = 200
_NOT_HISTORY = {"id", "version", "created_at", "updated_at", "created_by", "name_key", "number"}


class Source(StrEnum):
    """Where a change came from; imports name their job as `import:{id}`."""

    WEB = "web"
    API = "api"


def record(
    uow: UnitOfWork,
    actor: Actor | None,
    *,
    kind: EntityKind,
    entity_id: UUID,
    action: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    source: str | None = None,
) -> None:
    """Write one row of history; without `source` a token is `api` and a browser `web`."""
    uow.session.add(
        Provenance(
            entity_type=kind,
            entity_id=entity_id,
            action=action,
            actor_id=actor.user_id if actor else None,
            source=source or source_of(actor),
            before=as_json(before),
            after=as_json(after),
        )
    )


def source_of(actor: Actor | None) -> str:
    """`api` behind a token, `web` in a browser, `system` without anyone."""
    if actor is None:
        return "system"
    return Source.WEB if actor.scopes is None else Source.API


def snapshot(row: SQLModel) -> dict[str, Any]:
    """What a row says, without what is only bookkeeping."""
    return {name: value for name, value in row.model_dump().items() if name not in _NOT_HISTORY}


def difference(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields that changed, as they were and as they are."""
    changed = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in changed}, {name: after[name] for name in changed}


def list_history(
    session: Session, *, entity_id: UUID, before_seq: int | None = None, also: Iterable[UUID] = ()
) -> list[ChangeView]:
    """Changes of one entity and of those in `also`, newest first, at most 200; `before_seq` continues."""
    statement = select(Provenance).where(col(Provenance.entity_id).in_([entity_id, *also]))
    if before_seq is not None:
        statement = statement.where(col(Provenance.seq) < before_seq)
    rows = session.exec(statement.order_by(col(Provenance.seq).desc()).limit(MAX_HISTORY))
    return [ChangeView.model_validate(row) for row in rows]


def as_json(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Values as JSON can hold them: ids, times and enumerations as text."""
    return None if values is None else {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | StrEnum):
        return str(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    return value
