"""`/alerts`: the rules of an account, and keeping one quiet, off or away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

import reflex as rx
from sqlmodel import Session

from omnisonic.insight.alerts import channels, rules
from omnisonic.insight.alerts.rule_view import RuleLine, line_of
from omnisonic.insight.alerts.schemas import RuleDraft, RulePatch, RuleScope, SnoozeRequest
from omnisonic.insight.entities import UNKNOWN, name_entities
from omnisonic.insight.news import EntityType
from omnisonic.insight.store.filters import EntityRef
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.ids import parse_id, utc_now
from omnisonic.platform.pagination import Page
from omnisonic.platform.ui.notices import tell, warn

TABS = ("rules", "channels", "history", "muted", "quiet")
LIST_ROWS = rules.MAX_RULES
CHANNEL_ROWS = 200
HOURS_MAX = 24 * 366


class RulesState(rx.State):
    """The rules, newest first, and which part of the page is open."""

    phase: str = "loading"
    load_problem: str = ""
    tab: str = TABS[0]
    lines: rx.Field[list[RuleLine]] = rx.field(default_factory=list)
    snoozing_id: str = ""
    snoozing_name: str = ""
    snooze_opened: int = 0
    snooze_closed: int = 0
    removed_words: str = ""
    _removed: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)

    @rx.event
    @guarded
    async def load(self) -> None:
        """The part in the address, and the rules as they are now."""
        asked = str(self.router.url.query_parameters.get("tab", ""))
        self.tab = asked if asked in TABS else TABS[0]
        self._removed, self.removed_words = {}, ""
        await self._look()

    @rx.event
    @guarded
    async def refresh(self) -> None:
        """A rule was written."""
        await self._look()

    @rx.event
    @guarded
    async def switch(self, rule_id: str, is_on: bool) -> Any:
        """Turn a rule on or off."""
        version = next((line.version for line in self.lines if line.id == rule_id), 0)
        problem = await self._change(rule_id, _switch, RulePatch(version=version, enabled=bool(is_on)))
        return problem or tell("The rule is on" if is_on else "The rule is off")

    @rx.event
    @guarded
    async def ask_snooze(self, rule_id: str) -> None:
        """Ask for how long a rule should keep quiet."""
        for line in self.lines:
            if line.id == rule_id:
                self.snoozing_id, self.snoozing_name = line.id, line.name
                self.snooze_opened += 1

    @rx.event
    @guarded
    async def snooze(self, hours: int) -> Any:
        """Keep the rule quiet that was asked about."""
        until = utc_now() + timedelta(hours=min(max(int(hours), 1), HOURS_MAX))
        self.snooze_closed += 1
        return await self._change(self.snoozing_id, _snooze, SnoozeRequest(until=until))

    @rx.event
    @guarded
    async def wake(self, rule_id: str) -> Any:
        """Let a rule speak again."""
        return await self._change(rule_id, _snooze, SnoozeRequest(until=None))

    @rx.event
    @guarded
    async def remove(self, rule_id: str) -> Any:
        """Remove a rule; `undo_remove` writes it again."""
        found = parse_id(rule_id)
        if found is None:
            return None
        try:
            removed = await in_thread(_remove, current_actor(), found)
        except OmnisonicError as error:
            return warn(error.title, error.detail)
        self._removed, self.removed_words = removed, f"The rule “{removed['name']}” was removed"
        await self._look()
        return None

    @rx.event
    @guarded
    async def undo_remove(self) -> Any:
        """Write the rule again that was removed last; it begins anew with every entity."""
        given, self._removed, self.removed_words = self._removed, {}, ""
        if not given:
            return None
        try:
            await in_thread(_create, current_actor(), RuleDraft.model_validate(given))
        except OmnisonicError as error:
            return warn(error.title, error.detail)
        await self._look()
        return None

    @rx.event
    @guarded
    async def forget_remove(self) -> None:
        """Take the undo bar away."""
        self._removed, self.removed_words = {}, ""

    async def _change(self, rule_id: str, change: Any, wanted: Any) -> Any:
        """Change one rule and show the list; an event that warns where that was refused."""
        found = parse_id(rule_id)
        if found is None:
            return None
        problem = None
        try:
            await in_thread(change, current_actor(), found, wanted)
        except OmnisonicError as error:
            problem = warn(error.title, error.detail)
        await self._look()
        return problem

    async def _look(self) -> None:
        try:
            self.lines = await in_thread(_list, current_actor())
        except OmnisonicError as error:
            self.load_problem = error.detail
            return
        self.phase, self.load_problem = "ready", ""


def names_of(session: Session, scopes: Iterable[RuleScope]) -> dict[UUID, str]:
    """The names of what scopes name; an id belongs to one entity, whatever its type."""
    ids: set[UUID] = set()
    for scope in scopes:
        ids |= set(scope.entity_ids)
        if scope.right_holder is not None:
            ids.add(scope.right_holder.contributor_id)
    refs = [EntityRef(kind, one) for one in ids for kind in EntityType]
    found = name_entities(session, refs)
    return {ref.entity_id: named.name for ref, named in found.items() if named.name != UNKNOWN}


def channel_names(session: Session, actor: Actor) -> dict[UUID, str]:
    """The account's channels by name, newest first."""
    found = channels.list_channels(session, actor, page=Page(limit=CHANNEL_ROWS)).channels
    return {one.id: one.name for one in found}


def _list(actor: Actor) -> list[RuleLine]:
    now = utc_now()
    with read_session() as session:
        views = rules.list_rules(session, actor, page=Page(limit=LIST_ROWS)).rules
        names = names_of(session, [view.scope for view in views])
        told = channel_names(session, actor)
    return [line_of(view, names=names, channels=told, now=now) for view in views]


@repeatable
def _switch(actor: Actor, rule_id: UUID, patch: RulePatch) -> None:
    with unit_of_work() as uow:
        rules.update_rule(uow, actor, rule_id=rule_id, patch=patch)


@repeatable
def _snooze(actor: Actor, rule_id: UUID, request: SnoozeRequest) -> None:
    with unit_of_work() as uow:
        rules.snooze_rule(uow, actor, rule_id=rule_id, request=request)


@repeatable
def _create(actor: Actor, draft: RuleDraft) -> None:
    with unit_of_work() as uow:
        rules.create_rule(uow, actor, draft=draft)


@repeatable
def _remove(actor: Actor, rule_id: UUID) -> dict[str, Any]:
    """Remove a rule; returns what writing it again needs."""
    with unit_of_work() as uow:
        view = rules.view_of(uow.session, rules.get_rule(uow.session, actor, rule_id=rule_id))
        rules.delete_rule(uow, actor, rule_id=rule_id)
    return {
        name: value
        for name, value in view.model_dump(mode="json", by_alias=False).items()
        if name in RuleDraft.model_fields
    }
