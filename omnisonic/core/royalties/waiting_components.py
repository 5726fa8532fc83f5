"""The list of works that money waits for, below the matching queue on `/royalties`."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.royalties.waiting_state import WaitingState
from omnisonic.platform.ui.controls import button
from omnisonic.platform.ui.table import cell, table

WAITING: Any = WaitingState  # Reflex types no variables of dataclasses
COLUMNS = ("Work", "Why it waits", ">Amount", ">Actions")


def waiting_works() -> rx.Component:
    """What waits for the shares of which work, and giving it out once they are right."""
    return rx.cond(
        WAITING.rows.length() > 0,
        rx.el.section(
            rx.el.h2("Money that waits for shares", id="waiting-title", class_name="ui-section-title"),
            rx.el.p(
                "Once the shares of a work are right, give out what waits, each use by those of its day.",
                class_name="ui-text-2",
            ),
            table(
                "Works that money waits for, the largest amounts first",
                COLUMNS,
                rx.foreach(WAITING.rows, _row),
                testid="waiting-works",
            ),
            rx.cond(
                WAITING.cursor != "", button("Show more", testid="waiting-more", on_click=WAITING.show_more)
            ),
            aria_labelledby="waiting-title",
            class_name="ui-stack",
        ),
    )


def _row(line: Any) -> rx.Component:
    return rx.el.tr(
        cell("Work", rx.el.a(line.title, href=line.href, dir="auto", class_name="ui-cell-title")),
        cell(
            "Why it waits",
            rx.el.div(
                rx.el.p(line.reason),
                rx.el.p(line.way, class_name="ui-small ui-text-2"),
                class_name="ry-cell",
            ),
        ),
        cell(
            "Amount",
            rx.el.div(
                rx.el.strong(line.amount, title=line.exact, class_name="ui-num"),
                rx.el.p(line.events, class_name="ui-small ui-text-2"),
            ),
            end=True,
        ),
        cell(
            "Actions",
            rx.cond(
                line.work_id != "",
                button(
                    rx.cond(WAITING.releasing == line.work_id, "Giving out …", "Give out"),
                    testid="waiting-release",
                    icon="hand-coins",
                    aria_label="Give out what waits for " + line.title,
                    disabled=WAITING.releasing != "",
                    on_click=WAITING.release(line.work_id),
                ),
            ),
            end=True,
        ),
        key=line.key,
        data_testid="waiting-row",
    )
