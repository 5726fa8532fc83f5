"""The sign-in page and the page behind a confirmation mail's link."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.platform.auth.signin_state import SignInState, VerifyState
from omnisonic.platform.site.frame import frame
from omnisonic.platform.ui.controls import button, field, link_button, text_input
from omnisonic.platform.ui.feedback import notice, skeleton

ICONS = {"github": "code-xml", "google": "at-sign", "discord": "message-circle"}


def sign_in_page() -> rx.Component:
    """`/signin`"""
    return frame(
        rx.el.div(
            rx.el.div(
                rx.el.h1("Sign in"),
                rx.el.p("to your sessions and exports", class_name="ui-text-2"),
                rx.cond(
                    SignInState.problem != "",
                    notice(
                        rx.el.strong(SignInState.problem),
                        rx.el.p(SignInState.advice),
                        kind="danger",
                        data_testid="signin-problem",
                        margin_top="16px",
                    ),
                ),
                rx.el.div(
                    rx.cond(SignInState.is_loaded, _ways(), skeleton(shape="row", count=2)),
                    style={"marginTop": "24px"},
                ),
                class_name="ui-card",
            ),
            class_name="ui-door",
        ),
        is_door=True,
    )


def _ways() -> rx.Component:
    return rx.el.div(
        rx.foreach(SignInState.ways, _way),
        rx.cond(
            SignInState.has_credentials & (SignInState.ways.length() > 0),
            rx.el.p("or", class_name="ui-or"),
        ),
        rx.cond(SignInState.has_credentials, _credentials()),
        rx.cond(
            ~SignInState.has_credentials & (SignInState.ways.length() == 0),
            notice(
                "No way to sign in is set up here. The operator has to set GITHUB_CLIENT_ID.", kind="warn"
            ),
        ),
        class_name="ui-stack ui-stack-4",
    )


def _way(way: Any) -> rx.Component:
    return link_button(
        "Continue with " + way.name,
        way.href,
        testid="signin-" + way.id,
        extra="ui-button-wide ui-button-large",
    )


def _credentials() -> rx.Component:
    return rx.el.form(
        field(
            "Email",
            text_input("email", testid="email", type="email", required=True, auto_complete="username"),
            for_id="email",
        ),
        field(
            "Password",
            text_input(
                "password",
                testid="password",
                type="password",
                required=True,
                min_length=8,
                auto_complete="current-password",
            ),
            for_id="password",
            hint="The first sign-in with an address creates its account. 8 characters or more.",
        ),
        rx.el.p(
            class_name="ui-field-error",
            role="alert",
            hidden=True,
            custom_attrs={"data-problem": "true"},
            data_testid="form-problem",
        ),
        button(
            "Sign in",
            testid="signin-submit",
            kind="primary",
            type="submit",
            extra="ui-button-wide ui-button-large",
        ),
        class_name="ui-stack ui-stack-4",
        action="/api/auth/callback/credentials",
        method="post",
        custom_attrs={"data-api": "true", "data-then": SignInState.next_path},
        data_testid="credentials-form",
    )


def confirm_page() -> rx.Component:
    """`/confirm`"""
    return frame(
        rx.el.div(
            rx.el.div(
                rx.el.h1("Confirm your address"),
                rx.match(
                    VerifyState.outcome,
                    (
                        "confirmed",
                        rx.el.div(
                            notice(VerifyState.words, kind="ok", data_testid="verify-ok"),
                            link_button("Your sessions", "/sessions", testid="to-sessions", kind="primary"),
                            class_name="ui-stack ui-stack-4",
                        ),
                    ),
                    (
                        "refused",
                        rx.el.div(
                            notice(VerifyState.words, kind="danger", data_testid="verify-refused"),
                            link_button("Settings", "/settings", testid="to-settings"),
                            class_name="ui-stack ui-stack-4",
                        ),
                    ),
                    rx.el.div(
                        rx.el.p("One click, and others can trust that it is yours.", class_name="ui-text-2"),
                        button(
                            "Confirm",
                            testid="verify-confirm",
                            kind="primary",
                            extra="ui-button-wide ui-button-large",
                            on_click=VerifyState.confirm,
                        ),
                        class_name="ui-stack ui-stack-4",
                    ),
                ),
                class_name="ui-card ui-stack ui-stack-4",
            ),
            class_name="ui-door",
        ),
        is_door=True,
    )
