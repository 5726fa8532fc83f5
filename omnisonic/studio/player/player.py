"""The studio's browser component for Reflex pages: working area and live cluster of the header."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import reflex as rx

from omnisonic.platform.ui.sources import link_sources

SOURCES = sorted(
    source.name for source in Path(__file__).parent.iterdir() if source.suffix in {".js", ".jsx", ".css"}
)

# The sources import each other, so all of them have to be in the public folder; the page imports one.
_LINKED = link_sources(__name__, SOURCES)
STUDIO_LIBRARY = _LINKED["studio.jsx"]


class StudioPlayer(rx.NoSSRComponent):
    """Track heads, timeline, transport, drop zone and upload queue of one session.

    Fills its container: give that a height. `can_edit` only decides what is offered; the server decides
    what is allowed. `audio_host` is empty unless audio is served from another origin.
    """

    library = STUDIO_LIBRARY
    tag = "StudioPlayer"

    session_id: rx.Var[str]
    user_id: rx.Var[str]
    can_edit: rx.Var[bool]
    audio_host: rx.Var[str]


class RoomBar(rx.NoSSRComponent):
    """Saved state, people in the room, Join and Leave; belongs into the page's header."""

    library = STUDIO_LIBRARY
    tag = "RoomBar"

    session_id: rx.Var[str]
    user_id: rx.Var[str]
    display_name: rx.Var[str]


def studio_player(**props: Any) -> rx.Component:
    """The working area; props as in `StudioPlayer`."""
    return StudioPlayer.create(**props)


def room_bar(**props: Any) -> rx.Component:
    """The live cluster; props as in `RoomBar`."""
    return RoomBar.create(**props)
