"""The dialog with the entries behind a statement line, each with its own proof file."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.royalties.line_entries_state import LineEntriesState
from omnisonic.platform.ui.controls import button, link_button
from omnisonic.platform.ui.dialog import dialog, opened_by_state
from omnisonic.platform.ui.table import cell, table

BEHIND: Any = LineEntriesState  # Reflex types no variables of dataclasses
ENTRIES = "line-entries"
COLUMNS = (">Place", "Day", "What", ">Share", ">Amount", ">Proof")


def line_entries_dialog() -> rx.Component:
    """Opens for the line that was chosen."""
    return rx.fragment(
        opened_by_state(ENTRIES, at=BEHIND.opened_at),
        dialog(
            ENTRIES,
            BEHIND.head.title,
            rx.el.div(
                rx.el.p(BEHIND.head.about, dir="auto", class_name="ui-text-2"),
                rx.el.p(
                    BEHIND.head.bookings,
                    ", together ",
                    rx.el.strong(BEHIND.head.sum, class_name="ui-num", data_testid="line-entries-sum"),
                ),
                table(
                    "Entries of the line, oldest first",
                    COLUMNS,
                    rx.foreach(BEHIND.entries, _entry),
                    testid="line-entries-table",
                ),
                rx.cond(
                    BEHIND.cursor != "",
                    rx.el.div(
                        button("Show more", testid="line-entries-more", on_click=BEHIND.show_more),
                        rx.el.p(
                            BEHIND.entries.length(),
                            " of ",
                            BEHIND.head.bookings,
                            role="status",
                            class_name="ui-small ui-text-2",
                            data_testid="line-entries-shown",
                        ),
                        class_name="ui-row ui-row-wrap",
                    ),
                ),
                rx.cond(
                    BEHIND.is_full,
                    rx.el.p("There are more: the API lists them all.", class_name="ui-small ui-text-2"),
                ),
                rx.el.div(
                    rx.el.p(
                        "Each entry has its own place in the log. Its file proves it without the others.",
                        class_name="ui-small ui-text-2",
                    ),
                    link_button("Check a file", "/verify", testid="line-entries-verify", kind="ghost"),
                    class_name="ry-lines-head",
                ),
                class_name="ui-stack ui-stack-4",
            ),
            testid="line-entries-dialog",
        ),
    )


def _entry(row: Any) -> rx.Component:
    return rx.el.tr(
        cell("Place", rx.el.span(row.place, class_name="ui-num ui-dim"), end=True),
        cell("Day", rx.el.span(row.day, class_name="ui-num ui-nowrap")),
        cell(
            "What",
            rx.el.div(
                rx.el.p(row.what),
                rx.el.p(row.detail, dir="auto", class_name="ui-small ui-text-2"),
                rx.cond(row.event != "", rx.el.p(row.event, class_name="ui-mono ui-dim ry-event")),
                class_name="ry-cell",
            ),
        ),
        cell("Share", rx.el.span(row.share, class_name="ui-num"), end=True),
        cell(
            "Amount",
            rx.el.span(
                row.amount, rx.el.span(row.rest, class_name="ry-rest"), title=row.exact, class_name="ui-num"
            ),
            end=True,
        ),
        cell(
            "Proof",
            link_button(
                "Proof file",
                row.proof_href,
                testid="entry-proof-file",
                icon="download",
                kind="ghost",
                is_page=False,
                download=True,
                aria_label=row.proof_label,
            ),
            end=True,
        ),
        key=row.id,
        data_testid="line-entry",
    )
