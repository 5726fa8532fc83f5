"""Every query on follows; each is scoped to its account."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from omnisonic.insight.follows.models import Follow
from omnisonic.insight.news import EntityType
from omnisonic.insight.store.filters import EntityRef
from omnisonic.platform.pagination import Page, fetch_page


def list_follows(
    session: Session, *, user_id: UUID, entity_type: EntityType | None, page: Page
) -> tuple[list[Follow], str | None]:
    """Follows of an account, newest first, and the cursor of the next page."""
    statement = select(Follow).where(Follow.user_id == user_id)
    if entity_type is not None:
        statement = statement.where(Follow.entity_type == entity_type)
    return fetch_page(session, statement, Follow, page=page)


def find_follow(session: Session, *, user_id: UUID, ref: EntityRef) -> Follow | None:
    """The account's follow of an entity."""
    return session.exec(
        select(Follow).where(
            Follow.user_id == user_id,
            Follow.entity_type == ref.entity_type,
            Follow.entity_id == ref.entity_id,
        )
    ).first()


def get_follow(session: Session, *, user_id: UUID, follow_id: UUID) -> Follow | None:
    """One follow of the account."""
    return session.exec(select(Follow).where(Follow.user_id == user_id, Follow.id == follow_id)).first()


def count_follows(session: Session, *, user_id: UUID) -> int:
    """How many the account has."""
    return session.exec(select(func.count()).select_from(Follow).where(Follow.user_id == user_id)).one()


def followed_entities(
    session: Session, *, user_id: UUID, entity_type: EntityType | None = None
) -> list[EntityRef]:
    """What the account follows, in the order of types and ids."""
    statement = select(Follow.entity_type, Follow.entity_id).where(Follow.user_id == user_id)
    if entity_type is not None:
        statement = statement.where(Follow.entity_type == entity_type)
    rows = session.exec(statement.order_by(col(Follow.entity_type), col(Follow.entity_id)))
    return [EntityRef(EntityType(kind), entity_id) for kind, entity_id in rows]
