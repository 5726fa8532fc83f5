"""What the pages of works, recordings and contributors do alike: show, and edit without losing words."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from omnisonic.core.catalog.entry_view import PATHS, AlikeLine, EntryFrame, alike_of
from omnisonic.core.catalog.errors import IdentifierTaken
from omnisonic.core.catalog.identifier_words import why_not
from omnisonic.core.catalog.merge_state import MergeState
from omnisonic.core.identifiers import Scheme
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session
from omnisonic.platform.errors import NotFound, OmnisonicError, VersionConflict
from omnisonic.platform.ids import parse_id
from omnisonic.platform.ui.notices import tell

Fields = dict[str, str]
NOT_IN_A_FIELD = "form"
ABOUT_ID = "about-entry"  # has the focus when the form is gone


@dataclass
class Clash:
    """A field that two people changed at once."""

    label: str
    mine: str
    theirs: str


class EntryState(MergeState, rx.State, mixin=True):
    """One entry of the catalog. `phase`: loading, ready or missing.

    While someone edits, changes of others are shown around the form, never inside it; saving then asks
    which words to keep, and only about fields that both changed.
    """

    labels: ClassVar[Fields]

    phase: str = "loading"
    load_problem: str = ""
    frame: rx.Field[EntryFrame] = rx.field(default_factory=EntryFrame)
    alike: rx.Field[list[AlikeLine]] = rx.field(default_factory=list)
    is_editing: bool = False
    is_behind: bool = False
    form: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    form_key: int = 0
    problems: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    problem_href: str = ""
    clashes: rx.Field[list[Clash]] = rx.field(default_factory=list)
    _edit_version: int = 0
    _mine: Fields | None = None

    @rx.event
    @guarded
    async def load(self) -> AsyncIterator[Any]:
        """The entry that the address names; what was shown before goes first."""
        self.load_problem = ""
        asked = self.router.url.path.rstrip("/").rpartition("/")[2]
        if asked != self.entry_id:
            self.phase, self.entry_id, self.alike = "loading", asked, []
            self._forget()
            yield
        entry_id = parse_id(asked)
        if entry_id is None:
            self.phase = "missing"
            return
        try:
            await self._look(current_actor(), entry_id)
        except NotFound:
            self.phase = "missing"
            return
        self.phase = "ready"
        if self.frame.id != asked:  # it was merged: the address says where it went
            yield rx.redirect(f"/catalog/{PATHS[self.table]}/{self.frame.id}", replace=True)
            return
        yield type(self).look_for_alike

    @rx.event
    @guarded
    async def refresh(self) -> None:
        """Show what someone else changed; what is being written stays."""
        entry_id = parse_id(self.entry_id)
        if entry_id is None or self.phase != "ready":
            return
        before = self.frame.version
        await self._look(current_actor(), entry_id)
        if self.is_editing and self.frame.version != before:
            self.is_behind = True

    @rx.event
    @guarded
    async def look_for_alike(self) -> None:
        """Find entries that may be the same; after the page is there, because it may take a moment."""
        entry_id = parse_id(self.entry_id)
        if entry_id is not None:
            self.alike = await in_thread(_alike, current_actor(), self.table, entry_id)

    @rx.event
    @guarded
    async def start_editing(self) -> None:
        """Open the form with the entry as it is now."""
        self._forget()
        self.form, self._edit_version = self._fields(), self.frame.version
        self.form_key += 1
        self.is_editing = True

    @rx.event
    @guarded
    async def stop_editing(self) -> Any:
        """Close the form and keep nothing of it."""
        self._forget()
        return rx.set_focus(ABOUT_ID)

    @rx.event
    @guarded
    async def save_form(self, form: dict[str, Any]) -> Any:
        """Save the fields that the caller changed."""
        written = {name: str(form.get(name, "")).strip() for name in self.form}
        changed = {name: value for name, value in written.items() if value != self.form[name]}
        return await self._save(current_actor(), changed, dict(self.form), self._edit_version)

    @rx.event
    @guarded
    async def rename(self, title: str) -> Any:
        """Change the title where it stands."""
        title = " ".join(title.split())
        name, shown = next(iter(self._fields().items()))
        if not title or title == shown:
            return None
        return await self._save(current_actor(), {name: title}, {name: shown}, self.frame.version)

    @rx.event
    @guarded
    async def rename_by_enter(self, form: dict[str, Any]) -> Any:
        """The same, when Enter was pressed."""
        renaming: Any = type(self).rename
        return renaming(str(form.get("title", "")))

    @rx.event
    @guarded
    async def keep_mine(self) -> Any:
        """Save over what the other one wrote in the fields that both changed."""
        return await self._save(current_actor(), dict(self._mine or {}), self._fields(), self.frame.version)

    @rx.event
    @guarded
    async def take_theirs(self) -> Any:
        """Leave the entry as the other one wrote it."""
        self._forget()
        return tell("Kept as it is", "Your changes were not saved.")

    async def _save(self, actor: Actor, changed: Fields, base: Fields, version: int) -> Any:
        """Write `changed`; `base` is what the caller saw, at `version`."""
        entry_id = parse_id(self.entry_id)
        if entry_id is None or not changed:
            self._forget()
            return None
        self.problems, self.problem_href, self.clashes = {}, "", []
        words = "Others see it from now on."
        try:
            await in_thread(self._write, actor, entry_id, changed, version)
        except VersionConflict:
            await self._look(actor, entry_id)
            theirs = self._fields()
            both = [name for name, value in changed.items() if theirs[name] not in (base[name], value)]
            if both:
                self._mine, self.is_behind = changed, False
                self.clashes = [Clash(self.labels[name], changed[name], theirs[name]) for name in both]
                return None
            words = "Someone else changed other fields meanwhile. Both are kept."
            await in_thread(self._write, actor, entry_id, changed, self.frame.version)
        except IdentifierTaken as error:
            self._show_taken(error)
            return None
        except OmnisonicError as error:
            self._show_problem(error, changed)
            return None
        was_editing = self.is_editing
        self._forget()
        await self._look(actor, entry_id)
        focus = [rx.set_focus(ABOUT_ID)] if was_editing else []
        return [tell("Saved", words), *focus, type(self).look_for_alike]

    def _show_problem(self, error: OmnisonicError, changed: Fields) -> None:
        told = {one.field: one.message for one in error.errors}
        for scheme in Scheme:
            if scheme.value in told and scheme.value in changed:
                told[scheme.value] = why_not(scheme, changed[scheme.value]) or told[scheme.value]
        self.problems = told or {NOT_IN_A_FIELD: error.detail}

    def _show_taken(self, error: IdentifierTaken) -> None:
        current = error.current or {}
        self.problems = {NOT_IN_A_FIELD: error.detail}
        self.problem_href = f"/catalog/{current.get('type')}s/{current.get('id')}" if current else ""

    def _forget(self) -> None:
        self.is_editing = self.is_behind = False
        self.problems, self.problem_href, self.clashes, self._mine = {}, "", [], None

    def _forget_alike(self) -> None:
        self.alike = []

    @abstractmethod
    def _fields(self) -> Fields:
        """What the form changes, as it reads now; the title first."""

    @staticmethod
    @abstractmethod
    def _write(actor: Actor, entry_id: UUID, changed: Fields, version: int) -> None:
        """Save fields. Raises `VersionConflict` unless the entry is at `version`."""


def _alike(actor: Actor, table: Any, entry_id: UUID) -> list[AlikeLine]:
    with read_session() as session:
        return alike_of(session, actor, table=table, entity_id=entry_id)
