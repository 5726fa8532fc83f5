"""The settings page: profile, look, tokens, sign-ins."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.style import color_mode, set_color_mode

from omnisonic.platform.actor import Scope
from omnisonic.platform.auth.settings_state import SCOPE_WORDS, SettingsState
from omnisonic.platform.auth.state import ViewerState
from omnisonic.platform.ui.controls import (
    badge,
    button,
    checkbox,
    field,
    icon_button,
    segmented,
    text_input,
)
from omnisonic.platform.ui.dialog import closes, dialog, opens
from omnisonic.platform.ui.feedback import error_state, notice, skeleton
from omnisonic.platform.ui.shell import crumbs, page, page_head, shell

THEMES = (("system", "System"), ("light", "Light"), ("dark", "Dark"))


def settings_page() -> rx.Component:
    """`/settings`"""
    return shell(
        page(
            page_head("Settings", "Your name, your keys, your sign-ins"),
            rx.cond(
                SettingsState.load_problem != "",
                error_state(
                    "Your settings could not be loaded",
                    SettingsState.load_problem,
                    on_retry=SettingsState.load,
                ),
                rx.cond(
                    SettingsState.is_loaded,
                    rx.el.div(
                        rx.el.div(_profile(), _look(), class_name="ui-stack ui-stack-4"),
                        rx.el.div(_tokens(), _sign_ins(), class_name="ui-stack ui-stack-4"),
                        class_name="ui-columns",
                    ),
                    skeleton(shape="card", count=4, wrap="ui-columns"),
                ),
            ),
        ),
        _token_dialog(),
        active="settings",
        crumbs=crumbs(("Settings", None)),
    )


def _section(title: str, words: str, *content: Any, action: rx.Component | None = None) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.div(rx.el.h2(title, class_name="ui-section-title"), rx.el.p(words)),
            *([action] if action is not None else []),
            class_name="ui-card-head",
        ),
        *content,
        aria_label=title,
        class_name="ui-card",
    )


def _profile() -> rx.Component:
    return _section(
        "Profile",
        "This is how others see you in a session.",
        rx.el.form(
            field(
                "Name",
                text_input(
                    "display_name",
                    testid="display-name",
                    default_value=SettingsState.display_name,
                    key=SettingsState.display_name,
                    required=True,
                    max_length=80,
                    auto_complete="name",
                ),
                for_id="display_name",
            ),
            button("Save", testid="save-name", type="submit"),
            on_submit=SettingsState.rename,
            class_name="ui-inline-form",
        ),
        rx.el.div(
            rx.el.div(
                rx.el.p(ViewerState.email, class_name="ui-truncate"),
                rx.cond(
                    SettingsState.is_confirmed,
                    badge("Confirmed", kind="ok", icon="check"),
                    badge("Not confirmed", kind="warn", icon="triangle-alert"),
                ),
                class_name="ui-row ui-row-wrap ui-grow",
            ),
            rx.cond(~SettingsState.is_confirmed, _confirm_button()),
            class_name="ui-row ui-row-wrap ui-between",
            style={"marginTop": "16px"},
        ),
        rx.cond(SettingsState.may_become_admin, _setup_code()),
    )


def _confirm_button() -> rx.Component:
    return rx.cond(
        SettingsState.is_mail_sent,
        rx.el.p(
            "A link is on its way to you.", class_name="ui-text-2", role="status", data_testid="mail-sent"
        ),
        button(
            "Confirm by mail",
            testid="send-confirmation",
            icon="mail",
            on_click=SettingsState.send_confirmation,
        ),
    )


def _setup_code() -> rx.Component:
    return rx.el.form(
        field(
            "Set-up code",
            text_input("setup_code", testid="setup-code", required=True, auto_complete="off"),
            for_id="setup_code",
            hint="This installation has no admin yet. Its log shows the code; whoever enters it is admin.",
        ),
        button("Become admin", testid="redeem-code", type="submit"),
        on_submit=SettingsState.enter_setup_code,
        class_name="ui-inline-form",
        style={"marginTop": "16px"},
    )


def _look() -> rx.Component:
    return _section(
        "Look",
        "System follows this device. The studio is dark unless you choose light.",
        segmented("Theme", "theme", THEMES, color_mode, set_color_mode),
    )


def _tokens() -> rx.Component:
    return _section(
        "API tokens",
        "Keys for your own programs. Each may do what you choose, and never more than you.",
        rx.cond(
            SettingsState.tokens.length() > 0,
            rx.el.ul(rx.foreach(SettingsState.tokens, _token), class_name="ui-list"),
            rx.el.p("No tokens yet.", class_name="ui-text-2", data_testid="no-tokens"),
        ),
        action=button(
            "New token",
            testid="new-token",
            icon="plus",
            on_click=SettingsState.forget_secret,
            **opens("token-dialog"),
        ),
    )


def _token(token: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(rx.el.strong(token.name), " ", rx.el.code(token.prefix, class_name="ui-text-2")),
            rx.el.p(token.facts, class_name="ui-small ui-text-2"),
            class_name="ui-grow",
        ),
        button(
            "Revoke",
            testid="revoke-token",
            kind="danger",
            aria_label="Revoke " + token.name.to(str),
            on_click=SettingsState.revoke_token(token.id),
        ),
        data_testid="token-row",
    )


def _token_dialog() -> rx.Component:
    return dialog(
        "token-dialog",
        "New token",
        rx.cond(SettingsState.new_token != "", _secret(), _token_form()),
        testid="token-dialog",
    )


def _token_form() -> rx.Component:
    return rx.el.form(
        field(
            "What is it for?",
            text_input(
                "token_name",
                testid="token-name",
                placeholder="Backup script",
                required=True,
                max_length=80,
                auto_complete="off",
            ),
            for_id="token_name",
        ),
        rx.el.fieldset(
            rx.el.legend("What may it do?", class_name="ui-label"),
            *[
                checkbox(
                    words,
                    testid=f"scope-{scope.name.lower().replace('_', '-')}",
                    hint=hint,
                    name=f"scope-{scope.name.lower()}",
                    default_checked=scope is Scope.STUDIO,
                )
                for scope, words, hint in SCOPE_WORDS
            ],
            class_name="ui-scopes",
        ),
        rx.cond(SettingsState.problem != "", notice(SettingsState.problem, kind="danger")),
        button("Make token", testid="create-token", kind="primary", type="submit"),
        on_submit=SettingsState.create_token,
        class_name="ui-stack ui-stack-4",
    )


def _secret() -> rx.Component:
    return rx.el.div(
        notice("Copy it now. It is not kept and will not be shown again.", kind="warn"),
        rx.el.div(
            rx.el.input(
                value=SettingsState.new_token,
                read_only=True,
                aria_label="The token",
                class_name="ui-input",
                data_testid="token-secret",
            ),
            icon_button(
                "copy",
                "Copy the token",
                testid="copy-token",
                on_click=rx.set_clipboard(SettingsState.new_token),
            ),
            class_name="ui-copy",
        ),
        button("Done", testid="token-done", kind="primary", **closes("token-dialog")),
        class_name="ui-stack ui-stack-4",
    )


def _sign_ins() -> rx.Component:
    return _section(
        "Signed in",
        "Browsers that are signed in to your account.",
        rx.el.ul(rx.foreach(SettingsState.sign_ins, _sign_in), class_name="ui-list"),
        action=rx.el.form(
            button("Sign out", testid="sign-out", icon="log-out", type="submit"),
            action="/api/auth/signout",
            method="post",
            custom_attrs={"data-api": "true", "data-then": "/"},
        ),
    )


def _sign_in(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(rx.el.strong(row.where)),
            rx.el.p(row.facts, class_name="ui-small ui-text-2"),
            class_name="ui-grow",
        ),
        rx.cond(
            row.is_this,
            badge("This browser", kind="accent"),
            button(
                "Sign out",
                testid="end-sign-in",
                kind="danger",
                aria_label="Sign out " + row.where.to(str),
                on_click=SettingsState.end_sign_in(row.id),
            ),
        ),
        data_testid="sign-in-row",
    )
