"""Usage statements: the good rows booked, the bad ones listed, the whole taken back once."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from omnisonic.core.royalties import usage_lifecycle
from omnisonic.core.royalties.models import Cycle, CycleStatus
from omnisonic.core.royalties.usage_reversals import cycles_of_statement
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.storage import get_storage
from tests.integration.core.royalties.books import NANO, balances, count, make_song, owed
from workers.usage import book_statement

HEADER = "ISRC,Title,Artist,Country of Sale,Period,Streams,Net Revenue (EUR)\n"
GOOD = [
    "GB-AYC-17-00598,Northern Lights,Mara,DE,2026-03,1200,6.00000000000001",
    "GBAYC1700598,Northern Lights,Mara,WW,2026-03-01/2026-03-31,10,4",
    "USWB11700001,Fog,Teo,FRA,2026-03,1,0.5",
]
BAD = [
    "GBAYC1700598,Northern Lights,Mara,DE,2026-03,-1,-4",
    "GBAYC1700598,Northern Lights,Mara,Atlantis,2026-13,1,1e3",
    'GBAYC17,Northern Lights,Mara,DE,2026-03,1.5,"1,5"',
    "=Total,,,,,,10.5",
]


@pytest.fixture
def post(
    client_of: Callable[[Actor], TestClient], storage: object
) -> Callable[..., tuple[int, dict[str, Any]]]:
    def send(actor: Actor, body: str, source: str = "Streamly") -> tuple[int, dict[str, Any]]:
        answer = client_of(actor).post(
            "/api/usage",
            params={"source": source},
            content=body.encode(),
            headers={"Content-Type": "text/csv"},
        )
        return answer.status_code, answer.json()

    return send


def test_a_statement_is_booked_listed_and_taken_back(
    curator: Actor,
    mara: Actor,
    client_of: Callable[[Actor], TestClient],
    post: Callable[..., tuple[int, dict[str, Any]]],
) -> None:
    song = make_song(curator)
    body = "Royalty report\n\n" + HEADER + "\n".join(GOOD + BAD) + "\n"
    status, started = post(curator, body)
    assert (status, started["status"], started["isRepeated"]) == (202, "pending", False)
    assert post(curator, body)[1] == started | {"isRepeated": True}
    assert post(mara, body)[0] == 403
    book_statement(started["id"])
    book_statement(started["id"])  # a job that comes twice finds nothing to do

    client = client_of(curator)
    view = client.get(f"/api/usage/{started['id']}").json()
    assert (view["status"], view["rowsAccepted"], view["rowsRejected"], view["rowsUnmatched"]) == (
        "completed",
        3,
        4,
        1,
    )
    assert view["totals"] == [{"amount": str(10 * NANO + NANO // 2), "scale": 9, "currency": "EUR"}]
    assert {(one["row"], one["column"], one["code"]) for one in view["errors"]} >= {
        (7, "Streams", "not-a-number"),
        (7, "Net Revenue (EUR)", "negative"),
        (8, "Country of Sale", "unknown-territory"),
        (8, "Period", "bad-period"),
        (8, "Net Revenue (EUR)", "spreadsheet-damage"),
        (9, "ISRC", "bad-isrc"),
        (9, "Net Revenue (EUR)", "separators"),
    }
    listed = list(csv.reader(io.StringIO(client.get(f"/api/usage/{started['id']}/errors.csv").text)))
    assert listed[0] == ["row", "column", "code", "message", "raw"]
    assert listed[-1][4].startswith("'=Total")
    assert sum(owed(song).values()) == 10 * NANO
    assert client.get("/api/usage").json()["usage"][0]["id"] == started["id"]

    (waiting,) = client.get("/api/matching", params={"status": "open"}).json()["matching"]
    matched = client.post(
        f"/api/matching/{waiting['id']}/confirm", json={"recordingId": str(song.recording.id)}
    )
    assert matched.json()["release"]["events"] == 1
    with read_session() as session:
        assert [one.is_closed for one in cycles_of_statement(session, UUID(started["id"]))] == [False]
    reversed_now = client.post(f"/api/usage/{started['id']}/reverse").json()
    with read_session() as session:
        assert cycles_of_statement(session, UUID(started["id"])) == []
    assert (reversed_now["usage"]["status"], reversed_now["journals"]) == ("reversed", 4)
    assert balances() == {}
    assert (
        client.post(f"/api/usage/{started['id']}/reverse").json()["type"] == "/problems/usage-statement-state"
    )
    with unit_of_work() as uow:
        uow.session.exec(select(Cycle)).one().status = CycleStatus.CLOSED
    started = post(curator, body)[1]
    assert started["isRepeated"] is False
    book_statement(started["id"])
    view = client.get(f"/api/usage/{started['id']}").json()
    assert (view["rowsAccepted"], view["rowsMoved"]) == (3, 3)


def test_a_killed_job_goes_on_after_the_rows_that_are_booked(
    curator: Actor,
    post: Callable[..., tuple[int, dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    song = make_song(curator)
    monkeypatch.setattr(usage_lifecycle, "BATCH_MAX", 2)
    _, started = post(curator, HEADER + "\n".join(GOOD[:2] * 3))

    def book_then_stop() -> None:
        if count("royalty_events") == 4:
            raise RuntimeError("killed")

    claim = usage_lifecycle.claim_statement(statement_id=UUID(started["id"]))
    assert claim is not None
    path = tmp_path / "file"
    get_storage().download(claim.storage_key, path)
    with pytest.raises(RuntimeError):
        usage_lifecycle.book_file(claim, path, book_then_stop)
    usage_lifecycle.release_statement(claim, is_fault=True)
    book_statement(started["id"])
    assert count("royalty_events") == 6
    assert sum(owed(song).values()) == 30 * NANO


@pytest.mark.parametrize(
    ("body", "slug"),
    [
        ("", "import-empty"),
        ("isrc,quantity,amount\nGBAYC1700598,1,1\n", "usage-columns"),
        (HEADER, "usage-columns"),
        ('[{"isrc":"GBAYC1700598"}]', "import-not-text"),
    ],
)
def test_a_file_that_is_no_statement_is_refused_at_once(
    curator: Actor, post: Callable[..., tuple[int, dict[str, Any]]], body: str, slug: str
) -> None:
    assert post(curator, body)[1]["type"] == f"/problems/{slug}"
    assert count("usage_statements") == 0
