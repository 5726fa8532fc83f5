"""The tab of channels: the list and what can be done with each."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.insight.alerts.channel_dialogs import (
    REMOVE,
    ROTATE,
    add_dialog,
    remove_dialog,
    rotate_dialog,
)
from omnisonic.insight.alerts.channel_edit_dialog import edit_dialog
from omnisonic.insight.alerts.channel_state import ChannelsState
from omnisonic.platform.ui.controls import badge, button, icon_button
from omnisonic.platform.ui.dialog import opens
from omnisonic.platform.ui.feedback import empty_state, error_state, notice, skeleton

CHANNELS: Any = ChannelsState  # Reflex types no variables of dataclasses
ICONS = {"email": "mail", "webhook": "webhook", "slack": "hash"}


def channels_panel() -> rx.Component:
    """Where alerts go: by mail, to a webhook, into Slack."""
    return rx.el.section(
        rx.cond(
            CHANNELS.load_problem != "",
            error_state("The channels could not be loaded", CHANNELS.load_problem, CHANNELS.load),
            rx.cond(
                CHANNELS.is_loaded,
                rx.cond(CHANNELS.lines.length() > 0, _list(), _empty()),
                skeleton(shape="row", count=3),
            ),
        ),
        add_dialog(),
        edit_dialog(),
        rotate_dialog(),
        remove_dialog(),
        aria_label="Channels",
        class_name="ui-stack ui-stack-4",
        data_testid="channels-panel",
    )


def _add_button() -> rx.Component:
    return button(
        "Add channel",
        testid="channel-add",
        icon="plus",
        kind="primary",
        aria_haspopup="dialog",
        on_click=CHANNELS.begin,
    )


def _empty() -> rx.Component:
    return empty_state(
        "send",
        "No channels yet",
        "A channel is where alerts go: an address, a webhook of your own program, or a channel in Slack.",
        _add_button(),
        testid="no-channels",
    )


def _list() -> rx.Component:
    return rx.el.div(
        rx.el.div(_add_button(), class_name="ui-row ui-row-wrap"),
        rx.el.ul(rx.foreach(CHANNELS.lines, _line), class_name="ui-decides", data_testid="channels"),
        class_name="ui-stack ui-stack-4",
    )


def _line(line: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                _icon(line),
                rx.el.h2(line.name, dir="auto"),
                _status(line),
                rx.cond(line.is_system, badge("Operators", kind="accent")),
                class_name="ui-row ui-row-wrap",
            ),
            rx.el.p(
                line.type_words,
                " · ",
                rx.el.span(
                    line.target, dir="ltr", style={"overflowWrap": "anywhere"}, data_testid="channel-target"
                ),
                " · ",
                line.limit_words,
                class_name="ui-small ui-text-2",
            ),
            rx.cond(
                line.filter_words != "",
                rx.el.p(line.filter_words, class_name="ui-small ui-text-2", data_testid="channel-filters"),
            ),
            rx.cond(
                line.reason != "",
                rx.el.p(line.reason, dir="auto", class_name="ui-small", data_testid="channel-reason"),
            ),
        ),
        rx.cond(line.test_words != "", _test_result(line)),
        _actions(line),
        key=line.id,
        class_name="ui-decide",
        data_testid="channel",
    )


def _icon(line: Any) -> rx.Component:
    icons = [(kind, rx.icon(name, size=18, aria_hidden="true")) for kind, name in ICONS.items()]
    return rx.match(line.type, *icons, rx.icon("send", size=18, aria_hidden="true"))


def _status(line: Any) -> rx.Component:
    return rx.match(
        line.status,
        ("ok", badge(line.status_words, kind="ok", icon="check", data_testid="channel-status")),
        ("warn", badge(line.status_words, kind="warn", icon="clock", data_testid="channel-status")),
        (
            "danger",
            badge(line.status_words, kind="danger", icon="circle-alert", data_testid="channel-status"),
        ),
        badge(line.status_words, icon="power-off", data_testid="channel-status"),
    )


def _test_result(line: Any) -> rx.Component:
    return rx.match(
        line.test_kind,
        *[
            (kind, notice(line.test_words, kind=kind, data_testid="test-result"))
            for kind in ("ok", "warn", "danger")
        ],
        notice(line.test_words, data_testid="test-result"),
    )


def _actions(line: Any) -> rx.Component:
    name = line.name.to(str)
    return rx.el.div(
        rx.cond(
            line.is_confirmed,
            rx.cond(
                line.is_enabled,
                button(
                    "Send a test",
                    testid="channel-test",
                    icon="send",
                    aria_label="Send a test to " + name,
                    disabled=(line.test_kind == "plain"),
                    on_click=CHANNELS.test(line.id),
                ),
            ),
            button(
                "Mail the link again",
                testid="channel-ask-again",
                icon="mail",
                aria_label="Mail the link that confirms " + name + " again",
                on_click=CHANNELS.ask_again(line.id),
            ),
        ),
        rx.cond(
            line.is_enabled,
            button(
                "Turn off",
                testid="channel-off",
                kind="ghost",
                aria_label="Turn " + name + " off",
                on_click=CHANNELS.switch(line.id, False),
            ),
            button(
                "Turn on",
                testid="channel-on",
                aria_label="Turn " + name + " on",
                on_click=CHANNELS.switch(line.id, True),
            ),
        ),
        rx.cond(
            line.type == "webhook",
            button(
                "New secret",
                testid="channel-rotate",
                icon="key-round",
                kind="ghost",
                aria_label="New secret for " + name,
                on_click=CHANNELS.choose(line.id),
                **opens(ROTATE),
            ),
        ),
        icon_button(
            "pencil",
            "Change " + name,
            testid="channel-edit",
            aria_haspopup="dialog",
            on_click=CHANNELS.edit(line.id),
        ),
        icon_button(
            "trash-2",
            "Remove " + name,
            testid="channel-remove",
            on_click=CHANNELS.choose(line.id),
            **opens(REMOVE),
        ),
        class_name="ui-row ui-row-wrap",
    )
