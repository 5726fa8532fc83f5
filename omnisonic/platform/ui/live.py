"""A subscription to the graph as a part of a page: it shows nothing and fires an event at each change."""

from __future__ import annotations

from typing import Any

import reflex as rx

from omnisonic.platform.settings import get_settings
from omnisonic.platform.ui.sources import link_source

_LINKED = link_source(__name__, "live.jsx")
CLIENT_PACKAGE = "graphql-ws@6.4.2"
GRAPHQL_PACKAGE = "graphql@16.11.0"  # its peer

_DATA = rx.event.passthrough_event_spec(dict[str, Any])
_STATE = rx.event.passthrough_event_spec(str)

WORK_CHANGES = "subscription($id: ID!) { workUpdated(workId: $id) { id } }"
ENTRIES_PACE_MS = 2000  # a statement books thousands of entries at once
ENTRY_CHANGES = "subscription($id: ID!) { ledgerEntryCreated(cycleId: $id) { seq } }"
CHECKPOINTS = "subscription { cycleCheckpointClosed { id } }"
CYCLE_CLOSED = "subscription($id: ID!) { cycleCheckpointClosed(cycleId: $id) { id } }"
RECORDING_CHANGES = "subscription($id: ID!) { recordingUpdated(recordingId: $id) { id } }"


class LiveAddress(rx.State):
    """Where browsers reach the subscriptions; read at run time, so no build holds an address."""

    @rx.var
    def url(self) -> str:
        """The address from the settings, or empty: the page's host at `port`."""
        return get_settings().graph_socket_url or ""

    @rx.var
    def port(self) -> int:
        """GRAPH_WS_PORT."""
        return get_settings().graph_ws_port


class LiveSubscription(rx.NoSSRComponent):
    """Runs `query` with `variables` (nothing while one is empty) over the page's one socket.

    `on_update` gets the result's `data`, or {} after a break; with `pace_ms` at most that often, the newest
    then. `on_state` gets one of live, waiting, off. Signs in by the cookie.
    """

    library = _LINKED
    tag = "LiveSubscription"
    is_default = False
    lib_dependencies: list[str] = [CLIENT_PACKAGE, GRAPHQL_PACKAGE]  # noqa: RUF012

    query: rx.Var[str]
    variables: rx.Var[dict[str, Any]]
    url: rx.Var[str]
    port: rx.Var[int]
    pace_ms: rx.Var[int]

    # Reflex's own way to declare what an event carries; no type checker follows it.
    on_update: rx.EventHandler[_DATA]  # type: ignore[type-arg,valid-type]
    on_state: rx.EventHandler[_STATE]  # type: ignore[type-arg,valid-type]


def follow_work(work_id: Any, *, on_update: Any) -> rx.Component:
    """Fire `on_update` at each change of a work: reload it there, under the viewer's own rights."""
    return _follow(WORK_CHANGES, work_id, on_update)


def follow_recording(recording_id: Any, *, on_update: Any) -> rx.Component:
    """Fire `on_update` at each change of a recording."""
    return _follow(RECORDING_CHANGES, recording_id, on_update)


def follow_entries(cycle_id: Any, *, on_update: Any) -> rx.Component:
    """Fire `on_update` when entries of a cycle got their place in the log, every two seconds at most."""
    return _follow(ENTRY_CHANGES, cycle_id, on_update, pace_ms=ENTRIES_PACE_MS)


def follow_closing(cycle_id: Any, *, on_update: Any) -> rx.Component:
    """Fire `on_update` once a cycle is closed, by whomever."""
    return _follow(CYCLE_CLOSED, cycle_id, on_update)


def follow_checkpoints(*, on_update: Any) -> rx.Component:
    """Fire `on_update` once the log has a new checkpoint: what it covers has its proof from then on."""
    return _subscribed(CHECKPOINTS, {}, on_update)


def _follow(query: str, entity_id: Any, on_update: Any, *, pace_ms: int = 0) -> rx.Component:
    return _subscribed(query, {"id": entity_id}, on_update, pace_ms=pace_ms)


def _subscribed(query: str, variables: dict[str, Any], on_update: Any, *, pace_ms: int = 0) -> rx.Component:
    return LiveSubscription.create(
        query=query,
        variables=variables,
        url=LiveAddress.url,
        port=LiveAddress.port,
        pace_ms=pace_ms,
        on_update=on_update,
    )
