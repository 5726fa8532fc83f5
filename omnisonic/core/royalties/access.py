"""Who sees what of the royalties: curators everything, a payee what belongs to their linked contributors."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from omnisonic.core.catalog.access import is_curator
from omnisonic.core.catalog.models import Contributor
from omnisonic.platform.actor import Actor, Role

__all__ = ["is_curator", "own_parties", "party_ids", "require_curator", "visible_parties"]


def require_curator(actor: Actor) -> None:
    """Raise `Forbidden` for anybody who may not look after the money of others."""
    actor.require_role(Role.CURATOR)


def visible_parties(actor: Actor, contributor_id: Any) -> ColumnElement[bool]:
    """SQL: the caller may see what belongs to this contributor (a column). Merges are followed."""
    return true() if is_curator(actor) else col(contributor_id).in_(_linked_to(actor))


def own_parties(session: Session, actor: Actor) -> set[UUID]:
    """Contributors whose money is the caller's: those linked to the account and those merged into them."""
    return set(session.exec(_linked_to(actor)).all())


def party_ids(session: Session, contributor_id: UUID) -> set[UUID]:
    """A contributor under all ids it has had: its own, its survivor's, and those merged into that."""
    found = session.get(Contributor, contributor_id)
    survivor = (found.merged_into or found.id) if found else contributor_id
    merged = session.exec(select(Contributor.id).where(Contributor.merged_into == survivor)).all()
    return {survivor, *merged}


def _linked_to(actor: Actor) -> Any:
    survivor = aliased(Contributor)
    return (
        select(Contributor.id)
        .join(survivor, col(survivor.id) == func.coalesce(Contributor.merged_into, Contributor.id))
        .where(survivor.user_id == actor.user_id)
    )
