"""What `/royalties` shows: for curators cycles and waiting money, for payees their statements."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import reflex as rx
from pydantic import ValidationError

from omnisonic.core.royalties.access import is_curator
from omnisonic.core.royalties.cases_state import CasesState
from omnisonic.core.royalties.changes import mark_for_page
from omnisonic.core.royalties.cycle_schemas import CycleDraft
from omnisonic.core.royalties.cycle_service import create_cycle, list_cycles
from omnisonic.core.royalties.matching_state import MatchingState
from omnisonic.core.royalties.overview import (
    open_matches,
    reported_money,
    waiting_money,
)
from omnisonic.core.royalties.overview_lines import (
    CycleLine,
    WaitingPicture,
    cycle_lines,
    waiting_pictures,
)
from omnisonic.core.royalties.payouts_state import PayoutsState
from omnisonic.core.royalties.rates_state import RatesState
from omnisonic.core.royalties.refusal_words import refusal_words
from omnisonic.core.royalties.statements_state import StatementsState
from omnisonic.core.royalties.usage_state import UsageState
from omnisonic.core.royalties.waiting_state import WaitingState
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.ids import utc_now
from omnisonic.platform.pagination import Page, as_far_as, decode_cursor
from omnisonic.platform.ui.notices import tell

CURATOR_TABS = ("cycles", "usage", "matching", "statements", "payouts", "rates", "cases")
PAYEE_TABS = ("statements",)
PAGE_ROWS = 24
MAX_ROWS = 240
HEARERS: dict[str, tuple[Any, ...]] = {
    "cycles": (),
    "usage": (UsageState.hear,),
    "matching": (MatchingState.hear, WaitingState.hear),
    "statements": (StatementsState.hear, PayoutsState.hear),
    "payouts": (PayoutsState.hear, StatementsState.hear),  # proposing shows cycles and currencies
    "rates": (RatesState.hear,),
    "cases": (),
}


@dataclass
class Overview:
    """One look at the cycles."""

    cycles: list[CycleLine] = field(default_factory=list)
    cursor: str = ""
    waiting: list[WaitingPicture] = field(default_factory=list)
    matches: int = 0


class RoyaltiesState(rx.State):
    """The tab in the address, and what the tab of cycles lists."""

    is_loaded: bool = False
    load_problem: str = ""
    is_curator: bool = False
    tab: str = PAYEE_TABS[0]
    mark: str = ""  # of the royalties as they are shown
    cycles: rx.Field[list[CycleLine]] = rx.field(default_factory=list)
    waiting: rx.Field[list[WaitingPicture]] = rx.field(default_factory=list)
    matches: int = 0
    cursor: str = ""
    form_problem: str = ""
    opened: int = 0  # counts cycles opened here; the form closes when it changes

    @rx.event
    @guarded
    async def load(self) -> None:
        """The tab that the address names, as far as the account may see it."""
        actor = current_actor()
        self.load_problem = self.form_problem = ""
        self.is_curator = is_curator(actor)
        self.mark = await in_thread(mark_for_page, actor)  # first: what changes from here on is heard
        tabs = CURATOR_TABS if self.is_curator else PAYEE_TABS
        asked = str(self.router.url.query_parameters.get("tab", ""))
        self.tab = asked if asked in tabs else tabs[0]
        if self.is_curator:
            self._show(await in_thread(_look, actor))
        self.is_loaded = True

    @rx.event
    @guarded
    async def hear(self) -> Any:
        """Something changed, by whomever: the open tab is read anew, and what the other tabs count.

        What was opened stays open, and what is typed into forms is left alone.
        """
        actor = current_actor()
        self.mark = await in_thread(mark_for_page, actor)
        if self.is_curator:
            self._show(await in_thread(_look, actor, len(self.cycles)))
        return [*HEARERS[self.tab], CasesState.hear]

    @rx.event
    @guarded(role=Role.CURATOR)
    async def show_more(self) -> None:
        """The next cycles below."""
        if self.cursor and len(self.cycles) < MAX_ROWS:
            found, self.cursor = await in_thread(_cycles, current_actor(), self.cursor)
            self.cycles = [*self.cycles, *found]

    @rx.event
    @guarded(role=Role.CURATOR)
    async def open_cycle(self, form: dict[str, Any]) -> Any:
        """Open a cycle with what the form says; the last day is the last one that counts."""
        self.form_problem = ""
        try:
            draft = _draft_of(form)
            await in_thread(_open, current_actor(), draft)
        except ValidationError:
            self.form_problem = "Give the cycle a name of at most 120 letters, its first and its last day."
            return None
        except OmnisonicError as error:
            self.form_problem = refusal_words(error)
            return None
        self.opened += 1
        self._show(await in_thread(_look, current_actor(), len(self.cycles)))
        return tell(f"“{draft.name}” is open", "Usage of its days is booked into it from now on.")

    def _show(self, found: Overview) -> None:
        self.cycles, self.cursor = found.cycles, found.cursor
        self.waiting, self.matches = found.waiting, found.matches


def _look(actor: Actor, shown: int = 0) -> Overview:
    cycles, cursor = as_far_as(shown, lambda after: _cycles(actor, after))
    with read_session() as session:
        waiting = waiting_pictures(waiting_money(session, actor))
        return Overview(cycles, cursor, waiting, open_matches(session, actor))


def _cycles(actor: Actor, cursor: str) -> tuple[list[CycleLine], str]:
    with read_session() as session:
        page = Page(limit=PAGE_ROWS, after=decode_cursor(cursor))
        found = list_cycles(session, actor, page=page)
        reported = reported_money(session, actor, cycle_ids=[one.id for one in found.cycles])
    return cycle_lines(found.cycles, reported, now=utc_now()), found.next_cursor or ""


@repeatable
def _open(actor: Actor, draft: CycleDraft) -> None:
    with unit_of_work() as uow:
        create_cycle(uow, actor, draft=draft)


def _draft_of(form: dict[str, Any]) -> CycleDraft:
    given = {
        name: str(form.get(f"cycle_{name}", "")).strip() for name in ("name", "first", "last", "currency")
    }
    codes = str(form.get("cycle_currencies", "")).upper().replace(",", " ").split()
    last = CycleDraft.model_validate(
        {
            "name": given["name"],
            "startsOn": given["first"],
            "endsOn": given["last"],
            "currencies": codes,
            "currency": given["currency"].upper() or (codes[0] if codes else "EUR"),
        }
    )
    return last.model_copy(update={"ends_on": _day_after(last.ends_on)})


def _day_after(day: date) -> date:
    return date.fromordinal(min(day.toordinal() + 1, date.max.toordinal()))
