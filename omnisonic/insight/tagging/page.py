"""`/tagging`: names the catalog lacks, corrections, and the stoplist."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.insight.charts.entity_finder import entity_finder
from omnisonic.insight.drawer.components import ARTICLES, articles_drawer
from omnisonic.insight.tagging.page_state import TaggingState
from omnisonic.platform.ui.controls import badge, button, field, link_button, text_input
from omnisonic.platform.ui.feedback import empty_state, error_state, notice, skeleton
from omnisonic.platform.ui.shell import crumbs, page, page_head, shell

TAGGING: Any = TaggingState  # Reflex types no variables of dataclasses
TABS = (
    ("names", "Not in the catalog yet"),
    ("corrections", "Corrections"),
    ("stoplist", "Stoplist"),
)


def tagging_page() -> rx.Component:
    """`/tagging`"""
    return shell(
        page(
            page_head("Tagging", "How articles find your catalog, and what people taught the tagger"),
            _tabs(),
            rx.cond(
                ~TAGGING.is_analyst & (TAGGING.phase == "ready"),
                notice(
                    "You can read this. Teaching the tagger needs the role analyst.",
                    data_testid="only-reading",
                ),
            ),
            rx.cond(
                TAGGING.load_problem != "",
                error_state("This could not be loaded", TAGGING.load_problem, TAGGING.load),
                rx.cond(TAGGING.phase == "loading", skeleton(shape="row", count=6), _list()),
            ),
            articles_drawer(on_change=TAGGING.load),
        ),
        active="analytics",
        crumbs=crumbs(("Insight", "/trends"), ("Analytics", "/analytics"), ("Tagging", None)),
    )


def _tabs() -> rx.Component:
    return rx.el.nav(
        *[
            rx.el.a(
                words,
                href=f"/tagging?tab={tab}",
                aria_current=rx.cond(TAGGING.tab == tab, "page", "false"),
                class_name="ui-kind",
                data_testid=f"tab-{tab}",
            )
            for tab, words in TABS
        ],
        aria_label="Parts of tagging",
        class_name="ui-kinds",
    )


def _list() -> rx.Component:
    return rx.el.div(
        rx.match(TAGGING.tab, ("corrections", _corrections()), ("stoplist", _stoplist()), _names()),
        rx.cond(TAGGING.has_more, button("Show more", testid="more-rows", on_click=TAGGING.more)),
        class_name="ui-stack",
    )


def _names() -> rx.Component:
    return rx.cond(
        TAGGING.names.length() > 0,
        rx.el.ul(rx.foreach(TAGGING.names, _name), class_name="ui-decides", data_testid="names"),
        empty_state(
            "book-check",
            "The catalog knows every name",
            "Names that articles use like an artist's or a title, and that the catalog lacks, wait here.",
            testid="no-names",
        ),
    )


def _name(line: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.h2(line.phrase, dir="auto"),
            rx.el.p(line.words, " · ", line.sources, class_name="ui-small ui-text-2"),
            rx.cond(
                line.registered_href != "",
                rx.el.p(
                    badge("In the catalog now", kind="ok", icon="check"),
                    rx.el.span("Its articles get the link within a minute or two."),
                    class_name="ui-row ui-row-wrap ui-small",
                    data_testid="name-known",
                ),
            ),
        ),
        rx.el.blockquote(line.snippet, dir="auto", class_name="ui-snippet"),
        rx.el.div(
            button(
                "See the article",
                testid="name-article",
                icon="newspaper",
                kind="ghost",
                on_click=ARTICLES.show_article(line.article_id, False),
            ),
            rx.cond(
                line.registered_href != "",
                link_button(
                    "Open " + line.phrase, line.registered_href, testid="name-registered", icon="arrow-right"
                ),
                _name_choices(line),
            ),
            class_name="ui-row ui-row-wrap",
        ),
        key=line.key,
        class_name="ui-decide",
        data_testid="name",
    )


def _name_choices(line: Any) -> rx.Component:
    """Whoever is signed in may register somebody; what it teaches the tagger is for analysts."""
    register = link_button(
        line.register_words, line.register_href, testid="name-register", icon="plus", kind="outline"
    )
    decide = rx.fragment(
        button(
            "Nobody's name",
            testid="name-ignore",
            icon="x",
            aria_label=line.phrase + " is nobody's name",
            on_click=TAGGING.ignore(line.key),
        ),
        entity_finder(
            "Another name of …",
            testid="name-link",
            on_pick=lambda found, name, kind: TAGGING.link(line.key, found, name, kind),
        ),
    )
    return rx.fragment(register, rx.cond(TAGGING.is_analyst, decide))


def _corrections() -> rx.Component:
    return rx.cond(
        TAGGING.corrections.length() > 0,
        rx.el.ul(
            rx.foreach(TAGGING.corrections, _correction), class_name="ui-decides", data_testid="corrections"
        ),
        empty_state(
            "list-checks",
            "No corrections yet",
            "Open an article from a chart and confirm or reject what it is about. What was corrected is "
            "here, and holds whenever articles are tagged again.",
            testid="no-corrections",
        ),
    )


def _correction(line: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                rx.cond(
                    line.is_reject,
                    badge("Rejected", kind="danger", icon="x"),
                    badge("Confirmed", kind="ok", icon="check"),
                ),
                rx.el.a(line.name, href=line.href, dir="auto", class_name="ui-cell-title"),
                rx.el.span(line.sentence, dir="auto"),
                class_name="ui-row ui-row-wrap",
            ),
            rx.el.p(
                line.by, rx.cond(line.reason != "", " · " + line.reason, ""), class_name="ui-small ui-text-2"
            ),
        ),
        rx.el.div(
            rx.cond(
                line.article_id != "",
                button(
                    "See the article",
                    testid="correction-article",
                    icon="newspaper",
                    kind="ghost",
                    on_click=ARTICLES.show_article(line.article_id, False),
                ),
            ),
            rx.cond(
                TAGGING.is_analyst,
                button(
                    "Take back",
                    testid="take-back",
                    icon="undo-2",
                    aria_label="Take back: " + line.name + " " + line.sentence,
                    on_click=TAGGING.take_back(line.id),
                ),
            ),
            class_name="ui-row ui-row-wrap",
        ),
        key=line.id,
        class_name="ui-decide",
        data_testid="correction",
    )


def _stoplist() -> rx.Component:
    return rx.el.div(
        rx.cond(TAGGING.is_analyst, _stop_form()),
        rx.cond(
            TAGGING.stops.length() > 0,
            rx.el.ul(rx.foreach(TAGGING.stops, _stop), class_name="ui-decides", data_testid="stops"),
            empty_state(
                "octagon-x",
                "No words are stopped",
                "Words on the stoplist are never linked, whatever stands around them. Use it for names that "
                "mean something else in the news.",
                testid="no-stops",
            ),
        ),
        class_name="ui-stack",
    )


def _stop_form() -> rx.Component:
    return rx.el.form(
        field(
            "Words",
            text_input("stop_phrase", testid="stop-phrase", required=True, max_length=300, dir="auto"),
            for_id="stop_phrase",
        ),
        field(
            "Only in this source",
            text_input("stop_source", testid="stop-source", max_length=253, placeholder="everywhere"),
            for_id="stop_source",
        ),
        field(
            "Reason",
            text_input(
                "stop_reason", testid="stop-reason", required=True, min_length=3, max_length=500, dir="auto"
            ),
            for_id="stop_reason",
        ),
        button("Stop them", testid="stop-add", kind="primary", type="submit"),
        rx.cond(
            TAGGING.form_problem != "",
            rx.el.p(
                TAGGING.form_problem, class_name="ui-field-error", role="alert", data_testid="stop-problem"
            ),
        ),
        key=TAGGING.form_key.to(str),
        on_submit=TAGGING.stop,
        class_name="ui-inline-form ui-stop-form",
    )


def _stop(line: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                rx.el.strong(line.phrase, dir="auto"),
                rx.el.span("is never linked ", line.where),
                class_name="ui-row ui-row-wrap",
            ),
            rx.el.p(line.by, " · ", line.reason, class_name="ui-small ui-text-2"),
        ),
        rx.cond(
            TAGGING.is_analyst,
            button(
                "Let it be a name again",
                testid="stop-release",
                icon="undo-2",
                aria_label="Let " + line.phrase + " be a name again",
                on_click=TAGGING.release(line.id),
            ),
        ),
        key=line.id,
        class_name="ui-decide ui-decide-row",
        data_testid="stop",
    )
