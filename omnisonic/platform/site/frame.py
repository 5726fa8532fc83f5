"""The frame of pages that need no account."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.inline import A

from omnisonic.platform.auth.state import ViewerState
from omnisonic.platform.ui.brand import brand
from omnisonic.platform.ui.controls import avatar, link_button
from omnisonic.platform.ui.notices import notices
from omnisonic.platform.ui.shell import skip_link, theme_toggle


def frame(*content: Any, is_door: bool = False) -> rx.Component:
    """Brand and links above, content, a quiet line below. A door (sign-in) shows no second way in."""
    return rx.el.div(
        skip_link(),
        rx.el.header(
            rx.el.nav(
                brand("/"),
                rx.el.div(
                    rx.el.a("How it works", href="/about", class_name="ui-site-link", data_testid="to-about"),
                    theme_toggle(),
                    *([] if is_door else [_account()]),
                    class_name="ui-site-links",
                ),
                class_name="ui-site-bar",
                aria_label="Main",
            )
        ),
        rx.el.main(*content, id="content", tab_index=-1, class_name="ui-site-main"),
        rx.el.footer(
            rx.el.span("Omnisonic, self-hosted. Your takes stay on your machine."),
            rx.el.div(
                rx.el.a("How it works", href="/about", class_name="ui-site-link"),
                rx.el.a("Check a proof", href="/verify", class_name="ui-site-link"),
                A.create("API", href="/docs", class_name="ui-site-link"),
                class_name="ui-row",
            ),
            class_name="ui-site-foot",
        ),
        notices(),
        class_name="ui-site",
    )


def _account() -> rx.Component:
    """The way in, or back to one's own work; its place is kept until it is known which."""
    return rx.cond(
        ViewerState.is_signed_in,
        rx.fragment(
            link_button("Your sessions", "/sessions", testid="to-own-sessions"),
            rx.el.a(
                avatar(
                    ViewerState.letters,
                    ViewerState.color,
                    name=ViewerState.name,
                    image=ViewerState.picture,
                ),
                href="/settings",
                class_name="ui-site-account",
                title=ViewerState.name,
                data_testid="site-account",
            ),
        ),
        link_button(
            "Sign in",
            "/signin",
            testid="to-signin",
            extra=rx.cond(ViewerState.is_known, "", "ui-not-yet"),
        ),
    )
