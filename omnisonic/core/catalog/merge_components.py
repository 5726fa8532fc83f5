"""Entries that may be the same one: the suggestion, and the dialog that makes one of two."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.platform.ui.controls import button
from omnisonic.platform.ui.dialog import closes, dialog, opens
from omnisonic.platform.ui.feedback import notice, skeleton

MERGE_DIALOG = "merge-dialog"


def alike_notice(state: Any) -> rx.Component:
    """Entries that may be the same one."""
    return rx.cond(
        state.alike.length() > 0,
        notice(
            rx.el.p(rx.el.strong("This may be registered twice.")),
            rx.el.ul(rx.foreach(state.alike, lambda one: _alike(state, one)), class_name="ui-alike"),
            data_testid="alike",
        ),
    )


def _alike(state: Any, one: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.el.a(one.title, href=one.href, dir="auto", class_name="ui-link"),
            rx.el.span(" has ", one.why, class_name="ui-text-2"),
            class_name="ui-grow",
        ),
        rx.cond(
            one.may_merge,
            button(
                "Compare",
                testid="compare",
                icon="git-merge",
                aria_label="Compare with " + one.title.to(str),
                on_click=state.compare(state.entry_id, one.id),
                **opens(MERGE_DIALOG),
            ),
        ),
        key=one.id,
    )


def merge_dialog(state: Any) -> rx.Component:
    """Two entries side by side: choose the one that stays, see what moves, confirm."""
    return dialog(
        MERGE_DIALOG,
        "Make one of these two",
        rx.cond(
            state.sides.length() == 2,
            rx.el.form(
                rx.el.input(type="hidden", name="one", value=state.sides[0].id, read_only=True),
                rx.el.input(type="hidden", name="other", value=state.sides[1].id, read_only=True),
                rx.el.fieldset(
                    rx.el.legend("Which one stays?", class_name="ui-label"),
                    rx.foreach(state.sides, _side),
                    class_name="ui-sides",
                ),
                rx.el.p(
                    "Everything of the other one moves here: shares, recordings, licenses, identifiers. Its"
                    " address leads here from then on, and the history says who merged them.",
                    class_name="ui-text-2",
                ),
                rx.cond(
                    state.merge_problem != "",
                    notice(state.merge_problem, kind="danger", data_testid="merge-problem"),
                ),
                rx.el.div(
                    button("Cancel", testid="merge-cancel", kind="ghost", **closes(MERGE_DIALOG)),
                    button("Merge", testid="merge", kind="primary", icon="git-merge", type="submit"),
                    class_name="ui-row ui-form-end",
                ),
                on_submit=state.merge,
                key=state.sides[1].id,
                class_name="ui-stack ui-stack-4",
            ),
            skeleton(shape="row", count=2),
        ),
        closed=state.merge_count,
        testid="merge-dialog",
    )


def _side(side: Any, place: Any) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="radio",
            name="survivor",
            value=side.id,
            default_checked=place == 0,  # what is checked is what is sent: no answer is waited for
            data_testid="survivor",
        ),
        rx.el.span(
            rx.el.strong(side.title, dir="auto"),
            rx.el.span(side.made, class_name="ui-small ui-dim"),
            rx.el.span(rx.foreach(side.facts, lambda fact: rx.el.span(fact)), class_name="ui-side-facts"),
            class_name="ui-stack",
        ),
        class_name="ui-side",
        key=side.id,
    )
