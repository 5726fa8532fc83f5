"""The mark: five bars of a level meter."""

from __future__ import annotations

import reflex as rx


def mark() -> rx.Component:
    """The sign alone."""
    return rx.el.svg(
        rx.el.svg.rect(width="24", height="24", rx="6", class_name="ui-brand-plate"),
        rx.el.svg.path(
            d="M5.6 10.6v2.8M8.8 8.4v7.2M12 5.8v12.4M15.2 9v6M18.4 10.8v2.4",
            stroke_width="1.7",
            stroke_linecap="round",
            fill="none",
            class_name="ui-brand-bars",
        ),
        view_box="0 0 24 24",
        width="24",
        height="24",
        aria_hidden="true",
    )


def brand(href: str) -> rx.Component:
    """The sign with the name, as a link."""
    return rx.el.a(
        mark(),
        rx.el.span("Omnisonic", class_name="ui-word"),
        href=href,
        class_name="ui-brand",
        data_testid="brand",
    )
