"""`import`: a catalog file through the real worker code, against COPY and merge, and mutations."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from statistics import median
from uuid import UUID

import psycopg2

from bench.catalogs import write_catalog
from bench.peers.copy_and_merge import copy_and_merge
from bench.report import Figure
from bench.servers import own_servers
from omnisonic.core.catalog.recordings import upsert_recording
from omnisonic.core.catalog.schemas import RecordingDraft
from omnisonic.core.imports import service
from omnisonic.core.imports.models import ImportStatus
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.models import User
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.settings import get_settings

MUTATIONS = 300
EMPTIED = (
    "recording_credits, recordings, contributors, works, provenance, import_errors, bulk_import_jobs, outbox"
)
# As a worker has it: modules loaded, then one job. Prints seconds and the peak of its memory in kB.
WORKER = """
import resource, sys, time
from workers.imports import import_file
started_s = time.perf_counter()
import_file(sys.argv[1])
print(time.perf_counter() - started_s, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def run(quick: bool) -> list[Figure]:
    """Time, memory and the price of one row at a time."""
    rows, rounds = (100_000, 2) if quick else (1_000_000, 1)
    with own_servers() as servers, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalog.csv"
        bad = write_catalog(path, rows)
        actor = _account()
        ours, theirs, memory_mb = [], [], 0.0
        for _ in range(rounds):
            _empty(servers.admin_url)
            seconds, peak_mb = _import(actor, path, rows, bad)
            ours.append(seconds)
            memory_mb = max(memory_mb, peak_mb)
            _empty(servers.admin_url)
            url = get_settings().database_url
            assert url is not None
            theirs.append(copy_and_merge(url.get_secret_value(), path, actor.user_id))
        _empty(servers.admin_url)
        row_s = _mutate(actor)
    return [
        Figure("import", "import_s", "copy_and_merge", median(ours), median(theirs), "s", False),
        Figure("import", "import_s", "row_mutations", median(ours), row_s * rows, "s", False),
        Figure("import", "peak_rss_mb", "-", memory_mb, None, "MB", False),
    ]


def _import(actor: Actor, path: Path, rows: int, bad: int) -> tuple[float, float]:
    with (
        service.arrive(io.BytesIO(path.read_bytes()), file_name=path.name) as arrived,
        unit_of_work() as uow,
    ):
        started = service.start_import(uow, actor, arrived=arrived, chosen=None)
    command = [sys.executable, "-c", WORKER, str(started.job_id)]
    done = subprocess.run(command, env=dict(os.environ), capture_output=True, text=True, check=True)
    with read_session() as session:
        job = service.get_job(session, actor, job_id=started.job_id)
    assert job.status is ImportStatus.COMPLETED, job.error_message
    assert (job.accepted_records, job.rejected_records) == (rows - bad, bad), job
    seconds, peak_kb = done.stdout.split()[-2:]
    return float(seconds), int(peak_kb) / 1024


def _mutate(actor: Actor) -> float:
    started_s = time.perf_counter()
    for number in range(MUTATIONS):
        draft = RecordingDraft(
            title=f"Northern Lights {number}",
            primary_artist=f"Artist {number % 50}",
            isrc=f"GBAYC17{number:05}",
            duration_ms=215_000,
            genres=["Pop"],
        )
        with unit_of_work() as uow:
            upsert_recording(uow, actor, draft=draft)
    return (time.perf_counter() - started_s) / MUTATIONS


def _account() -> Actor:
    user_id: UUID
    with unit_of_work() as uow:
        user = User(email="bench@example.org", display_name="Bench")
        uow.session.add(user)
        uow.session.flush()
        user_id = user.id
    return Actor(user_id, "Bench", "bench@example.org")


def _empty(admin_url: str) -> None:
    with closing(psycopg2.connect(admin_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {EMPTIED} CASCADE")
            cursor.execute("CHECKPOINT")
