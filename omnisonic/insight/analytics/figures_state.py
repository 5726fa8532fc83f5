"""What pages of figures do alike: read the filter from the address, show its figures, lead to articles."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import date, datetime
from time import monotonic
from typing import Any

import reflex as rx
from sqlmodel import Session

from omnisonic.insight.addresses import (
    CUSTOM,
    read_filter,
    read_query,
    with_query,
    write_query,
)
from omnisonic.insight.analytics.board import (
    Around,
    Genres,
    Lead,
    Sources,
    read_around,
    read_genres,
    read_lead,
    read_sources,
)
from omnisonic.insight.analytics.filter_line import ALL, UNKNOWN, FilterLine, filter_line
from omnisonic.insight.drawer.state import ArticlesState
from omnisonic.insight.news import EntityType
from omnisonic.insight.parameters import AnalyticsParameters
from omnisonic.insight.store.buckets import STEPS, BucketSize
from omnisonic.insight.store.running import patience
from omnisonic.platform.auth.guard import guarded
from omnisonic.platform.db import in_thread, read_session
from omnisonic.platform.errors import NotFound, OmnisonicError
from omnisonic.platform.ids import parse_id
from omnisonic.platform.ui.notices import warn
from omnisonic.platform.ui.unbroken import unbroken

PAGE_MAX_S, QUERY_MAX_S = 40, 19  # of all figures of a page together, and of each query for them
RUNNING_MAX = 2  # questions of one page at a time: the last one, and one that nobody wants any more
FILES = ("mentions", "genres", "sources", "network")
Read = Callable[[Session, AnalyticsParameters, Lead], Any]
Part = tuple[str, Read]
PARTS: tuple[Part, ...] = (
    ("lead", lambda session, asked, _lead: read_lead(session, asked)),
    ("genres", read_genres),
    ("sources", read_sources),
    ("network", read_around),
)
_running: Counter[str] = Counter()  # by page; in this process, so that none outlives it


class FiguresState(rx.State, mixin=True):
    """One page of figures. `phase`: loading, ready or missing; the address decides, never the controls."""

    phase: str = "loading"
    load_problem: str = ""
    chosen: rx.Field[FilterLine] = rx.field(default_factory=FilterLine)
    lead: rx.Field[Lead] = rx.field(default_factory=Lead)
    genres: rx.Field[Genres] = rx.field(default_factory=Genres)
    sources: rx.Field[Sources] = rx.field(default_factory=Sources)
    network: rx.Field[Around] = rx.field(default_factory=Around)
    stage: int = 0  # so many parts answer what the address asks
    arrived: int = 0  # so many parts stand on the page
    files: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    query: str = ""
    is_custom: bool = False
    filters: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    _asks: int = 0
    _answered: int = 0

    @rx.event
    @guarded
    async def load(self) -> AsyncIterator[Any]:
        """Ask for what the address says; what stands there stays until the answers come, one by one."""
        values = self._read_address()
        asked, kept = read_filter(values)
        if write_query(kept) != self.query:
            self.is_custom = False
            self.stage = 0
        self.filters, self.query = kept, write_query(kept)
        self._show_filter(asked, kept, values)
        self._asks += 1
        yield type(self).bring

    @rx.event(background=True)
    @guarded
    async def bring(self) -> None:
        """Answer what was asked last. The page can be used meanwhile, and ask something else."""
        await unbroken(self._bring())

    async def _bring(self) -> None:
        async with self:
            token = self.router.session.client_token
        if _running[token] == RUNNING_MAX:
            return  # one of them takes up what was asked last
        _running[token] += 1
        try:
            while await self._answer():
                pass
        finally:
            _running[token] -= 1
            if not _running[token]:
                del _running[token]

    @rx.event
    @guarded
    async def choose(self, name: str, value: str) -> Any:
        """Change one filter; the address follows."""
        if name == "days" and value == CUSTOM:
            self.is_custom = True
            return None
        if name not in ("days", "entityType", "genre", "source", "count", "depth"):
            return None
        wanted: str | None = None if value == ALL else ("" if value == UNKNOWN and name == "genre" else value)
        changes: dict[str, str | None] = {name: wanted}
        if name == "entityType":
            changes["entityId"] = None
        return self._go(**changes)

    @rx.event
    @guarded
    async def choose_days(self, form: dict[str, Any]) -> Any:
        """From one day to another, both whole."""
        try:
            first = date.fromisoformat(str(form.get("first_day", "")))
            last = date.fromisoformat(str(form.get("last_day", "")))
        except ValueError:
            return warn("Choose both days", "Write them as 2026-11-21.")
        first, last = min(first, last), max(first, last)
        return self._go(**{"from": first.isoformat(), "to": last.isoformat()})

    @rx.event
    @guarded
    async def choose_entity(self, entity_id: str, _name: str, kind: str) -> Any:
        """One artist, work or recording, as the search of the catalog found it."""
        kinds = {
            "contributors": EntityType.ARTIST,
            "works": EntityType.WORK,
            "recordings": EntityType.RECORDING,
        }
        if kind not in kinds or parse_id(entity_id) is None:
            return None
        return self._go(entityType=kinds[kind].value, entityId=entity_id)

    @rx.event
    @guarded
    async def forget_entity(self) -> Any:
        """Everybody again."""
        return self._go(entityType=None, entityId=None)

    @rx.event
    @guarded
    async def pick_point(self, key: str, start: str, words: str) -> Any:
        """The articles about an entity in one bucket."""
        known = _parse_key(key)
        try:
            begin = datetime.fromisoformat(start)
        except ValueError:
            return None
        size = str(self.lead.figure.get("bucket", BucketSize.DAY))
        if known is None or size not in set(BucketSize):
            return None
        end = begin + STEPS[BucketSize(size)]
        return self._show(words, **known, **{"from": _moment(begin), "to": _moment(end)})

    @rx.event
    @guarded
    async def pick_genre(self, genre: str, words: str) -> Any:
        """The articles of a genre."""
        return self._show(words, genre=genre)

    @rx.event
    @guarded
    async def pick_source(self, source: str) -> Any:
        """The articles of an outlet."""
        return self._show(source, source=source)

    @rx.event
    @guarded
    async def pick_entity(self, key: str, words: str) -> Any:
        """The articles about an entity."""
        known = _parse_key(key)
        return None if known is None else self._show(words, **known)

    async def _answer(self) -> bool:
        """Show the answers to the newest question, unless somebody does already; whether there may be
        another one."""
        async with self:
            if self._answered == self._asks:
                return False
            asks = self._answered = self._asks
            asked, _ = read_filter(self.filters)
        until_s, lead = monotonic() + PAGE_MAX_S, Lead()
        for number, (name, read) in enumerate(self._parts(), start=1):
            try:
                found = await in_thread(_read, read, asked, lead, until_s)
            except OmnisonicError as error:
                await self._refuse(asks, error)
                return True
            async with self:
                if asks != self._asks:
                    return True
                setattr(self, name, found)
                self.phase, self.load_problem = "ready", ""
                self.stage, self.arrived = max(number, self.stage), max(number, self.arrived)
                self._after()
            lead = found if isinstance(found, Lead) else lead
        return True

    async def _refuse(self, asks: int, error: OmnisonicError) -> None:
        async with self:
            if asks != self._asks:
                return
            if isinstance(error, NotFound):
                self.phase = "missing"
            else:
                self.load_problem = error.detail

    def _parts(self) -> tuple[Part, ...]:
        """What is asked for in turn: the variable of the state, and how it is read."""
        return PARTS

    def _read_address(self) -> dict[str, str]:
        return read_query(self.router.url.query)

    def _path(self) -> str:
        return self.router.url.path.rstrip("/")

    def _after(self) -> None:
        """What follows from the part that has come."""
        self.files = {**self.files, "network": self._network_file()}

    def _network_file(self) -> str:
        center = _parse_key(self.network.key)
        if center is None:
            return ""
        return with_query("/api/analytics/network.csv", write_query(self.filters, **center))

    def _go(self, **changes: str | None) -> Any:
        return rx.redirect(with_query(self._path(), write_query(self.filters, **changes)))

    def _show(self, title: str, **changes: str) -> Any:
        showing: Any = ArticlesState.show_list
        return showing(write_query(self.filters, **changes), title)

    def _show_filter(self, asked: AnalyticsParameters, kept: dict[str, str], given: dict[str, str]) -> None:
        self.chosen = filter_line(asked, kept, given)
        self.is_custom = self.is_custom or self.chosen.span == CUSTOM
        self.files = {name: with_query(f"/api/analytics/{name}.csv", write_query(kept)) for name in FILES}


def _read(read: Read, asked: AnalyticsParameters, lead: Lead, until_s: float) -> Any:
    with patience(total_s=until_s - monotonic(), each_s=QUERY_MAX_S), read_session() as session:
        return read(session, asked, lead)


def _parse_key(key: str) -> dict[str, str] | None:
    """`artist:…` as filters."""
    kind, _, entity_id = key.partition(":")
    if kind not in set(EntityType) or parse_id(entity_id) is None:
        return None
    return {"entityType": kind, "entityId": entity_id}


def _moment(value: datetime) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")
