"""The landing page: what this is, with something to hear."""

from __future__ import annotations

import reflex as rx

from omnisonic.platform.site.frame import frame
from omnisonic.platform.site.pictures import level_picture, own_picture, room_picture
from omnisonic.platform.ui.controls import button, link_button
from omnisonic.platform.ui.sound import demo_player

TITLE = "Omnisonic: the mix you hear is the mix you get"
DESCRIPTION = "Open a session in the browser, mix together live, export a file that matches what you heard."


def landing_page() -> rx.Component:
    """`/`"""
    return frame(
        rx.el.div(
            rx.el.h1("The mix you hear is the mix you get."),
            rx.el.p(
                "Drop your takes into the browser and mix together live. "
                "Then export a file that matches what you heard, sample for sample."
            ),
            rx.el.div(
                link_button(
                    "Start a session", "/sessions", testid="start", kind="primary", extra="ui-button-large"
                ),
                button(
                    "Hear the demo song",
                    testid="hear-demo",
                    icon="play",
                    extra="ui-button-large",
                    custom_attrs={"data-demo-play": "true"},
                ),
                class_name="ui-row",
            ),
            class_name="ui-hero",
        ),
        demo_player(),
        rx.el.div(
            _part(
                room_picture(),
                "Mix in one room",
                "Everyone sees every fader move, who is there, and what is still uploading.",
            ),
            _part(
                level_picture(),
                "Export without surprises",
                "Pick a loudness in plain words. The report says how loud it became, and why.",
            ),
            _part(
                own_picture(),
                "Keep your takes",
                "It runs on your machine. Every export carries a certificate of what went into it.",
            ),
            class_name="ui-parts",
        ),
    )


def _part(picture: rx.Component, title: str, words: str) -> rx.Component:
    return rx.el.div(
        rx.el.div(picture, class_name="ui-part-picture"),
        rx.el.h2(title),
        rx.el.p(words),
        class_name="ui-card ui-part",
    )
