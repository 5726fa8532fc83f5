"""The shares of a work: a bar per right that must reach the whole, who is in it, and the editor."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.catalog.widgets import share_editor
from omnisonic.core.catalog.work_state import SHARES_ID, WorkState
from omnisonic.platform.ui.controls import badge, button, link_button
from omnisonic.platform.ui.feedback import notice

WORK: Any = WorkState  # Reflex types no variables of dataclasses


def shares_card() -> rx.Component:
    """Who has which part of the work."""
    return rx.el.section(
        rx.el.div(
            rx.el.div(
                rx.el.h2("Shares", id=SHARES_ID, tab_index=-1, class_name="ui-section-title"),
                rx.el.p("Who is paid for this work, and which part"),
            ),
            rx.cond(
                WORK.frame.may_edit & ~WORK.is_sharing & (WORK.sheet.groups.length() > 0),
                button("Edit shares", testid="edit-shares", icon="pencil", on_click=WORK.edit_shares),
            ),
            class_name="ui-card-head",
        ),
        rx.cond(WORK.is_sharing, _editor(), _shown()),
        aria_label="Shares",
        class_name="ui-card",
        data_testid="shares",
    )


def _shown() -> rx.Component:
    sheet = WORK.sheet
    return rx.el.div(
        rx.cond(sheet.periods.length() > 1, _periods()),
        rx.cond((sheet.problem != "") & (WORK.period == ""), _problem()),
        rx.cond(sheet.groups.length() > 0, rx.foreach(sheet.groups, _group), _nobody()),
        class_name="ui-stack ui-stack-6",
    )


def _problem() -> rx.Component:
    fix = rx.cond(
        WORK.frame.may_edit,
        button(
            rx.cond(WORK.sheet.problem_kind == "conflict", "Fix the shares", "Add who is missing"),
            testid="fix-shares",
            on_click=WORK.edit_shares,
        ),
        rx.cond(
            WORK.sheet.problem_kind != "conflict",
            link_button(
                "Claim this share",
                "/royalties?claim=" + WORK.frame.id,
                testid="claim-this-share",
                icon="hand",
            ),
        ),
    )
    return rx.cond(
        WORK.sheet.problem_kind == "conflict",
        notice(_told(fix), kind="warn", data_testid="share-conflict"),
        notice(_told(fix), data_testid="share-short"),
    )


def _told(fix: rx.Component) -> rx.Component:
    return rx.el.div(rx.el.p(WORK.sheet.problem, class_name="ui-grow"), fix, class_name="ui-row ui-row-wrap")


def _periods() -> rx.Component:
    return rx.el.div(
        rx.el.label("Shares", html_for="share-period", class_name="ui-label"),
        rx.el.span(
            rx.el.select(
                rx.foreach(
                    WORK.sheet.periods,
                    lambda one: rx.el.option(
                        rx.cond(one.is_now, "Now, " + one.words.to(str), one.words), value=one.at, key=one.at
                    ),
                ),
                id="share-period",
                value=WORK.sheet.period,
                on_change=WORK.show_period,
                class_name="ui-select",
                data_testid="share-period",
            ),
            rx.icon("chevron-down", size=16, aria_hidden="true"),
            class_name="ui-select-box",
        ),
        rx.cond(WORK.period != "", badge("Not the present shares", kind="warn", icon="history")),
        class_name="ui-row ui-row-wrap ui-periods",
    )


def _nobody() -> rx.Component:
    return rx.el.div(
        rx.el.p(rx.el.strong("Nobody has a share yet.")),
        rx.el.p(
            "Say who wrote it and how they share it. Nobody is paid for this work before.",
            class_name="ui-text-2",
        ),
        rx.cond(
            WORK.frame.may_edit,
            button(
                "Add shares",
                testid="add-shares",
                icon="users",
                kind="primary",
                on_click=WORK.edit_shares,
            ),
        ),
        class_name="ui-stack ui-start",
        data_testid="no-shares",
    )


def _group(group: Any) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.h3(group.title),
            rx.el.p(
                rx.el.strong(group.total, class_name="ui-num"),
                " ",
                rx.el.span(group.words, class_name="ui-text-2"),
            ),
            class_name="ui-row ui-between ui-share-sum",
            data_testid="share-sum",
        ),
        share_bar(group.slices, group.whole_at, label=group.title.to(str) + ": " + group.total.to(str)),
        rx.el.ul(rx.foreach(group.lines, _line), class_name="ui-share-lines"),
        class_name="ui-stack ui-share-group",
        data_state=group.state,
        key=group.right,
    )


def share_bar(slices: Any, whole_at: Any, *, label: Any) -> rx.Component:
    """One stacked bar; the line marks 100 % when more is claimed."""
    return rx.el.div(
        rx.foreach(slices, _slice),
        rx.cond(
            whole_at > 0,
            rx.el.span(class_name="ui-bar-whole", style={"left": whole_at.to(str) + "%"}, title="100 %"),
        ),
        role="img",
        aria_label=label,
        class_name="ui-bar",
    )


def _slice(one: Any) -> rx.Component:
    return rx.el.span(
        one.letters,
        title=one.words,
        class_name="ui-slice ui-slice-" + one.color.to(str),
        style={"width": one.width.to(str) + "%"},
        key=one.left.to(str),
    )


def _line(line: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(line.letters, class_name="ui-swatch ui-slice-" + line.color.to(str), aria_hidden="true"),
        rx.el.a(
            line.name, href=line.href, dir="auto", class_name="ui-share-who ui-truncate", title=line.name
        ),
        rx.el.span(line.role, class_name="ui-text-2 ui-share-role"),
        rx.el.span(line.percent, class_name="ui-num ui-share-part"),
        key=line.id,
        data_testid="share-line",
    )


def _editor() -> rx.Component:
    return rx.el.div(
        rx.cond(
            WORK.share_clash,
            notice(
                rx.el.p(
                    rx.el.strong(WORK.frame.last_by),
                    " set other shares while you were at it. Your rows are still here.",
                ),
                rx.el.div(
                    button(
                        "Save mine",
                        testid="overwrite-shares",
                        kind="primary",
                        on_click=WORK.overwrite_shares,
                    ),
                    button("See theirs", testid="see-theirs", on_click=WORK.leave_shares),
                    class_name="ui-row ui-row-wrap ui-notice-actions",
                ),
                kind="warn",
                data_testid="share-clash",
            ),
        ),
        rx.cond(
            WORK.share_problem != "",
            notice(WORK.share_problem, kind="danger", data_testid="share-problem"),
        ),
        share_editor(
            WORK.share_rows,
            is_first=WORK.sheet.groups.length() == 0,
            on_save=WORK.save_shares,
            on_cancel=WORK.leave_shares,
            key=WORK.share_key.to(str),
        ),
        class_name="ui-stack ui-stack-4",
    )
