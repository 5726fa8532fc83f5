"""The export panel of a session, and the list of exports over all sessions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx
from pydantic import ValidationError

from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.errors import Conflict, NotFound, OmnisonicError
from omnisonic.platform.ids import utc_now
from omnisonic.platform.pagination import Page
from omnisonic.platform.ui.watching import WatchState
from omnisonic.studio.exports import service
from omnisonic.studio.exports.release_state import ReleaseFormState, begin_again, wanted_isrc
from omnisonic.studio.exports.rows import ExportRow, export_row
from omnisonic.studio.exports.schemas import ExportRequest
from omnisonic.studio.sessions.service import view_session

LOOK_EVERY_S = 1.0
LOOK_SOON_S = 0.3  # while an export is young, so that a short one is seen moving
LOOKS_SOON = 20
LOOKS_MAX = 1800  # half an hour: longer than any export may take
PANEL_ROWS = 50
LIST_ROWS = 200
QUALITIES = {
    "wav": ("24-48000", "24-44100", "16-44100", "16-48000", "32-48000"),
    "flac": ("24-48000", "24-44100", "16-44100", "16-48000"),
    "mp3": ("24-48000", "24-44100"),
}


class ExportPanelState(rx.State):
    """Asking for an export of the open session, and what became of earlier ones."""

    session_id: str = ""
    is_loaded: bool = False
    is_busy: bool = False
    file_format: str = "wav"
    quality: str = "24-48000"
    loudness: str = "as-mixed"
    limiter: bool = False
    problem: str = ""
    active: rx.Field[list[ExportRow]] = rx.field(default_factory=list)
    finished: rx.Field[list[ExportRow]] = rx.field(default_factory=list)
    awaits_proof: bool = False  # a release that no checkpoint covers yet
    _is_watching: bool = False

    @rx.event
    @guarded
    async def load(self) -> Any:
        """The session's exports; the address names the session."""
        session_id = self.router.url.path.rstrip("/").rpartition("/")[2]
        if session_id != self.session_id:
            self.session_id, self.is_loaded, self.problem = session_id, False, ""
            self.active, self.finished = [], []
            begin_again(await self.get_state(ReleaseFormState))
        try:
            await self._look(current_actor())
        except (NotFound, ValueError):  # the page itself says that there is no such session
            return None
        return ExportPanelState.watch if self.active else None

    @rx.event
    @guarded
    async def hear_checkpoint(self, _update: dict[str, Any]) -> None:
        """The log has a new checkpoint, or may have: releases that it covers have their proof now."""
        await self._look(current_actor())

    @rx.event
    @guarded
    async def choose_format(self, file_format: str) -> None:
        """Take the format, and a quality that it has."""
        if file_format not in QUALITIES:
            return
        self.file_format = file_format
        if self.quality not in QUALITIES[file_format]:
            self.quality = QUALITIES[file_format][0]

    @rx.event
    @guarded
    async def choose_quality(self, quality: str) -> None:
        """Take bit depth and sample rate."""
        if quality in QUALITIES[self.file_format]:
            self.quality = quality

    @rx.event
    @guarded
    async def choose_loudness(self, loudness: str) -> None:
        """Take a loudness goal; as mixed there is nothing to limit."""
        self.loudness = loudness
        self.limiter = self.limiter and loudness != "as-mixed"

    @rx.event
    @guarded
    async def choose_limiter(self, is_on: bool) -> None:
        """Let the limiter help to reach the goal, or not."""
        self.limiter = is_on

    @rx.event
    @guarded
    async def request(self) -> AsyncIterator[Any]:
        """Freeze the mix and have it rendered; a refusal is shown below the button."""
        actor = current_actor()
        self.problem, self.is_busy = "", True
        yield None
        release: Any = await self.get_state(ReleaseFormState)
        try:
            await in_thread(_request, actor, self._wanted(release))
            begin_again(release)
            await self._look(actor)
        except OmnisonicError as error:
            self.problem = error.detail
        finally:
            self.is_busy = False
        if self.active:
            yield ExportPanelState.watch

    @rx.event
    @guarded
    async def forget_problem(self) -> None:
        """Take a refusal away: it was about the mix as it was."""
        self.problem = ""

    @rx.event
    @guarded
    async def cancel(self, export_id: str) -> None:
        """Stop an export."""
        try:
            await in_thread(_cancel, current_actor(), UUID(export_id))
        except Conflict as error:  # it has just ended
            self.problem = error.detail
        await self._look(current_actor())

    @rx.event(background=True)
    @guarded
    async def watch(self) -> None:
        """Look at the rows while one is under way. Observes only: leaving the page stops no export."""
        actor = current_actor()
        async with self:
            if self._is_watching:
                return
            self._is_watching, session_id = True, self.session_id
        try:
            for look in range(LOOKS_MAX):
                await asyncio.sleep(LOOK_SOON_S if look < LOOKS_SOON else LOOK_EVERY_S)
                rows = await in_thread(_panel_rows, actor, UUID(session_id))
                async with self:
                    if self.session_id != session_id:
                        return
                    self._show(rows)
                    if not self.active:
                        return
        finally:
            async with self:
                self._is_watching = False

    def _wanted(self, release: ReleaseFormState) -> ExportRequest:
        depth, _, rate = self.quality.partition("-")
        try:
            return ExportRequest.model_validate(
                {
                    "session_id": self.session_id,
                    "format": self.file_format,
                    "bit_depth": int(depth),
                    "sample_rate": int(rate),
                    "loudness": self.loudness,
                    "limiter": self.limiter,
                    "kind": release.kind,
                    "isrc": wanted_isrc(release),
                }
            )
        except ValidationError as error:
            raise Conflict("Choose format, quality and loudness from the lists.") from error

    async def _look(self, actor: Actor) -> None:
        self._show(await in_thread(_panel_rows, actor, UUID(self.session_id)))

    def _show(self, rows: list[ExportRow]) -> None:
        self.active = [row for row in rows if row.is_active]
        self.finished = [row for row in rows if not row.is_active]
        self.awaits_proof = _awaits_proof(rows)
        self.is_loaded = True


