"""What was said and changed about the sheet, and the sheets before it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.platform.ui.controls import icon_link
from omnisonic.studio.split_sheets.state import SplitsState

STATE: Any = SplitsState  # Reflex types no variables of dataclasses
SHEET: Any = SplitsState.sheet


def history() -> rx.Component:
    return rx.el.section(
        rx.el.h3("What was said and changed", class_name="ui-panel-title"),
        rx.el.ol(rx.foreach(SHEET.happenings, _happening), class_name="ui-split-talk"),
    )


def _happening(one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.p(rx.el.strong(one.who), " ", one.did),
        rx.cond(
            one.changes.length() > 0,
            rx.el.ul(rx.foreach(one.changes, lambda words: rx.el.li(words, dir="auto"))),
        ),
        rx.cond(one.word != "", rx.el.blockquote(one.word, dir="auto")),
        rx.el.p(one.when, class_name="ui-small ui-dim ui-num"),
        key=one.key,
        class_name="ui-split-" + one.kind.to(str),
        data_testid="split-happening",
    )


def earlier() -> rx.Component:
    return rx.cond(
        STATE.earlier.length() > 0,
        rx.el.details(
            rx.el.summary("Earlier sheets"),
            rx.el.ul(
                rx.foreach(
                    STATE.earlier,
                    lambda one: rx.el.li(
                        rx.el.div(
                            rx.el.p(rx.el.strong(one.title, dir="auto")),
                            rx.el.p(one.words, class_name="ui-small ui-text-2"),
                            class_name="ui-grow",
                        ),
                        icon_link(
                            "file-down",
                            "PDF of " + one.title.to(str),
                            one.pdf,
                            testid="earlier-pdf",
                            download=True,
                        ),
                        key=one.id,
                    ),
                ),
                class_name="ui-list",
            ),
            class_name="ui-split-earlier",
            data_testid="split-earlier",
        ),
    )
