"""Search and the way to every page from the keyboard, in the top bar."""

from __future__ import annotations

from collections.abc import Sequence

import reflex as rx

from omnisonic.platform.auth.state import ViewerState
from omnisonic.platform.ui.navigation import ADMIN, SETTINGS, Entry, declared
from omnisonic.platform.ui.sources import link_source

_LINKED = link_source(__name__, "palette.jsx")


class Palette(rx.NoSSRComponent):
    """A button that looks like a field, and the dialog that it opens; `/` and Ctrl/Cmd-K open it too.

    Finds pages (`entries`), the caller's sessions and, once `/catalog` is among the pages, what it holds.
    """

    library = _LINKED
    tag = "Palette"
    is_default = False

    entries: rx.Var[list[dict[str, str]]]


def palette() -> rx.Component:
    """The search of the top bar: once per page."""
    for_all = (*declared(), SETTINGS)
    return Palette.create(
        entries=rx.cond(ViewerState.is_admin, _rows((*for_all, ADMIN)), _rows(for_all)),
    )


def _rows(entries: Sequence[Entry]) -> list[dict[str, str]]:
    return [{"words": entry.words, "href": entry.href} for entry in entries]
