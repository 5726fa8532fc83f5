"""The timeline of a work's licenses, drawn: lanes, bars, today, legend."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.licenses.form import LICENSE_FORM
from omnisonic.core.licenses.form_state import LicenseFormState
from omnisonic.core.licenses.state import LicensesState
from omnisonic.platform.ui.dialog import opens

ROW_HEIGHT_PX = 32


def timeline() -> rx.Component:
    """One lane per right, a bar per license, today as a line. A bar opens its license."""
    picture: Any = LicensesState.timeline  # Reflex types no variables of dataclasses
    return rx.cond(
        picture.lanes.length() > 0,
        rx.el.div(
            rx.el.p(picture.summary, class_name="ui-sr-only"),
            rx.el.div(
                rx.el.div(
                    rx.foreach(picture.ticks, _tick),
                    rx.cond(
                        picture.today >= 0,
                        rx.el.span(
                            class_name="ui-time-today",
                            style={"left": picture.today.to(str) + "%"},
                            title="Today",
                            aria_hidden="true",
                        ),
                    ),
                    class_name="ui-time-axis",
                    aria_hidden="true",
                ),
                rx.foreach(picture.lanes, _lane),
                class_name="ui-time",
            ),
            _legend(),
            class_name="ui-time-box",
            role="group",
            aria_label="Licenses over time",
            data_testid="license-timeline",
        ),
    )


def _tick(tick: Any) -> rx.Component:
    return rx.el.span(
        tick.label, class_name="ui-time-tick", style={"left": tick.left.to(str) + "%"}, key=tick.label
    )


def _lane(lane: Any) -> rx.Component:
    return rx.el.div(
        rx.el.p(lane.name, class_name="ui-time-name"),
        rx.el.div(
            rx.foreach(lane.bars, _bar),
            class_name="ui-time-lane",
            style={"height": (lane.rows * ROW_HEIGHT_PX).to(str) + "px"},
        ),
        class_name="ui-time-row",
        key=lane.name,
    )


def _bar(bar: Any) -> rx.Component:
    return rx.cond(
        bar.may_edit,
        _bar_button(bar, on_click=LicenseFormState.edit(bar.id), **opens(LICENSE_FORM)),
        _bar_button(bar, on_click=LicensesState.point_at(bar.id)),
    )


def _bar_button(bar: Any, **props: Any) -> rx.Component:
    return rx.el.button(
        rx.el.span(bar.label, class_name="ui-truncate", aria_hidden="true"),
        type="button",
        title=bar.title,
        aria_label=bar.title,
        data_kind=bar.kind,
        data_exclusive=rx.cond(bar.is_exclusive, "true", "false"),
        data_open=rx.cond(bar.is_open, "true", "false"),
        data_narrow=rx.cond(bar.is_narrow, "true", "false"),
        class_name="ui-time-bar",
        style={
            "left": bar.left.to(str) + "%",
            "width": bar.width.to(str) + "%",
            "top": (bar.row * ROW_HEIGHT_PX).to(str) + "px",
        },
        data_testid="license-bar",
        key=bar.id,
        **props,
    )


def _legend() -> rx.Component:
    entries = (
        ("Exclusive", "active", "true"),
        ("Beside others", "active", "false"),
        ("Draft", "draft", "true"),
        ("Over", "expired", "true"),
    )
    return rx.el.ul(
        *[
            rx.el.li(
                rx.el.span(
                    class_name="ui-time-bar ui-time-sample",
                    data_kind=kind,
                    data_exclusive=exclusive,
                    aria_hidden="true",
                ),
                words,
            )
            for words, kind, exclusive in entries
        ],
        class_name="ui-time-legend ui-small ui-text-2",
    )
