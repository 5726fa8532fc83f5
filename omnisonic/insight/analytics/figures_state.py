"""What pages of figures do alike: read the filter from the address, show its figures, lead to articles."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import reflex as rx

from omnisonic.insight.addresses import (
    CUSTOM,
    range_choice,
    read_filter,
    read_query,
    with_query,
    write_query,
)
from omnisonic.insight.analytics.board import Board, read_board
from omnisonic.insight.drawer.state import ArticlesState
from omnisonic.insight.news import EntityType
from omnisonic.insight.parameters import AnalyticsParameters
from omnisonic.insight.store.buckets import STEPS, BucketSize
from omnisonic.insight.store.running import patience
from omnisonic.platform.auth.guard import guarded
from omnisonic.platform.db import in_thread, read_session
from omnisonic.platform.errors import NotFound
from omnisonic.platform.ids import parse_id
from omnisonic.platform.ui.notices import warn

ALL = "all"
UNKNOWN = "unknown"
PAGE_MAX_S, QUERY_MAX_S = 40, 19  # of all figures of a page together, and of each query for them
FILES = ("mentions", "genres", "sources", "network")


@dataclass
class FilterLine:
    """The filter as its controls show it."""

    span: str = "30"
    first_day: str = ""
    last_day: str = ""
    entity_type: str = ALL
    genre: str = ALL
    source: str = ALL
    count: str = "stories"
    depth: str = "1"
    is_set: bool = False
    left_out: str = ""


class FiguresState(rx.State, mixin=True):
    """One page of figures. `phase`: loading, ready or missing; the address decides, never the controls."""

    phase: str = "loading"
    load_problem: str = ""
    chosen: rx.Field[FilterLine] = rx.field(default_factory=FilterLine)
    board: rx.Field[Board] = rx.field(default_factory=Board)
    files: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    query: str = ""
    is_custom: bool = False
    filters: rx.Field[dict[str, str]] = rx.field(default_factory=dict)

    @rx.event
    @guarded
    async def load(self) -> AsyncIterator[None]:
        """The figures that the address asks for; what stands there stays until they come."""
        values = self._read_address()
        asked, kept = read_filter(values)
        if write_query(kept) != self.query:
            self.is_custom = False
        self.filters, self.query = kept, write_query(kept)
        self._show_filter(asked, kept, values)
        yield
        try:
            self.board = await in_thread(_read, asked)
        except NotFound:
            self.phase = "missing"
            return
        self.phase, self.load_problem = "ready", ""
        self.files = {**self.files, "network": self._network_file()}
        await self._after_load(asked)

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
        size = str(self.board.series.get("bucket", BucketSize.DAY))
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

    def _read_address(self) -> dict[str, str]:
        return read_query(self.router.url.query)

    def _path(self) -> str:
        return self.router.url.path.rstrip("/")

    async def _after_load(self, asked: AnalyticsParameters) -> None:
        """What else a page needs."""

    def _network_file(self) -> str:
        center = _parse_key(self.board.network_key)
        if center is None:
            return ""
        return with_query("/api/analytics/network.csv", write_query(self.filters, **center))

    def _go(self, **changes: str | None) -> Any:
        return rx.redirect(with_query(self._path(), write_query(self.filters, **changes)))

    def _show(self, title: str, **changes: str) -> Any:
        showing: Any = ArticlesState.show_list
        return showing(write_query(self.filters, **changes), title)

    def _show_filter(self, asked: AnalyticsParameters, kept: dict[str, str], given: dict[str, str]) -> None:
        range_ = range_choice(kept)
        where = asked.filter()
        last = where.until - timedelta(microseconds=1)
        left_out = sorted(given.keys() - kept.keys())
        genre = kept.get("genre", ALL)
        self.chosen = FilterLine(
            span=range_,
            first_day=where.since.date().isoformat(),
            last_day=last.date().isoformat(),
            entity_type=kept.get("entityType", ALL),
            genre=UNKNOWN if genre == "" else genre,
            source=kept.get("source") or ALL,
            count=asked.count.value,
            depth=str(asked.depth),
            is_set=bool(kept.keys() - {"count", "depth"}),
            left_out=", ".join(left_out),
        )
        self.is_custom = self.is_custom or range_ == CUSTOM
        self.files = {name: with_query(f"/api/analytics/{name}.csv", write_query(kept)) for name in FILES}


def _read(asked: AnalyticsParameters) -> Board:
    with patience(total_s=PAGE_MAX_S, each_s=QUERY_MAX_S), read_session() as session:
        return read_board(session, asked=asked)


def _parse_key(key: str) -> dict[str, str] | None:
    """`artist:…` as filters."""
    kind, _, entity_id = key.partition(":")
    if kind not in set(EntityType) or parse_id(entity_id) is None:
        return None
    return {"entityType": kind, "entityId": entity_id}


def _moment(value: datetime) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")
