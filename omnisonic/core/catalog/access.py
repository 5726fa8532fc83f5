"""Who may change what: curators everything, others what they made or are a linked contributor of."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, or_
from sqlmodel import Session, col, select

from omnisonic.core.catalog.models import (
    Contribution,
    Contributor,
    Recording,
    RecordingCredit,
    Work,
)
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.errors import Forbidden
from omnisonic.platform.ids import utc_now

Entity = Work | Recording | Contributor


def is_curator(actor: Actor) -> bool:
    """Whether the account may change any entry of the catalog."""
    return actor.role in (Role.CURATOR, Role.ADMIN)


def may_edit(session: Session, actor: Actor, entity: Entity) -> bool:
    """Whether the caller may change this entry."""
    if is_curator(actor) or entity.created_by == actor.user_id:
        return True
    if isinstance(entity, Contributor):
        return entity.user_id == actor.user_id
    condition = linked_to_work(actor) if isinstance(entity, Work) else linked_to_recording(actor)
    table = type(entity)
    return session.exec(select(table.id).where(table.id == entity.id, condition)).first() is not None


def require_edit(session: Session, actor: Actor, entity: Entity) -> None:
    """Raise `Forbidden` unless `may_edit`."""
    if not may_edit(session, actor, entity):
        raise Forbidden(
            f"This {type(entity).__name__.lower()} was registered by someone else and your account is not"
            " linked to it. Ask a curator to change it or to link you."
        )


def linked_to_work(actor: Actor) -> ColumnElement[bool]:
    """SQL: the caller is a contributor of the work by a share that has not ended."""
    valid_to = col(Contribution.valid_to)
    return exists().where(
        col(Contribution.work_id) == col(Work.id),
        col(Contribution.contributor_id) == col(Contributor.id),
        col(Contributor.user_id) == actor.user_id,
        or_(valid_to.is_(None), valid_to > utc_now()),
    )


def linked_to_recording(actor: Actor) -> ColumnElement[bool]:
    """SQL: the caller is a credited performer, or a contributor of the recorded work."""
    valid_to = col(Contribution.valid_to)
    credited = exists().where(
        col(RecordingCredit.recording_id) == col(Recording.id),
        col(RecordingCredit.contributor_id) == col(Contributor.id),
        col(Contributor.user_id) == actor.user_id,
    )
    contributed = exists().where(
        col(Contribution.work_id) == col(Recording.work_id),
        col(Contribution.contributor_id) == col(Contributor.id),
        col(Contributor.user_id) == actor.user_id,
        or_(valid_to.is_(None), valid_to > utc_now()),
    )
    return or_(credited, contributed)
