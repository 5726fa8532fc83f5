"""The whole way of news, killed between any two steps, and with a ClickHouse that is away."""

from __future__ import annotations

import hashlib
import json
import os
import signal
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import pytest
from sqlmodel import select

from omnisonic.insight.archive import cursors, pipeline, set_aside
from omnisonic.insight.archive.cursors import Step, read_freshness
from omnisonic.insight.archive.export import export_archive
from omnisonic.insight.archive.file import open_archive
from omnisonic.insight.archive.set_aside import list_asides, try_again
from omnisonic.insight.feeds.models import FeedDelivery
from omnisonic.insight.news import NewsItem
from omnisonic.insight.tagging.models import EntityTag
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.clickhouse import clickhouse
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.errors import Forbidden
from omnisonic.platform.settings import Settings
from omnisonic.platform.storage import Storage
from tests.integration.core.conftest import make_contributor, make_recording
from workers import archive as jobs

BAND = "Nightbird Parade"
DAY = datetime(2026, 5, 1, tzinfo=UTC)
KILLED_AT = (
    ("take_delivery", "before"),
    ("take_delivery", "after"),
    ("settle_delivery", "before"),
    ("settle_delivery", "after"),
    ("store_items", "before"),
    ("store_items", "after"),
    ("tag_items", "before"),
    ("tag_items", "after"),
    ("move", "before"),
    ("move", "after"),
)


@pytest.fixture
def archive_path(clickhouse_db: None, configure: Callable[..., Settings], tmp_path: Path) -> Path:
    path = tmp_path / "archive.duckdb"
    configure(INGEST_DUCKDB_PATH=path)
    return path


def deliver(
    *numbers: int, title: str = "{n}: Nightbird Parade announce album number {n}", **facts: Any
) -> None:
    now = datetime.now(UTC)
    items = [
        {
            "guid": f"urn:pitch:{n}",
            "url": f"https://pitch.example/{n}",
            "title": title.format(n=n),
            "text": f"The band {BAND} will release the album in spring, their label said.",
            "publishedAt": (DAY - timedelta(hours=100 * n)).isoformat(),
            "dateQuality": "stated",
        }
        for n in numbers
    ]
    with unit_of_work() as uow:
        feed = {"source": "pitch.example", "sourceTier": 1, "language": "en"}
        uow.session.add(FeedDelivery(feed_id=UUID(int=7), fetched_at=now, feed=feed, items=items))


def killed_run(monkeypatch: pytest.MonkeyPatch, name: str, when: str) -> None:
    """Run the pipeline in a process that dies by SIGKILL just before or after a function."""
    pid = os.fork()
    if pid == 0:
        owner: Any = cursors if hasattr(cursors, name) else pipeline
        real = getattr(owner, name)

        def deadly(*args: Any, **kwargs: Any) -> None:
            if when == "after":
                real(*args, **kwargs)
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(owner, name, deadly)
        try:
            pipeline.run_pipeline()
        finally:
            os._exit(3)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status), (name, when)
    assert os.WTERMSIG(status) == signal.SIGKILL, (name, when)


def stored(query: str) -> list[tuple[Any, ...]]:
    with clickhouse() as client:
        return [tuple(row) for row in client.query(query).result_rows]


def archived() -> list[tuple[Any, ...]]:
    with open_archive() as archive:
        return archive.execute("SELECT item_id, version FROM entries ORDER BY seq").fetchall()


def tagged_items() -> set[UUID]:
    with read_session() as session:
        return set(session.exec(select(EntityTag.news_item_id)))


