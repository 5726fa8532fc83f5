"""Money that waits for shares, on `/royalties`: which works, and giving it out by their shares of now."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import reflex as rx

from omnisonic.core.royalties.access import is_curator
from omnisonic.core.royalties.matching import release_view
from omnisonic.core.royalties.matching_schemas import ReleaseView
from omnisonic.core.royalties.refusal_words import refusal_words
from omnisonic.core.royalties.suspense import release_resolved
from omnisonic.core.royalties.waiting import list_waiting
from omnisonic.core.royalties.waiting_words import WaitingLine, released_words, waiting_line
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.ids import parse_id
from omnisonic.platform.pagination import as_far_as
from omnisonic.platform.ui.notices import tell, warn

PAGE_ROWS = 25
MAX_ROWS = 500


class WaitingState(rx.State):
    """Works and recordings that money waits for, the largest amounts first."""

    rows: rx.Field[list[WaitingLine]] = rx.field(default_factory=list)
    cursor: str = ""
    releasing: str = ""  # the work whose money is being given out

    @rx.event
    @guarded
    async def load(self) -> None:
        """The list as it is now; nothing for those who may not see it."""
        actor = current_actor()
        self.rows, self.cursor = await in_thread(_read, actor, "") if is_curator(actor) else ([], "")
        self.releasing = ""

    @rx.event
    @guarded(role=Role.CURATOR)
    async def show_more(self) -> None:
        """Smaller amounts below."""
        if self.cursor and len(self.rows) < MAX_ROWS:
            found, self.cursor = await in_thread(_read, current_actor(), self.cursor)
            there = {row.key for row in self.rows}  # an amount that changed may come again
            self.rows = [*self.rows, *(row for row in found if row.key not in there)]

    @rx.event
    @guarded(role=Role.CURATOR)
    async def hear(self) -> None:
        """Money was booked or given out, by whomever."""
        await self._look(current_actor())

    @rx.event
    @guarded(role=Role.CURATOR)
    async def release(self, work_id: str) -> Any:
        """Give out what waits for a work as its shares now say for the day of each use."""
        wanted = parse_id(work_id)
        if wanted is None:
            return
        self.releasing = str(wanted)
        yield
        actor = current_actor()
        try:
            found = await in_thread(_release, actor, wanted)
        except OmnisonicError as error:
            yield warn(error.title, refusal_words(error))
        else:
            title = "Given out" if found.events else "Nothing could be given out"
            yield (tell if found.events else warn)(title, released_words(found))
        await self._look(actor)
        self.releasing = ""

    async def _look(self, actor: Actor) -> None:
        self.rows, self.cursor = await in_thread(as_far_as, len(self.rows), lambda after: _read(actor, after))


def _read(actor: Actor, cursor: str) -> tuple[list[WaitingLine], str]:
    with read_session() as session:
        found = list_waiting(session, actor, limit=PAGE_ROWS, cursor=cursor)
    return [waiting_line(one) for one in found.waiting], found.next_cursor or ""


@repeatable
def _release(actor: Actor, work_id: UUID) -> ReleaseView:
    with unit_of_work() as uow:
        return release_view(release_resolved(uow, actor, work_id=work_id))
