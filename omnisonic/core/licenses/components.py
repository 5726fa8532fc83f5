"""Parts that show licenses: the list, what ends next, the section of a work's page."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.licenses.form import LICENSE_FORM, license_form
from omnisonic.core.licenses.form_state import LicenseFormState
from omnisonic.core.licenses.state import LicensesState
from omnisonic.core.licenses.timeline_picture import timeline
from omnisonic.platform.ui.controls import button, icon_button
from omnisonic.platform.ui.dialog import opens
from omnisonic.platform.ui.feedback import error_state, undo_bar
from omnisonic.platform.ui.table import cell, table

WORK_COLUMNS = ("Licensee", "For", "Window", "State", ">Change")  # a card is narrower than a page
ALL_COLUMNS = ("Work", "Licensee", "Right", "Territory", "Window", "State", ">Change")


def work_licenses() -> rx.Component:
    """Timeline and list of the work that the page is about; load it with `LicensesState.load`."""
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2("Licenses", class_name="ui-section-title"),
                rx.el.p("Who may use this work, where, and until when"),
            ),
            grant_button(),
            class_name="ui-card-head",
        ),
        rx.cond(
            LicensesState.load_problem != "",
            error_state(
                "The licenses could not be loaded", LicensesState.load_problem, on_retry=LicensesState.load
            ),
            rx.cond(
                LicensesState.lines.length() > 0,
                rx.el.div(timeline(), license_table(with_work=False), class_name="ui-stack ui-stack-4"),
                rx.el.p("No license yet: nobody else may use this work.", class_name="ui-text-2"),
            ),
        ),
        license_form(),
        revoked_bar(),
        class_name="ui-card",
        data_testid="work-licenses",
    )


def grant_button(*, kind: str = "outline") -> rx.Component:
    """Opens an empty form; who may not license the work of the page reads why instead."""
    return rx.cond(
        LicensesState.may_grant,
        button(
            "Grant a license",
            testid="grant-license",
            icon="plus",
            kind=kind,
            on_click=LicenseFormState.start(LicensesState.work_id),
            **opens(LICENSE_FORM),
        ),
        rx.el.p(
            "Only who registered this work or has a share in it may license it.",
            class_name="ui-small ui-text-2 ui-may-not",
            data_testid="may-not-grant",
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
        *_subject(line, with_work),
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


def _subject(line: Any, with_work: bool) -> list[rx.Component]:
    if with_work:
        where = rx.el.span(line.territory, class_name="ui-license-where")
        return [cell("Right", rx.el.span(line.right)), cell("Territory", where)]
    both = rx.el.div(
        rx.el.p(line.right),
        rx.el.p(line.territory, class_name="ui-small ui-text-2"),
        class_name="ui-license-where",
    )
    return [cell("For", both)]


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
                **opens(LICENSE_FORM),
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
