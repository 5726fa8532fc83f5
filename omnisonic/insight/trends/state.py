"""`/trends`: who is up, as the address asks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import reflex as rx
from pydantic import ValidationError

from omnisonic.insight.addresses import MAX_FIELDS, MAX_QUERY_CHARS, with_query, write_query
from omnisonic.insight.analytics.board import FreshLine, fresh_line
from omnisonic.insight.drawer.state import ArticlesState
from omnisonic.insight.parameters import MentionParameters
from omnisonic.insight.store import mentions
from omnisonic.insight.store.filters import MentionFilter
from omnisonic.insight.trends.api import TrendParameters
from omnisonic.insight.trends.lines import TrendLine, trend_lines
from omnisonic.insight.trends.service import TrendWindow, top_trends, window_filter
from omnisonic.platform.auth.guard import guarded
from omnisonic.platform.db import in_thread, read_session
from omnisonic.platform.ids import utc_now

ALL = "all"
PATH = "/trends"
FIELDS = ("window", "entityType", "genre", "source", "count", "order")
DAYS = {TrendWindow.DAY: "1", TrendWindow.WEEK: "7", TrendWindow.MONTH: "30"}
CHOICES_MAX = 100
ROWS = 50


@dataclass
class TrendFilterLine:
    """The filter as its controls show it."""

    window: str = TrendWindow.WEEK.value
    entity_type: str = ALL
    genre: str = ALL
    source: str = ALL
    count: str = "stories"
    order: str = "count"
    is_set: bool = False


@dataclass
class Found:
    """What was read at once."""

    lines: list[TrendLine]
    genres: list[str]
    sources: list[str]
    fresh: FreshLine


class TrendsState(rx.State):
    """What `/trends` shows."""

    phase: str = "loading"
    load_problem: str = ""
    chosen: rx.Field[TrendFilterLine] = rx.field(default_factory=TrendFilterLine)
    lines: rx.Field[list[TrendLine]] = rx.field(default_factory=list)
    words: str = ""
    genres: rx.Field[list[str]] = rx.field(default_factory=list)
    sources: rx.Field[list[str]] = rx.field(default_factory=list)
    fresh: rx.Field[FreshLine] = rx.field(default_factory=FreshLine)
    _values: dict[str, str] | None = None

    @rx.event
    @guarded
    async def load(self) -> AsyncIterator[None]:
        """The trends that the address asks for; what stands there stays until they come."""
        asked, self._values = read_trends(str(self.router.url.query))
        self.chosen = _shown(asked, self._values)
        yield
        found: Found = await in_thread(_read, asked)
        self.lines, self.genres, self.sources, self.fresh = (
            found.lines,
            found.genres,
            found.sources,
            found.fresh,
        )
        self.words = _summary(found.lines)
        self.phase, self.load_problem = "ready", ""

    @rx.event
    @guarded
    async def choose(self, name: str, value: str) -> Any:
        """Change one filter; the address follows."""
        if name not in FIELDS:
            return None
        wanted = {**(self._values or {}), name: value}
        pairs = {key: wanted[key] for key in FIELDS if wanted.get(key) and wanted[key] != ALL}
        return rx.redirect(with_query(PATH, urlencode(pairs)))

    @rx.event
    @guarded
    async def pick(self, key: str, name: str) -> Any:
        """The articles about an entity in the window."""
        kind, _, entity_id = key.partition(":")
        values = {name: value for name, value in (self._values or {}).items() if name in ("genre", "source")}
        showing: Any = ArticlesState.show_list
        days = DAYS[TrendWindow(self.chosen.window)]
        return showing(write_query(values, days=days, entityType=kind, entityId=entity_id), name)


def read_trends(query: str) -> tuple[TrendParameters, dict[str, str]]:
    """What a query string asks for, and its filters that mean something; the others are left out."""
    try:
        pairs = parse_qsl(query[:MAX_QUERY_CHARS], max_num_fields=MAX_FIELDS)
    except ValueError:
        pairs = []
    kept = {name: value for name, value in pairs if name in FIELDS}
    while True:
        try:
            return TrendParameters.model_validate({**kept, "limit": ROWS}), kept
        except ValidationError as error:
            wrong = {str(one["loc"][0]) for one in error.errors() if one["loc"]}
            kept = {name: value for name, value in kept.items() if name not in wrong} if wrong else {}


def _shown(asked: TrendParameters, kept: Mapping[str, str]) -> TrendFilterLine:
    return TrendFilterLine(
        window=asked.window.value,
        entity_type=kept.get("entityType", ALL),
        genre=kept.get("genre", ALL),
        source=kept.get("source", ALL),
        count=asked.count.value,
        order=asked.order.value,
        is_set=bool({"entityType", "genre", "source"} & kept.keys()),
    )


def _read(asked: TrendParameters) -> Found:
    narrowing = asked.model_dump(by_alias=False, exclude={"window", "count", "order", "limit"})
    everything = window_filter(asked.window, MentionParameters().filter())
    chosen = window_filter(asked.window, MentionParameters(**narrowing).filter())
    with read_session() as session:
        found = top_trends(session, chosen=chosen, count=asked.count, order=asked.order, limit=asked.limit)
    return Found(
        lines=trend_lines(found.trends, count=asked.count, now=utc_now()),
        genres=[name for name in mentions.count_by_genre(everything) if name][:CHOICES_MAX],
        sources=_sources(everything),
        fresh=fresh_line(found.freshness),
    )


def _sources(everything: MentionFilter) -> list[str]:
    return sorted(one.source for one in mentions.count_by_source(everything, limit=CHOICES_MAX))


def _summary(lines: list[TrendLine]) -> str:
    """Who is up most, in one sentence."""
    rising = [line for line in lines if line.way == "up"]
    if not rising:
        return "Nobody is far above their usual right now." if lines else ""
    first = rising[0]
    others = f", and {len(rising) - 1} more are above theirs" if len(rising) > 1 else ""
    return f"{first.name} is up: {first.figure}, {first.change[0].lower()}{first.change[1:]}{others}."
