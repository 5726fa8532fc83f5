"""Dialogs of the channels: adding, changing, a new secret (shown once), removing."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.insight.alerts.channel_actions import NAME_MAX_CHARS
from omnisonic.insight.alerts.channel_state import ChannelsState
from omnisonic.insight.alerts.channel_words import LIMIT_MAX, TYPE_WORDS
from omnisonic.insight.alerts.targets import URL_MAX_CHARS
from omnisonic.platform.ui.controls import (
    button,
    checkbox,
    field,
    icon_button,
    link_button,
    select,
    text_input,
)
from omnisonic.platform.ui.dialog import closes, dialog
from omnisonic.platform.ui.feedback import notice

CHANNELS: Any = ChannelsState  # Reflex types no variables of dataclasses
ADD, EDIT = "channel-add-dialog", "channel-edit-dialog"
ROTATE, REMOVE = "channel-rotate-dialog", "channel-remove-dialog"
TYPES = tuple((kind.value, words) for kind, words in TYPE_WORDS.items())
VERIFY_URL = "https://www.standardwebhooks.com/"


def add_dialog() -> rx.Component:
    """A new channel; after a webhook was made, its secret."""
    return dialog(
        ADD,
        "Add channel",
        rx.cond(CHANNELS.secret != "", _secret(ADD), _add_form()),
        testid=ADD,
        closed=CHANNELS.closed,
    )


def edit_dialog() -> rx.Component:
    """Name and limit of the chosen channel."""
    return dialog(
        EDIT,
        "Change channel",
        rx.el.form(
            _name("edit_name", default_value=CHANNELS.chosen_name),
            _limit("edit_limit", default_value=CHANNELS.chosen_limit),
            _problem(),
            _buttons(EDIT, button("Save", testid="channel-save", kind="primary", type="submit")),
            key=CHANNELS.form_key.to(str),
            on_submit=CHANNELS.save,
            class_name="ui-stack ui-stack-4",
        ),
        testid=EDIT,
        closed=CHANNELS.closed,
    )


def rotate_dialog() -> rx.Component:
    """A new secret for the chosen webhook."""
    ask = rx.el.div(
        rx.el.p(
            rx.el.strong(CHANNELS.chosen_name, dir="auto"),
            " gets a new signing secret. For a day each message is signed with the former one too, so that "
            "your program can change over.",
        ),
        _buttons(
            ROTATE,
            button("Make a new secret", testid="rotate-confirm", kind="primary", on_click=CHANNELS.rotate),
        ),
        class_name="ui-stack ui-stack-4",
    )
    return dialog(
        ROTATE,
        "New secret",
        rx.cond(CHANNELS.secret != "", _secret(ROTATE), ask),
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
                rx.el.strong(CHANNELS.chosen_name, dir="auto"),
                " and the history of its messages will be gone. Rules go on without it.",
            ),
            _buttons(
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
        _name("channel_name", placeholder="Label team"),
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
        _limit("channel_limit"),
        rx.cond(
            CHANNELS.is_admin,
            checkbox(
                "Messages for operators too",
                testid="channel-system",
                hint="Gets what the installation has to tell its operators.",
                name="channel_system",
            ),
        ),
        _problem(),
        _buttons(ADD, button("Add channel", testid="channel-create", kind="primary", type="submit")),
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


def _name(field_id: str, **props: Any) -> rx.Component:
    return field(
        "Name",
        text_input(
            field_id,
            testid=field_id.replace("_", "-"),
            required=True,
            max_length=NAME_MAX_CHARS,
            dir="auto",
            auto_complete="off",
            **props,
        ),
        for_id=field_id,
    )


def _limit(field_id: str, **props: Any) -> rx.Component:
    return field(
        "Messages an hour about one entity, at most",
        text_input(
            field_id,
            testid=field_id.replace("_", "-"),
            type="number",
            min=1,
            max=LIMIT_MAX,
            step=1,
            aria_describedby=f"{field_id}-hint",
            **props,
        ),
        for_id=field_id,
        hint=f"Empty means as many as this installation allows: {CHANNELS.most_per_hour}.",
    )


def _problem() -> rx.Component:
    return rx.cond(
        CHANNELS.problem != "", notice(CHANNELS.problem, kind="danger", data_testid="channel-problem")
    )


def _buttons(dialog_id: str, act: rx.Component) -> rx.Component:
    return rx.el.div(
        button("Cancel", testid=f"{dialog_id}-cancel", kind="ghost", **closes(dialog_id)),
        act,
        class_name="ui-row ui-row-wrap",
    )


def _secret(dialog_id: str) -> rx.Component:
    return rx.el.div(
        notice("Copy the secret now. It will not be shown again.", kind="warn"),
        rx.el.div(
            rx.el.input(
                value=CHANNELS.secret,
                read_only=True,
                aria_label="The signing secret",
                class_name="ui-input",
                data_testid="channel-secret",
            ),
            icon_button(
                "copy", "Copy the secret", testid="copy-secret", on_click=rx.set_clipboard(CHANNELS.secret)
            ),
            class_name="ui-copy",
        ),
        rx.el.p(
            "Your program verifies each message with it: the header webhook-signature is an HMAC-SHA256 of "
            "id, time and body, as Standard Webhooks describes; docs/api/webhooks.md has an example.",
            class_name="ui-small ui-text-2",
        ),
        rx.el.div(
            link_button(
                "How to verify",
                VERIFY_URL,
                testid="verify-docs",
                icon="external-link",
                kind="ghost",
                is_page=False,
                target="_blank",
                rel="noopener noreferrer",
            ),
            button(
                "Done",
                testid="secret-done",
                kind="primary",
                on_click=CHANNELS.forget_secret,
                **closes(dialog_id),
            ),
            class_name="ui-row ui-row-wrap",
        ),
        class_name="ui-stack ui-stack-4",
    )
