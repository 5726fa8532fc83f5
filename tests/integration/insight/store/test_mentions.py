"""Figures are exact: repeats, corrections and rejections included."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from omnisonic.insight.news import EntityType, NewsItem
from omnisonic.insight.store import mentions
from omnisonic.insight.store.buckets import BucketSize, choose_buckets, cut
from omnisonic.insight.store.filters import CountBy, EntityRef
from omnisonic.insight.store.mentions import (
    Counts,
    count_all,
    count_by_entity,
    count_by_genre,
    count_by_source,
    count_in_windows,
    first_mentions,
    series_by_entity,
    series_of_all,
)
from omnisonic.insight.store.writes import write_items, write_links
from omnisonic.platform.clickhouse import clickhouse
from tests.integration.insight.conftest import DAY
from tests.integration.insight.store.conftest import BAND, SINGER, SONG, in_days, link, rejected

MONTH = in_days(30)


def _figures() -> list[object]:
    buckets = choose_buckets(MONTH.since, MONTH.until)
    return [
        count_all(MONTH),
        count_by_entity(MONTH, limit=10),
        count_by_genre(MONTH),
        count_by_source(MONTH, limit=10),
        series_of_all(MONTH, buckets=buckets),
        series_of_all(MONTH, buckets=buckets, count=CountBy.MENTIONS),
        series_by_entity(MONTH, buckets=buckets),
    ]


def test_copies_are_one_story_and_each_article_one_mention(news: dict[str, NewsItem]) -> None:
    assert count_all(MONTH) == Counts(stories=4, mentions=7, sources=3)
    assert count_by_entity(MONTH, limit=10) == {
        BAND: Counts(stories=2, mentions=4, sources=3),
        SINGER: Counts(stories=2, mentions=2, sources=1),
        SONG: Counts(stories=1, mentions=1, sources=1),
    }
    assert list(count_by_entity(MONTH, limit=1)) == [BAND]
    assert {genre: one.stories for genre, one in count_by_genre(MONTH).items()} == {
        "rock": 2,
        "pop": 2,
        "": 1,
    }
    found = count_by_source(MONTH, limit=10, count=CountBy.MENTIONS)
    assert [(one.source, one.tier, one.stories, one.mentions) for one in found] == [
        ("pitch.example", 1, 4, 5),
        ("copy.example", 2, 1, 1),
        ("late.example", 1, 1, 1),
    ]
    assert first_mentions([BAND, SINGER]) == {
        BAND: news["a1"].first_seen_at,
        SINGER: news["b"].first_seen_at,
    }
    assert first_mentions([]) == {}


def test_who_is_not_on_the_shortlist_is_not_forgotten(
    news: dict[str, NewsItem], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The band has four mentions of two stories; the singer is told apart only by a wider look."""
    filters = [
        MONTH,
        replace(MONTH, min_confidence=0.8),
        replace(MONTH, genre="pop"),
        MONTH.between(DAY, DAY),
    ]
    asked = [(chosen, limit, count) for chosen in filters for limit in (1, 2, 3) for count in CountBy]

    def ranked() -> list[list[tuple[EntityRef, Counts]]]:
        return [
            list(count_by_entity(chosen, limit=limit, count=count).items()) for chosen, limit, count in asked
        ]

    short = ranked()
    for least, times in ((1, 1), (1, 2), (10_000, 1)):  # the last one is longer than a list may be
        monkeypatch.setattr(mentions, "MIN_SHORTLIST", least)
        monkeypatch.setattr(mentions, "SHORTLISTED", times)
        assert ranked() == short


def test_each_filter_narrows(news: dict[str, NewsItem]) -> None:
    assert count_all(replace(MONTH, entity_type=EntityType.WORK)).mentions == 1
    assert count_all(MONTH.about(BAND, SONG)).mentions == 5
    assert count_all(replace(MONTH, genre="pop")).mentions == 2
    assert count_all(replace(MONTH, genre="")).mentions == 1
    assert count_all(replace(MONTH, source="copy.example")).mentions == 1
    assert count_all(replace(MONTH, min_confidence=0.8)).mentions == 5
    assert count_all(replace(MONTH, with_backfill=False)).mentions == 6
    assert count_all(replace(MONTH, genre="') OR 1 = 1 --")).mentions == 0
    assert count_all(MONTH.between(DAY, news["a2"].first_seen_at)).mentions == 1, "`until` is exclusive"


