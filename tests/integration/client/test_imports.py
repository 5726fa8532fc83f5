"""Bringing a catalog in as a partner does, and the examples as the scripts they are."""

from __future__ import annotations

import csv
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import select

from omnisonic.client import ImportFailed, ImportJob, Omnisonic, OmnisonicProblem
from omnisonic.platform.actor import Scope
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.ids import new_id
from omnisonic.platform.models import OutboxMessage
from tests.integration.client.conftest import RunningSite
from tests.integration.client.test_subscriptions import rename
from tests.integration.core.imports.conftest import run_jobs
from tests.integration.graph_service.conftest import (
    Person,
    RunningGraph,
    make_song,
    make_token,
    relay_events,
)
from tests.waiting import wait_until

IMPORT = "workers.imports.import_file"
EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
LINES_MAX = 30
OF_THE_GRAPH = ("first_event.py", "query.py", "subscribe.py", "import_catalog.py")
HEADER = "isrc,title,artist,duration\n"
GOOD = "GBAYC1700598,Northern Lights,Mara Lind,215.4\n"
BAD = "not-an-isrc,Lost,Nobody,10\n"


@pytest.fixture
def partner(site: RunningSite, connect: Callable[..., Omnisonic], mara: Person) -> Omnisonic:
    """Mara's client for REST and the graph."""
    return connect(mara.token, site)


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    file = tmp_path / "katalog – März.csv"
    file.write_text(HEADER + GOOD + BAD, encoding="utf-8")
    return file


