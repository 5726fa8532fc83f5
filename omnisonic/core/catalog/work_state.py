"""The page of a work: its fields, its shares in time, its recordings."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from omnisonic.core.catalog import works
from omnisonic.core.catalog.entry_state import EntryState, Fields
from omnisonic.core.catalog.entry_view import EntryFrame
from omnisonic.core.catalog.models import Work
from omnisonic.core.catalog.schemas import WorkChanges
from omnisonic.core.catalog.share_drafts import read_rows, write_shares
from omnisonic.core.catalog.work_recordings import Added, add_recording, attach_recording
from omnisonic.core.catalog.work_view import WorkSheet, editor_rows, view_work
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.errors import OmnisonicError, VersionConflict
from omnisonic.platform.ids import parse_id
from omnisonic.platform.ui.notices import tell

Rows = list[dict[str, Any]]
SHARES_ID = "shares-title"  # has the focus when the editor is gone


class WorkState(EntryState, rx.State):
    """One work."""

    table: ClassVar[Any] = Work
    labels: ClassVar[Fields] = {
        "title": "Title",
        "iswc": "ISWC",
        "genres": "Genres",
        "description": "Description",
    }

    sheet: rx.Field[WorkSheet] = rx.field(default_factory=WorkSheet)
    period: str = ""
    is_sharing: bool = False
    share_rows: rx.Field[list[dict[str, Any]]] = rx.field(default_factory=list)
    share_problem: str = ""
    share_clash: bool = False
    share_key: int = 0
    recording_problem: str = ""
    existing_id: str = ""
    existing_words: str = ""
    recording_key: int = 0
    _share_version: int = 0
    _written: Rows | None = None
    _written_from: str = ""

    @rx.event
    @guarded
    async def show_period(self, at: str) -> None:
        """The shares as they were, or will be."""
        known = {one.at: one.is_now for one in self.sheet.periods}
        entry_id = parse_id(self.entry_id)
        if at in known and entry_id is not None:
            self.period = "" if known[at] else at
            await self._look(current_actor(), entry_id)

    @rx.event
    @guarded
    async def edit_shares(self) -> None:
        """Open the editor with the shares in force."""
        entry_id = parse_id(self.entry_id)
        if entry_id is None:
            return
        self.period = ""
        await self._look(current_actor(), entry_id)
        self.share_rows = await in_thread(_editor_rows, entry_id)
        self._share_version = self.frame.version
        self.share_problem, self.share_clash, self.is_sharing = "", False, True
        self.share_key += 1

    @rx.event
    @guarded
    async def leave_shares(self) -> Any:
        """Close the editor; nothing is saved."""
        self.is_sharing = self.share_clash = False
        self.share_problem = ""
        return rx.set_focus(SHARES_ID)

    @rx.event
    @guarded
    async def save_shares(self, rows: list[dict[str, Any]], valid_from: str) -> Any:
        """Make these the shares; when someone else changed them meanwhile, ask first."""
        self._written, self._written_from = rows, valid_from
        return await self._save_shares(current_actor(), self._share_version)

    @rx.event
    @guarded
    async def overwrite_shares(self) -> Any:
        """Save over what the other one set."""
        return await self._save_shares(current_actor(), self.frame.version)

    @rx.event
    @guarded
    async def add_recording(self, form: dict[str, Any]) -> Any:
        """Register a recording of this work, or offer the one that has this ISRC."""
        self.recording_problem = self.existing_id = self.existing_words = ""
        work_id = parse_id(self.entry_id)
        if work_id is None:
            return None
        try:
            added = await in_thread(_add_recording, current_actor(), work_id, form)
        except OmnisonicError as error:
            self.recording_problem = error.errors[0].message if error.errors else error.detail
            return None
        if added.words:
            self.existing_id, self.existing_words = str(added.id), added.words
            return None
        self.recording_key += 1
        await self._look(current_actor(), work_id)
        return tell("Recording added", str(form.get("recording_title", ""))[:100])

    @rx.event
    @guarded
    async def attach_existing(self) -> Any:
        """Say that the recording found is one of this work."""
        work_id, recording_id = parse_id(self.entry_id), parse_id(self.existing_id)
        if work_id is None or recording_id is None:
            return None
        try:
            await in_thread(_attach, current_actor(), recording_id, work_id)
        except OmnisonicError as error:
            self.recording_problem = error.detail
            return None
        self.recording_problem = self.existing_id = self.existing_words = ""
        await self._look(current_actor(), work_id)
        return tell("Recording attached")

    @rx.event
    @guarded
    async def forget_recording(self) -> None:
        """Nothing is said about the form that opens."""
        self.recording_problem = self.existing_id = self.existing_words = ""

    async def _save_shares(self, actor: Actor, version: int) -> Any:
        entry_id = parse_id(self.entry_id)
        if entry_id is None or not self.is_sharing:
            return None
        self.share_problem, self.share_clash = "", False
        try:
            lines, starts = read_rows(self._written or [], self._written_from)
            try:
                await in_thread(_write_shares, actor, entry_id, lines, starts, version)
            except VersionConflict:
                await self._look(actor, entry_id)
                now = await in_thread(_editor_rows, entry_id)
                if now != self.share_rows:
                    self.share_clash = True
                    return None
                await in_thread(_write_shares, actor, entry_id, lines, starts, self.frame.version)
        except OmnisonicError as error:
            self.share_problem = error.errors[0].message if error.errors else error.detail
            return None
        self.is_sharing, self._written = False, None
        await self._look(actor, entry_id)
        return [tell("Shares saved", self._verdict()), rx.set_focus(SHARES_ID)]

    def _verdict(self) -> str:
        kind = self.sheet.problem_kind
        return "Every right adds up to 100 %." if not kind and self.sheet.groups else self.sheet.problem

    async def _look(self, actor: Actor, entry_id: UUID) -> None:
        if self.sheet.title == "" or self.frame.id != str(entry_id):
            self.period = ""
        at = datetime.fromisoformat(self.period) if self.period else None
        self.frame, self.sheet = await in_thread(_fetch, actor, entry_id, at)

    def _forget(self) -> None:
        super()._forget()
        if self.frame.id != self.entry_id:
            self.is_sharing = False

    def _fields(self) -> Fields:
        return {
            "title": self.sheet.title,
            "iswc": self.sheet.iswc,
            "genres": ", ".join(self.sheet.genres),
            "description": self.sheet.description,
        }

    @staticmethod
    def _write(actor: Actor, entry_id: UUID, changed: Fields, version: int) -> None:
        values: dict[str, Any] = {**changed}
        if "genres" in values:
            values["genres"] = labels_of(values["genres"])
        with unit_of_work() as uow:
            works.update_work(uow, actor, work_id=entry_id, changes=WorkChanges(**values), version=version)


def labels_of(text: str) -> list[str]:
    """Words between commas."""
    return [word for word in (part.strip() for part in text.split(",")) if word]


def _fetch(actor: Actor, work_id: UUID, at: datetime | None) -> tuple[EntryFrame, WorkSheet]:
    with read_session() as session:
        return view_work(session, actor, work_id=work_id, at=at)


def _editor_rows(work_id: UUID) -> Rows:
    with read_session() as session:
        return editor_rows(session, work_id)


def _write_shares(actor: Actor, work_id: UUID, lines: Any, starts: datetime | None, version: int) -> None:
    with unit_of_work() as uow:
        write_shares(uow, actor, work_id=work_id, lines=lines, valid_from=starts, version=version)


def _add_recording(actor: Actor, work_id: UUID, form: dict[str, Any]) -> Added:
    with unit_of_work() as uow:
        return add_recording(uow, actor, work_id=work_id, form=form)


def _attach(actor: Actor, recording_id: UUID, work_id: UUID) -> None:
    with unit_of_work() as uow:
        attach_recording(uow, actor, recording_id=recording_id, work_id=work_id)
