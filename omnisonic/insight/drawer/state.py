"""What the drawer shows and does; the pages only tell it which articles."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import reflex as rx

from omnisonic.insight.addresses import read_filter, read_query
from omnisonic.insight.analytics.news import get_article, list_articles, open_article
from omnisonic.insight.drawer.lines import ArticleLine, ArticleSheet, article_line, article_sheet
from omnisonic.insight.store.filters import MentionFilter
from omnisonic.insight.tagging import corrections
from omnisonic.insight.tagging.articles import require_item
from omnisonic.insight.tagging.models import Verdict
from omnisonic.insight.tagging.publishing import try_publish
from omnisonic.insight.tagging.schemas import CorrectionDraft
from omnisonic.insight.tagging.views import explain
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.errors import NotFound, OmnisonicError
from omnisonic.platform.ids import parse_id, utc_now
from omnisonic.platform.pagination import Page, decode_cursor
from omnisonic.platform.ui.notices import warn

PAGE_ROWS = 20
MAX_ROWS = 200
MAX_TITLE_CHARS = 300


class ArticlesState(rx.State):
    """A list of articles, or one of them with its evidence. `opened` and `closed` count, for the dialog."""

    opened: int = 0
    closed: int = 0
    phase: str = "loading"
    problem: str = ""
    title: str = ""
    lines: rx.Field[list[ArticleLine]] = rx.field(default_factory=list)
    cursor: str = ""
    sheet: rx.Field[ArticleSheet] = rx.field(default_factory=ArticleSheet)
    is_article: bool = False
    is_from_list: bool = False
    is_analyst: bool = False
    undo_words: str = ""
    _query: str = ""
    _undo: str = ""

    @rx.event
    @guarded
    async def show_list(self, query: str, title: str) -> Any:
        """The articles behind a figure: `query` is a filter as it stands in an address."""
        self._begin(title)
        self.is_article, self._query = False, query
        self.lines, self.cursor = [], ""
        yield
        await self._read_more()

    @rx.event
    @guarded
    async def more(self) -> None:
        """The next articles of the list."""
        if len(self.lines) < MAX_ROWS:
            await self._read_more()

    @rx.event
    @guarded
    async def show_article(self, article_id: str, is_from_list: bool = False) -> Any:
        """One article with its evidence; counts that it was opened."""
        self._begin("Article" if not is_from_list else self.title, opens=not is_from_list)
        self.is_article, self.is_from_list = True, is_from_list
        self.sheet = ArticleSheet()
        yield
        await self._read_article(article_id, is_opened=True)

    @rx.event
    @guarded
    async def back(self) -> None:
        """From an article to its list."""
        self.is_article, self.phase = False, "ready"
        self.undo_words = self.problem = ""

    @rx.event
    @guarded(role=Role.ANALYST)
    async def reject(self, tag_id: str) -> Any:
        """This article is not about that: the link leaves every chart at once."""
        return await self._correct(tag_id, Verdict.REJECT)

    @rx.event
    @guarded(role=Role.ANALYST)
    async def confirm(self, tag_id: str) -> Any:
        """This article is about that, whatever the tagger thinks later."""
        return await self._correct(tag_id, Verdict.CONFIRM)

    @rx.event
    @guarded(role=Role.ANALYST)
    async def undo(self) -> Any:
        """Take the last correction back."""
        correction_id = parse_id(self._undo)
        self._undo = self.undo_words = ""
        if correction_id is None:
            return None
        await in_thread(_take_back, current_actor(), correction_id)
        await self._read_article(self.sheet.id)
        return None

    def _begin(self, title: str, *, opens: bool = True) -> None:
        self.phase, self.problem, self.undo_words = "loading", "", ""
        self.title = title[:MAX_TITLE_CHARS]
        self.is_analyst = corrections.is_analyst(current_actor())
        self.opened += opens

    async def _correct(self, tag_id: str, verdict: Verdict) -> Any:
        known = parse_id(tag_id)
        name = next((link.name for link in self.sheet.links if link.tag_id == tag_id), "")
        if known is None:
            return None
        try:
            self._undo = await in_thread(_correct, current_actor(), known, verdict)
        except OmnisonicError as error:
            return warn(error.title, error.detail)
        done = "is no longer linked to" if verdict is Verdict.REJECT else "stays linked to"
        self.undo_words = f"This article {done} {name}."
        await self._read_article(self.sheet.id)
        return None

    async def _read_more(self) -> None:
        asked, _ = read_filter(read_query(self._query))
        try:
            found, cursor = await in_thread(_list, asked.filter(), self.cursor)
        except OmnisonicError as error:
            self.phase, self.problem = "failed", error.detail
            return
        self.lines = [*self.lines, *found]
        self.cursor, self.phase = cursor, "ready"

    async def _read_article(self, article_id: str, *, is_opened: bool = False) -> None:
        try:
            self.sheet = await in_thread(_read, parse_id(article_id), is_opened)
            self.phase = "ready"
        except OmnisonicError as error:
            self.phase, self.problem = "failed", error.detail


def _list(chosen: MentionFilter, cursor: str) -> tuple[list[ArticleLine], str]:
    page, now = Page(limit=PAGE_ROWS, after=decode_cursor(cursor)), utc_now()
    with read_session() as session:
        found = list_articles(session, chosen=chosen, page=page, linked_only=True)
    return [article_line(one, now=now) for one in found.news], found.next_cursor or ""


def _read(article_id: UUID | None, is_opened: bool) -> ArticleSheet:
    if article_id is None:
        raise NotFound("There is no such article.")
    item = require_item(article_id)
    with unit_of_work() as uow:  # the primary: a correction of just now is in it
        article = get_article(uow.session, item_id=article_id)
        sheet = article_sheet(article, explain(uow.session, item), now=utc_now())
    if is_opened:
        open_article(item_id=article_id)
    return sheet


@repeatable
def _write(actor: Actor, draft: CorrectionDraft) -> str:
    with unit_of_work() as uow:
        correction, _ = corrections.create_correction(uow, actor, draft=draft)
        return str(correction.id)


def _correct(actor: Actor, tag_id: UUID, verdict: Verdict) -> str:
    made = _write(actor, CorrectionDraft(verdict=verdict, tag_id=tag_id))
    try_publish()
    return made


def _take_back(actor: Actor, correction_id: UUID) -> None:
    with unit_of_work() as uow:
        corrections.delete_correction(uow, actor, correction_id=correction_id)
    try_publish()