def test_buckets_add_up_to_the_totals(news: dict[str, NewsItem]) -> None:
    for size in BucketSize:
        buckets = cut(MONTH.since, MONTH.until, size)
        assert sum(series_of_all(MONTH, buckets=buckets)) == 4
        assert sum(series_of_all(MONTH, buckets=buckets, count=CountBy.MENTIONS)) == 7
        for count, expected in ((CountBy.STORIES, 2), (CountBy.MENTIONS, 4)):
            found = series_by_entity(MONTH.about(BAND), buckets=buckets, count=count)
            assert {entity: sum(values) for entity, values in found.items()} == {BAND: expected}
    daily = series_by_entity(MONTH.about(BAND), buckets=cut(MONTH.since, MONTH.until, BucketSize.DAY))
    assert daily[BAND][:3] == [1, 1, 0], "a story counts where it was first seen"
    starts = [DAY, DAY + timedelta(hours=24), DAY + timedelta(days=3)]
    assert count_in_windows(MONTH, starts=starts)[BAND] == [1, 2, 0], "each window has its own stories"
    assert count_in_windows(MONTH, starts=starts, count=CountBy.MENTIONS)[SINGER] == [0, 1, 1]


def test_writing_again_changes_nothing(news: dict[str, NewsItem]) -> None:
    before = _figures()
    again = [link(news["a1"], BAND), link(news["c"], SONG, genre="")]
    write_items(list(news.values()))
    write_links(again)
    write_links([*again, *again])
    assert _figures() == before
    with clickhouse() as client:
        client.command("OPTIMIZE TABLE entity_links FINAL")
    write_links(again)
    assert _figures() == before


def test_a_rejected_link_leaves_every_figure(news: dict[str, NewsItem]) -> None:
    gone = link(news["c"], SONG, genre="")
    write_links([rejected(gone)])
    assert count_all(MONTH) == Counts(stories=3, mentions=6, sources=3)
    assert SONG not in count_by_entity(MONTH, limit=10)
    assert "" not in count_by_genre(MONTH)
    assert first_mentions([SONG]) == {}
    write_links([gone])  # the tagger finds it again, with the version that it had
    assert count_all(MONTH).mentions == 6
    write_links([rejected(link(news["d"], SINGER))])  # the last mention of its week
    assert count_all(MONTH).mentions == 5
    write_links([replace(gone, version=3)])
    assert count_all(MONTH) == Counts(stories=3, mentions=6, sources=3)


def test_a_link_tagged_again_counts_as_it_is_now(news: dict[str, NewsItem]) -> None:
    write_links([replace(link(news["b"], SINGER), genre="jazz", confidence=0.4, version=2)])
    assert {genre: one.mentions for genre, one in count_by_genre(MONTH).items()} == {
        "rock": 4,
        "pop": 1,
        "jazz": 1,
        "": 1,
    }
    assert count_all(replace(MONTH.about(SINGER), min_confidence=0.45)).mentions == 1


def test_two_writers_of_a_week_lose_nothing(news: dict[str, NewsItem]) -> None:
    found = [[link(news["c"], EntityRef(EntityType.ARTIST, UUID(int=100 + n)))] for n in range(6)]
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(write_links, found)) == [1] * 6
    assert count_all(MONTH).mentions == 7 + 6
    assert set(count_by_entity(MONTH, limit=20)) >= {EntityRef(EntityType.ARTIST, UUID(int=105))}


def test_a_filter_may_name_thousands(news: dict[str, NewsItem]) -> None:
    crowd = [EntityRef(EntityType.ARTIST, UUID(int=1000 + n)) for n in range(5000)]
    assert count_all(MONTH.about(BAND, *crowd)).mentions == 4
    assert set(first_mentions([*crowd, SONG])) == {SONG}
