"""The page of a recording: its fields, its performers, the work it is a recording of."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from omnisonic.core.catalog import recordings
from omnisonic.core.catalog.credit_drafts import CreditRow, read_credit_rows, write_performers
from omnisonic.core.catalog.entry_state import EntryState, Fields
from omnisonic.core.catalog.entry_view import EntryFrame
from omnisonic.core.catalog.models import Recording
from omnisonic.core.catalog.recording_view import RecordingSheet, editor_credits, view_recording
from omnisonic.core.catalog.schemas import RecordingDraft
from omnisonic.core.catalog.work_recordings import attach_recording, read_clock, read_day, read_isrc
from omnisonic.core.catalog.work_state import labels_of
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.errors import OmnisonicError, VersionConflict
from omnisonic.platform.ids import parse_id
from omnisonic.platform.ui.notices import tell

PERFORMERS_ID = "performers-title"  # has the focus when the editor is gone
OVERTAKEN = (
    "{who} changed the performers meanwhile; they now read “{line}”. Your rows are still here: save again to"
    " put them in the place of those, or cancel to see them."
)


class RecordingState(EntryState, rx.State):
    """One recording."""

    table: ClassVar[Any] = Recording
    labels: ClassVar[Fields] = {
        "title": "Title",
        "primaryArtist": "Artist",
        "isrc": "ISRC",
        "durationSeconds": "Length",
        "releasedOn": "Released",
        "genres": "Genres",
    }

    sheet: rx.Field[RecordingSheet] = rx.field(default_factory=RecordingSheet)
    work_problem: str = ""
    is_crediting: bool = False
    credit_rows: rx.Field[list[dict[str, Any]]] = rx.field(default_factory=list)
    credit_line: str = ""
    credit_problem: str = ""
    credit_key: int = 0
    _credit_version: int = 0

    @rx.event
    @guarded
    async def attach(self, work_id: str) -> Any:
        """Say of which work this is a recording; an empty id takes it from its work."""
        recording_id, work = parse_id(self.entry_id), parse_id(work_id)
        if recording_id is None or (work is None and work_id):
            return None
        self.work_problem = ""
        try:
            await in_thread(_attach, current_actor(), recording_id, work)
        except OmnisonicError as error:
            self.work_problem = error.detail
            return None
        await self._look(current_actor(), recording_id)
        return tell("Attached" if work else "Detached", self.sheet.work_title)

    @rx.event
    @guarded
    async def pick_work(self, work_id: str, _title: str) -> Any:
        """The choice of the search below "Work"."""
        attaching: Any = RecordingState.attach
        return attaching(work_id)

    @rx.event
    @guarded
    async def edit_credits(self) -> None:
        """Open the editor with the performers as they are now."""
        entry_id = parse_id(self.entry_id)
        if entry_id is None:
            return
        await self._look(current_actor(), entry_id)
        self.credit_rows, self.credit_line = editor_credits(self.sheet), self.sheet.artist
        self._credit_version = self.frame.version
        self.credit_problem, self.is_crediting = "", True
        self.credit_key += 1

    @rx.event
    @guarded
    async def leave_credits(self) -> Any:
        """Close the editor; nothing is saved."""
        self.is_crediting, self.credit_problem = False, ""
        return rx.set_focus(PERFORMERS_ID)

    @rx.event
    @guarded
    async def save_credits(self, rows: list[dict[str, Any]], line: str) -> Any:
        """Make these the performers; when someone else changed them meanwhile, say so first."""
        entry_id, actor = parse_id(self.entry_id), current_actor()
        if entry_id is None or not self.is_crediting:
            return None
        self.credit_problem = ""
        try:
            checked = read_credit_rows(rows)
            try:
                await in_thread(_write_credits, actor, entry_id, checked, line, self._credit_version)
            except VersionConflict:
                await self._look(actor, entry_id)
                self._credit_version = self.frame.version
                if (editor_credits(self.sheet), self.sheet.artist) != (self.credit_rows, self.credit_line):
                    self.credit_problem = OVERTAKEN.format(who=self.frame.last_by, line=self.sheet.artist)
                    return None
                await in_thread(_write_credits, actor, entry_id, checked, line, self._credit_version)
        except OmnisonicError as error:
            self.credit_problem = error.errors[0].message if error.errors else error.detail
            return None
        self.is_crediting = False
        await self._look(actor, entry_id)
        return [tell("Performers saved", self.sheet.artist), rx.set_focus(PERFORMERS_ID)]

    def _forget(self) -> None:
        super()._forget()
        if self.frame.id != self.entry_id:
            self.is_crediting = False

    async def _look(self, actor: Actor, entry_id: UUID) -> None:
        self.frame, self.sheet = await in_thread(_fetch, actor, entry_id)

    def _fields(self) -> Fields:
        return {
            "title": self.sheet.title,
            "primaryArtist": self.sheet.artist,
            "isrc": self.sheet.isrc,
            "durationSeconds": self.sheet.duration,
            "releasedOn": self.sheet.released_on,
            "genres": ", ".join(self.sheet.genres),
        }

    @staticmethod
    def _write(actor: Actor, entry_id: UUID, changed: Fields, version: int) -> None:
        values: dict[str, Any] = {}
        if "isrc" in changed:
            values["isrc"] = read_isrc(changed["isrc"])
        if "durationSeconds" in changed:
            values["duration_ms"] = read_clock(changed["durationSeconds"])
        if "releasedOn" in changed:
            values["released_on"] = read_day(changed["releasedOn"])
        if "genres" in changed:
            values["genres"] = labels_of(changed["genres"])
        with unit_of_work() as uow:
            found = recordings.get_recording(uow.session, actor, recording_id=entry_id)
            draft = RecordingDraft(
                title=changed.get("title", found.title),
                primary_artist=changed.get("primaryArtist", found.primary_artist),
                recording_id=found.id,
                version=version,
                **values,
            )
            recordings.upsert_recording(uow, actor, draft=draft)


def _fetch(actor: Actor, recording_id: UUID) -> tuple[EntryFrame, RecordingSheet]:
    with read_session() as session:
        return view_recording(session, actor, recording_id=recording_id)


def _write_credits(actor: Actor, recording_id: UUID, rows: list[CreditRow], line: str, version: int) -> None:
    with unit_of_work() as uow:
        write_performers(uow, actor, recording_id=recording_id, rows=rows, line=line, version=version)


def _attach(actor: Actor, recording_id: UUID, work_id: UUID | None) -> None:
    with unit_of_work() as uow:
        attach_recording(uow, actor, recording_id=recording_id, work_id=work_id)
