"""What nobody should send, over REST: typed problems, nothing written, the service alive."""

from __future__ import annotations

import json
from typing import Any

import pytest

from omnisonic.core.catalog.merge import merge_entities
from omnisonic.core.catalog.models import Work
from omnisonic.core.licenses import queries
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from tests.integration.core.conftest import make_recording, make_work
from tests.integration.core.licenses.test_api import Open, body_of, client_of

__all__ = ["client_of"]

CODES = ("US", "FR", "DE", "JP")


def nested(depth: int) -> str:
    return '{"a":' * depth + "1" + "}" * depth


def test_the_same_words_for_every_kind_of_nonsense(mara: Actor, client_of: Open) -> None:
    client, body = client_of(mara), body_of(mara)
    cases: list[tuple[dict[str, Any], str]] = [
        ({"expiresOn": body["effectiveFrom"]}, "invalid-fields"),
        ({"expiresOn": "2029-12-31T23:59:59Z"}, "invalid-fields"),
        ({"territory": "Narnia"}, "unknown-territory"),
        ({"territory": "FR, Narnia"}, "unknown-territory"),
        ({"territory": "FR - EUROPE"}, "unknown-territory"),
        ({"territory": "x" * 10_000}, "invalid-fields"),
        ({"territory": ",".join(CODES[n % 4] for n in range(500))}, "invalid-fields"),
        ({"territory": "FR\x00"}, "invalid-fields"),
        ({"territory": "FR\u202e"}, "unknown-territory"),
        ({"terms": {"big": "x" * 1_000_000}}, "invalid-fields"),
        ({"terms": [1]}, "invalid-fields"),
        ({"effectiveFrom": "0001-01-01T00:00:00Z"}, "invalid-fields"),
        ({"effectiveFrom": "9999-12-31T23:59:59Z", "expiresOn": None}, "invalid-fields"),
        ({"effectiveFrom": "0001-01-01T00:00:00+14:00"}, "invalid-fields"),
        ({"effectiveFrom": "soon"}, "invalid-fields"),
        ({"licensee": "\x07\x1b[31m"}, "invalid-fields"),
        ({"licensee": "Ac\x07me"}, "invalid-fields"),
        ({"licensee": "gold\u202eevil"}, "invalid-fields"),
        ({"licensee": "\u200b"}, "invalid-fields"),
        ({"licensee": "x" * 100_000}, "invalid-fields"),
        ({"exclusive": "perhaps"}, "invalid-fields"),
        ({"recordingId": "1"}, "invalid-fields"),
    ]
    for fields, slug in cases:
        for path in ("/api/licenses", "/api/licenses/preview"):
            answer = client.post(path, json={**body, **fields})
            if path.endswith("preview") and "licensee" in fields and answer.status_code == 200:
                continue  # a name is checked when it is stored
            assert answer.status_code == 422, (fields, answer.text[:300])
            assert answer.json()["type"] == f"/problems/{slug}", fields
            assert len(answer.content) < 10_000
    with read_session() as session:
        assert queries.count_licenses(session, mara) == 0
    assert client.post("/api/licenses", json=body).status_code == 201


@pytest.mark.parametrize("depth", [13, 1_000, 100_000])
def test_terms_of_any_depth_are_refused(mara: Actor, client_of: Open, depth: int) -> None:
    body = json.dumps(body_of(mara))
    text = f'{body[:-1]},"terms":{nested(depth)}}}'
    answer = client_of(mara).post("/api/licenses", content=text, headers={"Content-Type": "application/json"})
    slug = "invalid-fields" if depth < 1_000 else "malformed"
    assert (answer.status_code, answer.json()["type"]) == (422 if depth < 1_000 else 400, f"/problems/{slug}")


def test_times_without_a_zone_are_utc(mara: Actor, client_of: Open) -> None:
    body = body_of(mara, effectiveFrom="2030-01-01T00:00:00", expiresOn="2031-01-01")
    made = client_of(mara).post("/api/licenses", json=body).json()["license"]
    assert (made["effectiveFrom"], made["expiresOn"]) == ("2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z")


