"""The form of an entry, in the place of what it changes: fields, what is wrong, and whose words stay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from omnisonic.core.catalog.entry_state import ABOUT_ID, NOT_IN_A_FIELD
from omnisonic.platform.ui.controls import button, field
from omnisonic.platform.ui.feedback import notice


def edit_card(
    state: Any, *, title: str, shown: rx.Component, fields: Sequence[rx.Component], testid: str
) -> rx.Component:
    """What is known about an entry, and the form that changes it in the same place."""
    return rx.el.section(
        rx.el.div(
            rx.el.h2(title, id=ABOUT_ID, tab_index=-1, class_name="ui-section-title"),
            rx.cond(
                state.frame.may_edit & ~state.is_editing,
                button(
                    "Edit", testid="edit-entry", icon="pencil", kind="ghost", on_click=state.start_editing
                ),
            ),
            class_name="ui-card-head ui-card-head-row",
        ),
        rx.cond(state.is_editing, _form(state, fields), shown),
        aria_label=title,
        class_name="ui-card",
        data_testid=testid,
    )


def _form(state: Any, fields: Sequence[rx.Component]) -> rx.Component:
    return rx.el.form(
        rx.cond(
            state.is_behind,
            notice(
                rx.el.strong(state.frame.last_by),
                " changed this while you write. Your words are kept; the page around shows theirs.",
                data_testid="behind",
            ),
        ),
        *fields,
        clash_notice(state),
        general_problem(state),
        rx.el.div(
            button("Cancel", testid="cancel-edit", kind="ghost", on_click=state.stop_editing),
            button("Save", testid="save-entry", kind="primary", type="submit"),
            class_name="ui-row ui-form-end",
        ),
        key=state.form_key.to(str),
        on_submit=state.save_form,
        class_name="ui-stack ui-stack-4",
        data_testid="entry-form",
    )


def form_field(
    state: Any, name: str, label: str, *, hint: str | None = None, lines: int = 1, **props: Any
) -> rx.Component:
    """One field of the form with what is wrong with it."""
    values: dict[str, Any] = {
        "id": name,
        "name": name,
        "default_value": state.form[name],
        "aria_invalid": rx.cond(state.problems[name], "true", "false"),
        "aria_describedby": f"{name}-problem",
        "auto_complete": "off",
        "data_testid": f"field-{name}",
        **props,
    }
    control = (
        rx.el.textarea(**values, rows=str(lines), class_name="ui-input ui-textarea", dir="auto")
        if lines > 1
        else rx.el.input(**values, class_name="ui-input")
    )
    return rx.el.div(
        field(label, control, for_id=name, hint=hint),
        rx.el.p(
            state.problems[name],
            id=f"{name}-problem",
            class_name="ui-field-error",
            role="alert",
            data_testid=f"problem-{name}",
        ),
    )


def general_problem(state: Any) -> rx.Component:
    """What is wrong with no field in particular, with the way to whatever is in the way."""
    return rx.cond(
        state.problems[NOT_IN_A_FIELD],
        notice(
            state.problems[NOT_IN_A_FIELD],
            rx.cond(
                state.problem_href != "",
                rx.el.span(" ", rx.el.a("Open it", href=state.problem_href, class_name="ui-link")),
            ),
            kind="danger",
            data_testid="problem",
        ),
    )


def clash_notice(state: Any) -> rx.Component:
    """Two people changed one field: which words stay."""
    return rx.cond(
        state.clashes.length() > 0,
        notice(
            rx.el.p(rx.el.strong(state.frame.last_by), " changed this at the same time. Which stays?"),
            rx.el.dl(rx.foreach(state.clashes, _clash), class_name="ui-clash"),
            rx.el.div(
                button("Save mine", testid="keep-mine", kind="primary", on_click=state.keep_mine),
                button("Keep theirs", testid="take-theirs", on_click=state.take_theirs),
                class_name="ui-row ui-row-wrap ui-notice-actions",
            ),
            kind="warn",
            data_testid="clash",
        ),
    )


def _clash(clash: Any) -> rx.Component:
    return rx.el.div(
        rx.el.dt(clash.label),
        rx.el.dd(rx.el.span("Yours ", class_name="ui-dim"), rx.el.span(clash.mine, dir="auto")),
        rx.el.dd(rx.el.span("Theirs ", class_name="ui-dim"), rx.el.span(clash.theirs, dir="auto")),
        key=clash.label,
    )
