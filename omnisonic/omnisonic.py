"""Composition root: the Reflex app."""

import reflex as rx


def landing() -> rx.Component:
    """The first page."""
    return rx.center(rx.heading("Omnisonic"))


app = rx.App()
app.add_page(landing, route="/", title="Omnisonic")
