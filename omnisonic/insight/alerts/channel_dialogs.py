"""Dialogs of the channels: adding, a new secret (shown once), removing."""

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
from omnisonic.insight.alerts.channel_words import TYPE_WORDS
from omnisonic.insight.alerts.targets import URL_MAX_CHARS
from omnisonic.platform.ui.controls import (
    button,
    checkbox,
    field,
    select,
    text_input,
)
from omnisonic.platform.ui.dialog import dialog, opened_by_state

CHANNELS: Any = ChannelsState  # Reflex types no variables of dataclasses
ADD, ROTATE, REMOVE = "channel-add-dialog", "channel-rotate-dialog", "channel-remove-dialog"
TYPES = tuple((kind.value, words) for kind, words in TYPE_WORDS.items())


def add_dialog() -> rx.Component:
    """A new channel; after a webhook was made, its secret."""
    shown = rx.cond(CHANNELS.secret != "", secret_shown(ADD), _add_form())
    return rx.fragment(
        dialog(ADD, "Add channel", shown, testid=ADD, closed=CHANNELS.closed),
        opened_by_state(ADD, at=CHANNELS.adding),
    )


def rotate_dialog() -> rx.Component:
    """A new secret for the chosen webhook."""
    ask = rx.el.div(
        rx.el.p(
            rx.el.strong(CHANNELS.chosen.name, dir="auto"),
            " gets a new signing secret. For a day each message is signed with the former one too, so that "
            "your program can change over.",
        ),
        dialog_buttons(
            ROTATE,
            button("Make a new secret", testid="rotate-confirm", kind="primary", on_click=CHANNELS.rotate),
        ),
        class_name="ui-stack ui-stack-4",
    )
    return dialog(
        ROTATE,
        "New secret",
        rx.cond(CHANNELS.secret != "", secret_shown(ROTATE), ask),
        testid=ROTATE,
        closed=CHANNELS.closed,
    )


def remove_dialog() -> rx.Component:
    """Whether the chosen channel shall go."""
    return dialog(
        REMOVE,
        "Remove this channel?",
        rx.el.div(
            rx.el.p(
                rx.el.strong(CHANNELS.chosen.name, dir="auto"),
                " and the history of its messages will be gone. Rules go on without it.",
            ),
            dialog_buttons(
                REMOVE,
                button("Remove channel", testid="remove-confirm", kind="danger", on_click=CHANNELS.remove),
            ),
            class_name="ui-stack ui-stack-4",
        ),
        testid=REMOVE,
        closed=CHANNELS.closed,
    )


def _add_form() -> rx.Component:
    return rx.el.form(
        field(
            "Kind",
            select(
                "channel_kind",
                TYPES,
                testid="channel-kind",
                value=CHANNELS.kind,
                on_change=CHANNELS.choose_kind,
            ),
            for_id="channel_kind",
        ),
        name_field("channel_name", placeholder="Label team"),
        rx.match(
            CHANNELS.kind,
            (
                "webhook",
                _target("URL", "url", "https://example.org/alerts", "Messages are posted to it as JSON."),
            ),
            (
                "slack",
                _target(
                    "Incoming webhook of Slack",
                    "url",
                    "https://hooks.slack.com/services/…",
                    "Slack shows it under Apps, Incoming Webhooks.",
                ),
            ),
            _target(
                "Address",
                "email",
                "team@example.org",
                "An address other than your own confirmed one has to be confirmed with a link.",
            ),
        ),
        limit_field("channel_limit"),
        rx.cond(
            CHANNELS.is_admin,
            checkbox(
                "Messages for operators too",
                testid="channel-system",
                hint="Gets what the installation has to tell its operators.",
                name="channel_system",
            ),
        ),
        problem_notice(),
        dialog_buttons(ADD, button("Add channel", testid="channel-create", kind="primary", type="submit")),
        key=CHANNELS.form_key.to(str),
        on_submit=CHANNELS.create,
        class_name="ui-stack ui-stack-4",
    )


def _target(label: str, kind: str, placeholder: str, hint: str) -> rx.Component:
    return field(
        label,
        text_input(
            "channel_target",
            testid="channel-target-input",
            type=kind,
            required=True,
            max_length=URL_MAX_CHARS if kind == "url" else 254,
            placeholder=placeholder,
            auto_complete="off",
            aria_describedby="channel_target-hint",
        ),
        for_id="channel_target",
        hint=hint,
    )
