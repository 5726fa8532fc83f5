"""The dialog that shows what would be paid out, by which rates, before it is proposed."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.royalties.propose_state import ProposeState
from omnisonic.core.royalties.rates_state import RatesState
from omnisonic.core.royalties.statements_state import StatementsState
from omnisonic.platform.ui.controls import button, checkbox, field, select, text_input
from omnisonic.platform.ui.dialog import closes, dialog, opened_by_state
from omnisonic.platform.ui.feedback import notice
from omnisonic.platform.ui.table import cell, table

ASK: Any = ProposeState  # Reflex types no variables of dataclasses
RATES: Any = RatesState
EARNED: Any = StatementsState
PROPOSE = "propose-payouts"
COLUMNS = ("Party", ">Balance", "Rate", ">Payout")


def propose_dialog() -> rx.Component:
    """Which balances, in which currency, by which rates; below it what that comes to."""
    return rx.fragment(
        opened_by_state(PROPOSE, at=ASK.opened_at),
        dialog(
            PROPOSE,
            "Propose payouts",
            rx.el.div(
                rx.el.div(_cycle(), _currency(), class_name="ui-pair"),
                rx.cond(ASK.asked.currency != "", _rates()),
                rx.cond(ASK.problem != "", notice(ASK.problem, kind="danger", data_testid="propose-problem")),
                rx.cond(ASK.problem == "", _preview()),
                rx.el.div(
                    button(
                        "Propose",
                        testid="propose-confirm",
                        kind="primary",
                        disabled=ASK.preview.payouts == 0,
                        on_click=ASK.propose,
                    ),
                    button("Not now", testid="propose-cancel", kind="ghost", **closes(PROPOSE)),
                    rx.el.p(
                        "Nothing is booked before a payout is marked as paid.",
                        class_name="ui-small ui-text-2",
                    ),
                    class_name="ui-row ui-row-wrap",
                ),
                class_name="ui-stack ui-stack-4",
            ),
            testid="propose-dialog",
            closed=ASK.proposed,
        ),
    )


def _cycle() -> rx.Component:
    return field(
        "Balances",
        select(
            "propose-cycle",
            rx.fragment(
                rx.el.option("All that is there now", value=""),
                rx.foreach(EARNED.cycles, lambda one: rx.el.option("Closed with ", one[1], value=one[0])),
            ),
            testid="propose-cycle",
            value=ASK.asked.cycle,
            on_change=ASK.choose_cycle,
        ),
        for_id="propose-cycle",
    )


def _currency() -> rx.Component:
    return field(
        "Pay in",
        select(
            "propose-currency",
            rx.fragment(
                rx.el.option("The balance's own currency", value=""),
                rx.foreach(RATES.currencies, lambda one: rx.el.option(one, ", exchanged", value=one)),
            ),
            testid="propose-currency",
            value=ASK.asked.currency,
            on_change=ASK.choose_currency,
        ),
        for_id="propose-currency",
        hint=rx.cond(RATES.currencies.length() > 0, "", "Add an exchange rate to pay in another one."),
    )


def _rates() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            field(
                "Rates of",
                select(
                    "propose-source",
                    rx.fragment(
                        rx.el.option("Any source", value=""),
                        rx.foreach(RATES.sources, lambda one: rx.el.option(one, value=one)),
                    ),
                    testid="propose-source",
                    value=ASK.asked.source,
                    on_change=ASK.choose_source,
                ),
                for_id="propose-source",
            ),
            field(
                "Day",
                text_input(
                    "propose-day",
                    testid="propose-day",
                    type="date",
                    max=ASK.today,
                    default_value=ASK.today,
                    key="propose-day-" + ASK.opened_at.to_string(),
                    on_change=ASK.choose_day,
                ),
                for_id="propose-day",
                hint="Else the newest rate before it.",
            ),
            class_name="ui-pair",
        ),
        checkbox(
            "Also use rates stated the other way round",
            testid="propose-inverse",
            checked=ASK.asked.inverse,
            on_change=ASK.choose_inverse,
        ),
        class_name="ui-stack ui-stack-4",
    )


def _preview() -> rx.Component:
    return rx.el.div(
        rx.el.p(rx.el.strong(ASK.preview.words), role="status", data_testid="propose-words"),
        rx.cond(
            ASK.preview.rows.length() > 0,
            table("What would be proposed", COLUMNS, rx.foreach(ASK.preview.rows, _row), testid="preview"),
        ),
        rx.cond(ASK.preview.more != "", rx.el.p(ASK.preview.more, class_name="ui-small ui-text-2")),
        rx.cond(
            ASK.preview.kept != "",
            rx.el.p(ASK.preview.kept, class_name="ui-small ui-text-2", data_testid="propose-kept"),
        ),
        class_name="ui-stack",
    )


def _row(line: Any) -> rx.Component:
    return rx.el.tr(
        cell("Party", rx.el.span(line.name, dir="auto")),
        cell("Balance", rx.el.span(line.balance, class_name="ui-num ui-text-2"), end=True),
        cell(
            "Rate",
            rx.cond(
                line.rate != "",
                rx.el.div(
                    rx.el.p(line.rate, class_name="ui-num"),
                    rx.el.p(line.source, dir="auto", class_name="ui-small ui-text-2"),
                    class_name="ry-cell",
                ),
                rx.el.span("–", class_name="ui-dim"),
            ),
        ),
        cell(
            "Payout",
            rx.el.div(
                rx.el.strong(line.amount, class_name="ui-num"),
                rx.cond(line.stays != "", rx.el.p(line.stays, " stays", class_name="ui-small ui-text-2")),
            ),
            end=True,
        ),
        key=line.key,
        data_testid="preview-row",
    )
