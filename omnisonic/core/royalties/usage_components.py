"""The tab of usage on `/royalties`: where a statement is sent, how far each one is, and taking one back."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.royalties.usage_state import UsageState
from omnisonic.core.royalties.widgets import UsageDrop
from omnisonic.platform.ui.controls import badge, button, link_button, progress
from omnisonic.platform.ui.dialog import closes, dialog, opened_by_state
from omnisonic.platform.ui.feedback import error_state, skeleton
from omnisonic.platform.ui.file_drop import FileLimits
from omnisonic.platform.ui.table import cell, table

USAGE: Any = UsageState  # Reflex types no variables of dataclasses
REVERSE = "reverse-usage"
COLUMNS = ("Source", "State", ">Booked", ">Refused", "When", ">Actions")


def usage_tab() -> rx.Component:
    """The place to drop a statement, and those that came."""
    return rx.el.div(
        UsageDrop.create(sources=USAGE.sources, max_bytes=FileLimits.catalog_bytes, on_started=USAGE.follow),
        rx.cond(
            USAGE.load_problem != "",
            error_state("The statements could not be listed", USAGE.load_problem, on_retry=USAGE.load),
            rx.cond(USAGE.is_loaded, _list(), skeleton(shape="row", count=4)),
        ),
        _reverse_question(),
        class_name="ui-stack ui-stack-6",
    )


def _list() -> rx.Component:
    return rx.cond(
        USAGE.rows.length() > 0,
        table("Usage statements, newest first", COLUMNS, rx.foreach(USAGE.rows, _row), testid="usage"),
        rx.el.p(
            "Statements that you send are listed here, with what was booked and a file of the refused rows.",
            class_name="ui-text-2",
            data_testid="no-usage",
        ),
    )


def _row(row: Any) -> rx.Component:
    return rx.el.tr(
        cell(
            "Source",
            rx.el.div(
                rx.el.p(row.source, dir="auto", class_name="ui-cell-title"),
                rx.el.p(
                    row.file_name,
                    " · ",
                    row.size,
                    title=row.file_name,
                    class_name="ui-small ui-text-2 ui-truncate",
                ),
                class_name="ry-cell ry-file",
            ),
        ),
        cell("State", _state(row)),
        cell(
            "Booked",
            rx.el.div(
                rx.el.p(row.accepted, data_testid="usage-accepted"),
                rx.el.p(row.totals, class_name="ui-small ui-text-2"),
            ),
            end=True,
        ),
        cell(
            "Refused",
            rx.el.div(
                rx.el.p(row.rejected, data_testid="usage-rejected"),
                rx.cond(
                    row.unmatched != "",
                    rx.el.a(row.unmatched, href="/royalties?tab=matching", class_name="ui-link ui-small"),
                ),
            ),
            end=True,
        ),
        cell("When", rx.el.span(row.when, class_name="ui-text-2")),
        cell("Actions", _actions(row), end=True),
        key=row.id,
        data_testid="usage-row",
    )


def _state(row: Any) -> rx.Component:
    return rx.cond(
        row.is_active,
        rx.el.div(
            rx.el.p(row.status_words, " · ", row.progress_words, class_name="ui-small"),
            progress(row.progress, label=row.file_name, testid="usage-progress"),
            class_name="ui-stack ui-state-cell",
        ),
        rx.el.div(
            rx.match(
                row.status,
                ("completed", badge(row.status_words, kind="ok", icon="check", data_testid="usage-status")),
                (
                    "failed",
                    badge(row.status_words, kind="danger", icon="circle-alert", data_testid="usage-status"),
                ),
                badge(row.status_words, icon="undo-2", data_testid="usage-status"),
            ),
            rx.cond(row.note != "", rx.el.p(row.note, class_name="ui-small ui-text-2")),
            rx.cond(row.errors.length() > 0, _errors(row)),
            class_name="ui-stack ui-state-cell",
        ),
    )


def _errors(row: Any) -> rx.Component:
    return rx.el.details(
        rx.el.summary("Why rows were refused"),
        rx.el.ul(rx.foreach(row.errors, lambda words: rx.el.li(words, key=words)), class_name="ry-errors"),
        class_name="ui-why",
    )


def _actions(row: Any) -> rx.Component:
    return rx.el.div(
        rx.cond(
            row.errors_href != "",
            link_button(
                "Refused rows",
                row.errors_href,
                testid="usage-errors",
                icon="download",
                kind="ghost",
                is_page=False,
                download=True,
            ),
        ),
        rx.cond(
            row.can_reverse,
            button(
                "Take back",
                testid="usage-reverse",
                icon="undo-2",
                kind="ghost",
                aria_label="Take back the statement of " + row.source,
                on_click=USAGE.ask(row.id),
            ),
        ),
        class_name="ui-row ry-actions",
    )


def _reverse_question() -> rx.Component:
    return rx.fragment(
        opened_by_state(REVERSE, at=USAGE.asked_at),
        dialog(
            REVERSE,
            "Take this statement back?",
            rx.el.div(
                rx.el.p(rx.el.strong(USAGE.asked_words, dir="auto")),
                rx.el.p(
                    "Each of its bookings is reversed by a new one; nothing is deleted. Parties may then "
                    "owe what they were given. It cannot be undone, but the corrected file can be sent "
                    "afterwards.",
                    class_name="ui-text-2",
                ),
                rx.cond(USAGE.asked_cycles != "", rx.el.p(USAGE.asked_cycles, data_testid="reverse-cycles")),
                rx.el.div(
                    button("Take it back", testid="reverse-confirm", kind="danger", on_click=USAGE.reverse),
                    button("Keep it", testid="reverse-keep", kind="ghost", **closes(REVERSE)),
                    class_name="ui-row",
                ),
                class_name="ui-stack ui-stack-4",
            ),
            testid="reverse-question",
            closed=USAGE.decided,
        ),
    )
