"""Parts that show licenses: the timeline of a work, the list, what ends next. Also used on a work's page."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.licenses.form import license_form
from omnisonic.core.licenses.form_state import LicenseFormState
from omnisonic.core.licenses.state import LicensesState
from omnisonic.platform.ui.controls import button, icon_button
from omnisonic.platform.ui.feedback import undo_bar
from omnisonic.platform.ui.table import cell, table

WORK_COLUMNS = ("Licensee", "Right", "Territory", "Window", "State", ">Change")
ALL_COLUMNS = ("Work", *WORK_COLUMNS)
ROW_HEIGHT_PX = 32


def work_licenses() -> rx.Component:
    """Timeline and list of the work that the page is about; load it with `LicensesState.load`."""
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2("Licenses", class_name="ui-section-title"),
                rx.el.p("Who may use this work, where, and until when"),
            ),
            button(
                "Grant a license",
                testid="grant-license",
                icon="plus",
                on_click=LicenseFormState.start(LicensesState.work_id),
            ),
            class_name="ui-card-head",
        ),
        rx.cond(
            LicensesState.lines.length() > 0,
            rx.el.div(timeline(), license_table(with_work=False), class_name="ui-stack ui-stack-4"),
            rx.el.p("No license yet: nobody else may use this work.", class_name="ui-text-2"),
        ),
        license_form(),
        revoked_bar(),
        class_name="ui-card",
        data_testid="work-licenses",
    )


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


def license_table(*, with_work: bool) -> rx.Component:
    """The licenses under the filters."""
    columns = ALL_COLUMNS if with_work else WORK_COLUMNS
    rows = rx.foreach(LicensesState.lines, lambda line: _row(line, with_work=with_work))
    return table("Licenses", columns, rows, testid="licenses-table")


def ending_next() -> rx.Component:
    """The next licenses to end, soonest first."""
    return rx.cond(
        LicensesState.ending.length() > 0,
        rx.el.section(
            rx.el.h2("Ends next", class_name="ui-section-title"),
            rx.el.ol(rx.foreach(LicensesState.ending, _ending), class_name="ui-ending"),
            aria_label="Licenses that end next",
            class_name="ui-stack",
            data_testid="ending-next",
        ),
    )


def revoked_bar() -> rx.Component:
    """Undo of the last revocation."""
    return rx.cond(
        LicensesState.revoked_id != "",
        undo_bar(
            LicensesState.revoked_words,
            LicensesState.undo_revoke,
            LicensesState.forget_revoke,
            testid="license-revoked",
        ),
    )


def state_badge(line: Any) -> rx.Component:
    """The state in a word; color never speaks alone."""
    kind = rx.match(line.status, ("active", "ok"), ("upcoming", "accent"), ("draft", "warn"), "plain")
    return rx.el.span(line.status_words, class_name="ui-badge ui-badge-" + kind.to(str))


def _row(line: Any, *, with_work: bool) -> rx.Component:
    work = rx.el.a(
        line.work_title,
        href=line.work_href,
        dir="auto",
        title=line.work_title,
        class_name="ui-link ui-cell-link",
    )
    return rx.el.tr(
        *([cell("Work", work)] if with_work else []),
        cell(
            "Licensee",
            rx.el.div(
                rx.el.p(line.licensee, dir="auto", class_name="ui-truncate", title=line.licensee),
                rx.el.p(
                    rx.cond(line.is_exclusive, "Exclusive", "Beside others"), class_name="ui-small ui-text-2"
                ),
                class_name="ui-license-who",
            ),
        ),
        cell("Right", rx.el.span(line.right)),
        cell("Territory", rx.el.span(line.territory, class_name="ui-license-where")),
        cell(
            "Window",
            rx.el.div(
                rx.el.p(line.window, class_name="ui-nowrap"),
                rx.cond(
                    line.ends != "",
                    rx.el.p(
                        line.ends,
                        class_name=rx.cond(line.is_soon, "ui-small ui-license-soon", "ui-small ui-text-2"),
                    ),
                ),
            ),
        ),
        cell("State", state_badge(line)),
        cell("Change", _actions(line), end=True),
        data_testid="license-row",
        data_highlighted=rx.cond(line.id == LicensesState.highlighted, "true", "false"),
        key=line.id,
    )


def _actions(line: Any) -> rx.Component:
    return rx.cond(
        line.may_edit & line.is_open,
        rx.el.div(
            rx.cond(
                line.status == "draft",
                icon_button(
                    "check",
                    "Put the license of " + line.licensee.to(str) + " in force",
                    testid="license-activate",
                    on_click=LicensesState.activate(line.id),
                ),
            ),
            icon_button(
                "pencil",
                "Change the license of " + line.licensee.to(str),
                testid="license-edit",
                on_click=LicenseFormState.edit(line.id),
            ),
            icon_button(
                "ban",
                "Revoke the license of " + line.licensee.to(str),
                testid="license-revoke",
                on_click=LicensesState.revoke(line.id),
            ),
            class_name="ui-row ui-nowrap ui-license-actions",
        ),
        rx.el.span("–", class_name="ui-dim", aria_hidden="true"),
    )


def _ending(line: Any) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            line.ends,
            class_name=rx.cond(line.is_soon, "ui-small ui-license-soon", "ui-small ui-text-2"),
        ),
        rx.el.a(line.work_title, href=line.work_href, dir="auto", class_name="ui-truncate ui-ending-work"),
        rx.el.p(line.licensee, dir="auto", class_name="ui-small ui-truncate"),
        rx.el.p(line.right, " · ", line.territory, class_name="ui-small ui-text-2 ui-truncate"),
        class_name="ui-card ui-ending-card",
        key=line.id,
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
        on_click=LicenseFormState.edit(bar.id),
        data_testid="license-bar",
        key=bar.id,
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
