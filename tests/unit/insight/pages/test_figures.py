"""Figures for the browser: small, complete, and in the same colors each time."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.insight.analytics.schemas import (
    Freshness,
    GenreShare,
    GenreShares,
    MentionSeries,
    Range,
    Series,
    TotalsView,
)
from omnisonic.insight.charts.figures import bucket_words, genre_figure, line_figure, spark_points
from omnisonic.insight.charts.palette import SLOTS, color_of, looks_of
from omnisonic.insight.news import EntityType
from omnisonic.insight.store.buckets import BucketSize
from omnisonic.insight.store.filters import CountBy

START = datetime(2026, 10, 23, tzinfo=UTC)
RANGE = Range(since=START, until=START + timedelta(days=30))
TOTALS = TotalsView(stories=10, mentions=12, sources=3)
FRESH = Freshness(
    newest_at=START,
    age_s=0,
    waiting=0,
    unstored=0,
    untagged=0,
    failing_since=None,
    reason=None,
    generated_at=START,
)
FIGURE_BYTES_MAX = 50_000


def series(buckets: int, lines: int, *, bucket: BucketSize = BucketSize.DAY) -> MentionSeries:
    return MentionSeries(
        range=RANGE,
        bucket=bucket,
        count=CountBy.STORIES,
        starts=[START + timedelta(days=place) for place in range(buckets)],
        is_last_complete=False,
        totals=TOTALS,
        all=[1000] * buckets,
        series=[
            Series(
                entity_type=EntityType.ARTIST,
                entity_id=UUID(int=number + 1),
                name="Долгое имя 山田太郎 " * 5,
                detail="",
                total=1000 * buckets,
                values=[1000] * buckets,
            )
            for number in range(lines)
        ],
        freshness=FRESH,
    )


def shares(genres: list[str]) -> GenreShares:
    return GenreShares(
        range=RANGE,
        count=CountBy.STORIES,
        totals=TOTALS,
        genres=[
            GenreShare(genre=name, stories=len(genres) - place, mentions=50, share=1 / len(genres))
            for place, name in enumerate(genres)
        ],
        freshness=FRESH,
    )


def test_the_largest_figure_stays_small() -> None:
    assert len(json.dumps(line_figure(series(400, 6)))) < FIGURE_BYTES_MAX
    assert len(json.dumps(line_figure(series(30, 6)))) < 10_000


def test_a_line_figure_says_what_may_still_grow() -> None:
    figure = line_figure(series(3, 1))
    assert figure["isLastComplete"] is False
    assert figure["starts"][0] == "2026-10-23T00:00:00Z"
    assert figure["labels"] == ["23 Oct 2026", "24 Oct 2026", "25 Oct 2026"]
    (line,) = figure["lines"]
    assert line["href"] == f"/entities/artist/{UUID(int=1)}"


@given(st.sets(st.text(min_size=1), min_size=1, max_size=len(SLOTS)))
def test_lines_of_one_chart_never_share_a_look(keys: set[str]) -> None:
    looks = looks_of(keys)
    assert len(set(looks.values())) == len(keys)
    assert all(color_of(look).startswith("--om-track-") for look in looks.values())


def test_an_entity_keeps_its_color_in_any_order_and_beside_others_of_other_colors() -> None:
    first = looks_of(["artist:a", "artist:b", "work:c"])
    assert looks_of(["work:c", "artist:b", "artist:a"]) == first
    assert looks_of(["artist:a"])["artist:a"] == looks_of(["artist:a"])["artist:a"]


def test_seven_genres_are_all_shown_and_of_more_the_rest_is_one_slice() -> None:
    few = genre_figure(shares(["a", "b", "c", "d", "e", "f", ""]))
    assert [one["name"] for one in few["slices"]][-1] == "Genre not known"
    many = genre_figure(shares([f"genre {number}" for number in range(12)]))
    assert len(many["slices"]) == 7
    rest = many["slices"][-1]
    assert (rest["key"], rest["name"]) == (None, "6 others")
    assert sum(one["value"] for one in many["slices"]) == sum(range(1, 13))
    assert sum(one["share"] for one in many["slices"]) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (BucketSize.HOUR, "23 Oct, 00:00"),
        (BucketSize.DAY, "23 Oct 2026"),
        (BucketSize.WEEK, "week of 23 Oct 2026"),
    ],
)
def test_buckets_in_words(size: BucketSize, words: str) -> None:
    assert bucket_words(START, size) == words


@given(st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=60))
def test_a_sparkline_stays_in_its_box(values: list[int]) -> None:
    points = [
        tuple(map(float, pair.split(","))) for pair in spark_points(values, width=120, height=36).split()
    ]
    assert len(points) == len(values)
    assert all(1 <= x <= 119 and 1 <= y <= 35 for x, y in points)


def test_a_sparkline_of_nothing_is_empty() -> None:
    assert spark_points([], width=120, height=36) == ""
