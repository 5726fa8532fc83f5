"""Follow and unfollow artists, works and recordings."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session

from omnisonic.insight.entities import UNKNOWN, name_entities
from omnisonic.insight.follows import repository
from omnisonic.insight.follows.models import Follow
from omnisonic.insight.follows.schemas import FollowDraft, FollowList, FollowView
from omnisonic.insight.news import EntityType
from omnisonic.insight.store.filters import EntityRef
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import Conflict, NotFound
from omnisonic.platform.named_locks import take_lock
from omnisonic.platform.pagination import Page

MAX_FOLLOWS = 1000


class TooManyFollows(Conflict):
    """The account follows as many as it may."""

    slug, title = "too-many-follows", "You follow as many as one account can"
    advice = "Unfollow something first; /api/follows lists all."


def follow(uow: UnitOfWork, actor: Actor, *, draft: FollowDraft) -> FollowView:
    """Follow an entity; following it again changes nothing. Raises `NotFound` or `TooManyFollows`."""
    ref = EntityRef(draft.entity_type, draft.entity_id)
    take_lock(uow.session, f"follows:{actor.user_id}")  # or two at once would both see none, and too few
    found = repository.find_follow(uow.session, user_id=actor.user_id, ref=ref)
    if found is None:
        if name_entities(uow.session, [ref])[ref].name == UNKNOWN:
            raise NotFound("The catalog has no such artist, work or recording.")
        if repository.count_follows(uow.session, user_id=actor.user_id) >= MAX_FOLLOWS:
            raise TooManyFollows
        found = Follow(user_id=actor.user_id, entity_type=ref.entity_type, entity_id=ref.entity_id)
        uow.session.add(found)
        uow.session.flush()
    return _views(uow.session, [found])[0]


def unfollow(uow: UnitOfWork, actor: Actor, *, follow_id: UUID) -> None:
    """Stop following. Raises `NotFound`."""
    found = repository.get_follow(uow.session, user_id=actor.user_id, follow_id=follow_id)
    if found is None:
        raise NotFound
    uow.session.delete(found)


def list_follows(
    session: Session, actor: Actor, *, page: Page, entity_type: EntityType | None = None
) -> FollowList:
    """What the account follows, newest first."""
    rows, cursor = repository.list_follows(session, user_id=actor.user_id, entity_type=entity_type, page=page)
    return FollowList(follows=_views(session, rows), next_cursor=cursor)


def find_follow(session: Session, actor: Actor, *, ref: EntityRef) -> FollowView | None:
    """The account's follow of an entity, or None."""
    found = repository.find_follow(session, user_id=actor.user_id, ref=ref)
    return _views(session, [found])[0] if found else None


def _views(session: Session, rows: Sequence[Follow]) -> list[FollowView]:
    names = name_entities(session, [EntityRef(row.entity_type, row.entity_id) for row in rows])
    return [
        FollowView(
            id=row.id,
            entity_type=row.entity_type,
            entity_id=row.entity_id,
            name=names[EntityRef(row.entity_type, row.entity_id)].name,
            created_at=row.created_at,
        )
        for row in rows
    ]
