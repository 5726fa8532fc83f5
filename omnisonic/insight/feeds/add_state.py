"""Adding a feed: from an address to its candidates to the one that is followed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from omnisonic.insight.feeds import discovery, service
from omnisonic.insight.feeds.models import MAX_URL_CHARS
from omnisonic.insight.feeds.schemas import Candidate, FeedDraft
from omnisonic.insight.feeds.state import FeedsState
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.ui.notices import tell

TIERS = {"1", "2", "3"}


@dataclass
class CandidateLine:
    """A feed that was found."""

    url: str
    title: str
    words: str
    is_followed: bool


class AddFeedState(rx.State):
    """What was typed, what was found there, and what stood in the way."""

    address: str = ""
    tier: str = "3"
    is_looking: bool = False
    problem: str = ""
    candidates: rx.Field[list[CandidateLine]] = rx.field(default_factory=list)

    @rx.event
    @guarded
    async def type_address(self, text: str) -> None:
        """Keep what is in the field; the candidates of another address go."""
        self.address = text[:MAX_URL_CHARS]
        self.problem, self.candidates = "", []

    @rx.event
    @guarded
    async def choose_tier(self, tier: str) -> None:
        """How much a mention in this source says."""
        self.tier = tier if tier in TIERS else "3"

    @rx.event
    @guarded
    async def look(self, _form: dict[str, Any]) -> Any:
        """Look for feeds at the address; the only one is followed at once."""
        self.problem, self.candidates, self.is_looking = "", [], True
        yield
        actor = current_actor()
        try:
            found = await in_thread(_discover, actor, self.address)
        except OmnisonicError as error:
            self.problem = _words_of(error)
            found = []
        finally:
            self.is_looking = False
        self.candidates = [_line(one) for one in found]
        if len(found) == 1 and found[0].feed_id is None:
            follow: Any = AddFeedState.follow  # on its class a handler stands for an event
            yield follow(found[0].url)

    @rx.event
    @guarded
    async def follow(self, url: str) -> Any:
        """Follow one of the candidates."""
        try:
            title = await in_thread(_follow, current_actor(), url[:MAX_URL_CHARS], int(self.tier))
        except OmnisonicError as error:
            self.problem = _words_of(error)
            return None
        for candidate in self.candidates:
            candidate.is_followed = candidate.is_followed or candidate.url == url
        if all(candidate.is_followed for candidate in self.candidates):
            self.address, self.candidates = "", []
        return [tell("Following", title), FeedsState.refresh]


def _discover(actor: Actor, address: str) -> list[Candidate]:
    found = discovery.find_candidates(actor, url=address)
    with read_session() as session:
        return discovery.mark_followed(session, found)


@repeatable
def _follow(actor: Actor, url: str, tier: int) -> str:
    with unit_of_work() as uow:
        return service.add_feed(uow, actor, draft=FeedDraft(url=url, source_tier=tier)).title


def _line(candidate: Candidate) -> CandidateLine:
    words = candidate.format or "Feed"
    if candidate.entries is not None:
        words = f"{words} · {candidate.entries:,} entries"
    return CandidateLine(
        url=candidate.url,
        title=candidate.title or candidate.url,
        words=words,
        is_followed=candidate.feed_id is not None,
    )


def _words_of(error: OmnisonicError) -> str:
    return error.errors[0].message if error.errors else error.detail
