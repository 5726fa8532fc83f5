"""Trends beside their own baseline; follows and saved views belong to their account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from omnisonic.insight.store.filters import MentionFilter
from omnisonic.insight.store.writes import write_items, write_links
from omnisonic.insight.trends.service import TrendOrder, change_of, top_trends
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session
from tests.integration.core.conftest import make_work
from tests.integration.insight.conftest import DAY, make_item
from tests.integration.insight.store.conftest import BAND, SINGER, link


def test_each_entity_is_compared_with_itself(db: None, clickhouse_db: None) -> None:
    """The band is in the news four times each day, the singer once, and today five times."""
    usual = [make_item(f"band {day} {n}", hours=24 * day + n) for day in range(5) for n in range(4)]
    quiet = [make_item(f"singer {day}", hours=24 * day + 6) for day in range(4)]
    burst = [make_item(f"burst {n}", hours=24 * 4 + n) for n in range(5)]
    write_items([*usual, *quiet, *burst])
    write_links([*(link(one, BAND) for one in usual), *(link(one, SINGER) for one in [*quiet, *burst])])
    chosen = MentionFilter(since=DAY + timedelta(days=4), until=DAY + timedelta(days=5))
    with read_session() as session:
        found = top_trends(session, chosen=chosen)
        by_change = top_trends(session, chosen=chosen, order=TrendOrder.CHANGE, limit=1)
        first_day = top_trends(session, chosen=chosen.between(DAY, DAY + timedelta(days=1)))
    singer, band = found.trends
    assert (singer.entity_id, singer.stories, singer.baseline, singer.change) == (SINGER.entity_id, 5, 1, 4)
    assert (band.entity_id, band.stories, band.baseline, band.change) == (BAND.entity_id, 4, 4, 0)
    assert (len(singer.sparkline), sum(singer.sparkline)) == (24, 5)
    assert [one.title for one in singer.articles] == ["burst 4", "burst 3", "burst 2"]
    assert [one.entity_id for one in by_change.trends] == [SINGER.entity_id]
    assert {one.change for one in first_day.trends} == {None}, "nothing to compare with"


def test_change_needs_a_baseline() -> None:
    assert change_of(5, None) is None
    assert change_of(5, 0.0) == 9.0
    assert change_of(3, 2.0) == 0.5


def test_follows_belong_to_their_account(
    client_of: Callable[[Actor], TestClient], mara: Actor, teo: Actor
) -> None:
    work = make_work(mara, "Aurora")
    mine, other = client_of(mara), client_of(teo)
    draft = {"entityType": "work", "entityId": str(work.id)}
    made = mine.post("/api/follows", json=draft)
    assert (made.status_code, made.json()["follow"]["name"]) == (201, "Aurora")
    assert mine.post("/api/follows", json=draft).json() == made.json()
    assert len(mine.get("/api/follows?entityType=work").json()["follows"]) == 1
    assert mine.get("/api/follows?entityType=artist").json()["follows"] == []
    assert other.get("/api/follows").json()["follows"] == []
    path = f"/api/follows/{made.json()['follow']['id']}"
    assert other.delete(path).status_code == 404
    assert (mine.delete(path).status_code, mine.delete(path).status_code) == (200, 404)
    draft["entityId"] = "00000000-0000-0000-0000-000000000009"
    assert mine.post("/api/follows", json=draft).status_code == 404


def test_views_belong_to_their_account(
    client_of: Callable[[Actor], TestClient], mara: Actor, teo: Actor
) -> None:
    mine, other = client_of(mara), client_of(teo)
    draft = {"page": "analytics", "name": "Pop, 90 days", "query": "genre=pop&days=90"}
    made = mine.post("/api/views", json=draft).json()["view"]
    replaced = mine.post("/api/views", json={**draft, "query": "genre=pop"}).json()["view"]
    assert (replaced["id"], replaced["query"]) == (made["id"], "genre=pop")
    assert [one["name"] for one in mine.get("/api/views?page=analytics").json()["views"]] == ["Pop, 90 days"]
    assert mine.get("/api/views?page=trends").json()["views"] == []
    assert other.get("/api/views").json()["views"] == []
    assert other.delete(f"/api/views/{made['id']}").status_code == 404
    assert mine.delete(f"/api/views/{made['id']}").status_code == 200


@pytest.mark.parametrize("query", ["?days=1", "days=1#top", "a=1\r\nb=2", "javascript", "a" * 2001])
def test_a_view_keeps_a_query_only(client_of: Callable[[Actor], TestClient], mara: Actor, query: str) -> None:
    draft = {"page": "trends", "name": "Mine", "query": query}
    assert client_of(mara).post("/api/views", json=draft).status_code == 422
