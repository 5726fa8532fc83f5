"""A page of figures: its parts come one by one, and an answer that nobody waits for is not shown."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from omnisonic.insight.analytics.board import Lead
from omnisonic.insight.analytics.figures_state import FiguresState
from omnisonic.platform.clickhouse import AnalyticsUnavailable
from omnisonic.platform.errors import NotFound


class Page:
    """The variables of a state, and what each part reads."""

    def __init__(self, **parts: Any) -> None:
        self.parts = parts
        self.filters: dict[str, str] = {}
        self.phase, self.load_problem = "loading", "as before"
        self.stage = self.arrived = self._answered = 0
        self._asks = 1
        self.shown: list[tuple[int, int]] = []

    async def __aenter__(self) -> Page:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.shown.append((self.stage, self.arrived))

    def _parts(self) -> Any:
        return tuple(self.parts.items())

    def _after(self) -> None: ...

    async def _refuse(self, asks: int, error: Any) -> None:
        await FiguresState._refuse(self, asks, error)  # type: ignore[arg-type]

    def answer(self) -> bool:
        return asyncio.run(FiguresState._answer(self))  # type: ignore[arg-type]


@pytest.fixture
def lead(db: None) -> Any:
    return lambda *_: Lead(total=7, top_key="artist:x")


def test_parts_are_shown_as_they_come_and_know_the_first(lead: Any) -> None:
    page = Page(lead=lead, network=lambda _session, _asked, lead: lead.top_key)
    assert page.answer()
    assert (page.phase, page.load_problem, page.__dict__["network"]) == ("ready", "", "artist:x")
    assert page.shown == [(0, 0), (1, 1), (2, 2)]
    assert page.answer() is False, "it is answered"


def test_what_was_asked_meanwhile_is_answered_and_the_rest_left(lead: Any) -> None:
    def ask_again(*_: Any) -> str:
        if page._asks == 1:
            page._asks, page.stage = 2, 0
            return "old"
        return "new"

    page = Page(lead=lead, genres=ask_again)
    assert page.answer()
    assert "genres" not in page.__dict__
    assert (page.stage, page.arrived) == (0, 1)
    assert page.answer()
    assert (page.__dict__["genres"], page.stage) == ("new", 2)


def test_a_server_that_goes_away_leaves_what_has_come(lead: Any) -> None:
    def fail(*_: Any) -> None:
        raise AnalyticsUnavailable("gone for now")

    def miss(*_: Any) -> None:
        raise NotFound("nobody")

    page = Page(lead=lead, genres=fail)
    page.answer()
    assert (page.phase, page.load_problem, page.stage) == ("ready", "gone for now", 1)
    missing = Page(lead=miss)
    missing.answer()
    assert missing.phase == "missing"
