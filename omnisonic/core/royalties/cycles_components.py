"""The tab of cycles on `/royalties`: what waits as a picture, the cycles, and the form that opens one."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.royalties.state import RoyaltiesState
from omnisonic.platform.ui.controls import badge, button, field, text_input
from omnisonic.platform.ui.dialog import closes, dialog, opens
from omnisonic.platform.ui.feedback import empty_state, notice
from omnisonic.platform.ui.table import cell, table

CYCLES: Any = RoyaltiesState  # Reflex types no variables of dataclasses
OPEN_CYCLE = "open-cycle"
COLUMNS = ("Cycle", "State", "Currencies", ">Reported", ">Checkpoint")


def open_button(*, kind: str = "outline") -> rx.Component:
    """Asks for a new cycle."""
    return button("Open a cycle", testid="open-cycle", icon="calendar-plus", kind=kind, **opens(OPEN_CYCLE))


def cycles_tab() -> rx.Component:
    """Waiting money above, cycles below."""
    return rx.cond(
        CYCLES.cycles.length() > 0,
        rx.el.div(
            _waiting(),
            table("Cycles, newest first", COLUMNS, rx.foreach(CYCLES.cycles, _row), testid="cycles"),
            rx.cond(
                CYCLES.cursor != "", button("Show more", testid="cycles-more", on_click=CYCLES.show_more)
            ),
            class_name="ui-stack ui-stack-6",
        ),
        empty_state(
            "receipt-text",
            "No money has been reported yet",
            "Send the first statement of a service: its month is opened as a cycle by itself. "
            "Or open a cycle with days and currencies of your own.",
            rx.el.a(
                "Report usage",
                href="/royalties?tab=usage",
                class_name="ui-button ui-button-primary",
                data_testid="first-usage",
            ),
            open_button(),
            testid="no-cycles",
        ),
    )


def cycle_form() -> rx.Component:
    """The dialog that opens a cycle."""
    return dialog(
        OPEN_CYCLE,
        "Open a cycle",
        rx.el.form(
            rx.el.p(
                "Usage of these days is booked into it until it is closed. Without a cycle of your own "
                "each calendar month is opened by itself.",
                class_name="ui-text-2",
            ),
            field(
                "Name",
                text_input("cycle_name", testid="cycle-name", max_length=120, required=True),
                for_id="cycle_name",
            ),
            rx.el.div(
                field(
                    "First day",
                    text_input("cycle_first", testid="cycle-first", type="date", required=True),
                    for_id="cycle_first",
                ),
                field(
                    "Last day",
                    text_input("cycle_last", testid="cycle-last", type="date", required=True),
                    for_id="cycle_last",
                ),
                class_name="ui-pair",
            ),
            field(
                "Currencies",
                text_input("cycle_currencies", testid="cycle-currencies", placeholder="All, or EUR, USD …"),
                for_id="cycle_currencies",
                hint="Leave it empty for every currency.",
            ),
            field(
                "Reported in",
                text_input("cycle_currency", testid="cycle-currency", placeholder="EUR", max_length=3),
                for_id="cycle_currency",
                hint="The currency whose total its checkpoint names.",
            ),
            rx.cond(
                CYCLES.form_problem != "",
                notice(CYCLES.form_problem, kind="danger", data_testid="cycle-problem"),
            ),
            rx.el.div(
                button("Open the cycle", testid="cycle-save", kind="primary", type="submit"),
                button("Cancel", testid="cycle-cancel", kind="ghost", **closes(OPEN_CYCLE)),
                class_name="ui-row",
            ),
            on_submit=CYCLES.open_cycle,
            class_name="ui-stack ui-stack-4",
        ),
        testid="cycle-form",
        closed=CYCLES.opened,
    )


def _waiting() -> rx.Component:
    return rx.cond(
        CYCLES.waiting.length() > 0,
        rx.el.section(
            rx.el.div(
                rx.el.h2("Money that waits", id="waiting-title", class_name="ui-section-title"),
                rx.el.p("Booked, but not yet anybody's. Nothing of it is lost, and none of it is paid out."),
                class_name="ry-head",
            ),
            rx.foreach(CYCLES.waiting, _picture),
            aria_labelledby="waiting-title",
            class_name="ui-card ry-waiting",
            data_testid="waiting",
        ),
        notice("Nothing waits: all reported money has its parties.", kind="ok", data_testid="nothing-waits"),
    )


def _picture(picture: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p(picture.total, title=picture.exact, class_name="ry-total"),
        rx.el.div(
            rx.foreach(
                picture.bars,
                lambda bar: rx.el.span(
                    style={"width": bar.width, "background": "var(" + bar.color + ")"},
                    title=bar.words + ": " + bar.short,
                    key=bar.reason,
                ),
            ),
            aria_hidden="true",
            class_name="ry-bar",
        ),
        rx.el.ul(rx.foreach(picture.bars, _reason), class_name="ry-reasons"),
        key=picture.currency,
        class_name="ry-picture",
    )


def _reason(bar: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(aria_hidden="true", class_name="ry-dot", style={"background": "var(" + bar.color + ")"}),
        rx.el.div(
            rx.el.p(
                rx.el.strong(bar.words),
                rx.cond(bar.share != "", rx.el.span(bar.share, class_name="ui-dim ui-num ui-nowrap")),
                class_name="ui-row",
            ),
            rx.el.p(
                bar.way,
                class_name="ui-small ui-text-2",
            ),
            class_name="ui-grow",
        ),
        rx.cond(
            bar.href != "",
            rx.el.a(bar.short, href=bar.href, title=bar.exact, class_name="ui-link ui-num"),
            rx.el.span(bar.short, title=bar.exact, class_name="ui-num"),
        ),
        key=bar.reason,
        data_testid="waiting-reason",
    )


def _row(line: Any) -> rx.Component:
    return rx.el.tr(
        cell(
            "Cycle",
            rx.el.div(
                rx.el.a(line.title, href=line.href, dir="auto", class_name="ui-cell-title"),
                rx.el.p(line.period, class_name="ui-small ui-text-2"),
                class_name="ry-cell",
            ),
        ),
        cell(
            "State",
            rx.el.div(
                status_badge(line), rx.el.p(line.since, class_name="ui-small ui-text-2"), class_name="ry-cell"
            ),
        ),
        cell("Currencies", rx.el.span(line.currencies, class_name="ui-text-2")),
        cell(
            "Reported",
            rx.el.div(
                rx.foreach(line.reported, lambda one: rx.el.p(one, class_name="ui-num")),
                rx.cond(line.reported.length() == 0, rx.el.p("Nothing yet", class_name="ui-dim")),
            ),
            end=True,
        ),
        cell(
            "Checkpoint",
            rx.cond(
                line.checkpoint != "",
                rx.el.span(line.checkpoint, class_name="ui-num"),
                rx.el.span("–", class_name="ui-dim"),
            ),
            end=True,
        ),
        key=line.id,
        data_testid="cycle-row",
    )


def status_badge(line: Any) -> rx.Component:
    """A cycle's state: a word and a sign."""
    return rx.match(
        line.status,
        ("closed", badge(line.status_words, kind="ok", icon="lock")),
        ("closing", badge(line.status_words, kind="warn", icon="loader")),
        badge(line.status_words, kind="accent", icon="lock-open"),
    )
