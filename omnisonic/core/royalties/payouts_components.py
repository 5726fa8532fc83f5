"""The tab of payouts on `/royalties`: what was proposed, paid and canceled, and by which reference."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.royalties.payouts_state import PayoutsState
from omnisonic.core.royalties.propose_state import ProposeState
from omnisonic.platform.ui.controls import badge, button, field, link_button, text_input
from omnisonic.platform.ui.dialog import closes, dialog, opened_by_state
from omnisonic.platform.ui.feedback import empty_state, error_state, notice, skeleton
from omnisonic.platform.ui.table import cell, table

PAYOUTS: Any = PayoutsState  # Reflex types no variables of dataclasses
ASK: Any = ProposeState
PAY = "pay-payout"
PAYOUT_COLUMNS = ("Payout", "Party", "State", ">Amount", ">Actions")


def payouts_tab() -> rx.Component:
    """Payouts and their states; curators propose, pay and cancel."""
    return rx.fragment(
        rx.cond(
            PAYOUTS.load_problem != "",
            error_state("The payouts could not be listed", PAYOUTS.load_problem, on_retry=PAYOUTS.load),
        ),
        rx.cond(
            PAYOUTS.is_loaded,
            rx.cond(
                PAYOUTS.payouts.length() > 0,
                rx.el.div(
                    rx.el.p(
                        "A payout is a record and a row of a file; your bank moves the money. What is below "
                        "the smallest payout, or below a cent, stays with its party.",
                        class_name="ui-text-2",
                    ),
                    table(
                        "Payouts, newest first",
                        PAYOUT_COLUMNS,
                        rx.foreach(PAYOUTS.payouts, _payout),
                        testid="payouts",
                    ),
                    _more(),
                    class_name="ui-stack ui-stack-4",
                ),
                empty_state(
                    "banknote",
                    "Nothing was paid out yet",
                    "Once a cycle is closed, propose a payout for every party whose balance reaches the "
                    "smallest payout.",
                    button("Propose payouts", testid="first-payouts", kind="primary", on_click=ASK.open),
                    testid="no-payouts",
                ),
            ),
            rx.cond(PAYOUTS.load_problem == "", skeleton(shape="row", count=4)),
        ),
        _pay_question(),
    )


def propose_button() -> rx.Component:
    """Shows what would be paid out, and proposes it."""
    return rx.el.div(
        link_button(
            "File for the bank",
            "/api/payouts/file.csv",
            testid="payouts-file",
            icon="download",
            kind="ghost",
            is_page=False,
            download=True,
        ),
        button(
            "Propose payouts",
            testid="propose-payouts",
            icon="banknote",
            kind="primary",
            on_click=ASK.open,
        ),
        class_name="ui-row ui-row-wrap",
    )


def own_payouts() -> rx.Component:
    """A payee's payouts, to read only."""
    return rx.el.section(
        rx.el.h2("Payouts", id="payouts-title", class_name="ui-section-title"),
        rx.cond(
            PAYOUTS.load_problem != "",
            error_state("The payouts could not be listed", PAYOUTS.load_problem, on_retry=PAYOUTS.load),
            table(
                "Payouts, newest first",
                PAYOUT_COLUMNS[:-1],
                rx.foreach(PAYOUTS.payouts, _own_payout),
                testid="payouts",
            ),
        ),
        _more(),
        aria_labelledby="payouts-title",
        class_name="ui-stack",
    )


def _more() -> rx.Component:
    return rx.cond(
        PAYOUTS.cursor != "", button("Show more", testid="payouts-more", on_click=PAYOUTS.show_more)
    )


def _own_payout(line: Any) -> rx.Component:
    return rx.el.tr(*_payout_cells(line), key=line.id, data_testid="payout-row")


