"""Files on their way and afterwards: cut uploads, many at once, and how long they are kept."""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from omnisonic.core.imports import service
from omnisonic.core.imports.errors import ImportNotRunning
from omnisonic.core.imports.models import BulkImportJob
from omnisonic.core.imports.retention import FILES_KEPT, UNKNOWN_AFTER
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.ids import new_id, utc_now
from omnisonic.platform.rate_limit import RateLimited
from omnisonic.platform.settings import Settings
from omnisonic.platform.storage import Storage
from workers.maintenance import delete_orphans

from .conftest import HEADER, import_file, look, one, queue_file

GOOD = HEADER + "GBAYC1700598,One,Mara,,,,,\nbad,Two,Mara,,,,,\n"


def end_long_ago(job_id: UUID) -> str:
    with unit_of_work() as uow:
        job = uow.session.get_one(BulkImportJob, job_id)
        job.completed_at = utc_now() - FILES_KEPT - timedelta(hours=1)
        return job.file_key


def test_the_file_of_an_old_import_goes_and_its_report_stays(
    mara: Actor, storage: Storage, client_of: Callable[[Actor], TestClient]
) -> None:
    old, new = import_file(mara, GOOD), import_file(mara, GOOD + "\n")
    key = end_long_ago(old.job_id)
    for _ in range(2):
        delete_orphans()
        assert storage.stat(key) is None
    assert look(mara, old.job_id).file_url is None
    assert look(mara, new.job_id).file_url is not None
    answer = client_of(mara).get(f"/ingest/isrc/bulk/{old.job_id}/errors.csv")
    assert "bad-isrc" in answer.text
    assert queue_file(mara, GOOD).is_repeated


def test_an_import_whose_file_is_gone_cannot_go_on(mara: Actor) -> None:
    job_id = queue_file(mara, GOOD).job_id
    with unit_of_work() as uow:
        service.cancel_job(uow, mara, job_id=job_id)
    end_long_ago(job_id)
    delete_orphans()
    with pytest.raises(ImportNotRunning), unit_of_work() as uow:
        service.resume_job(uow, mara, job_id=job_id)
    assert queue_file(mara, GOOD).job_id != job_id


def test_files_that_no_row_knows_are_removed_once_they_are_old(
    mara: Actor, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = f"imports/{queue_file(mara, GOOD).job_id}/file"
    unknown = f"imports/{new_id()}/file"
    storage.put_stream(unknown, io.BytesIO(b"x"), "text/csv", 10)
    delete_orphans()
    assert storage.stat(unknown) is not None
    later = utc_now() + UNKNOWN_AFTER + timedelta(hours=1)
    monkeypatch.setattr("workers.maintenance.utc_now", lambda: later)
    delete_orphans()
    assert storage.stat(unknown) is None
    assert storage.stat(known) is not None


def test_the_hourly_limit_holds_for_uploads_at_the_same_time(
    mara: Actor, configure: Callable[..., Settings]
) -> None:
    configure(BULK_IMPORT_RATE_LIMIT_PER_HOUR=3)

    def start(number: int) -> bool:
        try:
            queue_file(mara, GOOD + "\n" * number)
        except RateLimited:
            return False
        return True

    with ThreadPoolExecutor(max_workers=8) as pool:
        answers = list(pool.map(start, range(12)))
    assert sum(answers) == 3
    assert one("SELECT count(*) FROM bulk_import_jobs") == 3


def test_one_file_sent_many_times_at_once_is_one_import(mara: Actor) -> None:
    with ThreadPoolExecutor(max_workers=8) as pool:
        found = {started.job_id for started in pool.map(lambda _: queue_file(mara, GOOD), range(8))}
    assert len(found) == 1
    assert one("SELECT count(*) FROM bulk_import_jobs") == 1


@pytest.mark.parametrize("kept", [30, 120, 190])
def test_an_upload_that_breaks_off_imports_nothing(
    mara: Actor, client_of: Callable[[Actor], TestClient], kept: int
) -> None:
    head = '--cut\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    body = (head + GOOD * 3 + "\r\n--cut--\r\n").encode()[:kept]
    kind = {"Content-Type": "multipart/form-data; boundary=cut"}
    answer = client_of(mara).post("/ingest/isrc/bulk", content=body, headers=kind)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert one("SELECT count(*) FROM bulk_import_jobs") == 0
