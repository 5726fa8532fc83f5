"""Exports, the feed of changes, and search over HTTP."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from omnisonic.core.catalog import exports, provenance, works
from omnisonic.core.catalog.models import EntityKind
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork, unit_of_work, write_engine
from omnisonic.platform.errors import InvalidFields
from tests.integration.core.conftest import (
    ISRC,
    ISWC,
    make_contributor,
    make_recording,
    make_work,
    set_shares,
    share,
)


@pytest.fixture
def client(mara: Actor, client_of: Callable[[Actor], TestClient]) -> TestClient:
    """Mara's browser."""
    return client_of(mara)


def rows_of(client: TestClient, path: str) -> list[dict[str, str]]:
    response = client.get(path)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(response.text)))


def test_works_as_csv_name_their_shares_and_run_nothing(client: TestClient, mara: Actor) -> None:
    work = make_work(mara, "=HYPERLINK(1)", iswc=ISWC, genres=["Pop", "Folk"])
    set_shares(mara, work, share(make_contributor(mara, "Benny"), 500_000))
    (row,) = rows_of(client, "/api/catalog/works.csv")
    assert (row["title"], row["iswc"], row["genre"]) == ("'=HYPERLINK(1)", "T0345246801", "Pop; Folk")
    assert (row["contributors"], row["hasConflict"]) == ("Benny (composer 50 %)", "false")


def test_works_as_json_lines(client: TestClient, mara: Actor) -> None:
    work = make_work(mara, iswc=ISWC)
    (line,) = client.get("/api/catalog/works.jsonl").text.splitlines()
    record = json.loads(line)
    assert (record["id"], record["title"], record["contributions"]) == (str(work.id), "Northern Lights", [])
    assert record["identifiers"] == [{"scheme": "iswc", "value": "T0345246801", "status": "preferred"}]


def test_recordings_have_the_columns_of_an_import(client: TestClient, mara: Actor) -> None:
    work = make_work(mara, "The Work", iswc=ISWC)
    make_recording(
        mara,
        "Live Take",
        artist="Mara feat. Teo",
        isrc=ISRC,
        work_id=work.id,
        duration_ms=215_500,
        released_on=date(2026, 1, 2),
    )
    (row,) = rows_of(client, "/api/catalog/recordings.csv")
    assert [row[name] for name in ("isrc", "title", "artist", "duration", "released_at", "iswc", "work")] == [
        *("GBAYC1700598", "Live Take", "Mara feat. Teo", "215.5", "2026-01-02", "T0345246801", "The Work")
    ]
    record = json.loads(client.get("/api/catalog/recordings.jsonl").text)
    assert [one["creditedAs"] for one in record["credits"]] == ["Mara", "Teo"]


def test_a_file_holds_every_row_and_obeys_the_filter(
    client: TestClient, mara: Actor, teo: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "ROWS_PER_READ", 2)
    for number in range(5):
        make_work(mara, f"Song {number}")
    make_work(teo, "Other")
    assert len(rows_of(client, "/api/catalog/works.csv")) == 6
    assert len(rows_of(client, "/api/catalog/works.csv?mine=true&search=song")) == 5


@pytest.mark.parametrize(
    "path",
    [
        *("/api/catalog/works.csv", "/api/catalog/works.jsonl", "/api/catalog/recordings.csv"),
        *("/api/catalog/recordings.jsonl", "/api/catalog/changes", "/api/search?q=x"),
    ],
)
def test_nothing_is_shown_without_signing_in(client: TestClient, path: str) -> None:
    client.cookies.clear()
    assert client.get(path).status_code == 401


def changes(client: TestClient, since: str | None = None, limit: int = 100) -> tuple[list[Any], str]:
    parameters: dict[str, Any] = {"limit": limit, **({"since": since} if since else {})}
    response = client.get("/api/catalog/changes", params=parameters)
    assert response.status_code == 200, response.text
    return response.json()["changes"], response.json()["nextCursor"]


def test_the_feed_continues_where_it_stopped(client: TestClient, mara: Actor) -> None:
    ids = [str(make_work(mara, f"Song {number}").id) for number in range(3)]
    first, cursor = changes(client, limit=2)
    rest, end = changes(client, cursor)
    assert [row["entityId"] for row in [*first, *rest]] == ids
    assert changes(client, end) == ([], end)
    set_shares(mara, make_work(mara), share(make_contributor(mara), 1_000_000))
    assert [row["action"] for row in changes(client, end)[0]] == ["created", "created", "shares-set"]


def test_a_late_commit_is_not_skipped(client: TestClient, mara: Actor) -> None:
    with Session(write_engine(), expire_on_commit=False) as slow:
        uow = UnitOfWork(slow)
        provenance.record(uow, mara, kind=EntityKind.WORK, entity_id=mara.user_id, action="slow")
        slow.flush()
        quick = make_work(mara)  # begins later, commits earlier
        seen, cursor = changes(client)
        assert seen == []
        slow.commit()
    assert [row["action"] for row in changes(client, cursor)[0]] == ["slow", "created"]
    assert changes(client, cursor)[0][1]["entityId"] == str(quick.id)


@pytest.mark.parametrize("since", ["x", "AAAA", "é", "=" * 10, "f" * 64])
def test_a_made_up_cursor_is_refused(client: TestClient, since: str) -> None:
    assert client.get("/api/catalog/changes", params={"since": since}).status_code == 422


def test_a_refused_change_leaves_no_history(client: TestClient, mara: Actor) -> None:
    with suppress(InvalidFields), unit_of_work() as uow:
        works.create_work(uow, mara, title="Never")
        works.create_work(uow, mara, title="")
    assert changes(client)[0] == []


def test_one_search_finds_works_recordings_contributors_and_sessions(client: TestClient, mara: Actor) -> None:
    work = make_work(mara, "Nórthern Lights", iswc=ISWC)
    set_shares(mara, work, share(make_contributor(mara, "Benny"), 1_000_000))
    make_recording(mara, "Northern Lights (Live)", artist="North", isrc=ISRC)
    client.post("/api/sessions", json={"name": "Northern Lights mix"})
    found = client.get("/api/search", params={"q": "northern lights"}).json()
    assert found["works"] == [
        {
            "id": str(work.id),
            "kind": "work",
            "title": "Nórthern Lights",
            "detail": "Benny",
            "identifier": "T-034.524.680-1",
        }
    ]
    assert [row["identifier"] for row in found["recordings"]] == ["GB-AYC-17-00598"]
    assert [row["title"] for row in found["sessions"]] == ["Northern Lights mix"]
    assert [row["title"] for row in client.get("/api/search?q=north").json()["contributors"]] == ["North"]


def test_anothers_session_is_not_found(client: TestClient, teo: Actor, client_of: Any) -> None:
    client_of(teo).post("/api/sessions", json={"name": "Northern Lights mix"})
    assert client.get("/api/search?q=northern").json()["sessions"] == []


@pytest.mark.parametrize("query", ["", "x" * 201])
def test_a_query_has_limits(client: TestClient, query: str) -> None:
    assert client.get("/api/search", params={"q": query}).status_code == 422


@pytest.mark.parametrize("query", ["%00", "%", "'", "a & b | !", "\\"])
def test_no_query_is_a_crash(client: TestClient, query: str) -> None:
    assert client.get(f"/api/search?q={query}").status_code in (200, 422)
