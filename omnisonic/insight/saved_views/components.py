"""The dialog of saved views."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.insight.saved_views.models import MAX_VIEW_NAME_CHARS
from omnisonic.insight.saved_views.state import SavedViewsState
from omnisonic.platform.ui.controls import button, field, text_input
from omnisonic.platform.ui.dialog import dialog, opens

VIEWS: Any = SavedViewsState  # Reflex types no variables of dataclasses
VIEWS_DIALOG = "saved-views"


def views_button() -> rx.Component:
    """Opens the saved views; they are read when it is pressed."""
    return rx.fragment(
        button(
            "Saved views",
            testid="saved-views",
            icon="bookmark",
            on_click=VIEWS.look,
            **opens(VIEWS_DIALOG),
        ),
        dialog(VIEWS_DIALOG, "Saved views", _list_of_views(), _form(), testid="views-dialog"),
    )


def _list_of_views() -> rx.Component:
    return rx.cond(
        VIEWS.lines.length() > 0,
        rx.el.ul(
            rx.foreach(
                VIEWS.lines,
                lambda line: rx.el.li(
                    rx.el.a(
                        line.name,
                        href=line.href,
                        dir="auto",
                        class_name="ui-cell-title ui-grow ui-truncate",
                        data_testid="view-link",
                    ),
                    rx.el.button(
                        rx.icon("trash-2", size=16, aria_hidden="true"),
                        type="button",
                        aria_label="Remove the view " + line.name,
                        class_name="ui-button ui-button-ghost ui-button-icon",
                        on_click=VIEWS.remove(line.id),
                        data_testid="view-remove",
                    ),
                    key=line.id,
                ),
            ),
            class_name="ui-list",
        ),
        rx.el.p("None yet. Set the filters as you like them, then keep them here.", class_name="ui-text-2"),
    )


def _form() -> rx.Component:
    return rx.el.form(
        field(
            "Keep these filters as",
            text_input(
                "view_name",
                testid="view-name",
                max_length=MAX_VIEW_NAME_CHARS,
                required=True,
                auto_complete="off",
                dir="auto",
            ),
            for_id="view_name",
        ),
        button("Save", testid="view-save", kind="primary", type="submit"),
        rx.cond(
            VIEWS.problem != "",
            rx.el.p(VIEWS.problem, class_name="ui-field-error", role="alert"),
        ),
        key=VIEWS.form_key.to(str),
        on_submit=VIEWS.save,
        class_name="ui-inline-form ui-views-form",
    )
