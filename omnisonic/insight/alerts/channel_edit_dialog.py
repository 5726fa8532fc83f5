"""The dialog that changes a channel: its name, where it goes, what it takes."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.insight.alerts.channel_fields import (
    dialog_buttons,
    limit_field,
    name_field,
    problem_notice,
    secret_shown,
)
from omnisonic.insight.alerts.channel_state import ChannelsState
from omnisonic.insight.alerts.channel_words import KIND_WORDS
from omnisonic.insight.alerts.targets import URL_MAX_CHARS
from omnisonic.platform.ui.controls import button, checkbox, field, text_input
from omnisonic.platform.ui.dialog import dialog, opened_by_state

CHANNELS: Any = ChannelsState  # Reflex types no variables of dataclasses
EDIT = "channel-edit-dialog"


def edit_dialog() -> rx.Component:
    """Changes the chosen channel; after a webhook's URL was changed, its new secret."""
    shown = rx.cond(CHANNELS.secret != "", secret_shown(EDIT), _form())
    return rx.fragment(
        dialog(EDIT, "Change channel", shown, testid=EDIT, closed=CHANNELS.closed),
        opened_by_state(EDIT, at=CHANNELS.editing),
    )


def _form() -> rx.Component:
    return rx.el.form(
        name_field("edit_name", default_value=CHANNELS.chosen.name),
        rx.match(
            CHANNELS.chosen.type,
            ("webhook", _target("New URL", "url", "Another URL gets a signing secret of its own.")),
            ("slack", _target("New incoming webhook of Slack", "url", "")),
            _target("New address", "email", "Another address has to be confirmed with a link."),
        ),
        limit_field("edit_limit", default_value=CHANNELS.chosen.limit),
        _takes(),
        problem_notice(),
        dialog_buttons(EDIT, button("Save", testid="channel-save", kind="primary", type="submit")),
        key=CHANNELS.form_key.to(str),
        on_submit=CHANNELS.save,
        class_name="ui-stack ui-stack-4",
    )


def _target(label: str, kind: str, consequence: str) -> rx.Component:
    return field(
        label,
        text_input(
            "edit_target",
            testid="edit-target",
            type=kind,
            max_length=URL_MAX_CHARS if kind == "url" else 254,
            placeholder=CHANNELS.chosen.target,
            auto_complete="off",
            aria_describedby="edit_target-hint",
        ),
        for_id="edit_target",
        hint=f"Left empty, it stays what it is. {consequence}",
    )


def _takes() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend("Takes messages about", class_name="ui-label"),
        rx.el.div(
            *[
                checkbox(
                    words.capitalize(),
                    testid=f"edit-takes-{kind}",
                    name=f"edit_takes_{kind}",
                    default_checked=CHANNELS.chosen.takes.contains(str(kind)),
                )
                for kind, words in KIND_WORDS.items()
            ],
            class_name="ui-row ui-row-wrap ui-checks",
        ),
        field(
            "Mentions at least so sure, in percent",
            text_input(
                "edit_confidence",
                testid="edit-confidence",
                inputmode="decimal",
                auto_complete="off",
                default_value=CHANNELS.chosen.confidence,
                aria_describedby="edit_confidence-hint",
            ),
            for_id="edit_confidence",
            hint="Left empty, it takes what the rules take.",
        ),
        class_name="ui-stack",
    )
