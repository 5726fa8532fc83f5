"""Making and changing rules. Those of others are answered as if they were not there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from omnisonic.insight.alerts import repository
from omnisonic.insight.alerts.errors import TooManyOfThem
from omnisonic.insight.alerts.models import AlertRule
from omnisonic.insight.alerts.schemas import (
    RuleDraft,
    RuleList,
    RulePatch,
    RuleScope,
    RuleView,
    SnoozeRequest,
)
from omnisonic.insight.alerts.templates import check_template
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import FieldError, InvalidFields, NotFound, VersionConflict
from omnisonic.platform.ids import utc_now
from omnisonic.platform.pagination import Page

MAX_RULES = 100
SNOOZE_MAX = timedelta(days=366)
CONDITION = {"kind", "scope", "min_confidence", "threshold", "window_minutes", "enabled"}


def list_rules(session: Session, actor: Actor, *, page: Page) -> RuleList:
    """The caller's rules, newest first."""
    rows, cursor = repository.list_rules(session, actor, page=page)
    return RuleList(rules=views_of(session, rows), next_cursor=cursor)


def get_rule(session: Session, actor: Actor, *, rule_id: UUID, for_update: bool = False) -> AlertRule:
    """A rule of the caller's. Raises `NotFound`."""
    found = repository.find_rule(session, actor, rule_id=rule_id, for_update=for_update)
    if found is None:
        raise NotFound("There is no such rule of yours.")
    return found


def create_rule(uow: UnitOfWork, actor: Actor, *, draft: RuleDraft) -> AlertRule:
    """Make a rule; it looks at what comes from now on. Raises `InvalidFields`, `InvalidTemplate`,
    `TooManyOfThem`, `NotFound` for a channel that is not the caller's.
    """
    repository.lock_account(uow.session, actor.user_id)
    if repository.count_owned(uow.session, AlertRule, user_id=actor.user_id) >= MAX_RULES:
        raise TooManyOfThem(f"An account has at most {MAX_RULES} rules. Remove one first.")
    _check_channels(uow.session, actor, draft.channel_ids)
    columns = draft.model_dump(by_alias=False, exclude={"channel_ids", "scope", "template"})
    row = AlertRule(
        user_id=actor.user_id,
        scope=draft.scope.model_dump(mode="json"),
        template=_template(draft.template),
        **columns,
    )
    uow.session.add(row)
    uow.session.flush()
    repository.set_rule_channels(uow.session, row.id, draft.channel_ids)
    return row


def update_rule(uow: UnitOfWork, actor: Actor, *, rule_id: UUID, patch: RulePatch) -> AlertRule:
    """Change a rule. A change of what it asks for forgets where it stood with each entity.

    Raises `VersionConflict` and what `create_rule` raises.
    """
    row = get_rule(uow.session, actor, rule_id=rule_id, for_update=True)
    if row.version != patch.version:
        raise VersionConflict(current=view_of(uow.session, row).model_dump(mode="json"))
    given = _given(patch)
    if patch.channel_ids is not None:
        _check_channels(uow.session, actor, patch.channel_ids)
        repository.set_rule_channels(uow.session, row.id, patch.channel_ids)
    changed = {name for name, value in given.items() if getattr(row, name) != value}
    for name in changed:
        setattr(row, name, given[name])
    if changed & CONDITION:
        row.error = row.notice = row.noticed_at = row.evaluated_until = None
        repository.forget_states(uow.session, row.id)
    _count(uow, row)
    return row


def delete_rule(uow: UnitOfWork, actor: Actor, *, rule_id: UUID) -> None:
    """Remove a rule; what it found stays in the history. Raises `NotFound`."""
    uow.session.delete(get_rule(uow.session, actor, rule_id=rule_id, for_update=True))


def snooze_rule(uow: UnitOfWork, actor: Actor, *, rule_id: UUID, request: SnoozeRequest) -> AlertRule:
    """Keep a rule quiet until a time, or wake it. It is still evaluated and recorded.

    Raises `NotFound`, `InvalidFields` for a time that is over or more than a year away.
    """
    check_until(request.until, now=utc_now())
    row = get_rule(uow.session, actor, rule_id=rule_id, for_update=True)
    row.snoozed_until = request.until
    row.snooze_reason = request.reason if request.until else None
    _count(uow, row)
    return row


def check_until(until: datetime | None, *, now: datetime) -> None:
    """Raise `InvalidFields` for a time of quiet that is over or more than a year away."""
    if until is not None and not now < until <= now + SNOOZE_MAX:
        message = "Choose a time from now to a year ahead."
        raise InvalidFields(message, errors=[FieldError("until", "range", message)])


def view_of(session: Session, row: AlertRule) -> RuleView:
    """A rule for its owner."""
    return views_of(session, [row])[0]


def views_of(session: Session, rows: Sequence[AlertRule]) -> list[RuleView]:
    """Rules for their owner."""
    channels = repository.channel_ids_of(session, [row.id for row in rows])
    return [_view(row, channels[row.id]) for row in rows]


def scope_of(row: AlertRule) -> RuleScope:
    """What a rule looks at."""
    return RuleScope.model_validate(row.scope)


def _view(row: AlertRule, channel_ids: list[UUID]) -> RuleView:
    shown = {name: getattr(row, name) for name in RuleView.model_fields if hasattr(row, name)}
    return RuleView(**shown | {"channel_ids": channel_ids, "scope": scope_of(row)})


def _check_channels(session: Session, actor: Actor, channel_ids: Sequence[UUID]) -> None:
    missing = set(channel_ids) - repository.own_channel_ids(session, actor, channel_ids)
    if missing:
        raise NotFound("One of these channels is not there, or not yours.")


def _template(source: str | None) -> str | None:
    return check_template(source) if source and source.strip() else None


def _given(patch: RulePatch) -> dict[str, Any]:
    given = patch.model_dump(by_alias=False, exclude={"version", "channel_ids", "scope"}, exclude_unset=True)
    given = {name: value for name, value in given.items() if value is not None or name == "template"}
    if patch.scope is not None:
        given["scope"] = patch.scope.model_dump(mode="json")
    if "template" in given:
        given["template"] = _template(given["template"])
    return given


def _count(uow: UnitOfWork, row: AlertRule) -> None:
    row.version += 1
    row.updated_at = utc_now()
    uow.session.flush()
