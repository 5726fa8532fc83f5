"""The row of controls that filters the statements of a curator; the filter stands in the address."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.catalog.widgets import finder
from omnisonic.core.royalties.statements_state import StatementsState
from omnisonic.platform.ui.controls import link_button, select

EARNED: Any = StatementsState  # Reflex types no variables of dataclasses


def statements_filter() -> rx.Component:
    """Party, cycle and currency, and the way back to all."""
    return rx.el.div(
        _party(),
        select(
            "statements-cycle",
            rx.fragment(
                rx.el.option("Every cycle", value=""),
                rx.foreach(EARNED.cycles, lambda one: rx.el.option(one[1], value=one[0])),
            ),
            testid="statements-cycle",
            aria_label="Cycle",
            value=EARNED.chosen.cycle,
            on_change=EARNED.choose_cycle,
        ),
        select(
            "statements-currency",
            rx.fragment(
                rx.el.option("Every currency", value=""),
                rx.foreach(EARNED.currencies, lambda one: rx.el.option(one, value=one)),
            ),
            testid="statements-currency",
            aria_label="Currency",
            value=EARNED.chosen.currency,
            on_change=EARNED.choose_currency,
        ),
        rx.cond(
            ~EARNED.chosen.is_empty,
            link_button("Show all", "/royalties?tab=statements", testid="statements-all", kind="ghost"),
        ),
        class_name="ui-filter-row",
        data_testid="statements-filter",
    )


def _party() -> rx.Component:
    return rx.cond(
        EARNED.chosen.party_id != "",
        rx.el.span(
            rx.el.span(EARNED.chosen.party, dir="auto", class_name="ui-truncate"),
            rx.el.button(
                rx.icon("x", size=14, aria_hidden="true"),
                type="button",
                aria_label="Everybody again, not only " + EARNED.chosen.party,
                on_click=EARNED.choose_party("", ""),
                data_testid="statements-everybody",
            ),
            class_name="ui-filter-entity",
            data_testid="statements-party-chip",
        ),
        finder("contributors", "Find a party …", testid="statements-party", on_pick=EARNED.choose_party),
    )
