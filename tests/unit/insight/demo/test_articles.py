"""The demo's articles: the same every time, spread over two months, with a burst at the end."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from omnisonic.core.demo.songs import SONGS
from omnisonic.insight.archive.stories import are_alike, title_words
from omnisonic.insight.demo.articles import write_articles
from omnisonic.insight.demo.documents import CONTENT_TYPE, write_document
from omnisonic.insight.demo.events import ACTS
from omnisonic.insight.demo.outlets import OUTLETS
from omnisonic.insight.feeds.mapping import read_feed

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)


def test_they_are_the_same_for_the_same_moment_and_move_with_it() -> None:
    articles = write_articles(NOW)
    assert articles == write_articles(NOW)
    later = write_articles(NOW + timedelta(days=3))
    assert [one.title for one in later] == [one.title for one in articles]
    assert {b.published_at - a.published_at for a, b in zip(articles, later, strict=True)} == {
        timedelta(days=3)
    }


def test_two_months_of_several_outlets_end_in_a_burst() -> None:
    articles = write_articles(NOW)
    assert 280 <= len(articles) <= 400
    assert {one.outlet for one in articles} == set(OUTLETS)
    assert max(one.published_at for one in articles) <= NOW
    assert len({one.published_at.date() for one in articles}) >= 55
    yesterday = [one for one in articles if one.published_at > NOW - timedelta(hours=27)]
    burst = [one for one in yesterday if "Mira Solheim" in one.title]
    assert len(burst) >= 12
    assert len({one.outlet.domain for one in burst}) >= 5
    usual = Counter(one.published_at.date() for one in articles if "Mira Solheim" in one.title)
    assert sorted(usual.values())[-3] <= 5
    assert not any("{" in one.title + one.text for one in articles)


def test_outlets_tell_the_same_stories() -> None:
    articles = write_articles(NOW)
    told_twice = sum(
        any(
            other.outlet != one.outlet
            and abs(other.published_at - one.published_at) < timedelta(hours=72)
            and are_alike(title_words(other.title), title_words(one.title))
            for other in articles
        )
        for one in articles
    )
    assert told_twice > len(articles) / 3


def test_it_is_about_the_demo_catalog() -> None:
    titles = {song.title for song in SONGS}
    names = {part.name for song in SONGS for part in song.parts} | {
        take.artist for song in SONGS for take in song.takes
    }
    for act in ACTS:
        assert set(act.songs) <= titles
        assert {act.name, *act.beside} <= names


def test_its_documents_are_feeds_that_our_reader_reads() -> None:
    count = 0
    for outlet in OUTLETS:
        parsed = read_feed(
            write_document(outlet, now=NOW), content_type=CONTENT_TYPE, url="http://x.example/", now=NOW
        )
        assert (parsed.title, parsed.site_url, parsed.warning) == (
            outlet.name,
            f"https://{outlet.domain}/",
            None,
        )
        assert all(entry["dateQuality"] == "stated" for entry in parsed.entries)
        count += len(parsed.entries)
    assert count == len(write_articles(NOW))
