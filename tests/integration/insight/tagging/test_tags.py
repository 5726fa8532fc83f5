"""From articles to links that stand, in Postgres and in ClickHouse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import select

from omnisonic.insight.news import EntityType, NewsItem
from omnisonic.insight.store.weeks import REBUILD_LOCK
from omnisonic.insight.store.writes import write_items
from omnisonic.insight.tagging import service
from omnisonic.insight.tagging.models import EntityTag, TagStatus
from omnisonic.insight.tagging.publishing import publish_changed
from omnisonic.platform.actor import Actor
from omnisonic.platform.clickhouse import clickhouse
from omnisonic.platform.db import read_session, unit_of_work, write_engine
from tests.integration.core.conftest import make_contributor, make_recording, make_work, set_shares, share
from tests.integration.insight.conftest import make_item

NIGHTBIRD = "Nightbird Parade announce their third album and a tour"
TEXT = "The band Nightbird Parade will release the album in spring, their label said."


@pytest.fixture
def band(clickhouse_db: None, mara: Actor) -> UUID:
    """An artist with a recording."""
    make_recording(mara, "Paper Lanterns", "Nightbird Parade")
    return make_contributor(mara, "Nightbird Parade").id


@pytest.fixture
def article(band: UUID) -> NewsItem:
    """An article about the band, archived and tagged."""
    item = make_item(NIGHTBIRD, TEXT)
    write_items([item])
    service.tag_items([item])
    return item


def standing() -> dict[UUID, set[TagStatus]]:
    """The statuses of every entity's tags."""
    found: dict[UUID, set[TagStatus]] = {}
    with read_session() as session:
        for tag in session.exec(select(EntityTag)):
            found.setdefault(tag.entity_id, set()).add(tag.status)
    return found


def charted(entity_id: UUID, table: str = "entity_links FINAL") -> int:
    """How many links of an entity the charts count."""
    with clickhouse() as client:
        query = f"SELECT count() FROM {table} WHERE entity_id = {{id:UUID}}"  # noqa: S608  (a name of our own)
        return int(client.query(query, parameters={"id": entity_id}).result_rows[0][0])


def versions() -> dict[UUID, int]:
    with read_session() as session:
        return {tag.id: tag.version for tag in session.exec(select(EntityTag))}


def test_tagging_links_artists_in_both_stores_and_twice_changes_nothing(
    band: UUID, article: NewsItem
) -> None:
    assert standing()[band] == {TagStatus.LINKED}
    links, before = charted(band), versions()
    assert links >= 1
    service.tag_items([article])
    assert (charted(band), versions()) == (links, before)


def test_an_edited_article_loses_the_links_that_it_no_longer_has(band: UUID, article: NewsItem) -> None:
    edited = make_item("Council votes on parking", "No music here.", name=NIGHTBIRD, version=2)
    assert edited.item_id == article.item_id
    write_items([edited])
    service.tag_items([edited])
    assert standing()[band] == {TagStatus.GONE}
    assert charted(band) == 0


def test_a_rejected_link_leaves_the_charts_at_once_and_stays_away(
    band: UUID, article: NewsItem, analyst: Actor, client_of: Callable[[Actor], Any]
) -> None:
    client = client_of(analyst)
    explained = client.get(f"/api/news/{article.item_id}/explain").json()
    link = next(link for link in explained["links"] if link["entityId"] == str(band))
    assert link["entityName"] == "Nightbird Parade"
    assert link["matchedText"] in link["snippet"]
    answer = client.post(
        "/api/corrections", json={"verdict": "reject", "tagId": link["id"], "reason": "another band"}
    )
    assert answer.status_code == 201
    assert answer.json()["correction"]["author"] == "Ana"
    assert charted(band) == 0
    service.tag_items([article])
    assert charted(band) == 0
    assert standing()[band] == {TagStatus.REJECTED}
    taken_back = client.delete(f"/api/corrections/{answer.json()['correction']['id']}")
    assert taken_back.json()["changed"] >= 1
    assert charted(band) >= 1


