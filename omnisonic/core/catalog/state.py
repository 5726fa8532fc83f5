"""The list of the catalog: what is shown follows from the address, so that every view has a link."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import reflex as rx

from omnisonic.core.catalog import contributors, works
from omnisonic.core.catalog.access import is_curator
from omnisonic.core.catalog.list_view import (
    PAGE_ROWS,
    TABLES,
    EntryLine,
    Kind,
    Listing,
    file_query,
    list_entries,
)
from omnisonic.core.catalog.listing import common_genres
from omnisonic.core.catalog.schemas import CatalogFilter, ContributorDraft
from omnisonic.core.catalog.search import MAX_QUERY_CHARS
from omnisonic.core.catalog.work_recordings import add_recording
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.errors import InvalidFields, OmnisonicError
from omnisonic.platform.ids import utc_now
from omnisonic.platform.pagination import Page, decode_cursor
from omnisonic.platform.ui.words import count

PATH = "/catalog"
MAX_GENRE_CHARS = 60
MAX_NEW_CHARS = 500  # what names and titles may have
MAX_PAGES_BACK = 200
SINGULAR = {Kind.WORKS: "work", Kind.RECORDINGS: "recording", Kind.PEOPLE: "person"}


class CatalogState(rx.State):
    """One page of the list. `asked` is what the address says: kind, q, genre, mine, conflicts, without."""

    is_loaded: bool = False
    load_problem: str = ""
    kind: str = ""
    is_curator: bool = False
    search: str = ""
    search_key: int = 0
    genre: str = ""
    genre_key: int = 0
    genres: rx.Field[list[str]] = rx.field(default_factory=list)
    mine: bool = False
    conflicts: bool = False
    without: bool = False
    lines: rx.Field[list[EntryLine]] = rx.field(default_factory=list)
    total_words: str = ""
    place_words: str = ""
    is_filtered: bool = False
    hrefs: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    problem: str = ""
    existing_href: str = ""
    new_name: str = ""
    is_asked: int = 0  # 1 while the address asks for the form
    _cursors: dict[int, str] | None = None
    _cursors_of: str = ""
    _typed: str = ""
    _typed_genre: str = ""
    _genres_of: str = ""

    @rx.event
    @guarded
    async def load(self) -> AsyncIterator[None]:
        """The rows that the address asks for; others go first, unless they wait for the next letter typed."""
        self.load_problem = self.problem = self.existing_href = ""
        self.is_curator = is_curator(current_actor())
        query = self.router.url.query_parameters
        asked = str(query.get("kind", ""))
        kind = asked if asked in set(Kind) else str(Kind.WORKS)
        if kind != self.kind:
            self.kind, self.is_loaded = kind, False
        self.search = str(query.get("q", ""))[:MAX_QUERY_CHARS]
        if self.search != self._typed:  # the address knows better than the field
            self._typed, self.search_key = self.search, self.search_key + 1
            self.is_loaded = False
        self.genre = str(query.get("genre", ""))[:MAX_GENRE_CHARS]
        if self.genre != self._typed_genre:
            self._typed_genre, self.genre_key = self.genre, self.genre_key + 1
        self.mine, self.conflicts = "mine" in query, "conflicts" in query and self.kind == Kind.WORKS
        self.without = "without" in query and self.kind != Kind.PEOPLE
        self.is_filtered = bool(self.search or self.genre or self.mine or self.conflicts or self.without)
        self.hrefs = self._links()
        self.new_name = str(query.get("new", ""))[:MAX_NEW_CHARS]
        self.is_asked = 1 if self.new_name else 0
        if not self.is_loaded:
            yield
        await self._show(current_actor(), str(query.get("after", "")), str(query.get("page", "1")))

    @rx.event
    @guarded
    async def look_for(self, words: str) -> Any:
        """Search while someone types; the address follows."""
        self._typed = " ".join(words.split())[:MAX_QUERY_CHARS]
        if self._typed == self.search:
            return None
        return rx.redirect(self._address(q=self._typed), replace=True)

    @rx.event
    @guarded
    async def look_by_enter(self, form: dict[str, Any]) -> Any:
        """The same, when Enter was pressed."""
        looking: Any = CatalogState.look_for
        return looking(str(form.get("catalog_search", "")))

    @rx.event
    @guarded
    async def choose_genre(self, words: str) -> Any:
        """Show one genre once its name is whole; nothing written shows all."""
        asked = " ".join(words.split())[:MAX_GENRE_CHARS]
        known = {genre.casefold() for genre in self.genres}
        if asked.casefold() == self.genre.casefold() or (asked and asked.casefold() not in known):
            return None
        self._typed_genre = asked  # the field keeps what is in it, and the keyboard
        return rx.redirect(self._address(genre=asked))

    @rx.event
    @guarded
    async def genre_by_enter(self, form: dict[str, Any]) -> Any:
        """Show the genre as it is written, also one that is not among the suggestions."""
        return rx.redirect(self._address(genre=" ".join(str(form.get("catalog_genre", "")).split())))

    @rx.event
    @guarded
    async def forget_problem(self) -> None:
        """An empty form."""
        self.problem = self.existing_href = self.new_name = ""

    @rx.event
    @guarded
    async def create_work(self, form: dict[str, Any]) -> Any:
        """Register a work and open it."""
        return await self._make(_create_work, form)

    @rx.event
    @guarded
    async def create_recording(self, form: dict[str, Any]) -> Any:
        """Register a recording and open it, or point at the one that has the ISRC."""
        return await self._make(_create_recording, form)

    @rx.event
    @guarded
    async def create_person(self, form: dict[str, Any]) -> Any:
        """Register a person or a company and open the page."""
        return await self._make(_create_person, form)

    async def _make(self, make: Any, form: dict[str, Any]) -> Any:
        self.problem = self.existing_href = ""
        try:
            href, words = await in_thread(make, current_actor(), form)
        except OmnisonicError as error:
            self.problem = error.errors[0].message if error.errors else error.detail
            return None
        if words:
            self.problem, self.existing_href = words, href
            return None
        return rx.redirect(href)

    async def _show(self, actor: Actor, after: str, page: str) -> None:
        number = int(page) if page.isdecimal() and len(page) < 7 else 1
        where = self._filter()
        try:
            found = await in_thread(_fetch, actor, Kind(self.kind), where, after)
        except InvalidFields:  # a cursor that was cut or made up
            found, number, after = await in_thread(_fetch, actor, Kind(self.kind), where, ""), 1, ""
        if self._genres_of != self.kind:
            self._genres_of, self.genres = self.kind, await in_thread(_genres, Kind(self.kind))
        self._remember(number, after)
        self.lines, self.is_loaded = found.lines, True
        self._say(found, number if after else 1)

    def _say(self, found: Listing, number: int) -> None:
        first = (number - 1) * PAGE_ROWS + 1
        last = first + len(found.lines) - 1
        noun = SINGULAR[Kind(self.kind)]
        self.total_words = (
            f"{found.total:,} people" if noun == "person" and found.total != 1 else count(found.total, noun)
        )
        self.place_words = f"{first:,}–{last:,} of {found.total:,}" if found.lines else ""
        older = self._address(after=found.cursor, page=str(number + 1)) if found.cursor else ""
        self.hrefs = {**self.hrefs, "next": older, "before": self._before(number)}

    def _filter(self) -> CatalogFilter:
        return CatalogFilter(
            search=self.search or None,
            genre=self.genre or None,
            mine=self.mine,
            has_conflict=True if self.conflicts else None,
            has_iswc=False if self.without else None,
            has_isrc=False if self.without else None,
        )

    def _links(self) -> dict[str, str]:
        """Where the switches of this list lead; its pages are known once its rows are."""
        flags = {"mine": self.mine, "conflicts": self.conflicts, "without": self.without}
        toggles = {name: self._address(**{name: "" if on else "1"}) for name, on in flags.items()}
        kinds = {str(kind): self._address(kind="" if kind is Kind.WORKS else str(kind)) for kind in Kind}
        files = file_query(self._filter(), Kind(self.kind))
        return {
            **kinds,
            **toggles,
            "all": PATH if self.kind == Kind.WORKS else f"{PATH}?kind={self.kind}",
            "next": "",
            "before": "",
            "csv": f"/api/catalog/{self.kind}.csv{files}",
            "jsonl": f"/api/catalog/{self.kind}.jsonl{files}",
        }

    def _address(self, **changes: str) -> str:
        """This list with something changed, from its first page on."""
        asked = {
            "kind": "" if self.kind == Kind.WORKS else self.kind,
            "q": self.search,
            "genre": self.genre,
            "mine": "1" if self.mine else "",
            "conflicts": "1" if self.conflicts else "",
            "without": "1" if self.without else "",
            **changes,
        }
        query = urlencode({name: value for name, value in asked.items() if value})
        return f"{PATH}?{query}" if query else PATH

    def _remember(self, number: int, after: str) -> None:
        list_address = self._address()
        known = dict(self._cursors or {}) if list_address == self._cursors_of else {}
        self._cursors = {**known, number: after} if len(known) < MAX_PAGES_BACK else {number: after}
        self._cursors_of = list_address

    def _before(self, number: int) -> str:
        if number <= 1:
            return ""
        cursor = (self._cursors or {}).get(number - 1)
        return self._address(after=cursor, page=str(number - 1)) if cursor else self._address()


def _fetch(actor: Actor, kind: Kind, where: CatalogFilter, after: str) -> Listing:
    page = Page(limit=PAGE_ROWS, after=decode_cursor(after))
    with read_session() as session:
        return list_entries(session, actor, kind=kind, where=where, page=page)


def _genres(kind: Kind) -> list[str]:
    with read_session() as session:
        return [] if kind is Kind.PEOPLE else common_genres(session, TABLES[kind])


def _create_work(actor: Actor, form: dict[str, Any]) -> tuple[str, str]:
    with unit_of_work() as uow:
        made = works.create_work(uow, actor, title=str(form.get("work_title", "")))
        return f"{PATH}/works/{made.id}", ""


def _create_recording(actor: Actor, form: dict[str, Any]) -> tuple[str, str]:
    with unit_of_work() as uow:
        found = add_recording(uow, actor, work_id=None, form=form)
        return f"{PATH}/recordings/{found.id}", found.words


def _create_person(actor: Actor, form: dict[str, Any]) -> tuple[str, str]:
    begun = utc_now()
    with unit_of_work() as uow:
        draft = ContributorDraft(name=str(form.get("person_name", "")))
        made = contributors.upsert_contributor(uow, actor, draft=draft)
        words = "" if made.created_at >= begun else f"You registered “{made.name}” before."
        return f"{PATH}/contributors/{made.id}", words
