"""What the dialogs of channels have in common: fields, buttons, a problem, and a secret shown once."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.insight.alerts.channel_actions import NAME_MAX_CHARS
from omnisonic.insight.alerts.channel_state import ChannelsState
from omnisonic.insight.alerts.channel_words import LIMIT_MAX
from omnisonic.platform.ui.controls import button, field, icon_button, link_button, text_input
from omnisonic.platform.ui.dialog import closes
from omnisonic.platform.ui.feedback import notice

CHANNELS: Any = ChannelsState  # Reflex types no variables of dataclasses
VERIFY_URL = "https://www.standardwebhooks.com/"


def name_field(field_id: str, **props: Any) -> rx.Component:
    """What a channel is called."""
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


def limit_field(field_id: str, **props: Any) -> rx.Component:
    """How many messages an hour it may get."""
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


def problem_notice() -> rx.Component:
    """Why a form was refused."""
    return rx.cond(
        CHANNELS.problem != "", notice(CHANNELS.problem, kind="danger", data_testid="channel-problem")
    )


def dialog_buttons(dialog_id: str, act: rx.Component) -> rx.Component:
    """Cancel, and what the dialog is for."""
    return rx.el.div(
        button("Cancel", testid=f"{dialog_id}-cancel", kind="ghost", **closes(dialog_id)),
        act,
        class_name="ui-row ui-row-wrap",
    )


def secret_shown(dialog_id: str) -> rx.Component:
    """A webhook's new secret, this once."""
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