def test_words_can_be_rejected_in_one_outlet_only(
    band: UUID, article: NewsItem, analyst: Actor, client_of: Callable[[Actor], Any]
) -> None:
    elsewhere = make_item(NIGHTBIRD, TEXT, source="other.example")
    write_items([elsewhere])
    service.tag_items([elsewhere])
    assert charted(band) >= 2
    rejected = client_of(analyst).post(
        "/api/corrections",
        json={
            "verdict": "reject",
            "scope": "source",
            "entityType": "artist",
            "entityId": str(band),
            "matchedText": "nightbird PARADE",
            "source": "other.example",
        },
    )
    assert rejected.status_code == 201
    with read_session() as session:
        statuses = {
            (tag.source, tag.status) for tag in session.exec(select(EntityTag)) if tag.entity_id == band
        }
    assert statuses == {("pitch.example", TagStatus.LINKED), ("other.example", TagStatus.REJECTED)}
    service.tag_items([article, elsewhere])
    with read_session() as session:
        linked = {tag.source for tag in session.exec(select(EntityTag)) if tag.status is TagStatus.LINKED}
    assert linked == {"pitch.example"}


def test_a_person_confirms_what_the_tagger_missed_and_takes_it_back(
    band: UUID, mara: Actor, analyst: Actor, client_of: Callable[[Actor], Any]
) -> None:
    item = make_item("Parade through town", "They are still called Nightbirds by everyone.")
    write_items([item])
    service.tag_items([item])
    draft = {
        "verdict": "confirm",
        "newsItemId": str(item.item_id),
        "entityType": "artist",
        "entityId": str(band),
        "matchedText": "Nightbirds",
    }
    client = client_of(analyst)
    answer = client.post("/api/corrections", json=draft)
    assert (answer.status_code, answer.json()["changed"]) == (201, 1)
    (link,) = client.get(f"/api/news/{item.item_id}/explain").json()["links"]
    assert (link["matchedText"], link["confidence"], link["origin"]) == ("Nightbirds", 1.0, "person")
    service.tag_items([item])
    assert charted(band) == 1
    place, version = (answer.json()["correction"][name] for name in ("id", "version"))
    place = f"/api/corrections/{place}"
    turned = client.patch(place, json={"version": version, "verdict": "reject", "reason": "A joke"}).json()
    assert (turned["changed"], turned["correction"]["reason"], charted(band)) == (1, "A joke", 0)
    assert client.patch(place, json={"version": version, "reason": "Late"}).status_code == 409
    back = client.patch(place, json={"verdict": "confirm"})
    assert (back.status_code, charted(band)) == (200, 1), back.text
    client.delete(place)
    assert charted(band) == 0


def test_confirming_keeps_the_opinion_of_the_tagger(
    band: UUID, article: NewsItem, analyst: Actor, client_of: Callable[[Actor], Any]
) -> None:
    client = client_of(analyst)
    before = client.get(f"/api/news/{article.item_id}/explain").json()["links"]
    link = next(link for link in before if link["entityId"] == str(band))
    answer = client.post("/api/corrections", json={"verdict": "confirm", "tagId": link["id"]}).json()
    service.tag_items([article])
    sure = client.get(f"/api/news/{article.item_id}/explain").json()["links"]
    assert {one["confidence"] for one in sure if one["entityId"] == str(band)} == {1.0}
    client.delete(f"/api/corrections/{answer['correction']['id']}")
    after = client.get(f"/api/news/{article.item_id}/explain").json()["links"]
    changing = {"updatedAt"}
    assert [{k: v for k, v in one.items() if k not in changing} for one in after] == [
        {k: v for k, v in one.items() if k not in changing} for one in before
    ]


def test_the_stoplist_counts_at_once_and_after_a_later_tagging(
    band: UUID, article: NewsItem, analyst: Actor, client_of: Callable[[Actor], Any]
) -> None:
    client = client_of(analyst)
    stopped = {"phrase": "Nightbird Parade", "reason": "a street festival of that name"}
    entry = client.post("/api/stoplist", json=stopped).json()
    assert entry["changed"] >= 1
    assert charted(band) == 0
    again = client.post("/api/stoplist", json=stopped)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/already-on-stoplist")
    place, version = f"/api/stoplist/{entry['entry']['id']}", entry["entry"]["version"]
    moved = client.patch(place, json={"version": version, "source": "elsewhere.example"}).json()
    assert (moved["changed"] >= 1, charted(band) >= 1) == (True, True)
    stale = client.patch(place, json={"version": version, "reason": "Too late"})
    assert (stale.status_code, stale.json()["type"]) == (409, "/problems/version-conflict")
    assert stale.json()["current"]["version"] == moved["entry"]["version"] != version
    everywhere = client.patch(place, json={"source": None, "reason": "A festival"}).json()["entry"]
    assert (everywhere["source"], everywhere["reason"], charted(band)) == (None, "A festival", 0)
    service.tag_items([article])
    assert charted(band) == 0
    client.delete(f"/api/stoplist/{entry['entry']['id']}")
    service.tag_items([article])
    assert charted(band) >= 1


