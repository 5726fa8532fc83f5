"""What the caller has muted: the list, muting something more, ending one early."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import reflex as rx

from omnisonic.insight.alerts import mutes
from omnisonic.insight.alerts.history_page_state import HistoryState
from omnisonic.insight.alerts.mute_schemas import MuteDraft
from omnisonic.insight.alerts.mute_words import MuteLine, mute_draft, mute_line
from omnisonic.insight.news import EntityType
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.ids import parse_id, utc_now
from omnisonic.platform.pagination import Page
from omnisonic.platform.ui.notices import tell, warn

MAX_NAME_CHARS = 300
KIND_OF_HIT = {
    "contributors": EntityType.ARTIST,
    "works": EntityType.WORK,
    "recordings": EntityType.RECORDING,
}


class MutesState(rx.State):
    """The mutes that hold, newest first, and the one that is being written."""

    is_loaded: bool = False
    load_problem: str = ""
    problem: str = ""
    lines: rx.Field[list[MuteLine]] = rx.field(default_factory=list)
    chosen_type: str = ""
    chosen_id: str = ""
    chosen_name: str = ""
    rule_id: str = ""
    form_key: int = 0
    opened: int = 0  # counts; a change opens or closes the dialog
    closed: int = 0

    @rx.event
    @guarded
    async def load(self) -> None:
        """What is muted now."""
        self.problem = ""
        await self._look(current_actor())

    @rx.event
    @guarded
    async def begin(self) -> None:
        """An empty form."""
        self._open("", "", "", rule_id="")

    @rx.event
    @guarded
    async def begin_about(self, entity_type: str, entity_id: str, name: str, rule_id: str) -> None:
        """The form about what an alert of the history was about."""
        self._open(entity_type, entity_id, name, rule_id=rule_id)

    @rx.event
    @guarded
    async def choose(self, entity_id: str, name: str, kind: str) -> None:
        """What to mute, of the hits of the search."""
        if parse_id(entity_id) is not None and kind in KIND_OF_HIT:
            self.chosen_type, self.chosen_id = str(KIND_OF_HIT[kind]), entity_id
            self.chosen_name, self.problem = name[:MAX_NAME_CHARS], ""

    @rx.event
    @guarded
    async def choose_other(self) -> None:
        """Something else."""
        self.chosen_type = self.chosen_id = self.chosen_name = ""

    @rx.event
    @guarded
    async def save(self, form: dict[str, Any]) -> Any:
        """Mute what is chosen."""
        self.problem = ""
        actor = current_actor()
        try:
            draft = mute_draft(form, entity_type=self.chosen_type, entity_id=self.chosen_id, now=utc_now())
            await in_thread(_mute, actor, draft)
        except OmnisonicError as error:
            self.problem = error.errors[0].message if error.errors else error.detail
            return None
        await self._look(actor)
        self.closed += 1
        words = "It is still looked at and written into the history."
        return [tell(f"{self.chosen_name} is muted", words), HistoryState.load]

    @rx.event
    @guarded
    async def end(self, mute_id: str) -> Any:
        """Let alerts about something come again."""
        found, actor = parse_id(mute_id), current_actor()
        if found is None:
            return None
        lines = await in_thread(_find, actor)
        name = next((line.name for line in lines if line.id == mute_id), "It")
        try:
            await in_thread(_unmute, actor, found)
        except OmnisonicError as error:
            return warn(error.title, error.detail)
        finally:
            await self._look(actor)
        told = tell(f"{name} is not muted any more", "Alerts about it are sent from now on.")
        return [told, HistoryState.load]

    def _open(self, entity_type: str, entity_id: str, name: str, *, rule_id: str) -> None:
        self.chosen_type, self.chosen_id = entity_type, entity_id
        self.chosen_name, self.rule_id, self.problem = name[:MAX_NAME_CHARS], rule_id, ""
        self.form_key += 1
        self.opened += 1

    async def _look(self, actor: Actor) -> None:
        try:
            self.lines = await in_thread(_find, actor)
        except OmnisonicError as error:
            self.load_problem = error.detail
            return
        self.is_loaded, self.load_problem = True, ""


def _find(actor: Actor) -> list[MuteLine]:
    with read_session() as session:
        found = mutes.list_mutes(session, actor, page=Page(limit=mutes.MAX_MUTES))
    return [mute_line(view) for view in found.mutes]


@repeatable
def _mute(actor: Actor, draft: MuteDraft) -> None:
    with unit_of_work() as uow:
        mutes.mute(uow, actor, draft=draft)


@repeatable
def _unmute(actor: Actor, mute_id: UUID) -> None:
    with unit_of_work() as uow:
        mutes.unmute(uow, actor, mute_id=mute_id)
