"""Jobs on news that people ask for: who may, what comes of them, and how they go on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from omnisonic.insight.archive import pipeline
from omnisonic.insight.feeds.jobs import FETCH_FEED
from omnisonic.insight.feeds.models import Feed, FeedDelivery
from omnisonic.insight.ingest_jobs import lifecycle, retagging
from omnisonic.insight.ingest_jobs.models import IngestJob, IngestStatus
from omnisonic.insight.tagging.jobs import LINK_NEW_NAMES
from omnisonic.insight.tagging.models import EntityTag
from omnisonic.insight.tagging.newly_known import find_newly_known
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.clickhouse import AnalyticsUnavailable
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.ids import new_id, utc_now
from omnisonic.platform.models import OutboxMessage
from omnisonic.platform.settings import Settings
from tests.integration.core.conftest import make_contributor
from tests.integration.insight.archive.test_pipeline import BAND, deliver
from workers import archive
from workers import ingest_jobs as work

DOCUMENT = b"""<rss version="2.0"><channel><title>The Pitch</title><link>https://pitch.example/</link>
<item><guid>urn:1</guid><title>One of two</title><link>https://pitch.example/1</link></item>
<item><guid>urn:2</guid><title>Two of two</title><link>https://pitch.example/2</link></item>
</channel></rss>"""


class Feeds(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        is_there = self.path == "/feed.xml"
        self.send_response(200 if is_there else 404)
        self.send_header("Content-Type", "application/rss+xml")
        self.end_headers()
        self.wfile.write(DOCUMENT if is_there else b"")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Quiet."""


@pytest.fixture
def feed_server(configure: Callable[..., Settings]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Feeds)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host = f"127.0.0.1:{server.server_port}"
    configure(FETCH_ALLOWED_PRIVATE_HOSTS=f"{host},localhost:{server.server_port}")
    yield f"http://{host}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def ana(make_actor: Callable[..., Actor]) -> Actor:
    return make_actor("Ana", Role.ANALYST)


def started(client: Any, path: str, body: dict[str, Any]) -> str:
    answer = client.post(path, json=body)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["jobId"])


def row(job_id: str) -> IngestJob:
    with read_session() as session:
        return session.get_one(IngestJob, UUID(job_id))


def test_feeds_are_followed_and_fetched_now(
    ana: Actor, mara: Actor, client_of: Callable[[Actor], Any], feed_server: str, redis_client: Any
) -> None:
    client = client_of(ana)
    elsewhere = feed_server.replace("127.0.0.1", "localhost") + "/gone.xml"  # so that neither waits its turn
    urls = [f"{feed_server}/feed.xml", elsewhere, f"{feed_server}/feed.xml"]
    job_id = started(client, "/ingest/rss", {"urls": urls})
    assert client.get(f"/api/jobs/{job_id}").json()["status"] == "pending"
    work.fetch_feeds(job_id)
    job = client.get(f"/api/jobs/{job_id}").json()
    assert (job["kind"], job["status"], job["progress"], job["error"]) == ("rss", "completed", 100, None)
    good, bad = job["result"]["feeds"]
    assert (good["title"], good["outcome"], good["entries"], good["error"]) == ("The Pitch", "new", 2, None)
    assert (bad["outcome"], bad["entries"]) == ("failed", 0)
    assert "404" in bad["error"]
    with read_session() as session:
        assert [len(one.items) for one in session.exec(select(FeedDelivery))] == [2]
        assert FETCH_FEED.function not in set(session.exec(select(OutboxMessage.topic)))  # asked once only
        added = session.get_one(Feed, UUID(good["feedId"]))
        assert added.next_check_at > utc_now()

    with unit_of_work() as uow:
        feed = uow.session.get_one(Feed, UUID(good["feedId"]))
        feed.next_check_at = utc_now() - timedelta(days=1)
    redis_client.flushall()
    again = started(client, "/ingest/rss", {"feedId": good["feedId"]})
    work.fetch_feeds(again)
    work.fetch_feeds(again)
    assert row(again).result == {"feeds": [{**good, "outcome": "unchanged", "entries": 0}]}
    assert client_of(mara).get(f"/api/jobs/{job_id}").status_code == 404