def test_a_catalog_comes_in_with_its_errors(partner: Omnisonic, catalog: Path, tmp_path: Path) -> None:
    queued = partner.import_catalog(catalog)
    assert (queued.status, queued.is_settled, queued.completed_at) == ("pending", False, None)
    done: queue.Queue[ImportJob] = queue.Queue()
    waiting = threading.Thread(target=lambda: done.put(partner.wait_for_import(queued.id)))
    waiting.start()
    run_jobs(IMPORT)
    job = done.get(timeout=20)
    waiting.join()
    assert (job.total_records, job.accepted_records, job.rejected_records) == (2, 1, 1)
    assert job.completed_at is not None
    (issue,) = job.errors
    assert (issue.row, issue.column, issue.code) == (3, "isrc", "bad-isrc")
    partner.import_errors(job.id, tmp_path / "errors.csv")
    with (tmp_path / "errors.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [(row["row"], row["code"]) for row in csv.DictReader(file)] == [("3", "bad-isrc")]
    found = partner.recording_by_isrc("GBAYC1700598")
    assert found is not None
    assert found.title == "Northern Lights"


def test_the_same_file_is_the_same_import(partner: Omnisonic, catalog: Path) -> None:
    first = partner.import_catalog(catalog)
    run_jobs(IMPORT)
    again = partner.import_catalog(str(catalog))
    assert (again.id, again.status) == (first.id, "completed")
    run_jobs(IMPORT)
    assert len(list(partner.recordings())) == 1


def test_columns_can_be_named(partner: Omnisonic, tmp_path: Path) -> None:
    file = tmp_path / "codes.csv"
    file.write_text("code,what,who\nGBAYC1700598,Northern Lights,Mara Lind\n", encoding="utf-8")
    with pytest.raises(OmnisonicProblem) as unknown:
        partner.import_catalog(file)
    assert (unknown.value.status, unknown.value.slug) == (422, "import-columns")
    job = partner.import_catalog(file, mapping={"isrc": "code", "title": "what", "artist": "who"})
    run_jobs(IMPORT)
    assert partner.wait_for_import(job.id).accepted_records == 1


def test_an_import_that_breaks_says_why(partner: Omnisonic, tmp_path: Path) -> None:
    file = tmp_path / "cut.json"
    record = '{"isrc": "GBAYC17%05d", "title": "A", "artist": "B"}'
    file.write_text("[" + ", ".join(record % n for n in range(3000)) + ', {"isrc": "GB', encoding="utf-8")
    job = partner.import_catalog(file)
    run_jobs(IMPORT)
    with pytest.raises(ImportFailed, match=r"ended as failed: .*[Ee]xport"):
        partner.wait_for_import(job.id)
    assert next(partner.recordings(), None) is None


def test_waiting_ends(partner: Omnisonic, catalog: Path) -> None:
    job = partner.import_catalog(catalog)
    with pytest.raises(TimeoutError, match="still pending"):
        partner.wait_for_import(job.id, timeout_s=0)


def test_refusals_are_problems(
    partner: Omnisonic, site: RunningSite, connect: Callable[..., Omnisonic], mara: Person, tmp_path: Path
) -> None:
    with unit_of_work() as uow:
        reader = connect(make_token(uow, mara.actor, (Scope.GRAPH_READ,)), site)
    picture = tmp_path / "cover.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    unknown = str(new_id())
    asked: list[tuple[Callable[[], object], int, str]] = [
        (lambda: connect("omni_" + "x" * 43, site).import_job(unknown), 401, "not-signed-in"),
        (lambda: reader.import_job(unknown), 403, "forbidden"),
        (lambda: partner.import_job(unknown), 404, "not-found"),
        (lambda: partner.import_errors(unknown, tmp_path / "none.csv"), 404, "not-found"),
        (lambda: partner.import_catalog(picture), 415, "import-not-text"),
    ]
    for ask, status, slug in asked:
        with pytest.raises(OmnisonicProblem) as refused:
            ask()
        assert (refused.value.status, refused.value.slug) == (status, slug)
        assert refused.value.correlation_id
    assert not (tmp_path / "none.csv").exists()


def test_an_hourly_limit_says_when_to_come_back(partner: Omnisonic, catalog: Path, tmp_path: Path) -> None:
    for n in range(5):  # BULK_IMPORT_RATE_LIMIT_PER_HOUR
        file = tmp_path / f"{n}.csv"
        file.write_text(HEADER + GOOD + f"GBAYC17{n:05},Song {n},Mara,1\n", encoding="utf-8")
        partner.import_catalog(file)
    with pytest.raises(OmnisonicProblem) as refused:
        partner.import_catalog(catalog)
    assert refused.value.status == 429
    assert refused.value.retry_after_s is not None


# the examples


def start_example(name: str, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(EXAMPLES / name), *arguments],
        env={**os.environ, "PYTHONPATH": str(EXAMPLES.parents[1]), **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def around(site: RunningSite, graph: RunningGraph, mara: Person) -> dict[str, str]:
    """The variables that the examples read."""
    return {
        "OMNISONIC_URL": site.url,
        "OMNISONIC_TOKEN": mara.token,
        "OMNISONIC_GRAPH_URL": graph.url,
        "OMNISONIC_GRAPH_WS_URL": graph.socket_url,
    }


def test_examples_are_short() -> None:
    lengths = {name: len((EXAMPLES / name).read_text().splitlines()) for name in OF_THE_GRAPH}
    assert max(lengths.values()) <= LINES_MAX
    others = {file.name for file in EXAMPLES.glob("*.py")} - lengths.keys()
    assert others == {"receive_webhook.py"}  # of the alerts, and run by their tests


def test_example_query(around: dict[str, str], mara: Person) -> None:
    make_song(mara.actor, "Dawn")
    make_song(mara.actor, "Nothing alike")
    output, errors = start_example("query.py", "dawn", **around).communicate(timeout=30)
    assert errors == ""
    assert output.splitlines() == [
        "Dawn · no ISWC",
        "  50 % Dawn Writer 0 (composer, every right)",
        "  50 % Dawn Writer 1 (composer, every right)",
    ]


def test_example_subscribe(around: dict[str, str], mara: Person) -> None:
    song = make_song(mara.actor, "Dawn")
    relay_events()
    process = start_example("subscribe.py", str(song.work_id), "1", **around)
    assert process.stdout is not None
    assert process.stdout.readline() == f"following {song.work_id}\n"
    rename(mara, song.work_id, "Dusk")
    output, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")
    assert output.endswith(" Dusk\n")
    refused = start_example("subscribe.py", str(new_id()), **around)
    assert "not-found" in refused.communicate(timeout=30)[1]
    assert refused.returncode == 1


def test_example_without_our_client(around: dict[str, str]) -> None:
    process = start_example("first_event.py", **around)

    def has_ended() -> bool:
        relay_events()
        return process.poll() is not None

    wait_until(has_ended)
    output, errors = process.communicate(timeout=30)
    first, *titles = output.splitlines()
    assert (first, titles[-1], errors) == ("connection_ack", "Second light", "")


def test_example_import(around: dict[str, str], catalog: Path) -> None:
    process = start_example("import_catalog.py", str(catalog), **around)
    wait_until(_has_arrived)
    run_jobs(IMPORT)
    output, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")
    assert output.splitlines()[0] == "1 of 2 rows accepted"
    assert "bad-isrc" in catalog.with_suffix(".errors.csv").read_text(encoding="utf-8-sig")


def _has_arrived() -> bool:
    with read_session() as session:
        return session.exec(select(OutboxMessage).where(OutboxMessage.topic == IMPORT)).first() is not None
