"""The tab of statements on `/royalties`: balances, statements, and for payees what was paid out."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.royalties.payouts_components import own_payouts
from omnisonic.core.royalties.payouts_state import PayoutsState
from omnisonic.core.royalties.state import RoyaltiesState
from omnisonic.core.royalties.statements_filter_bar import statements_filter
from omnisonic.core.royalties.statements_state import StatementsState
from omnisonic.platform.ui.controls import button, link_button, progress
from omnisonic.platform.ui.feedback import empty_state, error_state, skeleton
from omnisonic.platform.ui.table import cell, table

ROYALTIES: Any = RoyaltiesState  # Reflex types no variables of dataclasses
EARNED: Any = StatementsState
PAYOUTS: Any = PayoutsState
STATEMENT_COLUMNS = ("Cycle", "Party", ">Earned", ">Against the one before", ">Brought forward", ">Balance")


def statements_tab() -> rx.Component:
    """Balances above, then every statement, then what was paid out."""
    return rx.cond(
        EARNED.load_problem != "",
        error_state("The statements could not be loaded", EARNED.load_problem, on_retry=EARNED.load),
        rx.cond(EARNED.is_loaded, _content(), skeleton(shape="row", count=5)),
    )


def _content() -> rx.Component:
    return rx.cond(
        (EARNED.statements.length() > 0)
        | (EARNED.balances.length() > 0)
        | (PAYOUTS.payouts.length() > 0)
        | ~EARNED.chosen.is_empty,
        rx.el.div(
            rx.cond(ROYALTIES.is_curator, statements_filter()),
            rx.cond(EARNED.balances.length() > 0, _balances()),
            rx.cond(
                EARNED.statements.length() > 0,
                rx.el.section(
                    rx.el.h2("Statements", id="statements-title", class_name="ui-section-title"),
                    table(
                        "Statements, newest first",
                        STATEMENT_COLUMNS,
                        rx.foreach(EARNED.statements, _statement),
                        testid="statements",
                    ),
                    aria_labelledby="statements-title",
                    class_name="ui-stack",
                ),
                _none_here(),
            ),
            rx.cond(
                EARNED.cursor != "", button("Show more", testid="statements-more", on_click=EARNED.show_more)
            ),
            rx.cond(
                ~ROYALTIES.is_curator & ((PAYOUTS.load_problem != "") | (PAYOUTS.payouts.length() > 0)),
                own_payouts(),
            ),
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


def _none_here() -> rx.Component:
    return rx.cond(
        EARNED.chosen.is_empty,
        rx.el.p(
            rx.cond(
                ROYALTIES.is_curator,
                "The first statements come when a cycle closes.",
                "Your first statement comes when the cycle closes that your music was used in.",
            ),
            class_name="ui-text-2",
            data_testid="no-statements-yet",
        ),
        rx.el.p("No closed cycle has such a statement.", class_name="ui-text-2", data_testid="none-chosen"),
    )


def _balances() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(
                rx.cond(ROYALTIES.is_curator, "Balances", "Your balance"),
                id="balances-title",
                class_name="ui-section-title",
            ),
            rx.el.p("As of now, usage of open cycles included", class_name="ui-text-2"),
        ),
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
