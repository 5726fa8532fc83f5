"""Parts of the royalties' pages that run in the browser."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.event import no_args_event_spec, passthrough_event_spec

from omnisonic.platform.ui.file_drop import FileTaker
from omnisonic.platform.ui.sources import link_sources

SOURCES = ("usage_drop.jsx", "rates_drop.jsx", "flow_chart.jsx", "changes_watch.jsx")
LOOK_EVERY_MS = 3000
_LINKED = link_sources(__name__, SOURCES)


class UsageDrop(FileTaker):
    """Takes a usage statement; `on_started` gets its id."""

    library = _LINKED["usage_drop.jsx"]
    tag = "UsageDrop"

    sources: rx.Var[list[str]]

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """The usual ones, and ours."""
        return {**super().get_event_triggers(), "on_started": passthrough_event_spec(str)}


class RatesDrop(FileTaker):
    """Takes a file of exchange rates; `on_saved` gets how many are new and how many were there."""

    library = _LINKED["rates_drop.jsx"]
    tag = "RatesDrop"

    sources: rx.Var[list[str]]

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """The usual ones, and ours."""
        return {**super().get_event_triggers(), "on_saved": passthrough_event_spec(int, int)}


class ChangesWatch(rx.NoSSRComponent):
    """Shows nothing; calls `on_change` once the royalties are no longer at `mark`."""

    library = _LINKED["changes_watch.jsx"]
    tag = "ChangesWatch"
    is_default = False

    mark: rx.Var[str]
    every_ms: rx.Var[int]

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """The usual ones, and ours."""
        return {**super().get_event_triggers(), "on_change": no_args_event_spec}


class FlowChart(rx.NoSSRComponent):
    """Money from sources on the left to parties and suspense on the right."""

    library = _LINKED["flow_chart.jsx"]
    tag = "FlowChart"
    is_default = False

    name: rx.Var[str]
    summary: rx.Var[str]
    figure: rx.Var[dict[str, Any]]
