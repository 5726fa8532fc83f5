"""The channels of an account: the list, what is done with them, and a test's result as it comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from omnisonic.insight.alerts import channel_actions
from omnisonic.insight.alerts.channel_words import ChannelLine, problem_words
from omnisonic.insight.alerts.models import ChannelType
from omnisonic.insight.alerts.schemas import ChannelPatch
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import UnitOfWork, in_thread
from omnisonic.platform.errors import OmnisonicError, VersionConflict
from omnisonic.platform.ids import parse_id
from omnisonic.platform.settings import get_settings
from omnisonic.platform.ui.notices import tell, warn
from omnisonic.platform.ui.watching import LookAgainState

OVERTAKEN = (
    "It was changed elsewhere meanwhile: the list behind shows how it is now. Save again to set what you "
    "wrote here."
)
STILL_UNDER_WAY = "The test is still on its way. The history tells what becomes of it."


class ChannelsState(LookAgainState, rx.State):
    """The caller's channels, newest first. `secret` is a webhook's, right after it was made."""

    path: ClassVar[str] = "/alerts"
    looks_max: ClassVar[int] = 60

    is_loaded: bool = False
    load_problem: str = ""
    is_admin: bool = False
    most_per_hour: int = 0
    lines: rx.Field[list[ChannelLine]] = rx.field(default_factory=list)
    kind: str = ChannelType.EMAIL.value
    problem: str = ""
    secret: str = ""
    form_key: int = 0
    adding: int = 0  # counts; a change opens or closes a dialog
    editing: int = 0
    closed: int = 0
    chosen: rx.Field[ChannelLine] = rx.field(default_factory=ChannelLine)
    _tests: rx.Field[dict[str, str]] = rx.field(default_factory=dict)  # channel → test message under way

    @rx.event
    @guarded
    async def load(self) -> None:
        """The list as it is now; a secret shown before is gone."""
        self.load_problem = self.secret = self.problem = ""
        actor = current_actor()
        self.is_admin = actor.role is Role.ADMIN
        self.most_per_hour = get_settings().alert_rate_limit_per_hour
        await self._look(actor)

    @rx.event
    @guarded
    async def begin(self) -> None:
        """An empty form; it opens once it is empty, so that no word typed is lost."""
        self.problem = self.secret = ""
        self.form_key += 1
        self.adding += 1

    @rx.event
    @guarded
    async def choose_kind(self, kind: str) -> None:
        """What kind of channel to add."""
        self.kind = kind if kind in set(ChannelType) else ChannelType.EMAIL.value
        self.problem = ""

    @rx.event
    @guarded
    async def choose(self, channel_id: str) -> None:
        """The channel that a dialog is about."""
        self._choose(channel_id)

    @rx.event
    @guarded
    async def edit(self, channel_id: str) -> None:
        """The form filled with a channel; it opens once it is filled."""
        self._choose(channel_id)
        self.editing += 1

    @rx.event
    @guarded
    async def forget_secret(self) -> None:
        """Take the secret off the page."""
        self.secret = ""

    @rx.event
    @guarded
    async def create(self, form: dict[str, Any]) -> Any:
        """Make a channel; a webhook's secret is shown this once."""
        self.problem = ""
        actor = current_actor()
        try:
            line, secret = await in_thread(channel_actions.create, actor, ChannelType(self.kind), form)
        except OmnisonicError as error:
            self.problem = problem_words(error)
            return None
        await self._look(actor)
        self.secret = secret or ""
        if secret:
            return None
        self.closed += 1
        words = "" if line.is_confirmed else "Its address got a mail with a link that confirms it."
        return tell(f"{line.name} was added", words)

    @rx.event
    @guarded
    async def save(self, form: dict[str, Any]) -> Any:
        """Change the chosen channel; with another URL a webhook has another secret, shown this once."""
        self.problem = ""
        actor, before = current_actor(), self.chosen
        try:
            line, secret = await in_thread(channel_actions.save, actor, before, form)
        except VersionConflict:
            self.problem = OVERTAKEN
            await self._look(actor)
            self.chosen = next((one for one in self.lines if one.id == before.id), before)
            return None
        except OmnisonicError as error:
            self.problem = problem_words(error)
            await self._look(actor)
            return None
        await self._look(actor)
        self.secret = secret or ""
        if secret:
            return None
        self.closed += 1
        asked = before.is_confirmed and not line.is_confirmed
        return tell("Saved", "The new address got a mail with a link that confirms it." if asked else "")

    @rx.event
    @guarded
    async def switch(self, channel_id: str, on: bool) -> Any:
        """Turn a channel on or off."""
        line = next((one for one in self.lines if one.id == channel_id), None)
        if line is None:
            return None
        patch = ChannelPatch(version=line.version, enabled=bool(on))
        return await self._change(
            channel_id, lambda uow, actor, found: channel_actions.patch_channel(uow, actor, found, patch)
        )

    @rx.event
    @guarded
    async def ask_again(self, channel_id: str) -> Any:
        """Mail the link that confirms an address once more."""
        refusal = await self._change(channel_id, channel_actions.ask_again)
        return refusal or tell("A new link is on its way", "Earlier links do not work any more.")

    @rx.event
    @guarded
    async def rotate(self) -> Any:
        """Give the chosen webhook a new secret; it is shown this once."""
        actor, found = current_actor(), parse_id(self.chosen.id)
        if found is None:
            return
        self.secret = await in_thread(channel_actions.rotate, actor, found)
        await self._look(actor)

    @rx.event
    @guarded
    async def remove(self) -> Any:
        """Remove the chosen channel."""
        refusal = await self._change(self.chosen.id, channel_actions.remove)
        self.closed += 1
        return refusal or tell(f"{self.chosen.name} was removed", "Rules go on without it.")

    @rx.event
    @guarded
    async def test(self, channel_id: str) -> Any:
        """Send a test message and watch for what becomes of it."""
        found = parse_id(channel_id)
        if found is None:
            return None
        delivery_id = await in_thread(channel_actions.send_test, current_actor(), found)
        self._tests = {**self._tests, channel_id: delivery_id}
        self._show_test(channel_id, "plain", "The test is on its way …")
        return ChannelsState.watch

    def _choose(self, channel_id: str) -> None:
        self.problem = self.secret = ""
        line = next((one for one in self.lines if one.id == channel_id), None)
        if line is not None:
            self.chosen = line
            self.form_key += 1

    async def _look_again(self, actor: Actor) -> bool:
        async with self:
            await self._look_at_tests(actor)
            return bool(self._tests)

    def _give_up(self) -> None:
        for channel_id in self._tests:
            self._show_test(channel_id, "warn", STILL_UNDER_WAY)
        self._tests = {}

    async def _look_at_tests(self, actor: Actor) -> None:
        for channel_id, (kind, words) in (
            await in_thread(channel_actions.test_results, actor, dict(self._tests))
        ).items():
            self._show_test(channel_id, kind, words)
            if kind != "plain":
                self._tests = {key: value for key, value in self._tests.items() if key != channel_id}

    def _show_test(self, channel_id: str, kind: str, words: str) -> None:
        self.lines = [
            replace(one, test_kind=kind, test_words=words) if one.id == channel_id else one
            for one in self.lines
        ]

    async def _change(self, channel_id: str, change: Callable[[UnitOfWork, Actor, UUID], object]) -> Any:
        """Do it and show the list; an event that tells of a refusal, or None."""
        actor, found = current_actor(), parse_id(channel_id)
        try:
            await in_thread(channel_actions.within, actor, found, change)
        except OmnisonicError as error:
            return warn(error.title, problem_words(error))
        finally:
            await self._look(actor)
        return None

    async def _look(self, actor: Actor) -> None:
        shown = {one.id: (one.test_kind, one.test_words) for one in self.lines}
        lines = await in_thread(channel_actions.find_lines, actor)
        for line in lines:
            line.test_kind, line.test_words = shown.get(line.id, ("", ""))
        self.lines, self.is_loaded = lines, True
