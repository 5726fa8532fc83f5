"""The frame of pages that need no account."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.inline import A

from omnisonic.platform.ui.brand import brand
from omnisonic.platform.ui.controls import link_button
from omnisonic.platform.ui.notices import notices
from omnisonic.platform.ui.shell import skip_link, theme_toggle


def frame(*content: Any) -> rx.Component:
    """Brand and links above, content, a quiet line below."""
    return rx.el.div(
        skip_link(),
        rx.el.header(
            rx.el.nav(
                brand("/"),
                rx.el.div(
                    rx.el.a("How it works", href="/about", class_name="ui-site-link", data_testid="to-about"),
                    theme_toggle(),
                    link_button("Sign in", "/signin", testid="to-signin"),
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
                A.create("API", href="/docs", class_name="ui-site-link"),
                class_name="ui-row",
            ),
            class_name="ui-site-foot",
        ),
        notices(),
        class_name="ui-site",
    )
