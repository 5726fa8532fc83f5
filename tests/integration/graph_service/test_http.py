"""GraphQL over HTTP: the published audits, and what they do not ask."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from graph_service import budgets
from omnisonic.platform.actor import Scope
from omnisonic.platform.settings import Settings
from tests.integration.graph_service.conftest import ORIGIN, Person, RunningGraph
from tests.node_packages import start_script

AUDITS = 61  # of graphql-http 1.23.1
RESPONSE = "application/graphql-response+json"
TYPENAME = "{ __typename }"
HOUR_S = 3600


@pytest.mark.parametrize("signed_in", [True, False])
def test_every_audit_of_graphql_http_passes(graph: RunningGraph, mara: Person, signed_in: bool) -> None:
    script = start_script("audit.mjs", graph.url, mara.token if signed_in else "")
    results = [json.loads(line) for line in script.communicate()[0].splitlines()]
    failed = [result for result in results if result["status"] != "ok"]
    assert failed == []
    assert len(results) == AUDITS


def post(graph: RunningGraph, content: Any, **headers: str) -> httpx.Response:
    given = {"Content-Type": "application/json", "Accept": RESPONSE, **headers}
    body = content if isinstance(content, bytes) else json.dumps(content)
    return httpx.post(graph.url, content=body, headers=given, trust_env=False)


def code_of(answer: httpx.Response) -> str:
    return str(answer.json()["errors"][0]["extensions"]["code"])


def test_strangers_learn_the_roots_name_and_nothing_else(graph: RunningGraph, mara: Person) -> None:
    assert post(graph, {"query": TYPENAME}).json() == {"data": {"__typename": "Query"}}
    for query in (
        "{ works { totalCount } }",
        "{ __schema { types { name } } }",
        '{ __type(name: "Work") { name } }',
        "{ ...F } fragment F on Query { __typename works { totalCount } }",
    ):
        answer = post(graph, {"query": query})
        assert (answer.status_code, code_of(answer)) == (401, "unauthenticated"), query
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert "data" not in answer.json()
        assert post(graph, {"query": query}, **mara.bearer).status_code == 200, query


def test_strangers_who_ask_too_often_are_told_when_to_come_back(
    graph: RunningGraph, mara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budgets, "STRANGER_OPERATIONS", 1)
    monkeypatch.setattr(budgets, "BUDGET_WINDOW_S", HOUR_S)
    assert post(graph, {"query": TYPENAME}).status_code == 200
    invented = {"X-Forwarded-For": "203.0.113.9"}
    for headers in ({}, {"Accept": "application/json"}, invented):
        answer = post(graph, {"query": "{ cycleCheckpoints { totalCount } }"}, **headers)
        assert (answer.status_code, code_of(answer)) == (429, "too-many-requests")
        assert 0 < int(answer.headers["Retry-After"]) <= HOUR_S
        assert answer.headers["RateLimit-Limit"] == "1"
    assert post(graph, {"query": TYPENAME}, **mara.bearer).status_code == 200
    client = graph.dial()
    client.send("connection_init")
    assert client.receive() == {"type": "connection_ack"}
    client.subscribe("1", "subscription { cycleCheckpointClosed { id } }")
    refused = client.receive()
    assert (refused["type"], refused["payload"][0]["extensions"]["code"]) == ("error", "too-many-requests")
    assert refused["payload"][0]["extensions"]["retryAfterSeconds"] > 0


def test_an_account_has_one_budget_for_its_tokens_its_cookie_and_its_sockets(
    start_graph: Callable[..., RunningGraph],
    make_person: Callable[..., Person],
    mara: Person,
    configure: Callable[..., Settings],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    configure(GRAPH_OPERATIONS_PER_MINUTE=2)
    monkeypatch.setattr(budgets, "BUDGET_WINDOW_S", HOUR_S)
    graph = start_graph()
    cookie = {"Cookie": mara.cookie, "Origin": ORIGIN}
    given = post(graph, {"query": TYPENAME}, **mara.bearer)
    assert (given.status_code, given.headers["RateLimit-Remaining"]) == (200, "1")
    assert post(graph, {"query": TYPENAME}, **cookie).status_code == 200
    for headers in (mara.bearer, cookie):
        answer = post(graph, {"query": "{ works { totalCount } }"}, **headers)
        assert (answer.status_code, code_of(answer)) == (429, "too-many-requests")
        assert 0 < int(answer.headers["Retry-After"]) <= HOUR_S
        assert answer.headers["RateLimit-Limit"] == "2"
        assert "The limit is 2 requests. Wait" in answer.json()["errors"][0]["message"]
    client = graph.join(mara)
    client.subscribe("1", "{ works { totalCount } }")
    refused = client.receive()
    assert (refused["type"], refused["payload"][0]["extensions"]["code"]) == ("error", "too-many-requests")
    assert refused["payload"][0]["extensions"]["retryAfterSeconds"] > 0
    assert post(graph, {"query": TYPENAME}, **make_person("Teo").bearer).status_code == 200


def test_a_wrong_token_is_told(graph: RunningGraph) -> None:
    answer = post(graph, {"query": TYPENAME}, Authorization="Bearer omni_nothing")
    assert (answer.status_code, code_of(answer)) == (401, "unauthenticated")


def test_scopes_decide(graph: RunningGraph, make_person: Callable[..., Person]) -> None:
    studio = make_person("Studio", scopes=(Scope.STUDIO,))
    reader = make_person("Reader", scopes=(Scope.GRAPH_READ,))
    create = 'mutation { createWork(input: {title: "A"}) { id } }'
    refused = post(graph, {"query": "{ works { totalCount } }"}, **studio.bearer)
    assert (refused.status_code, code_of(refused)) == (403, "forbidden")
    refused = post(graph, {"query": create}, **reader.bearer)
    assert (refused.status_code, code_of(refused)) == (403, "forbidden")
    assert "graph:write" in refused.json()["errors"][0]["message"]


def test_the_web_cookie_counts_only_from_our_own_pages(graph: RunningGraph, mara: Person) -> None:
    query = {"query": "{ works { totalCount } }"}
    cookie = {"Cookie": mara.cookie}
    assert post(graph, query, **cookie, Origin="http://localhost:3000").status_code == 200
    assert post(graph, query, **cookie, Origin="https://evil.example").status_code == 403
    assert post(graph, query, **cookie).status_code == 403


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 400, "malformed"),
        (b'{"query"', 400, "malformed"),
        (b"[" * 100_000, 400, "malformed"),
        (b'[{"query":"{ __typename }"}]', 400, "malformed"),
        (b'{"query":""}', 400, "malformed"),
        (b'{"query":"query A { __typename } query B { __typename }"}', 400, "graphql-invalid"),
        (b'{"query":"{ __typename }","operationName":"Nobody"}', 400, "graphql-invalid"),
        (b'{"query":"fragment F on Query { __typename }"}', 400, "graphql-invalid"),
        (b'{"query":"{ nothing }"}', 400, "graphql-invalid"),
        (b'{"query":"{ works(last: 1) { totalCount } }"}', 400, "graphql-invalid"),
        (b'{"query":"{"}', 400, "graphql-syntax"),
        (b'{"query":"subscription { workUpdated(workId: \\"1\\") { id } }"}', 400, "malformed"),
        (b'{"query":"' + b"{a" * 2_000 + b'"}', 400, "graphql-too-complex"),
        (b'{"query":"{ __typename ' + b"# \\n" * 20_000 + b' }"}', 400, "graphql-too-complex"),
        (b'{"query":"' + b" " * 150_000 + b'"}', 400, "graphql-too-complex"),
        (b'{"query":"{ __typename }","variables":{"a":"' + b"x" * 1_000_000 + b'"}}', 413, "too-large"),
    ],
)
def test_bad_requests_get_typed_errors(
    graph: RunningGraph, mara: Person, content: bytes, status: int, code: str
) -> None:
    answer = post(graph, content, **mara.bearer)
    assert answer.status_code == status, answer.text
    found = answer.json()
    assert (found["type"].removeprefix("/problems/") if status == 413 else code_of(answer)) == code
    assert post(graph, {"query": TYPENAME}).status_code == 200


def test_get_is_for_queries(graph: RunningGraph, mara: Person) -> None:
    refused = httpx.get(
        graph.url,
        params={"query": "mutation { __typename }"},
        headers={"Accept": "application/json", **mara.bearer},
        trust_env=False,
    )
    assert (refused.status_code, refused.headers["Allow"]) == (405, "POST")
    assert httpx.put(graph.url, trust_env=False).status_code == 405


def test_types_are_negotiated(graph: RunningGraph) -> None:
    for accept, chosen in (
        ("application/json;q=0.5, application/graphql-response+json", RESPONSE),
        ("application/graphql-response+json;q=0, */*", "application/json"),
        ("application/*", "application/json"),
    ):
        answer = post(graph, {"query": TYPENAME}, Accept=accept)
        assert answer.headers["Content-Type"] == f"{chosen}; charset=utf-8"
    assert post(graph, {"query": TYPENAME}, Accept="image/png").status_code == 406


def test_every_error_carries_the_id_of_its_request(graph: RunningGraph) -> None:
    answer = post(graph, {"query": "{"}, **{"X-Request-Id": "0197-request-1"})
    assert answer.headers["X-Request-Id"] == "0197-request-1"
    assert answer.json()["errors"][0]["extensions"]["correlationId"] == "0197-request-1"


def test_people_get_the_explorer_from_our_own_address(graph: RunningGraph) -> None:
    page = httpx.get(graph.url, headers={"Accept": "text/html,*/*;q=0.8"}, trust_env=False)
    assert page.status_code == 200
    assert "https://" not in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "ws://localhost:4001" in policy
    start = httpx.get(graph.url + "/explorer/start.js", trust_env=False)
    assert "GraphiQL.createFetcher" in start.text
    assert httpx.get(graph.url + "/explorer/../app.py", trust_env=False).status_code == 404


def test_health(graph: RunningGraph) -> None:
    base = graph.url.removesuffix("/graphql")
    assert httpx.get(base + "/healthz", trust_env=False).json() == {"ok": True}
    assert httpx.get(base + "/health/version", trust_env=False).json()["version"]
