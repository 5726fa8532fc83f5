"""The tab of matching on `/royalties`: what was reported, what it may be, and one click that decides."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.catalog.widgets import finder
from omnisonic.core.royalties.matching_state import LOOKING, MatchingState
from omnisonic.core.royalties.waiting_components import waiting_works
from omnisonic.platform.ui.controls import badge, button
from omnisonic.platform.ui.feedback import empty_state, error_state, skeleton, undo_bar

MATCHING: Any = MatchingState  # Reflex types no variables of dataclasses


def matching_tab() -> rx.Component:
    """The queue, and the way back from the last decision."""
    return rx.el.div(
        rx.cond(
            MATCHING.load_problem != "",
            error_state("The queue could not be loaded", MATCHING.load_problem, on_retry=MATCHING.load),
            rx.cond(MATCHING.is_loaded, _queue(), skeleton(shape="row", count=4)),
        ),
        waiting_works(),
        rx.cond(
            MATCHING.undo_id != "",
            undo_bar(MATCHING.undo_words, MATCHING.undo, MATCHING.forget_undo, testid="match-undo"),
        ),
        class_name="ui-stack ui-stack-6",
    )


def _queue() -> rx.Component:
    return rx.cond(
        MATCHING.rows.length() > 0,
        rx.el.div(
            rx.el.p(
                "Say once which recording is meant. What waits goes to its parties by the shares of each "
                "day, and later statements that report it the same way are booked at once.",
                class_name="ui-text-2",
            ),
            rx.el.ul(rx.foreach(MATCHING.rows, _row), class_name="ui-decides", data_testid="matching"),
            rx.cond(
                MATCHING.cursor != "",
                button("Show more", testid="matching-more", on_click=MATCHING.show_more),
            ),
            class_name="ui-stack ui-stack-4",
        ),
        empty_state(
            "list-checks",
            "Every reported recording is known",
            "Recordings that a statement names and the catalog does not know wait here, with their money.",
            testid="no-matching",
        ),
    )


def _row(line: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.h2(line.title, dir="auto"),
                rx.el.p(
                    rx.cond(line.detail != "", rx.el.span(line.detail, " · ", dir="auto"), ""),
                    "reported by ",
                    rx.el.span(line.source, dir="auto"),
                    ", since ",
                    line.since,
                    class_name="ui-small ui-text-2",
                ),
                class_name="ui-grow",
            ),
            rx.el.div(
                rx.el.strong(line.waiting, class_name="ui-num"),
                rx.el.p(line.events, class_name="ui-small ui-text-2"),
                class_name="ry-waits",
            ),
            class_name="ry-match-head",
        ),
        rx.cond(
            line.phase == LOOKING,
            rx.el.p("Looking in the catalog …", role="status", class_name="ui-small ui-dim"),
            rx.cond(
                line.suggestions.length() > 0,
                rx.el.ul(
                    rx.foreach(line.suggestions, lambda one: _suggestion(line, one)),
                    aria_label="Recordings that may be meant",
                    class_name="ry-suggestions",
                ),
                rx.el.p(
                    "Nothing in the catalog is like it. Search below, or register the recording first.",
                    class_name="ui-small ui-text-2",
                ),
            ),
        ),
        rx.el.div(
            finder(
                "recordings",
                "Another recording …",
                testid="match-finder",
                on_pick=lambda found, name: MATCHING.confirm(line.id, found, name),
            ),
            button(
                "Not ours",
                testid="match-dismiss",
                icon="x",
                kind="ghost",
                aria_label=line.title + " is not ours",
                on_click=MATCHING.dismiss(line.id),
            ),
            class_name="ui-row ui-row-wrap",
        ),
        key=line.id,
        class_name="ui-decide",
        data_testid="match-row",
    )


def _suggestion(line: Any, one: Any) -> rx.Component:
    return rx.el.li(
        rx.cond(
            one.is_sure,
            badge(one.score, kind="ok", title="How much speaks for it"),
            badge(one.score, title="How much speaks for it"),
        ),
        rx.el.div(
            rx.el.p(
                rx.el.a(one.title, href=one.href, dir="auto", class_name="ui-cell-title"),
                rx.el.span(" ", one.detail, dir="auto", class_name="ui-text-2"),
            ),
            rx.el.p(one.reason, class_name="ui-small ui-text-2"),
            class_name="ui-grow",
        ),
        rx.cond(
            one.is_sure,
            _confirm(line, one, "primary"),
            _confirm(line, one, "outline"),
        ),
        key=one.recording_id,
        data_testid="match-suggestion",
    )


def _confirm(line: Any, one: Any, kind: str) -> rx.Component:
    return button(
        "This one",
        testid="match-confirm",
        icon="check",
        kind=kind,
        aria_label=line.title + " is " + one.title + ", " + one.detail,
        on_click=MATCHING.confirm(line.id, one.recording_id, one.title),
    )
