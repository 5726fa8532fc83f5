"""The service among others: beside a second one, with a replica, at its limits, and killed."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg2
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from graph_service.sockets import server, usage
from omnisonic.core.licenses.expiry import expire_due_licenses
from omnisonic.platform.auth.browser_sessions import SIGN_INS_CHANNEL, end_session
from omnisonic.platform.db import dispose_engines, unit_of_work
from omnisonic.platform.embedded.ports import free_ports
from omnisonic.platform.redis import get_redis
from tests.conftest import Servers
from tests.integration.graph_service.conftest import (
    PATIENCE_S,
    Client,
    Person,
    RunningGraph,
    make_song,
    relay_events,
)
from tests.integration.graph_service.test_subscriptions import WORK, follow, listening, rename
from tests.own_redis import OwnRedis
from tests.waiting import wait_until

Ask = Callable[..., dict[str, Any]]
LICENSES = "subscription($id: ID!) { workUpdated(workId: $id) { licenses { status } } }"


def until_title(client: Client, title: str) -> None:
    """Read until a change to `title` has come."""
    while client.receive()["payload"]["data"]["workUpdated"]["title"] != title:
        pass


def test_two_services_over_one_redis_both_deliver(
    start_graph: Callable[..., RunningGraph], mara: Person
) -> None:
    song = make_song(mara.actor, "Tide")
    relay_events()
    clients = []
    for graph in (start_graph(), start_graph()):
        clients.append(graph.join(mara))
        follow(graph, clients[-1], "a", song.work_id)
    wait_until(lambda: dict(get_redis().pubsub_numsub(f"work:{song.work_id}")).popitem()[1] == 2)  # type: ignore[arg-type]
    rename(mara, song.work_id, "Ebb")
    relay_events()
    for client in clients:
        until_title(client, "Ebb")


def test_followers_of_a_work_see_its_license_expire(graph: RunningGraph, ask: Ask, mara: Person) -> None:
    song = make_song(mara.actor, "Tide")
    ends = datetime.now(UTC) + timedelta(days=1)
    draft = {
        "workId": str(song.work_id),
        "licensee": "Label",
        "rightsType": "MASTER",
        "effectiveFrom": "2026-01-01T00:00:00Z",
        "expiresOn": ends.isoformat(),
    }
    assert "errors" not in ask(
        mara, "mutation($input: LicenseInput!) { createLicense(input: $input) { id } }", input=draft
    )
    relay_events()
    client = graph.join(mara)
    follow(graph, client, "a", song.work_id, LICENSES)
    with unit_of_work() as uow:
        assert expire_due_licenses(uow, now=ends) == 1
    relay_events()
    assert client.receive()["payload"] == {"data": {"workUpdated": {"licenses": [{"status": "EXPIRED"}]}}}


def test_questions_go_to_the_replica_and_changes_to_the_primary(
    start_graph: Callable[..., RunningGraph],
    mara: Person,
    servers: Servers,
    configure: Callable[..., Any],
) -> None:
    """The replica here is so far behind that it has no tables yet."""
    with closing(psycopg2.connect(servers.admin_url)) as admin, admin.cursor() as cursor:
        admin.autocommit = True
        cursor.execute("DROP DATABASE IF EXISTS behind")
        cursor.execute("CREATE DATABASE behind")
        address = servers.environment["DATABASE_URL"]
        configure(DATABASE_READ_URL=re.sub(r"/\w+(\?|$)", r"/behind\1", address))
        dispose_engines()
        try:
            graph = start_graph()

            def ask(query: str) -> dict[str, Any]:
                answer = httpx.post(
                    graph.url, json={"query": query}, headers=mara.bearer, trust_env=False, timeout=PATIENCE_S
                )
                return dict(answer.json())

            made = ask('mutation { createWork(input: {title: "Tide"}) { title splits { id } } }')
            assert made == {"data": {"createWork": {"title": "Tide", "splits": []}}}
            song = make_song(mara.actor, "Ebb")
            client = graph.join(mara)
            follow(graph, client, "a", song.work_id)
            relay_events()
            until_title(client, "Ebb")
            assert ask("{ works { totalCount } }")["errors"][0]["extensions"]["code"] == "internal"
            graph.stop()
        finally:
            dispose_engines()
            cursor.execute("DROP DATABASE behind WITH (FORCE)")


def test_accounts_and_the_process_have_so_many_sockets(
    graph: RunningGraph,
    mara: Person,
    make_person: Callable[..., Person],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(usage, "SOCKETS_PER_USER", 1)
    monkeypatch.setattr(server, "SOCKETS_PER_PROCESS", 3)
    first = graph.join(mara)
    second = graph.dial()
    second.send("connection_init", payload={"authorization": f"Bearer {mara.token}"})
    assert second.close_code() == 1013
    graph.join(make_person("Teo"))
    wait_until(lambda: len(graph.service.sockets.connections) == 2)
    first.close()
    wait_until(lambda: len(graph.service.sockets.connections) == 1)
    graph.join(mara)  # the place is free again
    graph.join(make_person("Ana"))
    with pytest.raises(InvalidStatus) as refused:
        graph.dial()
    assert refused.value.response.status_code == 503


def test_an_account_runs_so_many_operations_over_all_its_sockets(
    graph: RunningGraph, mara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usage, "OPERATIONS_PER_USER", 1)
    song = make_song(mara.actor, "Tide")
    first, second = graph.join(mara), graph.join(mara)
    follow(graph, first, "a", song.work_id)
    second.subscribe("b", WORK, id=str(song.work_id))
    frame = second.receive()
    assert (frame["type"], frame["payload"][0]["extensions"]["code"]) == (
        "error",
        "graphql-too-many-operations",
    )
    first.send("complete", id="a")
    assert first.until_pong() == []
    follow(graph, second, "b", song.work_id)


def test_a_subscription_that_leaves_its_field_out_is_refused(graph: RunningGraph, mara: Person) -> None:
    song = make_song(mara.actor, "Tide")
    client = graph.join(mara)
    query = WORK.replace("(workId: $id)", "(workId: $id) @include(if: false)")
    client.subscribe("a", query, id=str(song.work_id))
    frame = client.receive()
    assert (frame["type"], frame["payload"][0]["extensions"]["code"]) == ("error", "graphql-invalid")


def test_an_unreadable_event_does_not_end_the_listening(graph: RunningGraph, mara: Person) -> None:
    client = graph.dial(additional_headers={"Cookie": mara.cookie})
    client.send("connection_init")
    assert client.receive() == {"type": "connection_ack"}
    wait_until(lambda: listening(graph, SIGN_INS_CHANNEL))
    for text in ("no JSON", "[]", '{"data": {}}', '{"data": null}'):
        get_redis().publish(SIGN_INS_CHANNEL, text)
    actor = next(iter(graph.service.sockets.connections)).actor
    assert actor is not None
    with unit_of_work() as uow:
        end_session(uow, actor)
    relay_events()
    assert client.close_code() == 4403


def test_a_killed_process_is_replaced_and_one_without_redis_recovers(
    db: None, own_redis: OwnRedis, make_person: Callable[..., Person], configure: Callable[..., Any]
) -> None:
    mara = make_person("Mara")
    song = make_song(mara.actor, "Tide")
    relay_events()
    http_port, socket_port = free_ports(2)
    configure(GRAPH_PORT=http_port, GRAPH_WS_PORT=socket_port)

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "omnisonic", "graph"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None
        assert any("graph_started" in line for line in process.stdout)
        return process

    def join() -> Client:
        protocols: Any = ["graphql-transport-ws"]
        address = f"ws://127.0.0.1:{socket_port}/graphql"
        client = Client(connect(address, subprotocols=protocols, proxy=None, ping_interval=None, legacy=True))
        client.send("connection_init", payload={"authorization": f"Bearer {mara.token}"})
        assert client.receive() == {"type": "connection_ack"}
        client.subscribe("a", WORK, id=str(song.work_id))
        assert client.until_pong() == []
        wait_until(lambda: is_heard())
        return client

    def is_heard() -> bool:
        counts: Any = get_redis().pubsub_numsub(f"work:{song.work_id}")
        return bool(counts[0][1])

    def is_ready() -> bool:
        return httpx.get(f"http://127.0.0.1:{http_port}/health/ready", trust_env=False).status_code == 200

    process = start()
    try:
        client = join()
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE_S)
        assert client.close_code() is None  # nobody said goodbye
        wait_until(lambda: not is_heard())
        process = start()  # on the same ports, at once
        client = join()
        own_redis.stop()
        wait_until(lambda: not is_ready())
        rename(mara, song.work_id, "Changed while Redis was away")
        own_redis.start()
        assert client.receive()["payload"]["data"]["workUpdated"]["title"] == "Changed while Redis was away"
        wait_until(is_ready)
    finally:
        process.kill()
        process.wait()
