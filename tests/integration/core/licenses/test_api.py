"""Licenses over REST, with tokens: scopes, answers, problems and the CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from omnisonic.platform.actor import Actor, Scope
from omnisonic.platform.auth.tokens import create_token
from omnisonic.platform.db import unit_of_work
from tests.integration.core.conftest import make_work
from tests.rest import rest_api

Open = Callable[..., TestClient]


@pytest.fixture
def client_of(db: None, redis_client: Any, storage: Any) -> Iterator[Open]:
    """A client with a token of the actor's."""
    api, opened = rest_api(), []

    def open_client(actor: Actor, *scopes: Scope) -> TestClient:
        with unit_of_work() as uow:
            wanted = set(scopes or (Scope.GRAPH_READ, Scope.GRAPH_WRITE))
            _, secret = create_token(uow, actor, name="test", scopes=wanted)
        client = TestClient(api, headers={"Authorization": f"Bearer {secret}"})
        opened.append(client)
        return client

    yield open_client
    for client in opened:
        client.close()


def body_of(actor: Actor, **fields: Any) -> dict[str, Any]:
    return {
        "workId": str(make_work(actor).id),
        "licensee": "Acme",
        "rightsType": "MASTER",
        "effectiveFrom": "2030-01-01T00:00:00Z",
        "expiresOn": "2031-01-01T00:00:00Z",
        **fields,
    }


def test_from_a_draft_to_the_end(mara: Actor, client_of: Open) -> None:
    client = client_of(mara)
    body = body_of(mara, territory="eu", status="draft", terms={"fee": "10"})
    answer = client.post("/api/licenses", json=body, headers={"Idempotency-Key": "one"})
    assert answer.status_code == 201, answer.text
    granted = answer.json()["license"]
    assert (granted["territory"], granted["territoryName"], granted["version"]) == ("EU", "The EU", 1)
    assert client.post("/api/licenses", json=body, headers={"Idempotency-Key": "one"}).json() == answer.json()
    path = f"/api/licenses/{granted['id']}"
    assert client.get(path).json()["license"] == granted
    changed = client.put(path, json={**body, "licensee": "Other", "version": 1}).json()["license"]
    assert (changed["licensee"], changed["status"]) == ("Other", "draft")
    assert client.post(f"{path}/activate").json()["license"]["status"] == "active"
    assert [row["id"] for row in client.get("/api/licenses?status=active").json()["licenses"]] == [
        granted["id"]
    ]
    at = "/api/licenses/active?at=2030-06-01T00:00:00Z&territory="
    assert len(client.get(f"{at}FR").json()["licenses"]) == 1
    assert client.get(f"{at}US").json()["licenses"] == []
    assert client.post(f"{path}/revoke").json()["license"]["status"] == "revoked"


def test_a_status_may_be_written_as_graphql_has_it(mara: Actor, client_of: Open) -> None:
    client = client_of(mara)
    granted = client.post("/api/licenses", json=body_of(mara, status="ACTIVE"))
    assert granted.json()["license"]["status"] == "active"
    assert len(client.get("/api/licenses?status=ACTIVE").json()["licenses"]) == 1
    assert client.get("/api/licenses?status=running").status_code == 422


def test_a_conflict_is_a_problem_that_names_the_license(mara: Actor, client_of: Open) -> None:
    client = client_of(mara)
    body = body_of(mara)
    first = client.post("/api/licenses", json=body).json()["license"]
    preview = client.post("/api/licenses/preview", json=body).json()
    assert [met["id"] for met in preview["conflicts"]] == [first["id"]]
    assert (preview["territoryName"], preview["drafts"]) == ("Worldwide", [])
    refused = client.post("/api/licenses", json=body)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/license-conflict")
    assert refused.json()["current"]["licenses"][0]["id"] == first["id"]
    assert client.post(f"/api/licenses/preview?licenseId={first['id']}", json=body).json()["conflicts"] == []


@pytest.mark.parametrize(
    ("fields", "slug", "field"),
    [
        ({"expiresOn": "2029-01-01T00:00:00Z"}, "invalid-fields", None),
        ({"territory": "Germny"}, "unknown-territory", "territory"),
        ({"status": "expired"}, "invalid-fields", "status"),
        ({"rightsType": "LYRICS"}, "invalid-fields", "rightsType"),
        ({"licensee": " "}, "invalid-fields", "licensee"),
        ({"colour": "red"}, "invalid-fields", "colour"),
    ],
)
def test_bad_fields_are_named(
    mara: Actor, client_of: Open, fields: dict[str, Any], slug: str, field: str | None
) -> None:
    answer = client_of(mara).post("/api/licenses", json=body_of(mara, **fields))
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["type"] == f"/problems/{slug}"
    assert field is None or field in problem["errors"][0]["field"]


def test_scopes_and_strangers(mara: Actor, teo: Actor, client_of: Open) -> None:
    body = body_of(mara)
    assert client_of(mara, Scope.GRAPH_READ).post("/api/licenses", json=body).status_code == 403
    assert client_of(mara, Scope.STUDIO).get("/api/licenses").status_code == 403
    assert client_of(teo).post("/api/licenses", json=body).status_code == 403
    assert TestClient(rest_api()).get("/api/licenses").status_code == 401
    unknown = "/api/licenses/018f0000-0000-7000-8000-000000000000"
    assert client_of(teo).get(unknown).status_code == 404


def test_the_file_runs_no_formula(mara: Actor, client_of: Open) -> None:
    client = client_of(mara)
    client.post("/api/licenses", json=body_of(mara, licensee="=HYPERLINK(1)", territory="FR"))
    client.post("/api/licenses", json=body_of(mara, licensee="Plain"))
    for answer in (
        client.get("/api/licenses.csv?territory=FR"),
        client.get("/api/licenses", headers={"Accept": "text/csv"}),
    ):
        assert answer.headers["content-type"].startswith("text/csv")
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert [row["licensee"] for row in rows] == ["Plain", "'=HYPERLINK(1)"]
        assert (rows[1]["territory"], rows[1]["territoryName"]) == ("FR", "France")
        assert (rows[0]["territory"], rows[0]["expiresOn"]) == ("", "2031-01-01T00:00:00Z")


def test_pages_of_a_list(mara: Actor, client_of: Open) -> None:
    client = client_of(mara)
    for _ in range(3):
        client.post("/api/licenses", json=body_of(mara))
    first = client.get("/api/licenses?limit=2").json()
    second = client.get(f"/api/licenses?limit=2&cursor={first['nextCursor']}").json()
    assert (len(first["licenses"]), len(second["licenses"]), second["nextCursor"]) == (2, 1, None)
