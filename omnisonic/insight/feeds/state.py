"""The page of feeds: the list and its filters, checks that are watched, pausing and removing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from omnisonic.insight.archive import set_aside
from omnisonic.insight.feeds import repository, service
from omnisonic.insight.feeds.models import FeedStatus
from omnisonic.insight.feeds.repository import FeedFilter
from omnisonic.insight.feeds.schemas import FeedChange, FeedDraft
from omnisonic.insight.feeds.words import AsideLine, FeedLine, aside_line_of, line_of
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.ids import parse_id, utc_now
from omnisonic.platform.pagination import Page
from omnisonic.platform.ui.notices import tell, warn
from omnisonic.platform.ui.watching import LookAgainState

PAGE_ROWS = 100
MAX_ROWS = 1000  # a page of more is slow to draw: search for the others
MAX_SEARCH_CHARS = 200
EVERY = "all"


class FeedsState(LookAgainState, rx.State):
    """Feeds under the present filters, newest first; looked at again while one is being checked."""

    path: ClassVar[str] = "/feeds"

    is_loaded: bool = False
    load_problem: str = ""
    may_edit: bool = False
    search: str = ""
    status: str = EVERY
    summary: str = ""
    has_any: bool = False
    is_cut: bool = False
    asides: rx.Field[list[AsideLine]] = rx.field(default_factory=list)
    _rows: int = PAGE_ROWS
    lines: rx.Field[list[FeedLine]] = rx.field(default_factory=list)
    removed_words: str = ""
    _removed: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    _asked: rx.Field[dict[str, str]] = rx.field(
        default_factory=dict
    )  # feeds to be checked now, with the time of the check before

    @rx.event
    @guarded
    async def load(self) -> Any:
        """The list as it is now."""
        self.load_problem = self.removed_words = ""
        self._rows = PAGE_ROWS
        self._asked = {}
        actor = current_actor()
        self.may_edit = actor.role in (Role.ANALYST, Role.ADMIN)
        await self._look(actor)
        return FeedsState.watch if self._is_any_checking() else None

    @rx.event
    @guarded
    async def refresh(self) -> Any:
        """Feeds were added: show them and watch their first check."""
        await self._look(current_actor())
        return FeedsState.watch

    @rx.event
    @guarded
    async def more(self) -> None:
        """Further rows of the list."""
        self._rows = min(self._rows + PAGE_ROWS, MAX_ROWS)
        await self._look(current_actor())

    @rx.event
    @guarded(role=Role.ANALYST)
    async def retry_asides(self) -> Any:
        """Have the articles that were set aside tried again."""
        await in_thread(_retry_asides, current_actor())
        await self._look(current_actor())
        return FeedsState.watch

    @rx.event
    @guarded
    async def filter_search(self, words: str) -> None:
        """Only feeds with these words in their title or address."""
        self.search, self._rows = words[:MAX_SEARCH_CHARS], PAGE_ROWS
        await self._look(current_actor())

    @rx.event
    @guarded
    async def filter_status(self, status: str) -> None:
        """Only feeds in one state."""
        self.status, self._rows = status if status in set(FeedStatus) else EVERY, PAGE_ROWS
        await self._look(current_actor())

    @rx.event
    @guarded
    async def check_now(self, feed_id: str) -> Any:
        """Have a feed checked, and watch for the outcome."""
        before = next((line.checked_at for line in self.lines if line.id == feed_id), "")
        self._asked = {**self._asked, feed_id: before}
        problem = await self._change(feed_id, _check)
        if problem is not None:
            self._asked = {key: value for key, value in self._asked.items() if key != feed_id}
        await self._look(current_actor())
        return warn(problem.title, problem.detail) if problem else FeedsState.watch

    @rx.event
    @guarded
    async def pause(self, feed_id: str) -> Any:
        """Leave a feed alone until somebody takes it up again."""
        return await self._switch(feed_id, "paused")

    @rx.event
    @guarded
    async def resume(self, feed_id: str) -> Any:
        """Take a feed up again; it is checked at once."""
        return await self._switch(feed_id, "active")

    @rx.event
    @guarded
    async def remove(self, feed_id: str) -> Any:
        """Stop following a feed; `undo_remove` follows it again."""
        found = parse_id(feed_id)
        if found is None:
            return None
        self._removed = await in_thread(_remove, current_actor(), found)
        self.removed_words = f"{self._removed['title']} is not followed any more"
        await self._look(current_actor())
        return None

    @rx.event
    @guarded
    async def undo_remove(self) -> Any:
        """Follow the feed that was removed last."""
        draft, self._removed, self.removed_words = self._removed, {}, ""
        if not draft:
            return None
        await in_thread(_add, current_actor(), FeedDraft(**draft))
        await self._look(current_actor())
        return FeedsState.watch

    @rx.event
    @guarded
    async def forget_remove(self) -> None:
        """Take the undo bar away."""
        self._removed, self.removed_words = {}, ""

    async def _look_again(self, actor: Actor) -> bool:
        async with self:
            await self._look(actor)
            return self._is_any_checking()

    async def _switch(self, feed_id: str, status: str) -> Any:
        problem = await self._change(feed_id, lambda actor, found: _set_status(actor, found, status))
        await self._look(current_actor())
        if problem is not None:
            return warn(problem.title, problem.detail)
        return tell("The feed is paused") if status == "paused" else FeedsState.watch

    async def _change(self, feed_id: str, change: Any) -> OmnisonicError | None:
        found = parse_id(feed_id)
        if found is None:
            return None
        try:
            await in_thread(change, current_actor(), found)
        except OmnisonicError as error:
            return error
        return None

    async def _look(self, actor: Actor) -> None:
        where = FeedFilter(
            status=FeedStatus(self.status) if self.status != EVERY else None,
            words=self.search.strip() or None,
        )
        found = await in_thread(_find, actor, where, self._rows)
        for line in found.lines:
            if self._asked.get(line.id) == line.checked_at:
                line.is_checking = True
        self.lines, self.asides, self.is_loaded = found.lines, found.asides, True
        self.is_cut = found.is_cut and self._rows < MAX_ROWS
        self.has_any, self.summary = bool(found.counts), _summary(found.counts)

    def _is_any_checking(self) -> bool:
        return any(line.is_checking for line in self.lines) or any(one.is_waiting for one in self.asides)


@dataclass(frozen=True)
class _Found:
    lines: list[FeedLine]
    asides: list[AsideLine]
    counts: dict[FeedStatus, int]
    is_cut: bool


def _find(actor: Actor, where: FeedFilter, rows: int) -> _Found:
    now = utc_now()
    with read_session() as session:
        found = service.list_feeds(session, actor, page=Page(limit=rows), where=where)
        return _Found(
            lines=[line_of(view, now=now) for view in found.feeds],
            asides=[aside_line_of(one, now=now) for one in set_aside.list_asides(session)],
            counts=repository.count_by_status(session),
            is_cut=found.next_cursor is not None,
        )


def _summary(counts: dict[FeedStatus, int]) -> str:
    words = {
        FeedStatus.ACTIVE: "fine",
        FeedStatus.FAILING: "failing",
        FeedStatus.PAUSED: "paused",
        FeedStatus.GONE: "ended",
    }
    return " · ".join(f"{counts[status]:,} {word}" for status, word in words.items() if counts.get(status))


@repeatable
def _retry_asides(actor: Actor) -> None:
    with unit_of_work() as uow:
        set_aside.try_again(uow, actor)


@repeatable
def _check(actor: Actor, feed_id: UUID) -> None:
    with unit_of_work() as uow:
        service.check_now(uow, actor, feed_id=feed_id)


@repeatable
def _set_status(actor: Actor, feed_id: UUID, status: Any) -> None:
    with unit_of_work() as uow:
        service.update_feed(uow, actor, feed_id=feed_id, change=FeedChange(status=status))


@repeatable
def _add(actor: Actor, draft: FeedDraft) -> None:
    with unit_of_work() as uow:
        service.add_feed(uow, actor, draft=draft)


@repeatable
def _remove(actor: Actor, feed_id: UUID) -> dict[str, Any]:
    """Remove a feed; returns what following it again needs."""
    with unit_of_work() as uow:
        view = service.get_feed(uow.session, actor, feed_id=feed_id)
        service.remove_feed(uow, actor, feed_id=feed_id)
    return {name: getattr(view, name) for name in FeedDraft.model_fields}