def test_members_read_and_do_not_correct(
    band: UUID, article: NewsItem, teo: Actor, client_of: Callable[[Actor], Any]
) -> None:
    client = client_of(teo)
    link = client.get(f"/api/news/{article.item_id}/explain").json()["links"][0]
    for path, body in (
        ("/api/corrections", {"verdict": "reject", "tagId": link["id"]}),
        ("/api/stoplist", {"phrase": "Nightbird", "reason": "no band"}),
        ("/api/unlinked/decisions", {"key": "someone", "status": "ignored"}),
    ):
        assert client.post(path, json=body).status_code == 403
    assert client.get("/api/corrections").json() == {"corrections": [], "nextCursor": None}
    assert client.get("/api/stoplist").json() == {"entries": [], "nextCursor": None}


@pytest.mark.parametrize(
    "draft",
    [
        {"verdict": "reject"},
        {"verdict": "reject", "entityType": "artist", "entityId": str(UUID(int=1))},
        {"verdict": "confirm", "scope": "alias", "tagId": str(UUID(int=1))},
        {
            "verdict": "reject",
            "scope": "source",
            "entityType": "work",
            "entityId": str(UUID(int=1)),
            "matchedText": "x",
        },
        {"verdict": "maybe", "tagId": str(UUID(int=1))},
    ],
)
def test_half_a_correction_is_refused(
    draft: dict[str, Any], db: None, analyst: Actor, client_of: Callable[[Actor], Any]
) -> None:
    assert client_of(analyst).post("/api/corrections", json=draft).status_code == 422


def test_unknown_things_are_refused_in_words(
    clickhouse_db: None, analyst: Actor, client_of: Callable[[Actor], Any]
) -> None:
    client, nobody = client_of(analyst), str(UUID(int=7))
    assert client.get(f"/api/news/{nobody}/explain").json()["type"] == "/problems/news-item-unknown"
    entity = {"verdict": "reject", "newsItemId": nobody, "entityType": "work", "entityId": nobody}
    assert client.post("/api/corrections", json=entity).json()["type"] == "/problems/entity-unknown"
    assert client.post("/api/corrections", json={"verdict": "reject", "tagId": nobody}).status_code == 404
    assert client.delete(f"/api/corrections/{nobody}").status_code == 404


def test_what_clickhouse_missed_is_copied_when_it_is_back(
    band: UUID,
    article: NewsItem,
    analyst: Actor,
    configure: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with unit_of_work() as uow:
        tags = uow.session.exec(select(EntityTag).where(EntityTag.entity_id == band)).all()
        for tag in tags:
            tag.status = TagStatus.REJECTED
            tag.version += 1_000_000
    assert charted(band) >= 1
    assert publish_changed() == len(tags)
    assert charted(band) == 0
    assert publish_changed() == 0


def test_a_click_does_not_wait_for_others_who_build_charts(
    band: UUID, article: NewsItem, analyst: Actor, client_of: Callable[[Actor], Any]
) -> None:
    client = client_of(analyst)
    link = client.get(f"/api/news/{article.item_id}/explain").json()["links"][0]
    with write_engine().begin() as builder:
        builder.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": REBUILD_LOCK})
        answer = client.post("/api/corrections", json={"verdict": "reject", "tagId": link["id"]})
        assert answer.status_code == 201
        assert charted(band, "mentions") >= 1
    assert publish_changed() == answer.json()["changed"]  # what the job does
    assert charted(band, "mentions") == 0


def test_a_work_is_linked_with_its_genre(clickhouse_db: None, mara: Actor) -> None:
    work = make_work(mara, "Glass Harbour Lights", genres=["dream pop"])
    band = make_contributor(mara, "Nightbird Parade")
    set_shares(mara, work, share(band, 1_000_000))
    item = make_item("Nightbird Parade release “Glass Harbour Lights”", "The new single is out now.")
    write_items([item])
    service.tag_items([item])
    assert standing()[band.id] == {TagStatus.LINKED}
    with read_session() as session:
        rows = session.exec(select(EntityTag).where(EntityTag.entity_type == EntityType.WORK)).all()
    assert {(row.entity_id, row.genre) for row in rows} == {(work.id, "dream pop")}
