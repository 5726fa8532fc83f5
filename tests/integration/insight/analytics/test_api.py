"""The figures over HTTP: JSON, CSV and PDF say the same, and refuse what cannot be."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from omnisonic.insight.store.writes import write_links
from omnisonic.platform.actor import Actor
from omnisonic.platform.settings import Settings
from tests.integration.insight.analytics.conftest import RANGE, Scene
from tests.integration.insight.store.conftest import link, rejected


def _rows(client: TestClient, path: str) -> list[dict[str, str]]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert "attachment" in answer.headers["content-disposition"]
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_series_add_up_and_the_file_says_the_same(browser: TestClient, scene: Scene) -> None:
    found = browser.get(f"/api/analytics/mentions?{RANGE}").json()
    assert found["totals"] == {"stories": 3, "mentions": 5, "sources": 2}
    assert (found["bucket"], len(found["starts"]), sum(found["all"])) == ("day", 30, 3)
    assert (found["series"][0]["name"], found["series"][0]["total"]) == ("Zoë =Řeka", 2)
    assert {one["total"] for one in found["series"][1:]} == {1}
    assert all(sum(one["values"]) == one["total"] for one in found["series"])
    assert found["freshness"]["newestAt"] == "2026-11-11T00:00:00Z"
    rows = _rows(browser, f"/api/analytics/mentions.csv?{RANGE}")
    assert [int(row["value"]) for row in rows if row["entityType"] == "all"] == found["all"]
    by_name = [int(row["value"]) for row in rows if row["name"] == "Zoë =Řeka"]
    assert by_name == found["series"][0]["values"]
    assert rows[0]["start"] == found["starts"][0] == "2026-11-01T00:00:00Z"
    counted = browser.get(f"/api/analytics/mentions.json?{RANGE}&count=mentions&entityType=artist").json()
    assert (sum(counted["all"]), counted["totals"]["mentions"]) == (4, 4)


def test_genres_and_sources(browser: TestClient, scene: Scene) -> None:
    genres = browser.get(f"/api/analytics/genres?{RANGE}").json()["genres"]
    assert [(one["genre"], one["stories"], one["share"]) for one in genres] == [
        ("pop", 3, 0.75),
        ("", 1, 0.25),
    ]
    sources = browser.get(f"/api/analytics/sources?{RANGE}").json()["sources"]
    first, second = sources
    assert (first["source"], first["stories"], first["share"], first["items"]) == ("pitch.example", 3, 1, 3)
    assert (second["source"], second["tier"], second["medianDelayS"]) == ("copy.example", 2, 3 * 3600)
    rows = _rows(browser, f"/api/analytics/sources.csv?{RANGE}")
    assert [(row["source"], row["linkedShare"]) for row in rows] == [
        ("pitch.example", "1.0"),
        ("copy.example", "1.0"),
    ]
    assert [row["genre"] for row in _rows(browser, f"/api/analytics/genres.csv?{RANGE}")] == ["pop", ""]


def test_the_network_joins_credits_and_stories(browser: TestClient, scene: Scene) -> None:
    center = f"entityType=artist&entityId={scene.singer.entity_id}"
    near = browser.get(f"/api/analytics/network?{RANGE}&{center}").json()
    assert {node["name"]: node["hops"] for node in near["nodes"]} == {
        "Zoë =Řeka": 0,
        "Aurora (live)": 1,
        "Ola Berg": 1,
    }
    far = browser.get(f"/api/analytics/network?{RANGE}&{center}&depth=3").json()
    assert {node["name"] for node in far["nodes"]} == {"Zoë =Řeka", "Aurora (live)", "Ola Berg", "Aurora"}
    kinds = sorted((edge["kind"], edge["label"]) for edge in far["edges"])
    assert kinds == [
        ("credit", "composer"),
        ("credit", "performs"),
        ("credit", "recording of"),
        ("mention", "named together"),
    ]
    again = browser.get(f"/api/analytics/network?{RANGE}&{center}&depth=3").json()
    assert (again["nodes"], again["edges"]) == (far["nodes"], far["edges"]), "it does not jump"
    assert all(-1 <= node[axis] <= 1 for node in far["nodes"] for axis in ("x", "y"))
    assert len(_rows(browser, f"/api/analytics/network.csv?{RANGE}&{center}&depth=3")) == 4
    assert browser.get(f"/api/analytics/network?{RANGE}").status_code == 422
    nobody = "entityType=work&entityId=00000000-0000-0000-0000-000000000009"
    assert browser.get(f"/api/analytics/network?{nobody}").status_code == 404


def test_a_rejected_link_leaves_all_answers(browser: TestClient, scene: Scene) -> None:
    write_links([rejected(link(scene.items["duet"], scene.writer))])
    found = browser.get(f"/api/analytics/mentions?{RANGE}").json()
    assert "Ola Berg" not in {one["name"] for one in found["series"]}
    center = f"entityType=artist&entityId={scene.singer.entity_id}"
    edges = browser.get(f"/api/analytics/network?{RANGE}&{center}").json()["edges"]
    assert [edge["kind"] for edge in edges] == ["credit"]
    article = browser.get(f"/api/news/{scene.items['duet'].item_id}").json()["article"]
    assert [one["name"] for one in article["links"]] == ["Zoë =Řeka"]


def test_articles(browser: TestClient, scene: Scene) -> None:
    first = browser.get(f"/api/news?{RANGE}&limit=3").json()
    assert [one["title"] for one in first["news"]] == ["Aurora returns", "Zoë meets Ola", "Zoë on tour"]
    rest = browser.get(f"/api/news?{RANGE}&limit=3&cursor={first['nextCursor']}").json()
    assert (len(rest["news"]), rest["nextCursor"]) == (1, None)
    about = browser.get(f"/api/news?{RANGE}&entityType=work&entityId={scene.song.entity_id}&q=AURORA").json()
    assert [one["links"][0]["name"] for one in about["news"]] == ["Aurora"]
    item_id = about["news"][0]["id"]
    assert browser.post(f"/api/news/{item_id}/opens").status_code == 201
    assert browser.get("/api/news/00000000-0000-0000-0000-000000000001").status_code == 404
    assert browser.get("/api/news?cursor=nonsense").status_code == 422


def test_the_report_is_a_pdf(browser: TestClient, scene: Scene) -> None:
    asked = {"from": "2026-11-01", "to": "2026-11-30", "count": "mentions"}
    answer = browser.post("/api/analytics/report.pdf", json=asked)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    assert b"DejaVuSans" in answer.content, "letters with accents need a font that has them"
    empty = browser.post("/api/analytics/report.pdf", json={"from": "2020-01-01", "to": "2020-01-01"})
    assert empty.content.startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("days=0", "days"),
        ("days=100000", "days"),
        ("days=7&from=2026-11-01", "days"),
        ("from=2026-11-02&to=2026-11-01", "from"),
        ("from=1990-01-01", "from"),
        ("from=yesterday", "from"),
        ("limit=101", "limit"),
        ("depth=4", "depth"),
        ("count=words", "count"),
        ("entityId=00000000-0000-0000-0000-000000000009", "entityType"),
        ("entityType=label", "entityType"),
        ("minConfidence=2", "minConfidence"),
        ("unknown=1", "unknown"),
    ],
)
def test_what_cannot_be_is_refused(browser: TestClient, db: None, query: str, field: str) -> None:
    answer = browser.get(f"/api/analytics/mentions?{query}")
    assert answer.status_code == 422, answer.text
    assert [one["field"].split(".")[-1] for one in answer.json()["errors"]] == [field]


def test_without_clickhouse_it_says_so(
    client_of: Callable[[Actor], TestClient], mara: Actor, configure: Callable[..., Settings]
) -> None:
    browser = client_of(mara)
    configure(CLICKHOUSE_HOST="127.0.0.1", CLICKHOUSE_PORT=9)
    for path in ("/api/analytics/mentions", "/api/trends", "/api/news"):
        answer = browser.get(path)
        assert (answer.status_code, answer.json()["type"]) == (503, "/problems/analytics-unavailable")
        assert int(answer.headers["retry-after"]) > 0


def test_nobody_reads_without_signing_in(
    db: None, client_of: Callable[[Actor], TestClient], mara: Actor
) -> None:
    browser = client_of(mara)
    browser.cookies.clear()
    for path in ("/api/analytics/genres", "/api/news", "/api/trends", "/api/follows", "/api/views"):
        assert browser.get(path).status_code == 401
