"""What the viewer can do about the sheet: accept, ask, change, withdraw; and what locked means."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.core.releases.components import proof_box
from omnisonic.platform.ui.controls import button, link_button
from omnisonic.platform.ui.feedback import notice
from omnisonic.studio.split_sheets.state import SplitsState

STATE: Any = SplitsState  # Reflex types no variables of dataclasses
SHEET: Any = SplitsState.sheet


def proposed() -> rx.Component:
    return rx.el.div(
        rx.cond(
            SHEET.left != "",
            notice(
                rx.el.strong(SHEET.left),
                " left the session and cannot accept. Give the part to others, or invite them again.",
                kind="warn",
                data_testid="split-left",
            ),
        ),
        rx.match(
            STATE.mode,
            ("ask", _ask()),
            ("withdraw", _withdraw()),
            rx.el.div(_my_answer(), _waiting(), _changing(), class_name="ui-stack ui-stack-4"),
        ),
        rx.cond(
            SHEET.without != "",
            rx.el.p(
                "Without a share: ",
                SHEET.without,
                ".",
                class_name="ui-small ui-text-2",
                data_testid="split-without",
            ),
        ),
        class_name="ui-stack ui-stack-4",
    )


def _my_answer() -> rx.Component:
    ask = button(
        "Ask for a change",
        testid="split-ask",
        extra="ui-button-wide",
        on_click=STATE.turn("ask"),
    )
    accept = button(
        rx.cond(
            SHEET.is_last,
            "Accept " + SHEET.my_percent.to(str) + " and lock",
            "Accept " + SHEET.my_percent.to(str),
        ),
        testid="split-accept",
        icon="check",
        kind="primary",
        extra="ui-button-wide ui-button-tall",
        on_click=STATE.accept(SHEET.version, SHEET.sha256),
    )
    return rx.match(
        SHEET.my_standing,
        ("", rx.fragment()),
        (
            "accepted",
            rx.el.p(
                "You have accepted. ",
                rx.el.button(
                    "Ask for a change",
                    type="button",
                    class_name="ui-link",
                    data_testid="split-ask",
                    on_click=STATE.turn("ask"),
                ),
                class_name="ui-small ui-text-2",
                data_testid="split-accepted",
            ),
        ),
        rx.el.div(
            accept,
            rx.cond(
                SHEET.is_last,
                rx.el.p(
                    "You are the last one: the sheet is final then, and a new one would have to follow it.",
                    class_name="ui-hint",
                ),
            ),
            ask,
            class_name="ui-stack",
        ),
    )


def _waiting() -> rx.Component:
    return rx.cond(
        SHEET.waiting != "",
        rx.el.p(
            rx.icon("lock-open", size=16, aria_hidden="true"),
            rx.el.span("Waiting for ", rx.el.strong(SHEET.waiting), ". It locks when the last one accepts."),
            role="status",
            class_name="ui-split-waiting",
            data_testid="split-waiting",
        ),
    )


def _changing() -> rx.Component:
    return rx.cond(
        STATE.may_propose,
        rx.el.div(
            button("Change", testid="split-change", icon="pencil", on_click=STATE.edit(False)),
            button("Withdraw", testid="split-withdraw", kind="ghost", on_click=STATE.turn("withdraw")),
            link_button("PDF", SHEET.pdf, testid="split-pdf", kind="ghost", is_page=False, download=True),
            class_name="ui-row ui-row-wrap ui-split-actions",
        ),
    )


def _ask() -> rx.Component:
    return rx.el.form(
        rx.el.label("What should be different?", html_for="split-word", class_name="ui-label"),
        rx.el.textarea(
            id="split-word",
            name="word",
            required=True,
            auto_focus=True,
            max_length=2000,
            rows="3",
            dir="auto",
            placeholder="I wrote the chorus as well …",
            class_name="ui-input ui-textarea",
            data_testid="split-word",
        ),
        rx.el.div(
            button("Cancel", testid="split-ask-cancel", kind="ghost", on_click=STATE.turn("")),
            button("Ask", testid="split-ask-send", kind="primary", extra="ui-grow", type="submit"),
            class_name="ui-row",
        ),
        on_submit=lambda form: STATE.ask(SHEET.version, SHEET.sha256, form),
        class_name="ui-stack",
    )


def _withdraw() -> rx.Component:
    return notice(
        rx.el.p(rx.el.strong("Withdraw this sheet?"), " Everyone's answers to it count no longer."),
        rx.el.div(
            button("Keep it", testid="split-keep", on_click=STATE.turn("")),
            button(
                "Withdraw",
                testid="split-withdraw-sure",
                kind="danger",
                on_click=STATE.withdraw(SHEET.version),
            ),
            class_name="ui-row ui-row-wrap ui-notice-actions",
        ),
        kind="warn",
    )


def locked() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.icon("lock", size=16, aria_hidden="true"),
            rx.el.span("Final since ", rx.el.strong(SHEET.when), ". Everyone has accepted."),
            class_name="ui-split-waiting ui-split-final",
            data_testid="split-locked",
        ),
        rx.el.div(
            link_button(
                "Download PDF",
                SHEET.pdf,
                testid="split-pdf",
                icon="file-down",
                is_page=False,
                download=True,
            ),
            rx.cond(
                STATE.may_propose,
                button("New shares", testid="split-renew", kind="ghost", on_click=STATE.edit(False)),
            ),
            class_name="ui-row ui-row-wrap ui-split-actions",
        ),
        proof_box(
            SHEET.leaf,
            SHEET.leaf_short,
            SHEET.proof,
            SHEET.is_provable,
            what="that these shares were agreed on, when, and that nothing was changed since",
        ),
        class_name="ui-stack ui-stack-4",
    )
