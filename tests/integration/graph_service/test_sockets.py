"""graphql-transport-ws: every close code of the protocol, limits, and that nothing crashes the server."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed, InvalidStatus

from graph_service.limits import OPERATIONS_PER_SOCKET
from omnisonic.platform.actor import Scope
from omnisonic.platform.auth.browser_sessions import end_session
from omnisonic.platform.auth.tokens import list_tokens, revoke_token
from omnisonic.platform.db import unit_of_work
from tests.integration.graph_service.conftest import (
    PATIENCE_S,
    Person,
    RunningGraph,
    make_song,
    relay_events,
)
from tests.waiting import wait_until

WORK = "subscription($id: ID!) { workUpdated(workId: $id) { id } }"
TYPENAME = {"query": "{ __typename }"}


def test_only_our_subprotocol_is_spoken(graph: RunningGraph) -> None:
    for subprotocol in ("graphql-ws", None):
        assert graph.dial(subprotocol=subprotocol).close_code() == 4406


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "no json",
        "[" * 50_000,
        "[]",
        "null",
        "{}",
        '{"type":"nothing"}',
        '{"type":1}',
        '{"type":"connection_ack"}',
        '{"type":"connection_init","payload":[]}',
        '{"type":"connection_init","payload":{"authorization":1}}',
        '{"type":"ping","payload":"text"}',
        '{"type":"subscribe","payload":{"query":"{ __typename }"}}',
        '{"type":"subscribe","id":"","payload":{"query":"{ __typename }"}}',
        '{"type":"subscribe","id":"' + "x" * 201 + '","payload":{"query":"{ __typename }"}}',
        '{"type":"subscribe","id":"1"}',
        '{"type":"subscribe","id":"1","payload":{"query":1}}',
        '{"type":"subscribe","id":"1","payload":{"query":"{ __typename }","variables":[]}}',
        '{"type":"subscribe","id":"1","payload":{"query":"{ __typename }","operationName":1}}',
        '{"type":"complete"}',
        b"\x00\x01",
    ],
)
def test_bad_frames_close_with_4400(graph: RunningGraph, frame: str | bytes) -> None:
    client = graph.dial()
    client.connection.send(frame)
    assert client.close_code() == 4400


def test_subscribe_before_the_acknowledgement_is_4401(graph: RunningGraph) -> None:
    client = graph.dial()
    client.send("subscribe", id="1", payload=TYPENAME)
    assert client.close_code() == 4401


def test_a_token_that_is_not_valid_is_4403(graph: RunningGraph) -> None:
    client = graph.dial()
    client.send("connection_init", payload={"authorization": "Bearer omni_wrong"})
    assert client.close_code() == 4403


def test_no_init_in_time_is_4408(start_graph: Callable[..., RunningGraph]) -> None:
    client = start_graph(init_s=0.05).dial()
    assert client.close_code() == 4408


def test_an_id_in_use_is_4409(graph: RunningGraph, mara: Person) -> None:
    song = make_song(mara.actor, "Tide")
    client = graph.join(mara)
    client.subscribe("1", WORK, id=str(song.work_id))
    client.subscribe("1", WORK, id=str(song.work_id))
    assert client.close_code() == 4409


def test_a_second_init_is_4429(graph: RunningGraph, mara: Person) -> None:
    client = graph.join(mara)
    client.send("connection_init")
    assert client.close_code() == 4429


def test_a_frame_that_is_too_large_is_1009(graph: RunningGraph) -> None:
    client = graph.dial()
    client.connection.send("x" * 300_000)
    assert client.close_code() == 1009


def test_operations_of_every_kind_run_and_ids_are_reused(graph: RunningGraph, mara: Person) -> None:
    client = graph.join(mara)
    for _ in range(3):
        client.send("subscribe", id="again", payload=TYPENAME)
        assert client.receive() == {
            "id": "again",
            "type": "next",
            "payload": {"data": {"__typename": "Query"}},
        }
        assert client.receive() == {"id": "again", "type": "complete"}
    client.subscribe("m", 'mutation { createWork(input: {title: "Over the wire"}) { title } }')
    assert client.receive()["payload"]["data"]["createWork"] == {"title": "Over the wire"}
    assert client.receive()["type"] == "complete"


def test_errors_are_arrays_and_end_the_operation(graph: RunningGraph, mara: Person) -> None:
    client = graph.join(mara)
    for operation_id, query, code in (
        ("syntax", "{", "graphql-syntax"),
        ("schema", "{ nothing }", "graphql-invalid"),
        ("unknown", WORK.replace("$id: ID!", "$id: ID! = 7").replace("($id", "($id"), "invalid-fields"),
        (
            "missing",
            WORK.replace("$id: ID!", '$id: ID! = "00000000-0000-0000-0000-000000000000"'),
            "not-found",
        ),
    ):
        client.subscribe(operation_id, query)
        frame = client.receive()
        assert (frame["id"], frame["type"]) == (operation_id, "error")
        assert frame["payload"][0]["extensions"]["code"] == code
    assert client.until_pong() == []


def test_unknown_completes_and_pongs_are_ignored(graph: RunningGraph, mara: Person) -> None:
    client = graph.join(mara)
    client.send("complete", id="nobody")
    client.send("pong", payload={"a": 1})
    assert client.until_pong() == []


def test_strangers_may_connect_but_not_subscribe(graph: RunningGraph, mara: Person) -> None:
    song = make_song(mara.actor, "Tide")
    client = graph.dial()
    client.send("connection_init")
    assert client.receive() == {"type": "connection_ack"}
    client.subscribe("1", WORK, id=str(song.work_id))
    assert client.receive()["payload"][0]["extensions"]["code"] == "unauthenticated"


def test_scopes_decide(graph: RunningGraph, make_person: Callable[..., Person]) -> None:
    person = make_person("Studio", scopes=(Scope.STUDIO,))
    client = graph.join(person)
    client.subscribe("1", "{ works { totalCount } }")
    assert client.receive()["payload"][0]["extensions"]["code"] == "forbidden"


def test_header_and_cookie_sign_in_too(graph: RunningGraph, mara: Person) -> None:
    for headers, origin in (
        (mara.bearer, None),
        ({"Cookie": mara.cookie}, "http://localhost:3000"),
        ({"Cookie": mara.cookie}, None),
    ):
        client = graph.dial(additional_headers=headers, origin=origin)
        client.send("connection_init", payload={})
        assert client.receive() == {"type": "connection_ack"}
        client.subscribe("1", "{ works { totalCount } }")
        assert client.receive()["payload"]["data"]["works"]["totalCount"] == 0


def test_a_foreign_page_may_not_use_the_cookie(graph: RunningGraph, mara: Person) -> None:
    with pytest.raises(InvalidStatus) as refused:
        graph.dial(additional_headers={"Cookie": mara.cookie}, origin="https://evil.example")
    assert refused.value.response.status_code == 403


def test_a_socket_has_at_most_fifty_operations(graph: RunningGraph, mara: Person) -> None:
    song = make_song(mara.actor, "Tide")
    client = graph.join(mara)
    for number in range(OPERATIONS_PER_SOCKET + 1):
        client.subscribe(str(number), WORK, id=str(song.work_id))
    frame = client.receive()
    assert (frame["id"], frame["type"]) == (str(OPERATIONS_PER_SOCKET), "error")
    assert frame["payload"][0]["extensions"]["code"] == "graphql-too-many-operations"
    client.send("complete", id="0")
    client.subscribe("next", "{ __typename }")
    assert client.receive()["type"] == "next"


def test_a_flood_of_messages_is_cut(graph: RunningGraph, mara: Person) -> None:
    client = graph.join(mara)
    with suppress(ConnectionClosed):
        for _ in range(100_000):
            client.send("pong")
    assert client.close_code() == 1013


def test_a_revoked_token_loses_its_sockets(start_graph: Callable[..., RunningGraph], mara: Person) -> None:
    client = start_graph(recheck_s=0.05).join(mara)
    with unit_of_work() as uow:
        for token in list_tokens(uow.session, mara.actor):
            revoke_token(uow, mara.actor, token_id=token.id)
    assert client.close_code() == 4403


def test_signing_out_closes_the_browsers_sockets(graph: RunningGraph, mara: Person) -> None:
    client = graph.dial(additional_headers={"Cookie": mara.cookie})
    client.send("connection_init")
    assert client.receive() == {"type": "connection_ack"}
    wait_until(lambda: graph.service.listener.is_connected)
    connection = next(iter(graph.service.sockets.connections))
    assert connection.actor is not None
    with unit_of_work() as uow:
        end_session(uow, connection.actor)
    relay_events()
    assert client.close_code() == 4403


def test_a_restart_says_so(start_graph: Callable[..., RunningGraph], mara: Person) -> None:
    graph = start_graph()
    client = graph.join(mara)
    graph.stop()
    assert client.close_code() == 1012


def test_the_port_answers_health_and_nothing_else(graph: RunningGraph) -> None:
    base = graph.socket_url.replace("ws:", "http:").removesuffix("/graphql")
    assert httpx.get(base + "/healthz", trust_env=False).json() == {"ok": True}
    assert httpx.get(base + "/elsewhere", trust_env=False).status_code == 404


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KINDS = st.sampled_from(["connection_init", "subscribe", "complete", "ping", "pong", "next", "error", ""])
FRAMES = st.one_of(
    st.binary(max_size=60),
    st.text(max_size=60),
    JSON_VALUES.map(json.dumps),
    st.builds(
        lambda kind, frame_id, payload: json.dumps({"type": kind, "id": frame_id, "payload": payload}),
        KINDS,
        st.sampled_from(["1", "2", ""]) | JSON_VALUES,
        st.just(TYPENAME)
        | st.fixed_dictionaries({"query": st.text(max_size=40), "variables": JSON_VALUES})
        | JSON_VALUES,
    ),
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frames=st.lists(FRAMES, min_size=1, max_size=6), signed_in=st.booleans())
def test_fuzzed_frames_crash_nothing(
    graph: RunningGraph, mara: Person, frames: list[Any], signed_in: bool
) -> None:
    client = graph.join(mara) if signed_in else graph.dial()
    try:
        for frame in frames:
            client.connection.send(frame)
        client.until_pong()
        client.close()
    except ConnectionClosed:
        assert client.close_code() in {1013, 4400, 4401, 4403, 4409, 4429}  # None: it broke
    except UnicodeEncodeError:
        client.close()  # a text that no WebSocket can carry
    answer = httpx.post(graph.url, json=TYPENAME, trust_env=False, timeout=PATIENCE_S)
    assert answer.status_code == 200
