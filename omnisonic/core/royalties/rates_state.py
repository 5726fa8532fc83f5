"""Exchange rates on `/royalties`: the newest of each pair, all of one pair, and adding one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import reflex as rx

from omnisonic.core.royalties.access import is_curator
from omnisonic.core.royalties.exchange_rates import add_rates, list_rates
from omnisonic.core.royalties.exchange_rates_newest import newest_rates
from omnisonic.core.royalties.exchange_rates_schemas import RateDraft, RatesSaved
from omnisonic.core.royalties.rates_words import (
    RateLine,
    currencies_of,
    file_words,
    pair_words,
    parse_pair,
    rate_line,
)
from omnisonic.core.royalties.refusal_words import refusal_words
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.ids import utc_now
from omnisonic.platform.pagination import Page, as_far_as, decode_cursor
from omnisonic.platform.ui.notices import tell

PAGE_ROWS = 30
MAX_ROWS = 300
FIELD_CHARS_MAX = {"base": 20, "quote": 20, "day": 40, "rate": 60, "source": 500}


@dataclass
class Known:
    """One look at the rates."""

    rows: list[RateLine] = field(default_factory=list)
    cursor: str = ""
    pairs: list[list[str]] = field(default_factory=list)  # as the address has them, and in words
    sources: list[str] = field(default_factory=list)
    currencies: list[str] = field(default_factory=list)


class RatesState(rx.State):
    """Stated rates; of one pair where the address names one."""

    is_loaded: bool = False
    load_problem: str = ""
    pair: str = ""
    rows: rx.Field[list[RateLine]] = rx.field(default_factory=list)
    cursor: str = ""
    pairs: rx.Field[list[list[str]]] = rx.field(default_factory=list)
    sources: rx.Field[list[str]] = rx.field(default_factory=list)
    currencies: rx.Field[list[str]] = rx.field(default_factory=list)
    today: str = ""
    problems: rx.Field[list[str]] = rx.field(default_factory=list)
    added: int = 0  # counts rates added here; the form closes when it changes
    taken: int = 0  # counts files taken here; their dialog closes when it changes

    @rx.event
    @guarded
    async def load(self) -> None:
        """The rates that the address asks for; nothing for those who do not pay out."""
        self.load_problem, self.problems = "", []
        self.today = utc_now().date().isoformat()
        self.pair = self._asked()
        actor = current_actor()
        self._show(await in_thread(_look, actor, self.pair) if is_curator(actor) else Known())
        self.is_loaded = True

    @rx.event
    @guarded(role=Role.CURATOR)
    async def hear(self) -> None:
        """Others added rates."""
        self._show(await in_thread(_look, current_actor(), self.pair, len(self.rows)))

    @rx.event
    @guarded(role=Role.CURATOR)
    async def show_more(self) -> None:
        """Earlier rates of the pair below."""
        if self.cursor and len(self.rows) < MAX_ROWS:
            rows, self.cursor = await in_thread(_of_pair, current_actor(), self.pair, self.cursor)
            self.rows = [*self.rows, *rows]

    @rx.event
    @guarded(role=Role.CURATOR)
    async def choose_pair(self, pair: str) -> Any:
        """All rates of a pair; nothing chosen shows the newest of each."""
        asked = f"&pair={'-'.join(codes)}" if (codes := parse_pair(pair)) else ""
        return rx.redirect(f"/royalties?tab=rates{asked}")

    @rx.event
    @guarded(role=Role.CURATOR)
    async def forget_problems(self) -> None:
        """An empty form."""
        self.problems = []

    @rx.event
    @guarded(role=Role.CURATOR)
    async def add(self, form: dict[str, Any]) -> Any:
        """Save the rate of the form; refused, the form stays with what was typed."""
        self.problems = []
        draft = _draft_of(form)
        actor = current_actor()
        try:
            saved = await in_thread(_add, actor, draft)
        except OmnisonicError as error:
            self.problems = [one.message for one in error.errors] or [refusal_words(error)]
            return None
        self.added += 1
        self._show(await in_thread(_look, actor, self.pair))
        words = f"1 {draft.base} = {draft.rate} {draft.quote}, {draft.source}, {draft.day}"
        return tell("The rate is saved" if saved.added else "This rate was there already", words)

    @rx.event
    @guarded(role=Role.CURATOR)
    async def take_file(self, added: int, unchanged: int) -> Any:
        """A file was saved on this page."""
        self.taken += 1
        self._show(await in_thread(_look, current_actor(), self.pair, len(self.rows)))
        return tell(*file_words(added, unchanged))

    def _asked(self) -> str:
        codes = parse_pair(self.router.url.query_parameters.get("pair", ""))
        return "-".join(codes) if codes else ""

    def _show(self, found: Known) -> None:
        self.rows, self.cursor, self.pairs = found.rows, found.cursor, found.pairs
        self.sources, self.currencies = found.sources, found.currencies


def _look(actor: Actor, pair: str, shown: int = 0) -> Known:
    with read_session() as session:
        newest = newest_rates(session)
    rows, cursor = [rate_line(one) for one in newest], ""
    if pair:
        rows, cursor = as_far_as(shown, lambda after: _of_pair(actor, pair, after))
    pairs = sorted({(one.base, one.quote) for one in newest})
    return Known(
        rows=rows,
        cursor=cursor,
        pairs=[[f"{base}-{quote}", pair_words(base, quote)] for base, quote in pairs],
        sources=sorted({one.source for one in newest}),
        currencies=currencies_of(newest),
    )


def _of_pair(actor: Actor, pair: str, cursor: str) -> tuple[list[RateLine], str]:
    base, _, quote = pair.partition("-")
    with read_session() as session:
        page = Page(limit=PAGE_ROWS, after=decode_cursor(cursor))
        found = list_rates(session, actor, page=page, base=base, quote=quote)
    return [rate_line(one) for one in found.rates], found.next_cursor or ""


def _draft_of(form: dict[str, Any]) -> RateDraft:
    given = {
        name: " ".join(str(form.get(f"rate_{name}", "")).split())[:limit]
        for name, limit in FIELD_CHARS_MAX.items()
    }
    return RateDraft(**given | {"base": given["base"].upper(), "quote": given["quote"].upper()})


@repeatable
def _add(actor: Actor, draft: RateDraft) -> RatesSaved:
    with unit_of_work() as uow:
        return add_rates(uow, actor, drafts=[draft])
