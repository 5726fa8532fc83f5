"""Charts as parts of a page: heading, sentence, picture, table and files of one figure each."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.event import no_args_event_spec, passthrough_event_spec

from omnisonic.platform.ui.sources import link_sources

SOURCES = (
    "toolbar.jsx",
    "plotly.jsx",
    "time_chart.jsx",
    "share_chart.jsx",
    "network_chart.jsx",
    "report_button.jsx",
    "tick.jsx",
)
_LINKED = link_sources(__name__, SOURCES)
# The smallest bundle: lines, bars and pies. It runs without `eval`, which our pages forbid.
PLOTLY_PACKAGE = "plotly.js-basic-dist-min@3.7.0"


class Chart(rx.NoSSRComponent):
    """What all of them are given."""

    is_default = False

    name: rx.Var[str]
    title: rx.Var[str]
    summary: rx.Var[str]
    figure: rx.Var[dict[str, Any]]
    csv: rx.Var[str]


class TimeChart(Chart):
    """Lines over time; `on_pick` gets the entity's key, the start of the bucket, and both in words."""

    library = _LINKED["time_chart.jsx"]
    tag = "TimeChart"
    lib_dependencies: list[str] = [PLOTLY_PACKAGE]  # noqa: RUF012

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """The usual ones, and ours."""
        return {**super().get_event_triggers(), "on_pick": passthrough_event_spec(str, str, str)}


class ShareChart(Chart):
    """A pie or bars; `on_pick` gets the genre and its name."""

    library = _LINKED["share_chart.jsx"]
    tag = "ShareChart"
    lib_dependencies: list[str] = [PLOTLY_PACKAGE]  # noqa: RUF012

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """The usual ones, and ours."""
        return {**super().get_event_triggers(), "on_pick": passthrough_event_spec(str, str)}


class NetworkChart(Chart):
    """A network; `on_pick` gets the entity's key and name, `on_depth` how far it is to go."""

    library = _LINKED["network_chart.jsx"]
    tag = "NetworkChart"

    depth: rx.Var[str]

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """The usual ones, and ours."""
        ours = {"on_pick": passthrough_event_spec(str, str), "on_depth": passthrough_event_spec(str)}
        return {**super().get_event_triggers(), **ours}


class Tick(rx.NoSSRComponent):
    """Fires `on_tick` every `every` seconds while the page is looked at."""

    library = _LINKED["tick.jsx"]
    tag = "Tick"
    is_default = False

    every: rx.Var[int]

    @classmethod
    def get_event_triggers(cls) -> dict[str, Any]:
        """The usual ones, and ours."""
        return {**super().get_event_triggers(), "on_tick": no_args_event_spec}


class ReportButton(rx.NoSSRComponent):
    """Saves the page as a PDF: `filters` are those of its address."""

    library = _LINKED["report_button.jsx"]
    tag = "ReportButton"
    is_default = False

    filters: rx.Var[dict[str, str]]
