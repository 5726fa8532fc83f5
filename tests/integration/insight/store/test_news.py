"""Articles, their links, what is named together, and how outlets do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from omnisonic.insight.news import NewsItem
from omnisonic.insight.store.news import links_of_items, newest_item_at, news_by_ids, news_page
from omnisonic.insight.store.outlets import record_open, source_performance
from omnisonic.insight.store.together import npmi, pairs_among, pairs_around
from omnisonic.insight.store.writes import write_items, write_links
from omnisonic.platform.clickhouse import clickhouse
from omnisonic.platform.pagination import Page, decode_cursor
from tests.integration.insight.conftest import DAY, id_of
from tests.integration.insight.store.conftest import BAND, SINGER, SONG, in_days, link, rejected

MONTH = in_days(30)


def _titles(**options: object) -> list[str]:
    chosen = options.pop("chosen", MONTH)
    page = news_page(chosen, page=Page(limit=10), **options)  # type: ignore[arg-type]
    return [item.title for item in page.items]


def test_articles_come_newest_first_page_by_page(news: dict[str, NewsItem]) -> None:
    seen: list[NewsItem] = []
    cursor = None
    for _ in range(3):
        page = news_page(MONTH, page=Page(limit=2, after=decode_cursor(cursor)))
        seen += page.items
        cursor = page.next_cursor
    assert cursor is None
    assert seen == sorted(news.values(), key=lambda item: item.first_seen_at, reverse=True)
    assert newest_item_at() == news["d"].first_seen_at


def test_articles_by_what_they_are_about(news: dict[str, NewsItem]) -> None:
    assert _titles(chosen=MONTH.about(SONG)) == ["Song returns"]
    assert _titles(chosen=replace(MONTH.about(BAND), source="copy.example")) == ["Band plays!"]
    assert _titles(chosen=replace(MONTH, source="late.example")) == ["Band played"]
    assert _titles(chosen=replace(MONTH, genre="pop")) == ["Old news", "Singer sings with Band"]
    assert _titles(search="ZOË's night") == ["Singer sings with Band"]
    assert _titles(search="band PLAYED") == ["Band played"]
    assert _titles(search="100% {x:Int8} ' \\") == []
    write_links([rejected(link(news["c"], SONG))])
    assert _titles(chosen=MONTH.about(SONG)) == []
    assert "Song returns" not in _titles(linked_only=True)


def test_an_edited_article_is_the_same_one(news: dict[str, NewsItem]) -> None:
    edited = replace(news["c"], title="Song returns (updated)", version=2)
    write_items([edited, news["c"]])
    unknown = id_of("nowhere")
    assert news_by_ids([edited.item_id, unknown]) == {edited.item_id: edited}
    assert news_by_ids([]) == {}
    assert len(_titles()) == len(news)


def test_links_of_an_article_are_those_of_now(news: dict[str, NewsItem]) -> None:
    first = news["a1"].item_id
    found = links_of_items([first, news["b"].item_id])
    assert [one.span_start for one in found[first]] == [0, 20]
    assert found[first][0] == replace(link(news["a1"], BAND), confidence=pytest.approx(0.9))
    write_links([rejected(link(news["a1"], BAND))])
    assert [one.span_start for one in links_of_items([first])[first]] == [20]
    assert links_of_items([id_of("nowhere")]) == {}


def test_what_stories_name_together(news: dict[str, NewsItem]) -> None:
    (pair,) = pairs_around(MONTH, centers=[SINGER], limit=10)
    assert (pair.first, pair.second, pair.stories) == (BAND, SINGER, 1)
    assert pair.npmi == pytest.approx(npmi(together=1, first=2, second=2, everything=4))
    assert pairs_among(MONTH, entities=[BAND, SINGER, SONG], limit=10) == [pair]
    assert pairs_among(MONTH, entities=[BAND, SONG], limit=10) == []
    assert pairs_around(MONTH, centers=[], limit=10) == []


def test_how_outlets_do(news: dict[str, NewsItem]) -> None:
    record_open(news["a2"], at=DAY + timedelta(days=2))
    found = source_performance(MONTH, ["copy.example", "pitch.example", "nobody.example"])
    copy, first = found["copy.example"], found["pitch.example"]
    assert (copy.items, copy.stories, copy.opens, copy.median_delay_s) == (1, 1, 1, 4 * 3600)
    assert (first.items, first.stories, first.opens, first.median_delay_s) == (4, 4, 0, 0)
    assert (first.linked_share, first.links_per_item) == (1.0, 5 / 4)
    with clickhouse() as client:
        rows = client.query(
            "SELECT day, items, stories, linked_share, links_per_item, median_delay_s, opens "
            "FROM source_performance WHERE source = 'copy.example'"
        ).result_rows
    assert rows == [(DAY.date(), 1, 1, 1.0, 1.0, 4 * 3600, 0)], "opens count on the day of the opening"


def test_views_for_other_programs(news: dict[str, NewsItem]) -> None:
    with clickhouse() as client:
        daily = client.query(
            "SELECT day, mentions, stories, sources FROM entity_mentions_timeseries "
            "WHERE entity_id = toUUID('00000000-0000-0000-0000-000000000001') ORDER BY day"
        ).result_rows
        genres = client.query("SELECT genre, sum(mentions) FROM genre_trends GROUP BY genre ORDER BY 1")
    assert [row[1:] for row in daily] == [(2, 1, 2), (2, 2, 2)]
    assert genres.result_rows == [("", 1), ("pop", 2), ("rock", 4)]
