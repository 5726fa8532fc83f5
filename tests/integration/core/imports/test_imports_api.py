"""The addresses that partners use: shapes, refusals, errors as a file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from omnisonic.core.imports.models import ImportStatus
from omnisonic.platform.actor import Actor, Scope
from omnisonic.platform.auth.tokens import create_token
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.settings import Settings
from tests.rest import rest_api

from .conftest import HEADER, one, rows, run_jobs

RECORD = {"isrc": "GBAYC1700598", "title": "Northern Lights", "artist": "Mara Lind", "duration": 215.4,
          "released_at": "2001-05-17", "genre": "Pop"}  # fmt: skip


def token_of(actor: Actor, *scopes: Scope) -> dict[str, str]:
    with unit_of_work() as uow:
        _, secret = create_token(uow, actor, name="partner", scopes=frozenset(scopes))
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
def client(mara: Actor) -> Iterator[TestClient]:
    """A partner's program with a token of Mara's."""
    with TestClient(rest_api(), headers=token_of(mara, Scope.INGEST)) as made:
        yield made


def upload(client: TestClient, content: str | bytes, name: str = "catalog.csv", **fields: str) -> Any:
    raw = content.encode() if isinstance(content, str) else content
    return client.post("/ingest/isrc/bulk", files={"file": (name, raw)}, data=fields)


def test_a_few_rows_are_taken_at_once(client: TestClient) -> None:
    bad = {"isrc": "x", "title": "Lost", "artist": "Nobody"}
    answer = client.post("/ingest/isrc", json=[RECORD, bad])
    assert answer.status_code == 200
    assert {key: answer.json()[key] for key in ("accepted", "rejected")} == {"accepted": 1, "rejected": 1}
    assert [(one["row"], one["column"], one["code"]) for one in answer.json()["errors"]] == [
        (2, "isrc", "bad-isrc")
    ]
    assert rows("SELECT isrc, duration_ms, released_on::text, genres FROM recordings") == [
        ("GBAYC1700598", 215400, "2001-05-17", ["Pop"])
    ]
    run_jobs("workers.imports.index_import")
    assert one("SELECT count(*) FROM catalog_search") == 2
    assert one("SELECT count(*) FROM bulk_import_jobs") == 0


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", json.dumps({"records": [RECORD]})),
        ("text/csv; charset=utf-8", HEADER + "GBAYC1700598,Northern Lights,Mara Lind,215,2001,,,\n"),
        ("application/x-ndjson", json.dumps(RECORD) + "\n"),
    ],
)
def test_rows_come_as_csv_json_or_lines(client: TestClient, kind: str, body: str) -> None:
    for _ in range(2):  # the connection is left as it was
        answer = client.post("/ingest/isrc", content=body, headers={"Content-Type": kind})
        assert answer.json()["accepted"] == 1


def test_no_good_row_is_an_error_that_names_each(client: TestClient) -> None:
    answer = client.post("/ingest/isrc", json=[{"isrc": "x", "title": "A", "artist": "B"}])
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/import-all-rejected"
    assert answer.json()["errors"][0]["field"] == "1.isrc"
    assert answer.json()["current"]["rejected"] == 1
    assert client.post("/ingest/isrc", json=[RECORD]).status_code == 200


def test_more_than_a_thousand_rows_belong_to_bulk(client: TestClient) -> None:
    many = [{**RECORD, "isrc": f"GBAYC17{n:05}"} for n in range(1001)]
    assert client.post("/ingest/isrc", json=many).status_code == 413
    answer = client.post("/ingest/isrc", json=many[:1000])
    assert answer.json()["accepted"] == 1000


def test_a_key_answers_a_repeated_request_with_its_first_answer(client: TestClient) -> None:
    key = {"Idempotency-Key": "one"}
    first = client.post("/ingest/isrc", json=[RECORD], headers=key)
    assert client.post("/ingest/isrc", json=[RECORD], headers=key).json() == first.json()
    assert one("SELECT count(*) FROM provenance WHERE entity_type = 'recording'") == 1
    assert client.post("/ingest/isrc", json=[RECORD] * 2, headers=key).status_code == 409


def test_a_file_is_queued_done_and_explained(client: TestClient, mara: Actor) -> None:
    content = HEADER + "GBAYC1700598,One,Mara,,,,,\nbad,=HYPERLINK(1),Mara,,,,,\n"
    started = upload(client, content)
    assert started.status_code == 202
    assert started.json()["status"] == "pending"
    address = f"/ingest/isrc/bulk/{started.json()['jobId']}"
    run_jobs("workers.imports.import_file")
    job = client.get(address).json()
    assert job["status"] == ImportStatus.COMPLETED
    assert (job["totalRecords"], job["processedRecords"]) == (2, 2)
    assert (job["acceptedRecords"], job["rejectedRecords"]) == (1, 1)
    assert job["userId"] == str(mara.user_id)
    assert [issue["code"] for issue in job["errors"]] == ["bad-isrc"]
    assert client.get("/ingest/isrc/bulk").json()["imports"][0]["jobId"] == job["jobId"]
    again = upload(client, content).json()
    assert (again["jobId"], again["isRepeated"]) == (job["jobId"], True)
    assert client.post(f"{address}/cancel").status_code == 409


def test_the_errors_file_calculates_nothing(client: TestClient) -> None:
    started = upload(client, "title,isrc,artist\n=1+1,bad,Mara\nB,GBAYC1700598,Mara\n")
    run_jobs("workers.imports.import_file")
    answer = client.get(f"/ingest/isrc/bulk/{started.json()['jobId']}/errors.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="catalog-errors.csv"'
    lines = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))
    assert lines[0] == ["row", "column", "kind", "code", "message", "raw"]
    assert lines[1][:4] == ["2", "isrc", "error", "bad-isrc"]
    assert lines[1][5] == "'=1+1 | bad | Mara"
    assert len(lines) == 2


def test_a_preview_says_what_the_columns_are_taken_for(client: TestClient) -> None:
    content = (
        "ISRC Code;Track Title;Artist Name(s);Length (mm:ss);Release Date;Primary Genre;Label\n"
        "GB-AYC-17-00598;Northern Lights;Mara Lind;3:35;17/05/2001;Pop;X\nbad;Lost;Mara;3:3x;;;\n"
    )
    found = client.post("/ingest/isrc/bulk/preview", files={"file": ("c.csv", content.encode())}).json()
    assert (found["format"], found["encoding"], found["delimiter"]) == ("csv", "utf-8", ";")
    assert [column["field"] for column in found["columns"]] == [
        "isrc", "title", "artist", "duration", "released_at", "genre", None,
    ]  # fmt: skip
    assert found["columns"][1]["samples"] == ["Northern Lights", "Lost"]
    assert (found["missing"], found["acceptedSample"], found["rejectedSample"]) == ([], 1, 1)
    assert one("SELECT count(*) FROM bulk_import_jobs") == 0


def test_a_waiting_import_can_be_canceled_and_resumed(client: TestClient) -> None:
    address = "/ingest/isrc/bulk/" + upload(client, HEADER + "GBAYC1700598,One,Mara,,,,,\n").json()["jobId"]
    assert client.post(f"{address}/cancel").json()["status"] == "canceled"
    run_jobs("workers.imports.import_file")
    assert one("SELECT count(*) FROM recordings") == 0
    assert client.post(f"{address}/resume").json()["status"] == "pending"
    run_jobs("workers.imports.import_file")
    assert client.get(address).json()["acceptedRecords"] == 1
    assert client.post(f"{address}/resume").status_code == 409


@pytest.mark.parametrize(
    ("content", "name", "status", "slug"),
    [
        (b"PK\x03\x04rest", "a.xlsx", 415, "import-not-text"),
        (b"", "a.csv", 422, "import-empty"),
        (b"\x00" * 1000, "a.csv", 422, "import-empty"),
        (b"\x00\x01\x02" * 1000, "a.csv", 415, "import-not-text"),
        (b"Wer;Was\na;b\n", "a.csv", 422, "import-columns"),
        (b'{"x": 1, "records": 5}', "a.json", 422, "import-broken"),
        (b'{"x": ', "a.json", 422, "import-broken"),
        (b"x" * (1024 * 1024 + 1), "a.csv", 413, "import-too-large"),
    ],
)
def test_files_that_cannot_be_imported_are_refused_with_a_reason(
    client: TestClient,
    configure: Callable[..., Settings],
    content: bytes,
    name: str,
    status: int,
    slug: str,
) -> None:
    configure(BULK_IMPORT_MAX_FILE_SIZE_MB=1)
    answer = upload(client, content, name)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}")
    assert one("SELECT count(*) FROM bulk_import_jobs") == 0


@pytest.mark.parametrize("mapping", ["nope", "[1]", '{"isrc": {"a": 1}}', '{"isrc": "no such column"}'])
def test_a_mapping_that_cannot_be_is_refused(client: TestClient, mapping: str) -> None:
    assert upload(client, HEADER + "a,b,c\n", mapping=mapping).status_code == 422


def test_a_token_needs_the_scope_and_strangers_find_nothing(client: TestClient, teo: Actor) -> None:
    started = upload(client, HEADER + "GBAYC1700598,One,Mara,,,,,\n").json()
    address = f"/ingest/isrc/bulk/{started['jobId']}"
    with TestClient(rest_api(), headers=token_of(teo, Scope.INGEST)) as stranger:
        assert stranger.get(address).status_code == 404
        assert stranger.get(f"{address}/errors.csv").status_code == 404
        assert stranger.post(f"{address}/cancel").status_code == 404
        assert stranger.post(f"{address}/resume").status_code == 404
    with TestClient(rest_api(), headers=token_of(teo, Scope.STUDIO)) as other:
        assert other.post("/ingest/isrc", json=[RECORD]).status_code == 403
    with TestClient(rest_api()) as nobody:
        assert nobody.post("/ingest/isrc", json=[RECORD]).status_code == 401
