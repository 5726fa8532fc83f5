"""The question what if, at the foot of a cycle's page."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.catalog.widgets import finder
from omnisonic.core.royalties.what_if_state import WhatIfState
from omnisonic.platform.ui.controls import button, select
from omnisonic.platform.ui.feedback import notice
from omnisonic.platform.ui.table import cell, table

ASK: Any = WhatIfState  # Reflex types no variables of dataclasses
COLUMNS = ("Party", ">Has", ">Would have", ">Difference")


def what_if_card() -> rx.Component:
    """Which division, and what it would change for whom."""
    return rx.el.section(
        rx.el.div(
            rx.el.h2("What if …", id="what-if-title", class_name="ui-section-title"),
            rx.el.p("Divides the usage of this cycle once more and compares. Nothing is booked."),
            class_name="ry-head",
        ),
        rx.cond(ASK.work_id != "", _of_work(), _of_cycle()),
        rx.el.div(
            button(
                rx.cond(ASK.is_asking, "Dividing …", "Compare"),
                testid="what-if-ask",
                icon="split",
                disabled=ASK.is_asking,
                on_click=ASK.ask,
            ),
            class_name="ui-row",
        ),
        rx.cond(ASK.problem != "", notice(ASK.problem, kind="danger", data_testid="what-if-problem")),
        rx.cond(ASK.summary != "", rx.el.p(ASK.summary, role="status", data_testid="what-if-summary")),
        rx.cond(
            ASK.differences.length() > 0,
            table(
                "What would change", COLUMNS, rx.foreach(ASK.differences, _difference), testid="what-if-table"
            ),
        ),
        aria_labelledby="what-if-title",
        class_name="ui-card ry-money",
        data_testid="what-if",
    )


def _of_cycle() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            "The whole cycle by the shares as the catalog has them now, or one work with shares of your own:",
            class_name="ui-text-2",
        ),
        finder("works", "Choose a work …", testid="what-if-work", on_pick=ASK.choose_work),
        class_name="ui-stack ry-narrow",
    )


def _of_work() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.strong(ASK.work_title, dir="auto"),
            button("The whole cycle", testid="what-if-whole", kind="ghost", on_click=ASK.choose_work("", "")),
            class_name="ry-lines-head",
        ),
        rx.foreach(ASK.groups, _right),
        rx.cond(
            ASK.rights.length() > 0,
            select(
                "what-if-right",
                rx.fragment(
                    rx.el.option("Other shares for one right …", value=""),
                    rx.foreach(ASK.rights, lambda one: rx.el.option(one[1], value=one[0])),
                ),
                testid="what-if-right",
                aria_label="A right with shares of its own",
                value="",
                on_change=ASK.add_right,
            ),
        ),
        class_name="ui-stack ui-stack-4 ry-narrow",
    )


def _right(group: Any) -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(group.title, class_name="ui-label"),
        rx.cond(group.note != "", rx.el.p(group.note, class_name="ui-small ui-text-2")),
        rx.el.ul(rx.foreach(group.rows, lambda row: _share(group, row)), class_name="ry-share-rows"),
        finder(
            "contributors",
            "One more party …",
            testid="what-if-party",
            on_pick=lambda found, name: ASK.add_party(group.right, found, name),
        ),
        rx.cond(
            group.right != "",
            button(
                "The same as all other rights",
                testid="what-if-drop-right",
                kind="ghost",
                aria_label=group.title + ": the same as all other rights",
                on_click=ASK.drop_right(group.right),
            ),
        ),
        key="right-" + group.right,
        class_name="ui-stack ry-right",
        data_testid="what-if-group",
    )


def _share(group: Any, row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.label(row.name, html_for="share-" + group.right + row.id, dir="auto", class_name="ui-grow"),
        rx.el.input(
            id="share-" + group.right + row.id,
            default_value=row.percent,
            input_mode="decimal",
            max_length=12,
            class_name="ui-input ui-num",
            data_testid="what-if-share",
            on_blur=lambda percent: ASK.change_share(group.right, row.id, percent),
        ),
        rx.el.span("%", class_name="ui-dim"),
        key=group.right + row.id,
    )


def _difference(row: Any) -> rx.Component:
    return rx.el.tr(
        cell("Party", rx.el.span(row.name, dir="auto")),
        cell("Has", rx.el.span(row.before, class_name="ui-num ui-text-2"), end=True),
        cell("Would have", rx.el.span(row.after, class_name="ui-num"), end=True),
        cell(
            "Difference",
            rx.el.span(row.difference, title=row.exact, data_way=row.way, class_name="ui-change ry-change"),
            end=True,
        ),
        key=row.key,
        data_testid="what-if-row",
    )
