"""Keep, list and remove views; each belongs to one account."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from omnisonic.insight.saved_views.models import SavedView, ViewPage
from omnisonic.insight.saved_views.schemas import SavedViewDraft, SavedViewList, SavedViewView
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import Conflict, NotFound
from omnisonic.platform.ids import utc_now
from omnisonic.platform.named_locks import take_lock

MAX_VIEWS = 100


class TooManyViews(Conflict):
    """The account has as many views as it may."""

    slug, title = "too-many-views", "You keep as many views as one account can"
    advice = "Remove one that you no longer use."


def save_view(uow: UnitOfWork, actor: Actor, *, draft: SavedViewDraft) -> SavedViewView:
    """Keep a view, or replace the one of this page and name. Raises `TooManyViews`."""
    session = uow.session
    take_lock(session, f"views:{actor.user_id}")  # or two at once would both see none, and too few
    found = session.exec(
        select(SavedView).where(
            SavedView.user_id == actor.user_id,
            SavedView.page == draft.page,
            SavedView.name == draft.name,
        )
    ).first()
    if found is None:
        owned = select(func.count()).select_from(SavedView).where(SavedView.user_id == actor.user_id)
        if session.exec(owned).one() >= MAX_VIEWS:
            raise TooManyViews
        found = SavedView(user_id=actor.user_id, page=draft.page, name=draft.name, query=draft.query)
    found.query, found.updated_at = draft.query, utc_now()
    session.add(found)
    session.flush()
    return SavedViewView.model_validate(found)


def list_views(session: Session, actor: Actor, *, page: ViewPage | None = None) -> SavedViewList:
    """The account's views, by name."""
    statement = select(SavedView).where(SavedView.user_id == actor.user_id)
    if page is not None:
        statement = statement.where(SavedView.page == page)
    rows = session.exec(statement.order_by(func.lower(col(SavedView.name)), col(SavedView.id)))
    return SavedViewList(views=[SavedViewView.model_validate(row) for row in rows])


def remove_view(uow: UnitOfWork, actor: Actor, *, view_id: UUID) -> None:
    """Remove a view. Raises `NotFound`."""
    found = uow.session.exec(
        select(SavedView).where(SavedView.user_id == actor.user_id, SavedView.id == view_id)
    ).first()
    if found is None:
        raise NotFound
    uow.session.delete(found)
