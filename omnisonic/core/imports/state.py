"""The list of imports, looked at again while one is under way."""

from __future__ import annotations

from typing import Any, ClassVar

import reflex as rx

from omnisonic.core.imports import service
from omnisonic.core.imports.rows import ImportRow, import_row
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.ids import parse_id, utc_now
from omnisonic.platform.pagination import Page
from omnisonic.platform.ui.notices import warn
from omnisonic.platform.ui.watching import WatchState

LIST_ROWS = 100


class ImportsState(WatchState, rx.State):
    """Imports of the account, newest first."""

    path: ClassVar[str] = "/imports"

    is_loaded: bool = False
    load_problem: str = ""
    rows: rx.Field[list[ImportRow]] = rx.field(default_factory=list)

    @rx.event
    @guarded
    async def load(self) -> Any:
        """The list as it is now."""
        self.load_problem = ""
        self._show(await in_thread(_list_rows, current_actor()))
        return ImportsState.watch if any(row.is_active for row in self.rows) else None

    @rx.event
    @guarded
    async def follow(self, _job_id: str) -> Any:
        """An import was started on this page: show it and watch."""
        self._show(await in_thread(_list_rows, current_actor()))
        return ImportsState.watch

    @rx.event
    @guarded
    async def cancel(self, job_id: str) -> Any:
        """Stop an import between two chunks."""
        return await self._change(job_id, service.cancel_job)

    @rx.event
    @guarded
    async def resume(self, job_id: str) -> Any:
        """Go on with one that was stopped."""
        return await self._change(job_id, service.resume_job)

    async def _change(self, job_id: str, change: Any) -> Any:
        found = parse_id(job_id)
        problem = None
        if found is not None:
            try:
                await in_thread(_apply, current_actor(), found, change)
            except OmnisonicError as error:
                problem = error
        self._show(await in_thread(_list_rows, current_actor()))
        if problem is not None:
            return warn(problem.title, problem.detail)
        return ImportsState.watch

    @staticmethod
    async def _fetch_rows(actor: Actor) -> list[ImportRow]:
        return await in_thread(_list_rows, actor)

    def _show(self, rows: list[ImportRow]) -> None:
        self.rows, self.is_loaded = rows, True


def _list_rows(actor: Actor) -> list[ImportRow]:
    now = utc_now()
    with read_session() as session:
        found = service.list_jobs(session, actor, page=Page(limit=LIST_ROWS))
    return [import_row(view, now=now) for view in found.imports]


def _apply(actor: Actor, job_id: Any, change: Any) -> None:
    with unit_of_work() as uow:
        change(uow, actor, job_id=job_id)
