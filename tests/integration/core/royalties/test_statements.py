"""Cycles and statements over REST: who may, what a line says, files, the statement before."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from fastapi.testclient import TestClient

from omnisonic.core.royalties.closing import close_cycle
from omnisonic.core.royalties.policy import POLICY_DIGEST
from omnisonic.platform.actor import Actor, Scope
from omnisonic.platform.auth.tokens import create_token
from omnisonic.platform.db import unit_of_work
from tests.integration.core.conftest import link
from tests.integration.core.royalties.books import ISRC, NANO, make_song, report, usage
from tests.rest import rest_api

APRIL = datetime(2026, 4, 15, 12, tzinfo=UTC)
EUR = {"scale": 9, "currency": "EUR"}
ClientOf = Callable[[Actor], TestClient]


def with_token(actor: Actor, scope: Scope) -> TestClient:
    """A program of this account's."""
    with unit_of_work() as uow:
        secret = create_token(uow, actor, name=scope.value, scopes={scope})[1]
    return TestClient(
        rest_api(), base_url="http://localhost:3000", headers={"Authorization": f"Bearer {secret}"}
    )


def test_statements_of_two_cycles_as_their_payee_and_others_see_them(
    curator: Actor, mara: Actor, teo: Actor, cosigner: str, client_of: ClientOf
) -> None:
    song = make_song(curator)
    link(song.ann, mara)
    march = report(curator, usage("a", amount="10.123456789"), usage("b", amount="2", territory="FR"))
    april = report(
        curator,
        usage("c", amount="4", occurred_at=APRIL),
        usage("d", amount="1", occurred_at=APRIL, territory="JP", quantity=0),
    )
    first, second = march[0].event.cycle_id, april[0].event.cycle_id
    office, payee, stranger = client_of(curator), client_of(mara), client_of(teo)
    close_cycle(curator, cycle_id=first)
    assert payee.get(f"/api/statements?cycleId={second}").json()["statements"] == []
    answer = office.post(f"/api/cycles/{second}/close", json={}, headers={"Idempotency-Key": "close-april"})
    assert answer.status_code == 200, answer.text
    again = office.post(f"/api/cycles/{second}/close", json={}, headers={"Idempotency-Key": "close-april"})
    assert again.json() == answer.json()
    assert answer.json()["cycle"]["status"] == "closed"
    assert answer.json()["cycle"]["checkpoint"]["number"] == 2
    refused = office.post(f"/api/cycles/{second}/close")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/cycle-closed")

    assert len(office.get("/api/statements").json()["statements"]) == 4
    assert stranger.get("/api/statements").json()["statements"] == []
    newest, oldest = payee.get("/api/statements").json()["statements"]
    assert (oldest["contributorName"], oldest["lineCount"], oldest["previousTotal"]) == ("Ann", 2, None)
    assert newest["previousTotal"] == oldest["total"]
    total = sum(int(one["total"]["amount"]) for one in (newest, oldest))
    assert newest["carried"] == oldest["total"]
    assert newest["balance"] == {"amount": str(total), **EUR}
    assert int(newest["payable"]["amount"]) + int(newest["residue"]["amount"]) == total
    assert int(newest["payable"]["amount"]) % 10**7 == 0

    path = f"/api/statements/{newest['id']}"
    page = payee.get(path, params={"limit": 1, "order": "amount"}).json()
    rest = payee.get(path, params={"limit": 1, "order": "amount", "cursor": page["nextCursor"]}).json()
    assert rest["nextCursor"] is None
    [line], [other] = page["lines"], rest["lines"]
    expected = {
        "workTitle": "Northern Lights",
        "recordingTitle": "Northern Lights",
        "isrc": ISRC,
        "source": "Streamly",
        "usageType": "stream",
        "right": "MASTER",
        "territory": "DE",
        "period": "2026-04",
        "quantity": "1200",
        "entryCount": "1",
        "amount": {"amount": "2666668000", **EUR},
        "rate": "0.002222223",
        "sharePpm": 666_667,
        "policyDigest": POLICY_DIGEST,
    }
    assert {name: line[name] for name in expected} == expected
    assert line["previousAmount"] is not None
    assert (other["territory"], other["rate"], other["previousAmount"]) == ("JP", None, None)
    assert payee.get(line["proof"]).json()["leafHash"] == line["leafHash"]
    [entry] = payee.get(f"{path}/lines/{line['id']}/entries").json()["entries"]
    assert (entry["sharePpm"], entry["right"], entry["eventAmount"]["amount"]) == (
        666_667,
        "MASTER",
        str(4 * NANO),
    )
    assert entry["amount"] == line["amount"]
    assert payee.get(entry["proof"]).json()["leafIndex"] == entry["leafIndex"]
    for code, seen in (("EUR", 4), ("USD", 0)):
        assert len(office.get(f"/api/statements?currency={code}").json()["statements"]) == seen
    assert office.get("/api/statements?currency=EURO").status_code == 422

    table = list(csv.DictReader(io.StringIO(payee.get(f"{path}.csv").text)))
    assert sum(Decimal(row["amount"]) for row in table) == Decimal(newest["total"]["amount"]).scaleb(-9)
    assert {row["leafHash"] for row in table} == {line["leafHash"], other["leafHash"]}
    printed = payee.get(f"{path}.pdf")
    assert printed.headers["content-type"] == "application/pdf"
    assert printed.content.startswith(b"%PDF")
    for hidden in ("", ".csv", ".pdf", f"/lines/{line['id']}/entries"):
        assert stranger.get(path + hidden).status_code == 404
        assert office.get(path + hidden).status_code == 200
    assert payee.get(f"/api/statements/{oldest['id']}/lines/{line['id']}/entries").status_code == 404


