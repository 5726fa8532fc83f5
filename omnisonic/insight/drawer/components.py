"""The drawer itself: once per page of Insight."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.inline import A

from omnisonic.insight.drawer.state import ArticlesState
from omnisonic.platform.ui.controls import badge, button, link_button
from omnisonic.platform.ui.dialog import drawer, opened_by_state
from omnisonic.platform.ui.feedback import error_state, notice, skeleton

ARTICLES: Any = ArticlesState  # Reflex types no variables of dataclasses
DRAWER = "articles"


def articles_drawer(*, on_change: Any) -> rx.Component:
    """Opens when a state asks for it; `on_change` runs after each correction, so that charts follow."""
    return rx.fragment(
        drawer(
            DRAWER,
            ARTICLES.title,
            rx.match(
                ARTICLES.phase,
                ("loading", skeleton(shape="row", count=5)),
                ("failed", _failed()),
                rx.cond(ARTICLES.is_article, _article(on_change), _list()),
            ),
            _foot(on_change),
            closed=ARTICLES.closed,
            testid="articles",
        ),
        opened_by_state(DRAWER, at=ARTICLES.opened),
    )


def _failed() -> rx.Component:
    return error_state(
        "The articles could not be loaded", ARTICLES.problem, ARTICLES.more, testid="articles-failed"
    )


def _list() -> rx.Component:
    return rx.cond(
        ARTICLES.lines.length() > 0,
        rx.el.div(
            rx.el.ul(rx.foreach(ARTICLES.lines, _line), class_name="ui-articles"),
            rx.cond(
                ARTICLES.cursor != "",
                button("Show more", testid="more-articles", on_click=ARTICLES.more),
            ),
            class_name="ui-stack",
        ),
        rx.el.p("No article is behind this any more.", class_name="ui-text-2", data_testid="no-articles"),
    )


def _line(line: Any) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.span(line.title, dir="auto", class_name="ui-article-title"),
            rx.el.span(line.source, " · ", line.when, class_name="ui-small ui-text-2"),
            type="button",
            class_name="ui-article",
            on_click=ARTICLES.show_article(line.id, True),
            data_testid="article-line",
        ),
        rx.el.div(
            rx.foreach(line.names, lambda name: badge(name, dir="auto")),
            rx.cond(line.more > 0, rx.el.span("and ", line.more, " more", class_name="ui-small ui-dim")),
            class_name="ui-row ui-row-wrap",
        ),
        key=line.id,
    )


def _article(on_change: Any) -> rx.Component:
    sheet: Any = ARTICLES.sheet
    return rx.el.article(
        rx.cond(
            ARTICLES.is_from_list,
            button(
                "All articles", testid="back-to-list", icon="arrow-left", kind="ghost", on_click=ARTICLES.back
            ),
        ),
        rx.el.h3(sheet.title, dir="auto", lang=sheet.language, class_name="ui-article-head"),
        rx.el.p(sheet.source, " · ", sheet.tier, " · ", sheet.when, class_name="ui-small ui-text-2"),
        rx.cond(
            sheet.text != "",
            rx.el.p(sheet.text, dir="auto", lang=sheet.language, class_name="ui-article-text"),
        ),
        rx.cond(
            sheet.href != "",
            link_button(
                "Read the article",
                sheet.href,
                testid="read-article",
                icon="external-link",
                extra="ui-article-read",
                is_page=False,
                target="_blank",
                rel="noopener noreferrer nofollow",
            ),
        ),
        rx.el.h4("What it is about", class_name="ui-article-part"),
        rx.cond(
            sheet.links.length() > 0,
            rx.el.ul(rx.foreach(sheet.links, lambda link: _link(link, on_change)), class_name="ui-links"),
            rx.el.p("Nothing in your catalog, as far as we can tell.", class_name="ui-text-2"),
        ),
        rx.cond(sheet.unlinked.length() > 0, _unlinked()),
        class_name="ui-stack",
        data_testid="article",
    )


def _link(link: Any, on_change: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.a(
                link.name,
                href=link.href,
                dir="auto",
                class_name="ui-cell-title ui-grow",
                data_testid="link-name",
            ),
            rx.cond(
                link.is_rejected,
                badge("Rejected", kind="danger", icon="x"),
                rx.cond(
                    link.is_confirmed,
                    badge("Confirmed", kind="ok", icon="check"),
                    rx.match(
                        link.band_kind,
                        ("ok", _band(link, "ok")),
                        ("accent", _band(link, "accent")),
                        _band(link, "warn"),
                    ),
                ),
            ),
            class_name="ui-row",
        ),
        rx.el.p(
            link.kind,
            " · ",
            link.places,
            rx.cond(link.method != "", " · found " + link.method, ""),
            class_name="ui-small ui-text-2",
        ),
        rx.el.blockquote(
            link.before, rx.el.mark(link.match), link.after, dir="auto", class_name="ui-snippet"
        ),
        rx.el.details(
            rx.el.summary("Why?"),
            rx.el.ul(
                rx.foreach(link.reasons, lambda words: _reason(words, "check", "for")),
                rx.foreach(link.doubts, lambda words: _reason(words, "minus", "against")),
                class_name="ui-reasons",
            ),
            open=True,
            class_name="ui-why",
            data_testid="evidence",
        ),
        rx.cond(
            ARTICLES.is_analyst & ~link.is_rejected,
            rx.el.div(
                rx.cond(
                    ~link.is_confirmed,
                    button(
                        "Confirm",
                        testid="confirm-link",
                        icon="check",
                        aria_label="Confirm: " + link.name,
                        on_click=[ARTICLES.confirm(link.tag_id), on_change],
                    ),
                ),
                button(
                    "Reject",
                    testid="reject-link",
                    icon="x",
                    kind="danger",
                    aria_label="Reject: " + link.name,
                    on_click=[ARTICLES.reject(link.tag_id), on_change],
                ),
                class_name="ui-row",
            ),
        ),
        key=link.tag_id,
        data_rejected=rx.cond(link.is_rejected, "true", "false"),
        class_name="ui-about",
        data_testid="link",
    )


def _band(link: Any, kind: str) -> rx.Component:
    return badge(link.band + ", " + link.sure, kind=kind, data_testid="link-band")


def _reason(words: Any, icon: str, side: str) -> rx.Component:
    return rx.el.li(
        rx.icon(icon, size=14, aria_hidden="true"),
        rx.el.span(words, rx.el.span(f" ({side})", class_name="ui-sr-only")),
        data_side=side,
        key=words,
    )


def _unlinked() -> rx.Component:
    return rx.el.div(
        rx.el.h4("Not in the catalog yet", class_name="ui-article-part"),
        rx.el.ul(
            rx.foreach(
                ARTICLES.sheet.unlinked,
                lambda one: rx.el.li(
                    rx.el.strong(one.phrase, dir="auto"),
                    rx.el.span(one.reason, class_name="ui-small ui-text-2"),
                ),
            ),
            class_name="ui-unlinked",
        ),
        A.create("All names that the catalog lacks", href="/tagging", class_name="ui-link-text"),
        data_testid="unlinked",
    )


def _foot(on_change: Any) -> rx.Component:
    return rx.cond(
        ARTICLES.undo_words != "",
        rx.el.div(
            notice(ARTICLES.undo_words, kind="ok", data_testid="corrected"),
            button("Undo", testid="undo-correction", icon="undo-2", on_click=[ARTICLES.undo, on_change]),
            class_name="ui-drawer-foot ui-row ui-between",
        ),
    )
