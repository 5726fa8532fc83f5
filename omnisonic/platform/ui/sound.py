"""Sound outside the studio: thumbnails of sessions, and the demo song of the landing page.

Both fetch their peaks and audio over HTTP; nothing of it travels through state.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from omnisonic.platform.ui.sources import link_sources

SOURCES = ("bars.js", "thumbnail.jsx", "demo_mix.js", "demo_player.jsx")
_LINKED = link_sources(__name__, SOURCES)


@dataclass
class Lane:
    """One track in a thumbnail: its sound, its color (1–8), and where it lies, as parts of the whole."""

    upload_id: str
    color: int
    start: float
    length: float


class Thumbnail(rx.NoSSRComponent):
    """The arrangement of a session in small: a lane per track, in the tracks' colors."""

    library = _LINKED["thumbnail.jsx"]
    tag = "Thumbnail"
    is_default = False

    lanes: rx.Var[list[Lane]]


class DemoPlayer(rx.NoSSRComponent):
    """Plays the stems of the demo song together; fetches the sound only once someone wants to hear it."""

    library = _LINKED["demo_player.jsx"]
    tag = "DemoPlayer"
    is_default = False

    peaks_url: rx.Var[str]


def thumbnail(lanes: Any) -> rx.Component:
    """A session's arrangement; decorative, so screen readers skip it."""
    return Thumbnail.create(lanes=lanes)


def demo_player() -> rx.Component:
    """The demo song: four stems to see, hear and switch off."""
    return rx.el.section(
        DemoPlayer.create(peaks_url="/demo/song.json"),
        aria_label="Demo song",
        class_name="ui-demo",
        id="demo",
        data_testid="demo-player",
    )
