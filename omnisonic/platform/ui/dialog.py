"""Dialogs: the platform's own element, opened and closed by buttons without any code of ours."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.platform.ui.controls import Text


def opens(dialog_id: str) -> dict[str, Any]:
    """Properties that make a button open the dialog (HTML invoker commands)."""
    return {"custom_attrs": {"commandfor": dialog_id, "command": "show-modal"}, "aria_haspopup": "dialog"}


def closes(dialog_id: str) -> dict[str, Any]:
    """Properties that make a button close the dialog."""
    return {"custom_attrs": {"commandfor": dialog_id, "command": "close"}}


def dialog(dialog_id: str, title: Text, *children: rx.Component, testid: str) -> rx.Component:
    """A modal dialog: keeps focus inside, Escape or the cross closes it."""
    return rx.el.dialog(
        rx.el.div(
            rx.el.h2(title, id=f"{dialog_id}-title"),
            rx.el.button(
                rx.icon("x", size=16, aria_hidden="true"),
                type="button",
                aria_label="Close",
                class_name="ui-button ui-button-ghost ui-button-icon",
                data_testid=f"{testid}-close",
                **closes(dialog_id),
            ),
            class_name="ui-dialog-head",
        ),
        *children,
        id=dialog_id,
        aria_labelledby=f"{dialog_id}-title",
        class_name="ui-dialog",
        data_testid=testid,
    )
