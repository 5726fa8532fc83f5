"""The drawer in which a rule is written, with what it would have found."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import reflex as rx

from omnisonic.insight.alerts import rules
from omnisonic.insight.alerts.preview import preview_rule
from omnisonic.insight.alerts.rule_form import TEXTS, Chosen, RuleForm, draft_of, form_of, names_in
from omnisonic.insight.alerts.rule_state import RulesState, channel_names, names_of
from omnisonic.insight.alerts.rule_view import PreviewLines, preview_lines, sentence_of
from omnisonic.insight.alerts.schemas import MAX_ENTITIES, RuleDraft, RulePatch
from omnisonic.insight.alerts.templates import MAX_TEMPLATE_CHARS
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.errors import InvalidFields, OmnisonicError
from omnisonic.platform.ids import parse_id
from omnisonic.platform.ui.notices import tell, warn

MAX_NAME_CHARS = 300


class RuleFormState(rx.State):
    """What is chosen. `opened` and `closed` count, for the drawer."""

    opened: int = 0
    closed: int = 0
    form: rx.Field[RuleForm] = rx.field(default_factory=RuleForm)
    channels: rx.Field[list[Chosen]] = rx.field(default_factory=list)
    sentence: str = ""
    problem: str = ""
    preview_phase: str = "none"
    preview_problem: str = ""
    preview: rx.Field[PreviewLines] = rx.field(default_factory=PreviewLines)
    _looks: int = 0

    @rx.event
    @guarded
    async def begin(self) -> None:
        """A new rule."""
        self._open(RuleForm(), await in_thread(_channels, current_actor()))

    @rx.event
    @guarded
    async def edit(self, rule_id: str) -> Any:
        """A rule that is there."""
        found = parse_id(rule_id)
        if found is None:
            return None
        try:
            form, told = await in_thread(_read, current_actor(), found)
        except OmnisonicError as error:
            return warn(error.title, error.detail)
        self._open(form, told)
        return None

    @rx.event
    @guarded
    async def write(self, name: str, words: str) -> None:
        """One choice of the sentence or the details."""
        if name in TEXTS:
            self._put(**{name: str(words)[:MAX_TEMPLATE_CHARS]})

    @rx.event
    @guarded
    async def add(self, entity_id: str, name: str, _kind: str) -> None:
        """One more that the rule is about."""
        found = parse_id(entity_id)
        named = self.form.named
        if found is None or len(named) >= MAX_ENTITIES or any(one.id == str(found) for one in named):
            return
        self._put(named=[*named, Chosen(str(found), name[:MAX_NAME_CHARS])])

    @rx.event
    @guarded
    async def drop(self, entity_id: str) -> None:
        """One less."""
        self._put(named=[one for one in self.form.named if one.id != entity_id])

    @rx.event
    @guarded
    async def choose_holder(self, entity_id: str, name: str) -> None:
        """Whose works count."""
        found = parse_id(entity_id)
        if found is not None:
            self._put(holder=Chosen(str(found), name[:MAX_NAME_CHARS]))

    @rx.event
    @guarded
    async def choose_channel(self, channel_id: str, is_on: bool) -> None:
        """Whether the rule tells a channel."""
        known = {one.id for one in self.channels}
        kept = [one for one in self.form.channel_ids if one != channel_id and one in known]
        self._put(channel_ids=[*kept, channel_id] if is_on and channel_id in known else kept)

    @rx.event
    @guarded
    async def choose_resolved(self, is_on: bool) -> None:
        """Whether it also says when it is over."""
        self._put(notify_resolved=bool(is_on))

    @rx.event
    @guarded
    async def save(self) -> Any:
        """Keep the rule."""
        self.problem = ""
        try:
            draft = draft_of(self.form)
            await in_thread(_save, current_actor(), self.form.id, self.form.version, draft)
        except OmnisonicError as error:
            self.problem = error.detail
            return None
        self.closed += 1
        return [tell("The rule is kept", "It looks at what comes from now on."), RulesState.refresh]

    @rx.event(background=True)
    @guarded
    async def look_back(self) -> None:
        """When the rule would have fired in the last 30 days."""
        actor = current_actor()
        async with self:
            self.problem = self.preview_problem = ""
            try:
                draft = draft_of(self.form)
            except InvalidFields as error:
                self.problem = error.detail
                return
            self._looks += 1
            look, self.preview_phase = self._looks, "loading"
        try:
            found, problem = await in_thread(_preview, actor, draft), ""
        except OmnisonicError as error:
            found, problem = PreviewLines(), error.detail
        async with self:
            if look == self._looks:
                self.preview, self.preview_problem = found, problem
                self.preview_phase = "failed" if problem else "ready"

    def _open(self, form: RuleForm, told: list[Chosen]) -> None:
        self.channels = told
        self.problem = ""
        self.form = form
        self._put()
        self.opened += 1

    def _put(self, **chosen: Any) -> None:
        """Choose; what was found before is not what the rule says now."""
        self.form = replace(self.form, **chosen)
        self.preview_phase, self.preview = "none", PreviewLines()
        self._looks += 1
        try:
            draft = draft_of(self.form)
        except InvalidFields as error:
            self.sentence = error.detail
            return
        told = {UUID(one.id): one.name for one in self.channels}
        parts = sentence_of(draft, names=names_in(self.form), channels=told)
        self.sentence = "".join(part.words for part in parts)


def _channels(actor: Actor) -> list[Chosen]:
    with read_session() as session:
        return [Chosen(str(one), name) for one, name in channel_names(session, actor).items()]


def _read(actor: Actor, rule_id: UUID) -> tuple[RuleForm, list[Chosen]]:
    with read_session() as session:
        view = rules.view_of(session, rules.get_rule(session, actor, rule_id=rule_id))
        form = form_of(view, names=names_of(session, [view.scope]))
    return form, _channels(actor)


def _preview(actor: Actor, draft: RuleDraft) -> PreviewLines:
    with read_session() as session:
        return preview_lines(preview_rule(session, actor, draft=draft))


@repeatable
def _save(actor: Actor, rule_id: str, version: int, draft: RuleDraft) -> None:
    with unit_of_work() as uow:
        if not rule_id:
            rules.create_rule(uow, actor, draft=draft)
            return
        patch = RulePatch.model_validate(draft.model_dump(by_alias=False) | {"version": version})
        rules.update_rule(uow, actor, rule_id=UUID(rule_id), patch=patch)
