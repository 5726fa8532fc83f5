"""Colors and second cues of series, the same for an entity wherever it appears.

Okabe and Ito 2008, Color Universal Design; the values per theme are tokens of the design system.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

# Tokens of `platform/ui/theme.py`, those that differ most first; the eighth is the grey of "other".
SLOTS = (7, 1, 3, 4, 2, 5, 6)
OTHER_SLOT = 8
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "4px 2px 1px 2px")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star")


def looks_of(keys: Iterable[str]) -> dict[str, int]:
    """A look (0 to 6) for each key: its own wherever it is free, so that an entity keeps its color."""
    taken: set[int] = set()
    found: dict[str, int] = {}
    for key in sorted(set(keys)):
        own = hashlib.sha256(key.encode()).digest()[0] % len(SLOTS)
        order = [(own + step) % len(SLOTS) for step in range(len(SLOTS))]
        found[key] = next((look for look in order if look not in taken), own)
        taken.add(found[key])
    return found


def color_of(look: int) -> str:
    """The custom property that holds the color of a look."""
    return f"--om-track-{SLOTS[look]}"


OTHER_COLOR = f"--om-track-{OTHER_SLOT}"
