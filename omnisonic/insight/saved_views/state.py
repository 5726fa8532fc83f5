"""The saved views of a page: its filters under names of the viewer's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx
from pydantic import ValidationError

from omnisonic.insight.addresses import with_query
from omnisonic.insight.saved_views import service
from omnisonic.insight.saved_views.models import MAX_VIEW_NAME_CHARS, ViewPage
from omnisonic.insight.saved_views.schemas import SavedViewDraft
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.ids import parse_id


@dataclass
class ViewLine:
    """One saved view."""

    id: str
    name: str
    href: str


class SavedViewsState(rx.State):
    """The views of the page that is open; `page_name` follows from its address."""

    lines: rx.Field[list[ViewLine]] = rx.field(default_factory=list)
    problem: str = ""
    form_key: int = 0

    @rx.event
    @guarded
    async def look(self) -> None:
        """Read them."""
        self.problem = ""
        self.lines = await in_thread(_list, current_actor(), self._page())

    @rx.event
    @guarded
    async def save(self, form: dict[str, Any]) -> None:
        """Keep the filters of the address under a name; the same name again replaces them."""
        self.problem = ""
        name, query = str(form.get("view_name", "")), str(self.router.url.query)
        try:
            draft = SavedViewDraft(page=self._page(), name=name, query=query)
        except ValidationError:
            self.problem = f"Give it a name of at most {MAX_VIEW_NAME_CHARS} letters."
            return
        try:
            await in_thread(_save, current_actor(), draft)
        except OmnisonicError as error:
            self.problem = f"{error.title}. {error.detail}"
            return
        self.form_key += 1
        self.lines = await in_thread(_list, current_actor(), self._page())

    @rx.event
    @guarded
    async def remove(self, view_id: str) -> None:
        """Remove one."""
        known = parse_id(view_id)
        if known is not None:
            await in_thread(_remove, current_actor(), known)
        self.lines = await in_thread(_list, current_actor(), self._page())

    def _page(self) -> ViewPage:
        first = self.router.url.path.strip("/").partition("/")[0]
        return ViewPage.TRENDS if first == ViewPage.TRENDS else ViewPage.ANALYTICS


def _list(actor: Actor, page: ViewPage) -> list[ViewLine]:
    with read_session() as session:
        found = service.list_views(session, actor, page=page)
    return [
        ViewLine(id=str(one.id), name=one.name, href=with_query(f"/{page.value}", one.query))
        for one in found.views
    ]


@repeatable
def _save(actor: Actor, draft: SavedViewDraft) -> None:
    with unit_of_work() as uow:
        service.save_view(uow, actor, draft=draft)


@repeatable
def _remove(actor: Actor, view_id: UUID) -> None:
    with unit_of_work() as uow:
        service.remove_view(uow, actor, view_id=view_id)
