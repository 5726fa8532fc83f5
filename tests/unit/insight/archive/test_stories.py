"""Copies of a story across outlets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.insight.archive.stories import (
    WINDOW,
    StoryIndex,
    Told,
    are_alike,
    block_words,
    title_words,
)

NOW = datetime(2026, 5, 1, tzinfo=UTC)
word_sets = st.frozensets(
    st.sampled_from(["a", "bb", "ccc", "dddd", "eeeee", "ffffff", "ggggggg", "h8"]), min_size=3
)


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Mira Solheim Announces a World Tour", {"mira", "solheim", "announces", "a", "world", "tour"}),
        ("Opinion | Why the album lives – The Daily", {"why", "the", "album", "lives"}),
        ("Review: a hip-hop record of quiet rage", {"a", "hip", "hop", "record", "of", "quiet", "rage"}),
        ("Radiohead’s Kid A at 25", {"radioheads", "kid", "a", "at", "25"}),
        ("Doors open at 10:30 for everyone", {"doors", "open", "at", "10", "30", "for", "everyone"}),
        ("Album review", set()),
        ("", set()),
        ("- | : -", set()),
        ("夜行列車の新曲", {"夜行", "行列", "列車", "車の", "の新", "新曲"}),
    ],
)
def test_words_of_a_title(title: str, words: set[str]) -> None:
    assert title_words(title) == words


@given(word_sets, word_sets)
def test_alike_titles_always_share_a_block(one: frozenset[str], other: frozenset[str]) -> None:
    is_alike = len(one & other) * 5 >= 3 * len(one | other)
    assert are_alike(one, other) is is_alike
    if is_alike:
        assert set(block_words(one)) & set(block_words(other))


@given(st.lists(st.tuples(word_sets, st.integers(0, 200)), max_size=12), word_sets, st.integers(0, 200))
def test_blocks_find_what_a_look_at_every_story_finds(
    told: list[tuple[frozenset[str], int]], words: frozenset[str], hours: int
) -> None:
    stories = [Told(NOW + timedelta(hours=at), UUID(int=n), its) for n, (its, at) in enumerate(told)]
    at = NOW + timedelta(hours=hours)
    near = [
        (-len(one.words & words) / len(one.words | words), one.story_at, one.story_id)
        for one in stories
        if abs(one.story_at - at) <= WINDOW and len(one.words & words) * 5 >= 3 * len(one.words | words)
    ]
    for index in (StoryIndex(stories), StoryIndex(reversed(stories))):
        found = index.find(words, at)
        assert (found and found.story_id) == (min(near)[2] if near else None)


def test_a_story_does_not_go_on_for_ever() -> None:
    words = title_words("The chart of the day is here")
    index = StoryIndex([Told(NOW, UUID(int=1), words)])
    assert index.find(words, NOW + timedelta(hours=72)) is not None
    assert index.find(words, NOW + timedelta(hours=73)) is None
    index.add(Told(NOW, UUID(int=1), title_words("The chart of the day: a record")))
    assert index.find(words, NOW + timedelta(hours=73)) is None
