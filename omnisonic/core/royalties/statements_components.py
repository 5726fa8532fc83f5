"""The tabs of statements and payouts on `/royalties`."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.royalties.state import RoyaltiesState
from omnisonic.core.royalties.statements_state import StatementsState
from omnisonic.platform.ui.controls import badge, button, field, link_button, progress, text_input
from omnisonic.platform.ui.dialog import closes, dialog, opened_by_state
from omnisonic.platform.ui.feedback import empty_state, error_state, skeleton
from omnisonic.platform.ui.table import cell, table

ROYALTIES: Any = RoyaltiesState  # Reflex types no variables of dataclasses
EARNED: Any = StatementsState
PAY = "pay-payout"
STATEMENT_COLUMNS = ("Cycle", "Party", ">Earned", ">Against the one before", ">Brought forward", ">Balance")
PAYOUT_COLUMNS = ("Payout", "Party", "State", ">Amount", ">Actions")


def statements_tab() -> rx.Component:
    """Balances above, then every statement, then what was paid out."""
    return rx.cond(
        EARNED.load_problem != "",
        error_state("The statements could not be loaded", EARNED.load_problem, on_retry=EARNED.load),
        rx.cond(EARNED.is_loaded, _content(), skeleton(shape="row", count=5)),
    )


def payouts_tab() -> rx.Component:
    """Payouts and their states; curators propose, pay and cancel."""
    return rx.fragment(
        rx.cond(
            EARNED.is_loaded,
            rx.cond(
                EARNED.payouts.length() > 0,
                rx.el.div(
                    rx.el.p(
                        "A payout is a record and a row of a file; your bank moves the money. What is below "
                        "the smallest payout, or below a cent, stays with its party.",
                        class_name="ui-text-2",
                    ),
                    table(
                        "Payouts, newest first",
                        PAYOUT_COLUMNS,
                        rx.foreach(EARNED.payouts, _payout),
                        testid="payouts",
                    ),
                    class_name="ui-stack ui-stack-4",
                ),
                empty_state(
                    "banknote",
                    "Nothing was paid out yet",
                    "Once a cycle is closed, propose a payout for every party whose balance reaches the "
                    "smallest payout.",
                    button(
                        "Propose payouts", testid="first-payouts", kind="primary", on_click=EARNED.propose
                    ),
                    testid="no-payouts",
                ),
            ),
            skeleton(shape="row", count=4),
        ),
        _pay_question(),
    )


def propose_button() -> rx.Component:
    """Proposes a payout for every balance that is large enough."""
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
            on_click=EARNED.propose,
        ),
        class_name="ui-row ui-row-wrap",
    )


def _content() -> rx.Component:
    return rx.cond(
        (EARNED.statements.length() > 0) | (EARNED.balances.length() > 0) | (EARNED.payouts.length() > 0),
        rx.el.div(
            rx.cond(EARNED.balances.length() > 0, _balances()),
            rx.cond(
                EARNED.statements.length() > 0,
                table(
                    "Statements, newest first",
                    STATEMENT_COLUMNS,
                    rx.foreach(EARNED.statements, _statement),
                    testid="statements",
                ),
                rx.el.p(
                    "Your first statement comes when the cycle closes that your music was used in.",
                    class_name="ui-text-2",
                    data_testid="no-statements-yet",
                ),
            ),
            rx.cond(
                EARNED.cursor != "", button("Show more", testid="statements-more", on_click=EARNED.show_more)
            ),
            rx.cond(~ROYALTIES.is_curator & (EARNED.payouts.length() > 0), _own_payouts()),
            class_name="ui-stack ui-stack-6",
        ),
        rx.cond(
            ROYALTIES.is_curator,
            empty_state(
                "receipt-text",
                "No statement yet",
                "Close a cycle: every party with money in it gets one.",
                link_button("Cycles", "/royalties?tab=cycles", testid="to-cycles", kind="primary"),
                testid="no-statements",
            ),
            empty_state(
                "receipt-text",
                "No royalties for you yet",
                "Statements come to the account that is linked with you in the catalog. Find your name "
                "there and ask a curator for an invitation, or see what is registered under it.",
                link_button(
                    "Find yourself in the catalog",
                    "/catalog?kind=contributors",
                    testid="to-catalog",
                    kind="primary",
                ),
                testid="no-statements",
            ),
        ),
    )


def _balances() -> rx.Component:
    return rx.el.section(
        rx.el.h2(
            rx.cond(ROYALTIES.is_curator, "Balances", "Your balance"),
            id="balances-title",
            class_name="ui-section-title",
        ),
        rx.el.p("As of now, usage of open cycles included", class_name="ui-text-2"),
        rx.el.ul(rx.foreach(EARNED.balances, _balance), class_name="ry-balances"),
        rx.cond(
            EARNED.has_more_balances,
            rx.el.p(
                "And more: open a statement to see the balance of its party.", class_name="ui-small ui-text-2"
            ),
        ),
        aria_labelledby="balances-title",
        class_name="ui-stack",
    )


def _balance(card: Any) -> rx.Component:
    return rx.el.li(
        rx.el.p(card.name, dir="auto", class_name="ui-small ui-text-2 ui-truncate", title=card.name),
        rx.el.p(card.balance, title=card.exact, class_name="ry-total"),
        progress(
            card.percent, label="How far to the smallest payout: " + card.name, testid="balance-progress"
        ),
        rx.el.p(card.next_words, class_name="ui-small ui-text-2"),
        key=card.key,
        class_name="ui-card ry-balance",
        data_testid="balance",
    )


def _statement(row: Any) -> rx.Component:
    return rx.el.tr(
        cell(
            "Cycle",
            rx.el.div(
                rx.el.a(row.cycle, href=row.href, dir="auto", class_name="ui-cell-title"),
                rx.cond(row.period != "", rx.el.p(row.period, class_name="ui-small ui-text-2")),
                class_name="ry-cell",
            ),
        ),
        cell("Party", rx.el.span(row.name, dir="auto")),
        cell("Earned", rx.el.strong(row.total, title=row.total_exact, class_name="ui-num"), end=True),
        cell(
            "Against the one before",
            rx.cond(row.change != "", change(row), rx.el.span("First statement", class_name="ui-dim")),
            end=True,
        ),
        cell("Brought forward", rx.el.span(row.carried, class_name="ui-num ui-text-2"), end=True),
        cell("Balance", rx.el.span(row.balance, class_name="ui-num"), end=True),
        key=row.id,
        data_testid="statement-row",
    )


def change(row: Any) -> rx.Component:
    """How an amount compares with the one before; an arrow says it too."""
    return rx.el.span(
        rx.match(
            row.way,
            ("up", rx.icon("trending-up", size=14, aria_hidden="true")),
            ("down", rx.icon("trending-down", size=14, aria_hidden="true")),
            rx.fragment(),
        ),
        row.change,
        data_way=row.way,
        class_name="ui-change ry-change",
    )


def _own_payouts() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Payouts", id="payouts-title", class_name="ui-section-title"),
        table(
            "Payouts, newest first",
            PAYOUT_COLUMNS[:-1],
            rx.foreach(EARNED.payouts, _own_payout),
            testid="payouts",
        ),
        aria_labelledby="payouts-title",
        class_name="ui-stack",
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
                        on_click=EARNED.ask_paid(line.id),
                    ),
                    button(
                        "Cancel",
                        testid="payout-cancel",
                        kind="ghost",
                        aria_label="Cancel payout " + line.number,
                        on_click=EARNED.cancel(line.id, line.version),
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
        opened_by_state(PAY, at=EARNED.paying_at),
        dialog(
            PAY,
            "Was it paid?",
            rx.el.form(
                rx.cond(
                    EARNED.paying,
                    rx.el.p(
                        rx.el.strong(EARNED.paying.amount),
                        " to ",
                        rx.el.strong(EARNED.paying.name, dir="auto"),
                    ),
                ),
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
                rx.el.div(
                    button("Book it as paid", testid="pay-confirm", kind="primary", type="submit"),
                    button("Not yet", testid="pay-not-yet", kind="ghost", **closes(PAY)),
                    class_name="ui-row",
                ),
                on_submit=EARNED.pay,
                reset_on_submit=True,
                class_name="ui-stack ui-stack-4",
            ),
            testid="pay-question",
            closed=EARNED.paid,
        ),
    )