class ExportsState(WatchState, rx.State):
    """Exports of all sessions, newest first, at most 200."""

    path: ClassVar[str] = "/exports"

    is_loaded: bool = False
    load_problem: str = ""
    status: str = "all"
    file_format: str = "all"
    rows: rx.Field[list[ExportRow]] = rx.field(default_factory=list)
    has_any: bool = False
    awaits_proof: bool = False

    @rx.event
    @guarded
    async def hear_checkpoint(self, _update: dict[str, Any]) -> None:
        """As in the panel."""
        self._show(await in_thread(_list_rows, current_actor()))

    @rx.event
    @guarded
    async def load(self) -> Any:
        """The list under the present filters."""
        self.load_problem = ""
        self._show(await in_thread(_list_rows, current_actor()))
        return ExportsState.watch if any(row.is_active for row in self.rows) else None

    @rx.event
    @guarded
    async def filter_status(self, status: str) -> None:
        """Show only exports in one state."""
        self.status = status
        self._show(await in_thread(_list_rows, current_actor()))

    @rx.event
    @guarded
    async def filter_format(self, file_format: str) -> None:
        """Show only one file format."""
        self.file_format = file_format
        self._show(await in_thread(_list_rows, current_actor()))

    @rx.event
    @guarded
    async def cancel(self, export_id: str) -> None:
        """Stop an export."""
        await in_thread(_cancel, current_actor(), UUID(export_id))
        self._show(await in_thread(_list_rows, current_actor()))

    @staticmethod
    async def _fetch_rows(actor: Actor) -> list[ExportRow]:
        return await in_thread(_list_rows, actor)

    def _show(self, rows: list[ExportRow]) -> None:
        self.has_any, self.is_loaded = bool(rows), True
        self.awaits_proof = _awaits_proof(rows)
        self.rows = [
            row
            for row in rows
            if self.status in ("all", "active" if row.is_active else row.status)
            and self.file_format in ("all", row.title.partition(",")[0].lower())
        ]


def _awaits_proof(rows: list[ExportRow]) -> bool:
    return any(row.release is not None and row.release.leaf and not row.release.is_provable for row in rows)


def _panel_rows(actor: Actor, session_id: UUID) -> list[ExportRow]:
    now = utc_now()
    with read_session() as session:
        name = view_session(session, actor, session_id=session_id).name
        found = service.list_exports(session, actor, session_id=session_id, page=Page(limit=PANEL_ROWS))
    return [export_row(view, session_name=name, now=now) for view in found.exports]


def _list_rows(actor: Actor) -> list[ExportRow]:
    now = utc_now()
    with read_session() as session:
        rows, _ = service.list_all_exports(session, actor, page=Page(limit=LIST_ROWS))
    return [export_row(row.export, session_name=row.session_name, now=now) for row in rows]


def _request(actor: Actor, wanted: ExportRequest) -> None:
    with unit_of_work() as uow:
        service.request_export(uow, actor, request=wanted)


def _cancel(actor: Actor, export_id: UUID) -> None:
    with unit_of_work() as uow:
        service.cancel_export(uow, actor, export_id=export_id)
