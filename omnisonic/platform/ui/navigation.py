"""What the navigation lists. `omnisonic.pages` declares it; rail, bottom bar and palette show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

GROUPS = ("Studio", "Catalog", "Insight")


@dataclass(frozen=True)
class Entry:
    """One line of the navigation. `key` is what a page hands to `shell(active=…)`.

    On a phone the bottom bar shows the entries marked `is_on_phone`; the rest is behind "More".
    """

    key: str
    icon: str
    words: str
    href: str
    group: str = ""
    is_on_phone: bool = False


SETTINGS = Entry("settings", "settings", "Settings", "/settings")
ADMIN = Entry("admin", "activity", "Admin", "/admin")

_declared: list[Entry] = []


def declare(entries: Sequence[Entry]) -> None:
    """Set what is listed, in this order; groups are shown in the order of `GROUPS`."""
    _declared[:] = entries


def declared() -> tuple[Entry, ...]:
    """Every entry that was declared."""
    return tuple(_declared)


def grouped() -> list[tuple[str, list[Entry]]]:
    """The entries of each group that has any."""
    found = [(group, [entry for entry in _declared if entry.group == group]) for group in GROUPS]
    return [(group, entries) for group, entries in found if entries]
