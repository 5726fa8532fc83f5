"""Files in parts: completed once whoever calls, never inside a transaction, and gone when aborted."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import psycopg2
import pytest
from sqlmodel import select

from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.ids import utc_now
from omnisonic.platform.models import IdempotencyRecord, OutboxMessage
from omnisonic.platform.storage import get_storage
from omnisonic.studio.uploads import multipart
from omnisonic.studio.uploads.models import MultipartUpload, Upload
from tests.conftest import Servers
from tests.integration.studio.conftest import Person, sine_wav

RunJobs = Callable[[], int]
CONTENT = sine_wav(seconds=0.2)
DESCRIBED = {"fileName": "take.wav", "fileSize": len(CONTENT), "mimeType": "audio/wav"}


def begin(person: Person, content: bytes = CONTENT, **fields: Any) -> str:
    """Announce a file and send its only part; the path of the upload in parts."""
    begun = person.post("/api/upload/multipart", DESCRIBED | {"fileSize": len(content)} | fields).json()
    send(person, begun["parts"][0]["url"], content)
    return f"/api/upload/multipart/{begun['id']}"


def send(person: Person, url: str, content: bytes) -> None:
    path = url.split("://", 1)[1].split("/", 1)[1]
    assert person.client.put(f"/{path}", content=content).status_code == 200


def stored() -> list[str]:
    return [found.key for found in get_storage().list("")]


def count(table: type[Any]) -> int:
    with read_session() as session:
        return len(list(session.exec(select(table))))


@pytest.fixture
def while_reading(storage: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Do something once, at the moment when the joined bytes are read."""

    def install(act: Callable[[], object]) -> None:
        read = storage.read
        pending = [act]

        def hooked(key: str, *place: int) -> Iterator[bytes]:
            if pending:
                pending.pop()()
            return read(key, *place)

        monkeypatch.setattr(storage, "read", hooked)

    return install


def test_no_transaction_waits_for_the_store(
    mara: Person, servers: Servers, while_reading: Callable[[Callable[[], object]], None]
) -> None:
    path = begin(mara)
    open_transactions: list[int] = []

    def look() -> None:
        with psycopg2.connect(servers.admin_url) as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
                " AND application_name = 'omnisonic'"
            )
            open_transactions.append(cursor.fetchone()[0])  # type: ignore[index]

    while_reading(look)
    assert mara.post(f"{path}/complete").status_code == 200
    assert open_transactions == [0]


def test_completions_at_the_same_time_make_one_upload(mara: Person, run_jobs: RunJobs) -> None:
    path = begin(mara)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: mara.post(f"{path}/complete"), range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["upload"]["id"] for answer in answers}) == 1
    assert (count(Upload), count(MultipartUpload), count(OutboxMessage)) == (1, 0, 1)
    run_jobs()
    assert mara.get(answers[0].json()["url"]).json()["upload"]["status"] == "ready"


def test_a_completion_overtaken_by_another_answers_the_same_upload(
    mara: Person, run_jobs: RunJobs, while_reading: Callable[[Callable[[], object]], None]
) -> None:
    path = begin(mara)
    overtaking: list[int] = []

    def overtake() -> None:
        with unit_of_work() as uow:  # the claim ran out
            uow.session.exec(select(MultipartUpload)).one().claimed_until = utc_now()
        overtaking.append(mara.post(f"{path}/complete").status_code)

    while_reading(overtake)
    assert mara.post(f"{path}/complete").status_code == 200
    assert overtaking == [200]
    assert (count(Upload), count(OutboxMessage)) == (1, 1)
    run_jobs()
    assert mara.get(f"/api/upload/{path.rsplit('/', 1)[1]}").json()["upload"]["status"] == "ready"


def test_an_upload_aborted_while_it_is_completed_leaves_nothing(
    mara: Person, run_jobs: RunJobs, while_reading: Callable[[Callable[[], object]], None]
) -> None:
    path = begin(mara)
    while_reading(lambda: mara.delete(path))
    assert mara.post(f"{path}/complete").status_code == 404
    run_jobs()
    assert (stored(), count(Upload), count(MultipartUpload)) == ([], 0, 0)


def test_while_one_completes_the_others_are_asked_to_wait(
    mara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = begin(mara)
    monkeypatch.setattr(multipart, "CLAIM_PATIENCE_S", 0.0)
    with unit_of_work() as uow:
        uow.session.exec(select(MultipartUpload)).one().claimed_until = utc_now() + timedelta(days=3)
    waiting = mara.post(f"{path}/complete")
    assert (waiting.status_code, waiting.json()["type"]) == (503, "/problems/busy")
    assert int(waiting.headers["Retry-After"]) > 0
    with unit_of_work() as uow:
        assert multipart.abort_abandoned(uow, now=utc_now() + timedelta(days=2)) == 0
        assert multipart.abort_abandoned(uow, now=utc_now() + timedelta(days=4)) == 1


def test_a_failed_completion_frees_the_row(mara: Person) -> None:
    begun = mara.post("/api/upload/multipart", DESCRIBED).json()
    path = f"/api/upload/multipart/{begun['id']}/complete"
    for _ in range(2):
        assert mara.post(path).json()["type"] == "/problems/upload-incomplete"
    send(mara, begun["parts"][0]["url"], CONTENT)
    assert mara.post(path).status_code == 200


@pytest.mark.parametrize(
    ("content", "announced", "slug"),
    [
        (CONTENT, hashlib.sha256(b"other").hexdigest(), "upload-differs"),
        (b"<!doctype html>" + bytes(100), None, "upload-type-refused"),
    ],
)
def test_wrong_bytes_are_refused_and_removed(
    mara: Person, run_jobs: RunJobs, content: bytes, announced: str | None, slug: str
) -> None:
    path = begin(mara, content, sha256=announced)
    assert mara.post(f"{path}/complete").json()["type"] == f"/problems/{slug}"
    assert mara.get(path).status_code == 404
    run_jobs()
    assert (stored(), count(Upload)) == ([], 0)


def test_parts_of_an_aborted_upload_are_removed(mara: Person, run_jobs: RunJobs) -> None:
    path = begin(mara)
    with read_session() as session:
        row = session.exec(select(MultipartUpload)).one()
    mara.delete(path)
    run_jobs()
    with pytest.raises(Exception, match="nothing here"):
        get_storage().list_parts(f"uploads/{row.id}/original", row.storage_upload_id)


def test_a_repeated_announcement_has_fresh_links_and_none_are_kept(mara: Person) -> None:
    headers = {"Idempotency-Key": "take-1"}

    def announce() -> dict[str, Any]:
        answer = mara.client.post("/api/upload/multipart", json=DESCRIBED, headers=headers)
        assert answer.status_code == 201
        body: dict[str, Any] = answer.json()
        return body

    first = announce()
    send(mara, first["parts"][0]["url"], CONTENT)
    again = announce()
    assert (again["id"], again["received"], len(again["parts"])) == (first["id"], [1], 1)
    with read_session() as session:
        assert session.exec(select(IdempotencyRecord)).one().body == {"id": first["id"]}
    assert count(MultipartUpload) == 1
    assert mara.post(f"/api/upload/multipart/{first['id']}/complete").status_code == 200
    ended = announce()
    assert (ended["id"], ended["parts"]) == (first["id"], [])
