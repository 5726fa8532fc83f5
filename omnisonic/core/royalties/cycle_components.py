"""Parts of a cycle's page: its money as a picture and a table, its entries, and the dialog that closes it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.royalties.cycle_check_state import CycleCheckState
from omnisonic.core.royalties.cycle_state import CycleState
from omnisonic.core.royalties.widgets import FlowChart
from omnisonic.platform.ui.controls import button, checkbox, select
from omnisonic.platform.ui.dialog import closes, dialog, opens
from omnisonic.platform.ui.feedback import empty_state, notice
from omnisonic.platform.ui.table import cell, table

CYCLE: Any = CycleState  # Reflex types no variables of dataclasses
CHECKS: Any = CycleCheckState
CLOSE = "close-cycle"
FLOW_COLUMNS = ("From", "To", ">Amount", ">Share")
ENTRY_COLUMNS = (">Place", "When", "What", "Account", ">Debit", ">Credit", ">Proof")


def close_button() -> rx.Component:
    """Asks whether the cycle is to be closed."""
    return button(CYCLE.head.close_words, testid="close-cycle", icon="lock", kind="primary", **opens(CLOSE))


def money_card() -> rx.Component:
    """Where the money of the cycle came from and where it went."""
    return rx.cond(
        CYCLE.flow.currency != "",
        rx.el.section(
            rx.el.div(
                rx.el.div(
                    rx.el.h2("Where the money went", id="flow-title", class_name="ui-section-title"),
                    rx.el.p(CYCLE.flow.summary, data_testid="flow-summary"),
                    class_name="ry-head",
                ),
                rx.cond(
                    CYCLE.currencies.length() > 1,
                    select(
                        "flow-currency",
                        rx.foreach(CYCLE.currencies, lambda one: rx.el.option(one, value=one)),
                        testid="flow-currency",
                        aria_label="Currency",
                        value=CYCLE.flow.currency,
                        on_change=CYCLE.choose_currency,
                    ),
                ),
                class_name="ui-card-head",
            ),
            _figures(),
            FlowChart.create(name="flow", summary=CYCLE.flow.summary, figure=CYCLE.flow.figure),
            rx.cond(CYCLE.flow.note != "", rx.el.p(CYCLE.flow.note, class_name="ui-small ui-text-2")),
            rx.el.details(
                rx.el.summary("As a table"),
                table(
                    "Money of the cycle",
                    FLOW_COLUMNS,
                    rx.foreach(CYCLE.flow.rows, _flow_row),
                    testid="flow-table",
                ),
                class_name="ui-why ry-table",
            ),
            aria_labelledby="flow-title",
            class_name="ui-card ry-money",
        ),
        empty_state(
            "receipt-text",
            rx.cond(
                CYCLE.head.status == "closed",
                "Nothing was booked in this cycle",
                "Nothing is booked in this cycle yet",
            ),
            rx.cond(
                CYCLE.head.status == "closed",
                "It was closed without any use. Later reports of its days go to a cycle that is open.",
                "Usage of its days comes here as soon as a statement reports it.",
            ),
            rx.cond(
                CYCLE.head.status != "closed",
                rx.el.a(
                    "Report usage",
                    href="/royalties?tab=usage",
                    class_name="ui-button ui-button-primary",
                    data_testid="cycle-usage",
                ),
            ),
            testid="no-money",
        ),
    )


def _figures() -> rx.Component:
    return rx.el.dl(
        _figure("Reported", CYCLE.flow.total, title=CYCLE.flow.total_exact),
        _figure("To parties", CYCLE.flow.to_parties),
        rx.cond(CYCLE.flow.waiting != "", _figure("Waits", CYCLE.flow.waiting)),
        rx.cond(CYCLE.flow.rounding != "", _figure("Below a nano-unit", CYCLE.flow.rounding)),
        class_name="ry-figures",
    )


def _figure(words: str, value: Any, **props: Any) -> rx.Component:
    return rx.el.div(rx.el.dt(words), rx.el.dd(value, **props))


def _flow_row(row: Any) -> rx.Component:
    return rx.el.tr(
        cell("From", rx.el.span(row.source, dir="auto")),
        cell(
            "To",
            rx.el.span(rx.cond(row.waits, "Waits: ", ""), row.target, dir="auto"),
        ),
        cell("Amount", rx.el.span(row.exact, class_name="ui-num"), end=True),
        cell("Share", row.share, end=True),
        key=row.key,
    )


def entries_card() -> rx.Component:
    """The newest entries of the ledger; they appear as they are booked."""
    return rx.cond(
        CYCLE.entries.length() > 0,
        rx.el.section(
            rx.el.div(
                rx.el.h2("Ledger entries", id="entries-title", class_name="ui-section-title"),
                rx.el.p(
                    rx.cond(
                        CYCLE.head.can_close,
                        "Newest first; new ones appear by themselves. Nothing is ever changed or deleted.",
                        "Newest first. Nothing was changed or deleted since.",
                    )
                ),
                class_name="ry-head",
            ),
            table(
                "Ledger entries, newest first",
                ENTRY_COLUMNS,
                rx.foreach(CYCLE.entries, _entry),
                testid="entries",
            ),
            rx.cond(CYCLE.cursor != "", button("Show more", testid="entries-more", on_click=CYCLE.show_more)),
            aria_labelledby="entries-title",
            class_name="ui-stack ui-stack-4 ry-entries",
        ),
    )


def _entry(line: Any) -> rx.Component:
    return rx.el.tr(
        cell("Place", rx.el.span(line.place, class_name="ui-num ui-dim"), end=True),
        cell("When", rx.el.span(line.when, class_name="ui-small ui-text-2 ui-num")),
        cell(
            "What",
            rx.el.div(
                rx.el.p(line.what),
                rx.cond(
                    line.work != "",
                    rx.el.p(line.work, dir="auto", class_name="ui-small ui-text-2 ui-truncate"),
                ),
                class_name="ry-cell",
            ),
        ),
        cell("Account", rx.el.span(line.account, dir="auto")),
        cell("Debit", rx.cond(line.is_debit, _amount(line)), end=True),
        cell("Credit", rx.cond(line.is_debit, rx.fragment(), _amount(line)), end=True),
        cell(
            "Proof",
            button(
                "Proof",
                testid="entry-proof",
                icon="shield-check",
                kind="ghost",
                aria_label="Proof of " + line.what + ", " + line.account + ", " + line.exact,
                on_click=CHECKS.prove(line.id),
            ),
            end=True,
        ),
        key=line.id,
        data_testid="entry-row",
    )


def _amount(line: Any) -> rx.Component:
    return rx.el.span(
        line.amount, rx.el.span(line.rest, class_name="ry-rest"), title=line.exact, class_name="ui-num"
    )


def close_dialog() -> rx.Component:
    """What closing does, and the one button that does it."""
    return dialog(
        CLOSE,
        "Close " + CYCLE.head.name + "?",
        rx.el.form(
            rx.el.ol(
                rx.el.li(
                    "No more usage comes into it: what is reported later belongs to the next open cycle."
                ),
                rx.el.li("Every party gets its statement. Each line of it has its own place in the log."),
                rx.el.li("The log's root is signed, and signed again by the independent cosigner."),
                class_name="ry-steps",
            ),
            rx.cond(
                CYCLE.flow.waiting != "",
                notice(
                    CYCLE.flow.waiting,
                    " waits for parties. A later cycle gives it out, once it is known whose it is.",
                ),
            ),
            rx.el.p(
                "A closed cycle stays closed. Corrections are new bookings in a later cycle.",
                class_name="ui-text-2",
            ),
            rx.cond(
                CYCLE.head.is_early,
                checkbox(
                    "Close it before its last day, " + CYCLE.head.last_day,
                    testid="close-early",
                    name="close_early",
                    hint="Usage of the days that are left goes to the next cycle.",
                    required=True,
                ),
            ),
            rx.cond(
                CYCLE.close_problem != "",
                notice(CYCLE.close_problem, kind="danger", data_testid="close-problem"),
            ),
            rx.cond(
                CYCLE.is_closing,
                rx.el.p("Writing statements and signing …", role="status", class_name="ui-text-2"),
            ),
            rx.el.div(
                button(
                    rx.cond(CYCLE.is_closing, "Closing …", CYCLE.head.close_words),
                    testid="close-confirm",
                    kind="primary",
                    type="submit",
                    disabled=CYCLE.is_closing,
                ),
                button("Keep it open", testid="close-keep", kind="ghost", **closes(CLOSE)),
                class_name="ui-row",
            ),
            on_submit=CYCLE.close,
            class_name="ui-stack ui-stack-4",
        ),
        testid="close-dialog",
        closed=CYCLE.closed,
    )
