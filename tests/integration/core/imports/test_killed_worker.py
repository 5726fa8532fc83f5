"""A worker killed half-way: the next one goes on, and the graph has every row exactly once."""

from __future__ import annotations

import os
import signal

import pytest

from omnisonic.core.imports import merging
from omnisonic.core.imports.lifecycle import requeue_stale_imports
from omnisonic.core.imports.models import BulkImportJob, ImportStatus
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.ids import utc_now
from tests.programs import running
from tests.waiting import wait_until
from workers import imports as jobs

from .conftest import HEADER, look, one, queue_file, rows

ROWS, CHUNK = 3000, 100
# A real process; chunks are small so that there are many, and it stops itself after the fourth.
WORKER = f"""
import os, signal
from omnisonic.core.imports import lifecycle, merging
merging.CHUNK_ROWS = {CHUNK}
chunks = []
record = lifecycle.record_chunk
def stop_in_the_fifth(*args, **values):
    chunks.append(1)
    record(*args, **values)
    if len(chunks) == 5:
        os.kill(os.getpid(), signal.SIGSTOP)
lifecycle.record_chunk = stop_in_the_fifth
from workers.imports import import_file
import_file("JOB")
"""


def content() -> str:
    lines = [f"GBAYC00{n:05},Song {n},{n % 70} Lights feat. {n % 9} Moons,,,,,\n" for n in range(ROWS)]
    lines[500] = "bad,Song,Artist,,,,,\n"
    lines[2900] = lines[0]
    return HEADER + "".join(lines)


def stopped(pid: int) -> bool:
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()[0] == "T"


def test_kill_9_half_way_then_every_row_once(mara: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "CHUNK_ROWS", CHUNK)
    job_id = queue_file(mara, content()).job_id
    with running(WORKER.replace("JOB", str(job_id))) as worker:
        wait_until(lambda: stopped(worker.pid))
        os.kill(worker.pid, signal.SIGKILL)
    half = look(mara, job_id)
    assert half.status is ImportStatus.PROCESSING
    assert (half.accepted_records, half.rejected_records, half.total_records) == (4 * CHUNK - 1, 2, ROWS)
    jobs.import_file(str(job_id))  # nobody else may take it before it is found dead
    assert look(mara, job_id).accepted_records == 4 * CHUNK - 1

    with unit_of_work() as uow:
        row = uow.session.get_one(BulkImportJob, job_id)
        row.heartbeat_at = row.created_at.replace(year=2020)
    with unit_of_work() as uow:
        assert requeue_stale_imports(uow, now=utc_now(), stale_after_s=30) == 1
    jobs.import_file(str(job_id))

    done = look(mara, job_id)
    assert done.status is ImportStatus.COMPLETED
    assert (done.accepted_records, done.rejected_records) == (ROWS - 2, 2)
    assert [(issue.row, issue.code) for issue in done.errors] == [(502, "bad-isrc"), (2902, "duplicate-row")]
    assert one("SELECT count(*) FROM recordings") == ROWS - 2
    assert one("SELECT count(*) FROM recording_credits") == 2 * (ROWS - 2)
    assert one("SELECT count(*) FROM contributors") == 79
    assert rows("SELECT entity_type, count(*) FROM provenance GROUP BY 1 ORDER BY 1") == [
        ("contributor", 79),
        ("recording", ROWS - 2),
    ]
    assert one("SELECT max(version) FROM recordings") == 1


def test_a_cancel_stops_between_two_parts_and_a_resume_ends_it(
    mara: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from omnisonic.core.imports import lifecycle, service

    monkeypatch.setattr(merging, "CHUNK_ROWS", CHUNK)
    monkeypatch.setattr("workers.runtime.BEAT_EVERY_S", 0.01)
    record = lifecycle.record_chunk
    job_id = queue_file(mara, content()).job_id

    def cancel_in_the_third(uow: object, **values: object) -> None:
        record(uow, **values)  # type: ignore[arg-type]
        if values["number"] == 2:
            uow.session.get_one(BulkImportJob, job_id).cancel_requested_at = utc_now()  # type: ignore[attr-defined]

    checks = iter(range(10_000))
    monkeypatch.setattr(lifecycle, "record_chunk", cancel_in_the_third)
    from workers.runtime import RowHeartbeat

    check = RowHeartbeat.check

    def look_first(self: RowHeartbeat) -> None:
        next(checks)
        self._beat_once()
        check(self)

    monkeypatch.setattr(RowHeartbeat, "check", look_first)
    jobs.import_file(str(job_id))
    canceled = look(mara, job_id)
    assert (canceled.status, canceled.accepted_records) == (ImportStatus.CANCELED, 3 * CHUNK - 1)
    monkeypatch.setattr(lifecycle, "record_chunk", record)
    with unit_of_work() as uow:
        service.resume_job(uow, mara, job_id=job_id)
    jobs.import_file(str(job_id))
    done = look(mara, job_id)
    assert (done.status, done.accepted_records) == (ImportStatus.COMPLETED, ROWS - 2)
    assert one("SELECT count(*) FROM recordings") == ROWS - 2