@pytest.fixture
def draft() -> dict[str, Any]:
    """A cycle for May."""
    return {"name": "May 2026", "startsOn": "2026-05-01", "endsOn": "2026-06-01", "currency": "EUR"}


def test_cycles_are_the_curators(
    curator: Actor, mara: Actor, cosigner: str, client_of: ClientOf, draft: dict[str, Any]
) -> None:
    office, member = client_of(curator), client_of(mara)
    visitor = TestClient(rest_api(), base_url="http://localhost:3000")
    key = {"Idempotency-Key": "may"}
    opened = office.post("/api/cycles", json=draft, headers=key)
    assert opened.status_code == 201
    assert office.post("/api/cycles", json=draft, headers=key).json() == opened.json()
    assert office.post("/api/cycles", json=draft).json()["type"] == "/problems/cycle-overlap"
    bad = office.post("/api/cycles", json=draft | {"endsOn": "2026-05-01", "name": "x"})
    assert (bad.status_code, bad.json()["errors"][0]["field"]) == (422, "endsOn")
    assert office.post("/api/cycles", json=draft | {"currency": "EURO"}).status_code == 422
    cycle = opened.json()["cycle"]
    make_song(curator)
    report(curator, usage("a", amount="10"), usage("b", amount="7", isrc="USWB11700001"))
    path = f"/api/cycles/{cycle['id']}"
    routes = [("GET", "/api/cycles"), ("POST", "/api/cycles"), ("GET", path), ("POST", f"{path}/close")]
    reader, writer = with_token(curator, Scope.ROYALTIES_READ), with_token(curator, Scope.GRAPH_WRITE)
    for method, address in routes:
        body = (draft if address == "/api/cycles" else {}) if method == "POST" else None
        assert visitor.request(method, address, json=body).status_code == 401
        assert member.request(method, address, json=body).status_code == 403
        assert writer.request(method, address, json=body).status_code == 403
        assert (reader.request(method, address, json=body).status_code == 403) == (method == "POST")
    for address in ("/api/statements", f"/api/statements/{cycle['id']}"):
        assert visitor.get(address).status_code == 401
        assert writer.get(address).status_code == 403
    found = office.get("/api/cycles?status=open").json()["cycles"]
    assert [one["name"] for one in found] == ["May 2026"]  # the first open one after March
    detail = office.get(f"/api/cycles/{found[0]['id']}").json()["cycle"]
    [totals] = detail["totals"]
    assert (detail["events"], totals["total"]["amount"]) == (2, str(17 * NANO))
    assert {one["name"]: one["amount"]["amount"] for one in totals["parties"]} == {
        "Ann": "6666670000",
        "Bob": "3333330000",
    }
    assert [(one["reason"], one["amount"]["amount"]) for one in totals["suspense"]] == [
        ("unmatched", str(7 * NANO))
    ]
    assert sum(int(one["amount"]["amount"]) for one in totals["flows"]) == 17 * NANO
    assert office.get(f"/api/cycles/{curator.user_id}").status_code == 404
    assert office.post(f"/api/cycles/{curator.user_id}/close").status_code == 404
