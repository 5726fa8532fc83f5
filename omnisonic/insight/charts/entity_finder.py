"""The catalog's search, over everything that the news can be about."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.event import passthrough_event_spec

from omnisonic.core.catalog.widgets import Finder

KINDS = "contributors,works,recordings"


class EntityFinder(Finder):
    """`on_pick` gets the id, the name and the kind of search hit."""

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """The usual ones, with the kind."""
        return {**super().get_event_triggers(), "on_pick": passthrough_event_spec(str, str, str)}


def entity_finder(label: str, *, testid: str, on_pick: Any) -> rx.Component:
    """A search for an artist, work or recording."""
    return EntityFinder.create(kind=KINDS, label=label, placeholder=label, testid=testid, on_pick=on_pick)