@pytest.mark.parametrize(
    "question",
    [
        "?territory=Narnia",
        "?status=sleeping",
        "?workId=1",
        "?cursor=elsewhere",
        "?limit=100000",
        "?expiresBefore=soon",
        "/active?at=never",
        "/active?territory=Narnia",
        ".csv?territory=Narnia",
        ".csv?rightsType=LYRICS",
    ],
)
def test_questions_that_make_no_sense(mara: Actor, client_of: Open, question: str) -> None:
    answer = client_of(mara).get(f"/api/licenses{question}")
    assert answer.status_code in (400, 422), answer.text[:300]
    assert answer.json()["type"].startswith("/problems/")


@pytest.mark.parametrize(
    "question",
    [
        "?licensee=%00",
        "?licensee=%25_",
        "?expiresBefore=0001-01-01T00:00:00",
        "?expiresBefore=0001-01-01T00:00:00%2B14:00",
        "/active?at=9999-12-31T23:59:59-14:00",
        "/active?at=0001-01-01T00:00:00%2B14:00",
    ],
)
def test_odd_questions_find_nothing(mara: Actor, client_of: Open, question: str) -> None:
    client = client_of(mara)
    client.post("/api/licenses", json=body_of(mara))
    answer = client.get(f"/api/licenses{question}")
    assert answer.status_code in (200, 422), answer.text[:300]
    assert answer.status_code == 422 or answer.json()["licenses"] == []


def test_a_recording_of_another_work_names_its_field(mara: Actor, client_of: Open) -> None:
    elsewhere = make_recording(mara, "Elsewhere", work_id=make_work(mara, "Elsewhere").id)
    answer = client_of(mara).post("/api/licenses", json=body_of(mara, recordingId=str(elsewhere.id)))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "recordingId")


def test_a_license_of_a_merged_work_goes_to_the_one_that_stayed(
    mara: Actor, curator: Actor, client_of: Open
) -> None:
    kept, gone = make_work(mara, "Kept"), make_work(mara, "Gone")
    client = client_of(mara)
    body = body_of(mara, workId=str(gone.id), territory="FR")
    before = client.post("/api/licenses", json=body).json()["license"]
    with unit_of_work() as uow:
        merge_entities(uow, curator, table=Work, survivor_id=kept.id, merged_id=gone.id)
    moved = client.get(f"/api/licenses/{before['id']}").json()["license"]
    assert moved["workId"] == str(kept.id)
    refused = client.post("/api/licenses", json=body)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/license-conflict")
    made = client.post("/api/licenses", json={**body, "territory": "DE"}).json()["license"]
    assert made["workId"] == str(kept.id)
    changed = client.put(f"/api/licenses/{before['id']}", json={**body, "licensee": "Other"})
    assert (changed.status_code, changed.json()["license"]["licensee"]) == (200, "Other")


def test_what_has_ended_and_who_came_second(mara: Actor, client_of: Open) -> None:
    client, body = client_of(mara), body_of(mara)
    path = f"/api/licenses/{client.post('/api/licenses', json=body).json()['license']['id']}"
    assert client.put(path, json={**body, "licensee": "First", "version": 1}).status_code == 200
    second = client.put(path, json={**body, "licensee": "Second", "version": 1})
    assert (second.status_code, second.json()["type"]) == (409, "/problems/version-conflict")
    assert (second.json()["current"]["version"], second.json()["current"]["licensee"]) == (2, "First")
    client.post(f"{path}/revoke")
    late = client.put(path, json={**body, "licensee": "Late"})
    assert (late.status_code, late.json()["type"]) == (409, "/problems/license-ended")


def test_the_preview_says_what_is_left(mara: Actor, client_of: Open) -> None:
    client = client_of(mara)
    body = body_of(mara, territory="EUROPE - CH")
    client.post("/api/licenses", json=body)

    def ask(territory: str | None) -> Any:
        return client.post("/api/licenses/preview", json={**body, "territory": territory}).json()

    met = ask("CH, FR, US")
    assert (met["takenTerritory"], met["freeTerritory"]) == ("France", "CH, US")
    met = ask(None)
    assert (len(met["conflicts"]), met["freeTerritory"]) == (1, "WORLD - EUROPE + CH")
    free = {**body, "territory": met["freeTerritory"]}
    assert client.post("/api/licenses", json=free).status_code == 201
    met = ask("FR")
    assert (len(met["conflicts"]), met["freeTerritory"]) == (1, None)
    met = ask("CH")
    assert met["takenTerritory"] == "Switzerland"