@pytest.mark.parametrize(
    "body",
    [{}, {"urls": []}, {"urls": ["nonsense"]}, {"urls": ["ftp://x.example/feed"]}, {"urls": ["x"] * 101},
     {"urls": ["https://x.example/feed"], "feedId": str(new_id())}, {"feedId": "17"}],
)  # fmt: skip
def test_what_is_no_request_is_refused(ana: Actor, client_of: Callable[[Actor], Any], body: Any) -> None:
    answer = client_of(ana).post("/ingest/rss", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"]


def test_only_analysts_ask_for_work(mara: Actor, ana: Actor, client_of: Callable[[Actor], Any]) -> None:
    member = client_of(mara)
    assert member.post("/ingest/rss", json={"urls": ["https://x.example/feed"]}).status_code == 403
    assert member.post("/ingest/tagging/improve", json={}).status_code == 403
    assert member.get(f"/api/jobs/{new_id()}").status_code == 404
    assert client_of(ana).post("/ingest/rss", json={"feedId": str(new_id())}).status_code == 404
    assert member.get("/ingest/status").json()["isBehind"] is False


def tagged() -> int:
    with read_session() as session:
        return len(set(session.exec(select(EntityTag.news_item_id))))


def test_the_archive_is_tagged_again_in_slices_and_goes_on_where_it_stood(
    clickhouse_db: None,
    configure: Callable[..., Settings],
    clickhouse_server: dict[str, str],
    tmp_path: Path,
    ana: Actor,
    client_of: Callable[[Actor], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    configure(INGEST_DUCKDB_PATH=tmp_path / "archive.duckdb")
    deliver(*range(6))
    pipeline.run_pipeline()
    assert tagged() == 0
    make_contributor(ana, BAND)
    client = client_of(ana)
    job_id = started(client, "/ingest/tagging/improve", {})
    monkeypatch.setattr(retagging, "ITEMS_PER_BATCH", 2)
    monkeypatch.setattr(retagging, "SLICE_S", -1.0)
    monkeypatch.setitem(retagging.tag_slice.__kwdefaults__, "slice_s", -1.0)

    work.tag_again(job_id)
    assert (row(job_id).status, row(job_id).progress, tagged()) == (IngestStatus.PENDING, 33, 2)

    configure(CLICKHOUSE_PORT=1)
    with pytest.raises(AnalyticsUnavailable):
        work.tag_again(job_id)
    waiting = row(job_id)
    assert (waiting.status, waiting.attempt, waiting.position["items"]) == (IngestStatus.PENDING, 0, 2)
    configure(CLICKHOUSE_PORT=clickhouse_server["CLICKHOUSE_PORT"])

    claim = lifecycle.claim_job(job_id=UUID(job_id))  # a worker that takes it and dies
    assert claim is not None
    with unit_of_work() as uow:
        assert lifecycle.requeue_stale_jobs(uow, now=utc_now() + timedelta(minutes=2), stale_after_s=30) == 1
    for _ in range(3):
        work.tag_again(job_id)
    job = client.get(f"/api/jobs/{job_id}").json()
    assert (job["status"], job["progress"], job["result"]["items"], tagged()) == ("completed", 100, 6, 6)

    canceled = started(client, "/ingest/tagging/improve", {"since": utc_now().isoformat()})
    assert client.post(f"/api/jobs/{canceled}/cancel").json()["status"] == "canceled"
    work.tag_again(canceled)
    assert row(canceled).attempt == 0
    assert client.post(f"/api/jobs/{job_id}/cancel").status_code == 409
    running = started(client, "/ingest/tagging/improve", {})
    work.tag_again(running)
    assert lifecycle.claim_job(job_id=UUID(running)) is not None
    assert client.post(f"/api/jobs/{running}/cancel").json()["status"] == "processing"
    assert lifecycle.beat_job(job_id=UUID(running), attempt=1) is False
    lifecycle.cancel_claimed(job_id=UUID(running), attempt=1)
    assert row(running).status is IngestStatus.CANCELED
    assert row(running).result["items"] == 2  # type: ignore[index]


def test_names_that_the_catalog_learned_leave_the_queue_with_their_links(
    clickhouse_db: None,
    configure: Callable[..., Settings],
    tmp_path: Path,
    ana: Actor,
    client_of: Callable[[Actor], Any],
) -> None:
    configure(INGEST_DUCKDB_PATH=tmp_path / "archive.duckdb")
    deliver(0, 1)
    pipeline.run_pipeline()
    client = client_of(ana)
    (waiting,) = client.get("/api/unlinked").json()["names"]
    assert (waiting["phrase"], waiting["articles"], waiting["registeredId"]) == (BAND, 2, None)
    archive.link_new_names()
    assert len(client.get("/api/unlinked").json()["names"]) == 1

    band = make_contributor(ana, BAND)
    (known,) = client.get("/api/unlinked").json()["names"]
    assert (known["registeredType"], known["registeredId"]) == ("artist", str(band.id))
    archive.link_new_names()
    assert (client.get("/api/unlinked").json()["names"], tagged()) == ([], 2)

    deliver(2, title="Singer Wanda Quill announces album number {n}")
    pipeline.run_pipeline()
    (other,) = client.get("/api/unlinked").json()["names"]
    given = {"key": other["key"], "status": "linked", "entityType": "artist", "entityId": str(band.id)}
    assert client.post("/api/unlinked/decisions", json=given).status_code == 200
    with read_session() as session:
        assert LINK_NEW_NAMES.function in set(session.exec(select(OutboxMessage.topic)))
        assert find_newly_known(session, after=2**62).keys == {other["key"]}
    archive.link_new_names()
    assert tagged() == 3
    with read_session() as session:
        words = session.exec(select(EntityTag.matched_text).where(EntityTag.entity_id == band.id)).all()
        assert {"Wanda Quill", BAND} <= set(words)
