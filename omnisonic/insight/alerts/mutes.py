"""What an account wants no alerts about. It is still looked at and recorded; nobody is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, or_
from sqlmodel import Session, col, select

from omnisonic.insight.alerts import repository
from omnisonic.insight.alerts.errors import TooManyOfThem
from omnisonic.insight.alerts.models import AlertMute, AlertRule
from omnisonic.insight.alerts.mute_schemas import MuteDraft, MuteList, MuteView
from omnisonic.insight.alerts.rules import check_until, get_rule
from omnisonic.insight.entities import UNKNOWN, name_entities
from omnisonic.insight.store.filters import EntityRef
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import NotFound
from omnisonic.platform.ids import utc_now
from omnisonic.platform.pagination import Page, fetch_page

MAX_MUTES = 500


def list_mutes(session: Session, actor: Actor, *, page: Page) -> MuteList:
    """What the caller has muted now, newest first."""
    statement = select(AlertMute).where(AlertMute.user_id == actor.user_id, _holds(utc_now()))
    rows, cursor = fetch_page(session, statement, AlertMute, page=page)
    return MuteList(mutes=views_of(session, rows), next_cursor=cursor)


def mute(uow: UnitOfWork, actor: Actor, *, draft: MuteDraft) -> AlertMute:
    """Mute an entity; what was said about it before for the same rule (or for all) is replaced.

    Raises `NotFound` for an unknown entity or rule, `InvalidFields` for a time that is over or more than a
    year away, `TooManyOfThem`.
    """
    now = utc_now()
    check_until(draft.until, now=now)
    ref = EntityRef(draft.entity_type, draft.entity_id)
    if name_entities(uow.session, [ref])[ref].name == UNKNOWN:
        raise NotFound(f"There is no such {draft.entity_type} in the catalog.")
    if draft.rule_id is not None:
        get_rule(uow.session, actor, rule_id=draft.rule_id)
    repository.lock_account(uow.session, actor.user_id)
    row = _find_same(uow.session, actor, draft)
    if row is None:
        _require_room(uow.session, actor)
        row = AlertMute(user_id=actor.user_id, **draft.model_dump(by_alias=False))
        uow.session.add(row)
    row.until, row.reason = draft.until, draft.reason
    uow.session.flush()
    return row


def unmute(uow: UnitOfWork, actor: Actor, *, mute_id: UUID) -> None:
    """Let alerts about it come again. Raises `NotFound`."""
    row = uow.session.get(AlertMute, mute_id, with_for_update=True)
    if row is None or row.user_id != actor.user_id:
        raise NotFound("You have muted no such thing.")
    uow.session.delete(row)


def is_muted(session: Session, rule: AlertRule, entity_id: UUID, *, now: datetime) -> bool:
    """Whether the owner of a rule wants it to say nothing about an entity."""
    found = select(AlertMute.id).where(
        AlertMute.user_id == rule.user_id,
        AlertMute.entity_id == entity_id,
        or_(col(AlertMute.rule_id).is_(None), col(AlertMute.rule_id) == rule.id),
        _holds(now),
    )
    return session.exec(found.limit(1)).first() is not None


def forget_ended(session: Session, *, before: datetime) -> None:
    """Remove what ended before a time."""
    session.execute(delete(AlertMute).where(col(AlertMute.until) < before))


def view_of(session: Session, row: AlertMute) -> MuteView:
    """A mute for its owner."""
    return views_of(session, [row])[0]


def views_of(session: Session, rows: Sequence[AlertMute]) -> list[MuteView]:
    """Mutes for their owner, with the names of what is muted and of the rules."""
    refs = {row.id: EntityRef(row.entity_type, row.entity_id) for row in rows}
    named = name_entities(session, refs.values())
    wanted = {row.rule_id for row in rows if row.rule_id}
    found = select(AlertRule.id, AlertRule.name).where(col(AlertRule.id).in_(wanted))
    rule_names = dict(session.exec(found).all())
    return [
        MuteView(
            **row.model_dump(exclude={"user_id"}),
            name=named[refs[row.id]].name,
            path=named[refs[row.id]].path,
            rule_name=rule_names.get(row.rule_id) if row.rule_id else None,
        )
        for row in rows
    ]


def _holds(now: datetime) -> ColumnElement[bool]:
    return or_(col(AlertMute.until).is_(None), col(AlertMute.until) > now)


def _find_same(session: Session, actor: Actor, draft: MuteDraft) -> AlertMute | None:
    return session.exec(
        select(AlertMute)
        .where(
            AlertMute.user_id == actor.user_id,
            AlertMute.entity_id == draft.entity_id,
            col(AlertMute.rule_id).is_not_distinct_from(draft.rule_id),
        )
        .with_for_update()
    ).one_or_none()


def _require_room(session: Session, actor: Actor) -> None:
    held = select(func.count()).select_from(AlertMute).where(AlertMute.user_id == actor.user_id)
    if session.exec(held).one() >= MAX_MUTES:
        raise TooManyOfThem(f"An account mutes at most {MAX_MUTES} entities. Let one speak again first.")