def test_a_kill_between_any_two_steps_loses_nothing_and_doubles_nothing(
    archive_path: Path, mara: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_recording(mara, "Paper Lanterns", BAND)
    band = make_contributor(mara, BAND)
    for number, (name, when) in enumerate(KILLED_AT, start=1):
        deliver(number, number + 1)
        killed_run(monkeypatch, name, when)
        if number % 2:  # else the next delivery comes before anything was made good
            pipeline.run_pipeline()
    pipeline.run_pipeline()

    count = len(KILLED_AT) + 1
    ids = archived()
    assert len(ids) == len({item for item, _ in ids}) == count
    items = stored("SELECT item_id, version, title FROM news_items FINAL")
    assert {UUID(int=item) for item, _, _ in items} == {item for item, _ in ids}
    assert {version for _, version, _ in items} == {1}
    links = stored("SELECT item_id, entity_id FROM entity_links FINAL WHERE entity_type = 'artist'")
    assert {entity for _, entity in links} == {band.id}
    assert {UUID(int=item) for item, _ in links} == tagged_items() == {item for item, _ in ids}
    with read_session() as session:
        assert session.exec(select(FeedDelivery)).all() == []
        fresh = read_freshness(session)
    assert (fresh.waiting_deliveries, fresh.unstored, fresh.untagged, fresh.is_behind) == (0, 0, 0, False)
    assert pipeline.run_pipeline() == pipeline.Ran()


def test_without_clickhouse_news_waits_in_the_archive(
    archive_path: Path, configure: Callable[..., Settings], mara: Actor, clickhouse_server: dict[str, str]
) -> None:
    make_contributor(mara, BAND)
    configure(CLICKHOUSE_PORT=1)
    deliver(1, 2)
    jobs.archive_deliveries()
    deliver(2, 3)
    jobs.archive_deliveries()
    with read_session() as session:
        fresh = read_freshness(session)
    assert (fresh.waiting_deliveries, fresh.unstored, fresh.untagged) == (0, 3, 3)
    assert fresh.is_behind
    assert fresh.reason == "The analytics database is not reachable"
    assert len(archived()) == 3

    configure(CLICKHOUSE_PORT=clickhouse_server["CLICKHOUSE_PORT"])
    jobs.archive_deliveries()
    assert stored("SELECT count(), uniq(item_id) FROM news_items FINAL") == [(3, 3)]
    with read_session() as session:
        assert not read_freshness(session).is_behind


def test_an_article_that_cannot_be_tagged_is_set_aside_until_somebody_tries_again(
    archive_path: Path, mara: Actor, make_actor: Callable[..., Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_contributor(mara, BAND)
    ana, real = make_actor("Ana", Role.ANALYST), pipeline.tag_items

    def choke(tagging: Any, items: Sequence[NewsItem]) -> None:
        real(tagging, items)
        if any(item.title.startswith(("2:", "Still 2")) for item in items):
            raise ValueError("It is too much\nfor this tagger")

    monkeypatch.setattr(pipeline, "tag_items", choke)
    deliver(1, 2, 3)
    jobs.archive_deliveries()
    with read_session() as session:
        fresh, asides = read_freshness(session), list_asides(session)
    assert (fresh.untagged, fresh.set_aside, fresh.is_behind) == (0, 1, False)
    assert (asides[0].step, asides[0].is_waiting) == (Step.TAGS, False)
    assert asides[0].title == "2: Nightbird Parade announce album number 2"
    assert asides[0].reason == "ValueError: It is too much"
    assert pipeline.run_pipeline() == pipeline.Ran()

    def again() -> list[bool]:
        with unit_of_work() as uow:
            assert try_again(uow, ana) == 1
        jobs.archive_deliveries()
        with read_session() as session:
            return [one.is_waiting for one in list_asides(session)]

    assert again() == [False]
    monkeypatch.setattr(set_aside, "ASIDE_MAX", 1)
    deliver(2, 3, title="Still {n}")
    deliver(4, title="2: {n}")  # one more than there is room for: the step waits
    with pytest.raises(ValueError, match="too much"):
        jobs.archive_deliveries()
    with read_session() as session:
        fresh = read_freshness(session)
    assert (fresh.set_aside, fresh.is_behind, fresh.untagged) == (1, True, 3)
    monkeypatch.setattr(pipeline, "tag_items", real)
    assert again() == []
    with read_session() as session:
        fresh = read_freshness(session)
    assert (fresh.untagged, fresh.set_aside, fresh.is_behind) == (0, 0, False)
    with pytest.raises(Forbidden), unit_of_work() as uow:
        try_again(uow, mara)


def test_another_file_is_followed_from_its_start(archive_path: Path) -> None:
    deliver(1, 2, 3)
    pipeline.run_pipeline()
    archive_path.unlink()
    deliver(9)
    pipeline.run_pipeline()
    assert cursors.positions() == dict.fromkeys(Step, 1)
    assert len(stored("SELECT item_id FROM news_items FINAL")) == 4


def test_an_export_of_each_day_is_together_the_archive(
    archive_path: Path, storage: Storage, tmp_path: Path
) -> None:
    deliver(1, 2)
    pipeline.run_pipeline()
    assert export_archive() == 2
    assert export_archive() == 0
    deliver(1, 3, title="Changed title number {n}")
    pipeline.run_pipeline()
    jobs.export_archive()
    keys = [stat.key for stat in storage.list("news-archive")]
    manifest = json.loads(b"".join(storage.read(next(key for key in keys if key.endswith("manifest.json")))))
    folder = f"news-archive/{manifest['archiveId']}"
    assert [(part["firstSeq"], part["lastSeq"], part["rows"]) for part in manifest["files"]] == [
        (1, 2, 2),
        (3, 4, 2),
    ]
    for part in manifest["files"]:
        storage.download(f"{folder}/{part['name']}", tmp_path / part["name"])
        assert hashlib.sha256((tmp_path / part["name"]).read_bytes()).hexdigest() == part["sha256"]
    parts = duckdb.connect().read_parquet(f"{tmp_path}/*.parquet")
    rows = parts.order("seq").select("seq", "version", "title").fetchall()
    assert [row[0] for row in rows] == [1, 2, 3, 4]
    assert sorted(row[1] for row in rows) == [1, 1, 1, 2]
    assert rows[-1][2] == "Changed title number 3"
