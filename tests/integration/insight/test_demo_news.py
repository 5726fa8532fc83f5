"""`make demo` brings news that went the whole way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from omnisonic.core.demo.service import make_catalog
from omnisonic.insight.archive import pipeline
from omnisonic.insight.demo.service import load_news
from omnisonic.platform.actor import Actor
from omnisonic.platform.clickhouse import clickhouse
from omnisonic.platform.settings import Settings


def ask(query: str) -> tuple[Any, ...]:
    with clickhouse() as client:
        return tuple(client.query(query).result_rows[0])


def test_the_demo_is_archived_stored_and_tagged_once(
    clickhouse_db: None,
    configure: Callable[..., Settings],
    tmp_path: Path,
    curator: Actor,
    mara: Actor,
    client_of: Callable[[Actor], Any],
) -> None:
    configure(INGEST_DUCKDB_PATH=tmp_path / "archive.duckdb")
    client = client_of(mara)
    assert client.get("/demo/feeds/tideline.xml").status_code == 404
    make_catalog(curator)
    count = load_news(curator)
    ran = pipeline.run_pipeline()
    assert (ran.deliveries, ran.new, ran.stored, ran.tagged) == (8, count, count, count)
    assert load_news(curator) == 0

    items = ask(
        "SELECT count(), uniq(source), uniq(story_id), "
        "dateDiff('day', min(first_seen_at), max(first_seen_at)), "
        "countIf(first_seen_at = published_at), countIf(is_backfill) FROM news_items FINAL"
    )
    assert items[:2] == (count, 8)
    assert items[2] < 0.8 * count
    assert items[3] >= 57
    assert items[4:] == (count, 0)
    links = ask("SELECT count(), uniq(item_id), uniq(entity_id) FROM entity_links FINAL")
    assert links[1] > 0.6 * count
    assert links[2] >= 10

    feeds = client.get("/api/feeds?limit=50").json()["feeds"]
    assert {feed["status"] for feed in feeds} == {"paused"}
    document = client.get("/demo/feeds/tideline.xml")
    assert document.headers["content-type"] == "application/rss+xml; charset=utf-8"
    assert "Tideline Review" in document.text
    assert client.get("/demo/feeds/nobody.xml").status_code == 404
