"""Buttons, fields, choices and the small parts beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx
from reflex_components_core.el.elements.inline import A

Text = str | rx.Var[Any]


def button(
    label: Text,
    *,
    testid: str,
    icon: str | None = None,
    kind: str = "outline",
    extra: str = "",
    **props: Any,
) -> rx.Component:
    """A button with words. `kind`: primary, outline, ghost or danger."""
    props.setdefault("type", "button")
    return rx.el.button(
        *([_icon(icon)] if icon else []),
        rx.el.span(label),
        class_name=f"ui-button ui-button-{kind} {extra}".strip(),
        data_testid=testid,
        **props,
    )


def link_button(
    label: Text,
    href: Text,
    *,
    testid: str,
    icon: str | None = None,
    kind: str = "outline",
    extra: Text = "",
    is_page: bool = True,
    **props: Any,
) -> rx.Component:
    """A link that looks like a button. `is_page` is false for what is no page of ours, and for `#places`."""
    anchor = rx.el.a if is_page else A.create
    return anchor(
        *([_icon(icon)] if icon else []),
        rx.el.span(label),
        href=href,
        class_name=f"ui-button ui-button-{kind} {extra}".strip(),
        data_testid=testid,
        **props,
    )


def icon_button(icon: str, label: Text, *, testid: str, **props: Any) -> rx.Component:
    """A square button with an icon; `label` is what it is called."""
    props.setdefault("type", "button")
    return rx.el.button(
        _icon(icon),
        class_name="ui-button ui-button-ghost ui-button-icon",
        aria_label=label,
        title=label,
        data_testid=testid,
        **props,
    )


def icon_link(icon: str, label: Text, href: Text, *, testid: str, **props: Any) -> rx.Component:
    """A square link with an icon to a file; `label` is what it is called."""
    return A.create(
        _icon(icon),
        href=href,
        class_name="ui-button ui-button-ghost ui-button-icon",
        aria_label=label,
        title=label,
        data_testid=testid,
        **props,
    )


def field(label: Text, control: rx.Component, *, for_id: str, hint: Text | None = None) -> rx.Component:
    """A label, its control and a line of help."""
    return rx.el.div(
        rx.el.label(label, html_for=for_id, class_name="ui-label"),
        control,
        *([rx.el.p(hint, id=f"{for_id}-hint", class_name="ui-hint")] if hint is not None else []),
        class_name="ui-field",
    )


def text_input(field_id: str, *, testid: str, **props: Any) -> rx.Component:
    """A line of text."""
    return rx.el.input(id=field_id, name=field_id, class_name="ui-input", data_testid=testid, **props)


def select(
    field_id: str,
    options: Sequence[tuple[str, str]] | rx.Component,
    *,
    testid: str,
    **props: Any,
) -> rx.Component:
    """The platform's own list of choices, `(value, words)` each: it is best on phones and with keys."""
    choices = (
        [options]
        if isinstance(options, rx.Component)
        else [rx.el.option(words, value=value) for value, words in options]
    )
    return rx.el.span(
        rx.el.select(
            *choices, id=field_id, name=field_id, class_name="ui-select", data_testid=testid, **props
        ),
        _icon("chevron-down"),
        class_name="ui-select-box",
    )


def checkbox(label: Text, *, testid: str, hint: Text | None = None, **props: Any) -> rx.Component:
    """A choice that is on or off, with its consequence beside it."""
    return rx.el.label(
        rx.el.input(type="checkbox", data_testid=testid, **props),
        rx.el.span(
            rx.el.span(label),
            *([rx.el.span(hint, class_name="ui-hint", display="block")] if hint is not None else []),
        ),
        class_name="ui-check",
    )


def segmented(
    label: str,
    name: str,
    options: Sequence[tuple[str, str]],
    value: Any,
    on_change: Any,
) -> rx.Component:
    """A few choices side by side; arrow keys move between them as in any radio group."""
    return rx.el.fieldset(
        rx.el.legend(label, class_name="ui-sr-only"),
        *[
            rx.el.label(
                rx.el.input(
                    type="radio",
                    name=name,
                    value=choice,
                    checked=value == choice,
                    on_change=on_change(choice),
                    data_testid=f"{name}-{choice}",
                ),
                rx.el.span(words),
                class_name="ui-segment",
            )
            for choice, words in options
        ],
        class_name="ui-segmented",
    )


def badge(label: Text, *, kind: str = "", icon: str | None = None, **props: Any) -> rx.Component:
    """A short state; color never speaks alone."""
    return rx.el.span(
        *([_icon(icon)] if icon else []),
        label,
        class_name=f"ui-badge ui-badge-{kind}" if kind else "ui-badge",
        **props,
    )


def avatar(letters: Text, color: Text, *, name: Text, image: Any = None) -> rx.Component:
    """A person: their picture, else their initials on their color."""
    face = rx.el.span(letters, aria_hidden="true")
    return rx.el.span(
        face if image is None else rx.cond(image, rx.el.img(src=image, alt=""), face),
        role="img",
        aria_label=name,
        title=name,
        class_name="ui-avatar",
        style={"--om-avatar": color},
    )


def progress(percent: Any, *, label: Text, testid: str) -> rx.Component:
    """How far along a piece of work is, 0–100."""
    return rx.el.div(
        rx.el.div(style={"width": percent.to(str) + "%"}),
        role="progressbar",
        aria_label=label,
        aria_valuemin="0",
        aria_valuemax="100",
        aria_valuenow=percent.to(str),
        data_busy=rx.cond(percent == 0, "true", "false"),
        class_name="ui-progress",
        data_testid=testid,
    )


def _icon(name: str) -> rx.Component:
    return rx.icon(name, size=16, aria_hidden="true")
