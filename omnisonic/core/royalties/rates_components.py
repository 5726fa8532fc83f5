"""The tab of exchange rates on `/royalties`, and the form that adds one."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.royalties.exchange_rates_file import FILE_BYTES_MAX
from omnisonic.core.royalties.rates_state import RatesState
from omnisonic.core.royalties.widgets import RatesDrop
from omnisonic.platform.ui.controls import button, field, select, text_input
from omnisonic.platform.ui.dialog import closes, dialog, opens
from omnisonic.platform.ui.feedback import empty_state, error_state, notice, skeleton
from omnisonic.platform.ui.table import cell, table

RATES: Any = RatesState  # Reflex types no variables of dataclasses
ADD = "add-rate"
FROM_FILE = "rates-from-file"
SOURCES = "rate-sources"
COLUMNS = ("Pair", "Rate", "Day", "Source", ">Added")


def rates_tab() -> rx.Component:
    """Which rates are known; they are added to and never changed."""
    return rx.cond(
        RATES.load_problem != "",
        error_state("The rates could not be listed", RATES.load_problem, on_retry=RATES.load),
        rx.cond(RATES.is_loaded, _loaded(), skeleton(shape="row", count=4)),
    )


def _loaded() -> rx.Component:
    return rx.cond(
        (RATES.rows.length() > 0) | (RATES.pair != ""),
        _content(),
        empty_state(
            "arrow-left-right",
            "No exchange rate yet",
            "A payout can be made in another currency by a stated rate. Add one with its source and day.",
            button("Add a rate", testid="first-rate", kind="primary", **opens(ADD)),
            button("From a file", testid="first-rates-file", icon="upload", **opens(FROM_FILE)),
            testid="no-rates",
        ),
    )


def add_rate_button() -> rx.Component:
    """Opens the form for a rate, or for a file of them."""
    return rx.el.div(
        button("From a file", testid="rates-from-file", icon="upload", kind="ghost", **opens(FROM_FILE)),
        button(
            "Add a rate",
            testid="add-rate",
            icon="plus",
            kind="primary",
            on_click=RATES.forget_problems,
            **opens(ADD),
        ),
        class_name="ui-row ui-row-wrap",
    )


def rates_file_form() -> rx.Component:
    """Takes a CSV file; refused, it says which rows and why."""
    return dialog(
        FROM_FILE,
        "Exchange rates from a file",
        RatesDrop.create(sources=RATES.sources, max_bytes=FILE_BYTES_MAX, on_saved=RATES.take_file),
        testid="rates-file-form",
        closed=RATES.taken,
    )


def _content() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.p(
                rx.cond(
                    RATES.pair != "",
                    "Every rate of the pair, the one added last first.",
                    "The newest rate of each pair and source.",
                ),
                " A rate is never changed, so that every past exchange can be computed again.",
                class_name="ui-text-2",
            ),
            select(
                "rates-pair",
                rx.fragment(
                    rx.el.option("Every pair", value=""),
                    rx.foreach(RATES.pairs, lambda one: rx.el.option(one[1], value=one[0])),
                ),
                testid="rates-pair",
                aria_label="Pair of currencies",
                value=RATES.pair,
                on_change=RATES.choose_pair,
            ),
            class_name="ry-lines-head",
        ),
        rx.cond(
            RATES.rows.length() > 0,
            table("Exchange rates", COLUMNS, rx.foreach(RATES.rows, _rate), testid="rates"),
            rx.el.p("Nobody has stated a rate of this pair.", class_name="ui-text-2", data_testid="no-rate"),
        ),
        rx.cond(RATES.cursor != "", button("Show more", testid="rates-more", on_click=RATES.show_more)),
        class_name="ui-stack ui-stack-4",
    )


def _rate(line: Any) -> rx.Component:
    return rx.el.tr(
        cell("Pair", rx.el.a(line.pair, href=line.href, class_name="ui-cell-title ui-num")),
        cell("Rate", rx.el.span(line.words, class_name="ui-num")),
        cell("Day", rx.el.span(line.day, class_name="ui-num")),
        cell("Source", rx.el.span(line.source, dir="auto")),
        cell("Added", rx.el.span(line.added, class_name="ui-text-2 ui-num"), end=True),
        key=line.id,
        data_testid="rate-row",
    )


def rate_form() -> rx.Component:
    """What one unit was worth, when, and who says so."""
    return dialog(
        ADD,
        "Add an exchange rate",
        rx.el.form(
            rx.el.div(
                field("One unit of", _code("rate_base", "rate-base", "EUR"), for_id="rate_base"),
                field("was worth so many", _code("rate_quote", "rate-quote", "USD"), for_id="rate_quote"),
                class_name="ui-pair",
            ),
            rx.el.div(
                field(
                    "Rate",
                    text_input(
                        "rate_rate",
                        testid="rate-rate",
                        input_mode="decimal",
                        auto_complete="off",
                        max_length=60,
                        required=True,
                        placeholder="1.0842",
                    ),
                    for_id="rate_rate",
                ),
                field(
                    "Day",
                    text_input(
                        "rate_day",
                        testid="rate-day",
                        type="date",
                        default_value=RATES.today,
                        key="day-" + RATES.today,
                        required=True,
                    ),
                    for_id="rate_day",
                ),
                class_name="ui-pair",
            ),
            field(
                "Source",
                text_input(
                    "rate_source",
                    testid="rate-source",
                    list=SOURCES,
                    auto_complete="off",
                    max_length=120,
                    required=True,
                    placeholder="ECB",
                ),
                for_id="rate_source",
                hint="Who states it, as it shall stand on the payout.",
            ),
            rx.el.datalist(rx.foreach(RATES.sources, lambda one: rx.el.option(value=one)), id=SOURCES),
            rx.cond(
                RATES.problems.length() > 0,
                notice(
                    rx.el.ul(rx.foreach(RATES.problems, lambda words: rx.el.li(words, key=words))),
                    kind="danger",
                    data_testid="rate-problem",
                ),
            ),
            rx.el.div(
                button("Save the rate", testid="rate-save", kind="primary", type="submit"),
                button("Cancel", testid="rate-cancel", kind="ghost", **closes(ADD)),
                class_name="ui-row",
            ),
            key="rate-" + RATES.added.to_string(),  # after each one that was saved the form is empty
            on_submit=RATES.add,
            class_name="ui-stack ui-stack-4",
        ),
        testid="rate-form",
        closed=RATES.added,
    )


def _code(name: str, testid: str, example: str) -> rx.Component:
    return text_input(
        name,
        testid=testid,
        max_length=3,
        auto_complete="off",
        auto_capitalize="characters",
        spell_check=False,
        required=True,
        placeholder=example,
    )
