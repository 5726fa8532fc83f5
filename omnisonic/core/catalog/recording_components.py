"""Lists of recordings, and the form that registers one."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.platform.ui.controls import button, field, text_input
from omnisonic.platform.ui.dialog import dialog


def recording_rows(rows: Any) -> rx.Component:
    """Recordings as rows, each leading to its page."""
    return rx.el.ul(rx.foreach(rows, _row), class_name="ui-rows")


def _row(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.a(
            rx.el.span(
                rx.el.span(row.title, dir="auto", class_name="ui-rows-title ui-truncate"),
                rx.el.span(row.artist, dir="auto", class_name="ui-text-2 ui-small ui-truncate"),
                class_name="ui-rows-name",
            ),
            rx.el.code(row.isrc, class_name="ui-small ui-text-2"),
            rx.el.span(row.duration, class_name="ui-num ui-text-2 ui-rows-end"),
            href=row.href,
            class_name="ui-rows-link",
        ),
        key=row.id,
        data_testid="recording-row",
    )


def recording_form(
    said: rx.Component, *, on_submit: Any, title_value: Any = "", **props: Any
) -> rx.Component:
    """The form of a new recording; `said` is what came of it."""
    return rx.el.form(
        field(
            "Title",
            text_input(
                "recording_title",
                testid="recording-title",
                required=True,
                max_length=500,
                default_value=title_value,
                dir="auto",
                auto_complete="off",
            ),
            for_id="recording_title",
        ),
        field(
            "Artist, as credited",
            text_input(
                "recording_artist",
                testid="recording-artist",
                required=True,
                max_length=1000,
                placeholder="Mira feat. Jonas Ek",
                dir="auto",
                auto_complete="off",
            ),
            for_id="recording_artist",
        ),
        field(
            "ISRC",
            text_input(
                "recording_isrc",
                testid="recording-isrc",
                max_length=100,
                placeholder="QZ-A1B-26-00001",
                auto_complete="off",
            ),
            for_id="recording_isrc",
            hint="If it has one. It is checked against what is registered.",
        ),
        rx.el.div(
            field(
                "Length",
                text_input(
                    "recording_length",
                    testid="recording-length",
                    max_length=12,
                    placeholder="3:35",
                    auto_complete="off",
                ),
                for_id="recording_length",
            ),
            field(
                "Released",
                text_input("recording_released", testid="recording-released", type="date"),
                for_id="recording_released",
            ),
            class_name="ui-pair",
        ),
        said,
        button("Add recording", testid="save-recording", kind="primary", type="submit"),
        on_submit=on_submit,
        class_name="ui-stack ui-stack-4",
        **props,
    )


def recording_dialog(
    dialog_id: str, title: str, said: rx.Component, *, on_submit: Any, made: Any, title_value: Any = ""
) -> rx.Component:
    """The same in a dialog, which another count `made` closes and empties."""
    form = recording_form(said, on_submit=on_submit, title_value=title_value, key=made.to(str))
    return dialog(dialog_id, title, form, closed=made, testid="recording-dialog")
