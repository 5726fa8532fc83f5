"""What is shown when a page, or the player, breaks in the browser: words and a way out, not a blank page."""

from __future__ import annotations

import reflex as rx
from reflex_base.vars.function import ArgsFunctionOperation
from reflex_components_core.base.error_boundary import ErrorBoundary

from omnisonic.platform.ui.controls import link_button


def boundary(*children: rx.Component, title: str, words: str) -> rx.Component:
    """Keeps a failure inside; what is around it goes on working."""
    fallback = rx.el.div(
        rx.el.div(rx.icon("unplug", size=22, aria_hidden="true"), class_name="ui-empty-icon"),
        rx.el.h2(title),
        rx.el.p(words),
        rx.el.div(
            link_button("Reload", "", testid="reload", icon="rotate-cw", kind="primary", is_page=False),
            link_button("Sessions", "/sessions", testid="to-sessions"),
            class_name="ui-row",
        ),
        role="alert",
        class_name="ui-empty",
        data_testid="broken",
    )
    render = ArgsFunctionOperation.create(("event_args",), rx.Var.create(fallback), _var_type=rx.Component)
    return ErrorBoundary.create(*children, fallback_render=render)


def connection_lost() -> rx.Component:
    """Says that live changes wait for the connection; it goes away by itself."""
    return rx.el.div(
        rx.icon("wifi-off", size=16, aria_hidden="true"),
        rx.el.span("Connection lost. Reconnecting …"),
        role="status",
        class_name="ui-offline",
        data_testid="offline",
    )