def _payout(line: Any) -> rx.Component:
    return rx.el.tr(
        *_payout_cells(line),
        cell(
            "Actions",
            rx.cond(
                line.status == "proposed",
                rx.el.div(
                    button(
                        "Mark as paid",
                        testid="payout-pay",
                        icon="check",
                        aria_label="Mark payout " + line.number + " as paid",
                        on_click=PAYOUTS.ask_paid(line.id),
                    ),
                    button(
                        "Cancel",
                        testid="payout-cancel",
                        kind="ghost",
                        aria_label="Cancel payout " + line.number,
                        on_click=PAYOUTS.cancel(line.id, line.version),
                    ),
                    class_name="ui-row ry-actions",
                ),
            ),
            end=True,
        ),
        key=line.id,
        data_testid="payout-row",
    )


def _payout_cells(line: Any) -> tuple[rx.Component, ...]:
    return (
        cell(
            "Payout",
            rx.el.div(
                rx.el.p(line.number, class_name="ui-cell-title"),
                rx.el.p(line.when, class_name="ui-small ui-text-2"),
                class_name="ry-cell",
            ),
        ),
        cell(
            "Party",
            rx.el.div(
                rx.el.p(line.name, dir="auto"),
                rx.cond(line.detail != "", rx.el.p(line.detail, class_name="ui-small ui-text-2")),
                class_name="ry-cell",
            ),
        ),
        cell(
            "State",
            rx.match(
                line.status,
                ("paid", badge(line.status_words, kind="ok", icon="check", data_testid="payout-status")),
                (
                    "proposed",
                    badge(line.status_words, kind="accent", icon="clock", data_testid="payout-status"),
                ),
                badge(line.status_words, icon="x", data_testid="payout-status"),
            ),
        ),
        cell(
            "Amount",
            rx.el.div(
                rx.el.strong(line.amount, class_name="ui-num"),
                rx.cond(
                    line.residue != "",
                    rx.el.p(line.residue, " stays", class_name="ui-small ui-text-2"),
                ),
            ),
            end=True,
        ),
    )


def _pay_question() -> rx.Component:
    return rx.fragment(
        opened_by_state(PAY, at=PAYOUTS.paying_at),
        dialog(
            PAY,
            "Was it paid?",
            rx.el.form(
                rx.cond(PAYOUTS.paying, _what_is_paid()),
                rx.el.p(
                    "It is booked in the cycle that is open now and cannot be taken back.",
                    class_name="ui-text-2",
                ),
                field(
                    "Reference",
                    text_input("payout_reference", testid="payout-reference", max_length=200),
                    for_id="payout_reference",
                    hint="What the bank statement shows. You may leave it empty.",
                ),
                rx.cond(
                    PAYOUTS.pay_problem != "",
                    notice(PAYOUTS.pay_problem, kind="danger", data_testid="pay-problem"),
                ),
                rx.el.div(
                    button(
                        "Book it as paid",
                        testid="pay-confirm",
                        kind="primary",
                        type="submit",
                        disabled=~(PAYOUTS.paying & (PAYOUTS.paying.status == "proposed")),
                    ),
                    button("Not yet", testid="pay-not-yet", kind="ghost", **closes(PAY)),
                    class_name="ui-row",
                ),
                key="pay-" + PAYOUTS.paying_at.to_string(),  # each question begins with an empty form
                on_submit=PAYOUTS.pay,
                class_name="ui-stack ui-stack-4",
            ),
            testid="pay-question",
            closed=PAYOUTS.paid,
        ),
    )


def _what_is_paid() -> rx.Component:
    return rx.el.div(
        rx.el.p(rx.el.strong(PAYOUTS.paying.amount), " to ", rx.el.strong(PAYOUTS.paying.name, dir="auto")),
        rx.cond(PAYOUTS.paying.detail != "", rx.el.p(PAYOUTS.paying.detail, class_name="ui-small ui-text-2")),
        rx.cond(
            PAYOUTS.paying.status != "proposed",
            rx.el.p(
                rx.el.strong(PAYOUTS.paying.status_words),
                " meanwhile, by somebody else. Nothing was booked twice.",
                data_testid="pay-meanwhile",
            ),
        ),
    )
