"""Dialogs: the platform's own element, opened and closed by buttons; it keeps and gives back the focus."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.platform.ui.controls import Text
from omnisonic.platform.ui.sources import link_source

_BEGIN = link_source(__name__, "dialog_begin.jsx")
_END = link_source(__name__, "dialog_end.jsx")


class DialogBegin(rx.Component):  # there with its page: one that is loaded later would miss a click
    """Opens a dialog from a state: whenever `at` changes on a page that is alive."""

    library = _BEGIN
    tag = "DialogBegin"
    is_default = False

    dialog: rx.Var[str]
    at: rx.Var[int]
    is_alive: rx.Var[bool]
    asked_by: rx.Var[str]


class DialogEnd(rx.Component):
    """Closes a dialog from a state: whenever `at` changes."""

    library = _END
    tag = "DialogEnd"
    is_default = False

    dialog: rx.Var[str]
    at: rx.Var[int]


def opened_by_state(dialog_id: str, *, at: Any, asked_by: str = "") -> rx.Component:
    """Opens the dialog whenever the count `at` changes: for what is no button, such as a point of a chart.

    `asked_by` is the parameter of an address that asks for the dialog; `at` then says that it is ready.
    """
    return DialogBegin.create(dialog=dialog_id, at=at, is_alive=rx.State.is_hydrated, asked_by=asked_by)


def opens(dialog_id: str) -> dict[str, Any]:
    """Properties that make a button open the dialog (HTML invoker commands)."""
    return {"custom_attrs": {"commandfor": dialog_id, "command": "show-modal"}, "aria_haspopup": "dialog"}


def closes(dialog_id: str) -> dict[str, Any]:
    """Properties that make a button close the dialog."""
    return {"custom_attrs": {"commandfor": dialog_id, "command": "close"}}


def dialog(
    dialog_id: str, title: Text, *children: rx.Component, testid: str, closed: Any = None
) -> rx.Component:
    """A modal dialog: keeps focus inside, Escape or the cross closes it, and so does a change of `closed`."""
    shown = rx.el.dialog(
        _head(dialog_id, title, testid, "ui-dialog-head"),
        *children,
        id=dialog_id,
        aria_labelledby=f"{dialog_id}-title",
        class_name="ui-dialog",
        data_testid=testid,
    )
    return shown if closed is None else rx.fragment(shown, DialogEnd.create(dialog=dialog_id, at=closed))


def drawer(
    dialog_id: str, title: Text, body: rx.Component, foot: rx.Component, *, closed: Any, testid: str
) -> rx.Component:
    """A modal dialog at the side of the page, for long forms; it closes when the count `closed` changes."""
    return rx.fragment(
        rx.el.dialog(
            _head(dialog_id, title, testid, "ui-drawer-head"),
            rx.el.div(body, class_name="ui-drawer-body"),
            foot,
            id=dialog_id,
            aria_labelledby=f"{dialog_id}-title",
            class_name="ui-drawer",
            data_testid=testid,
        ),
        DialogEnd.create(dialog=dialog_id, at=closed),
    )


def _head(dialog_id: str, title: Text, testid: str, class_name: str) -> rx.Component:
    return rx.el.div(
        rx.el.h2(title, id=f"{dialog_id}-title"),
        rx.el.button(
            rx.icon("x", size=16, aria_hidden="true"),
            type="button",
            aria_label="Close",
            class_name="ui-button ui-button-ghost ui-button-icon",
            data_testid=f"{testid}-close",
            **closes(dialog_id),
        ),
        class_name=class_name,
    )
