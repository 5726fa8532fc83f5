"""What a page shows when there is nothing, not yet, or something went wrong."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.platform.ui.controls import Text, button

_NOTICE_ICONS = {"danger": "circle-alert", "warn": "triangle-alert", "ok": "circle-check", "plain": "info"}


def empty_state(icon: str, title: Text, words: Text, *actions: rx.Component, testid: str) -> rx.Component:
    """What this place is for, and the one thing to do."""
    return rx.el.div(
        rx.el.div(rx.icon(icon, size=22, aria_hidden="true"), class_name="ui-empty-icon"),
        rx.el.h2(title),
        rx.el.p(words),
        *([rx.el.div(*actions, class_name="ui-row")] if actions else []),
        class_name="ui-empty",
        data_testid=testid,
    )


def error_state(title: Text, words: Text, on_retry: Any, *, testid: str = "error-state") -> rx.Component:
    """What happened and the way out."""
    return rx.el.div(
        rx.el.div(rx.icon("circle-alert", size=22, aria_hidden="true"), class_name="ui-empty-icon"),
        rx.el.h2(title),
        rx.el.p(words),
        rx.el.div(
            button("Try again", testid="retry", icon="rotate-cw", on_click=on_retry), class_name="ui-row"
        ),
        role="alert",
        class_name="ui-empty",
        data_testid=testid,
    )


def skeleton(*, shape: str, count: int, wrap: str = "ui-stack") -> rx.Component:
    """The shape of what is being fetched. `shape`: card or row."""
    return rx.el.div(
        rx.el.p("Loading …", class_name="ui-sr-only", role="status"),
        *[rx.el.div(class_name=f"ui-skeleton ui-skeleton-{shape}", aria_hidden="true") for _ in range(count)],
        class_name=wrap,
        data_testid="skeleton",
    )


def notice(*children: Any, kind: str = "plain", **props: Any) -> rx.Component:
    """A sentence that stays beside what it is about. `kind`: plain, ok, warn or danger."""
    return rx.el.div(
        rx.icon(_NOTICE_ICONS[kind], size=18, aria_hidden="true"),
        rx.el.div(*children, class_name="ui-grow"),
        class_name=f"ui-notice ui-notice-{kind}",
        role="alert" if kind == "danger" else "status",
        **props,
    )


def undo_bar(words: Text, on_undo: Any, on_dismiss: Any, *, testid: str) -> rx.Component:
    """Undo instead of "are you sure"."""
    return rx.el.div(
        rx.el.span(words, class_name="ui-truncate"),
        rx.el.div(
            button("Undo", testid=f"{testid}-undo", icon="undo-2", kind="ghost", on_click=on_undo),
            rx.el.button(
                rx.icon("x", size=16, aria_hidden="true"),
                type="button",
                aria_label="Dismiss",
                class_name="ui-button ui-button-ghost ui-button-icon",
                data_testid=f"{testid}-dismiss",
                on_click=on_dismiss,
            ),
            class_name="ui-row",
        ),
        class_name="ui-undo",
        role="status",
        data_testid=testid,
    )
