"""Folding: what is compared, and the way back to the text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.insight.tagging.normalize import fold, normalize, split_words


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("Beyoncé", "BEYONCE"),
        ("AC/DC", "ac-dc"),
        ("Guns N’ Roses", "Guns N' Roses"),
        ("Simon & Garfunkel", "simon and garfunkel"),
        ("Röyksopp", "Royksopp"),
        ("MØ", "mo"),
        ("Björk", unicodedata.normalize("NFD", "Björk")),
        ("ＡＢＢＡ", "abba"),
        ("Йорш", "Иорш"),
    ],
)
def test_spellings_of_one_name_are_the_same(written: str, same: str) -> None:
    assert normalize(written) == normalize(same)


def test_marks_of_scripts_that_need_them_stay() -> None:
    assert normalize("はは") != normalize("ばば")
    assert normalize("ㅎㅏㄴ") == normalize(normalize("ㅎㅏㄴ"))


@given(st.text(max_size=60))
def test_normalizing_twice_changes_nothing(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters(codec=None), max_size=60))
def test_every_word_leads_back_to_its_place(text: str) -> None:
    words = split_words(text)
    assert words.joined.split() == list(words.words)
    position = 0
    for number, (word, start, end) in enumerate(zip(words.words, words.starts, words.ends, strict=True)):
        assert word in normalize(text[start:end]).split() or word in normalize(text[start:end])
        assert words.joined[position + 1 :].startswith(word)
        assert words.word_at(position) == words.word_at(position + len(word)) == number
        position += len(word) + 1
    assert list(words.starts) == sorted(words.starts)
