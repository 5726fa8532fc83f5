"""Artist lines: guests are found, names stay whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.core.catalog.credits import CreditedName, join_credits, normalize_line, split_artist_line


def names(line: str) -> list[str]:
    return [part.credited_as for part in split_artist_line(line)]


@pytest.mark.parametrize(
    "line",
    [
        *(
            "Earth, Wind & Fire",
            "Simon & Garfunkel",
            "Tyler, The Creator",
            "AC/DC",
            "Us vs. Them",
            "Lil Nas X",
        ),
        *(
            "Little Feat",
            "50 Ft Wave",
            "Malcolm X x Friends",
            "Sugar Ft",
            "feat. Nobody",
            "Defeat of the Sun",
        ),
        *("Feature Film", "A & B, C and D", "Ft. Worth", "Featuring", "A feat. & B"),
    ],
)
def test_a_name_is_never_torn_apart(line: str) -> None:
    assert names(line) == [line]


@pytest.mark.parametrize(
    ("line", "performers"),
    [
        ("Mara feat. Teo", ["Mara", "Teo"]),
        ("Mara ft Teo", ["Mara", "Teo"]),
        ("Mara FEATURING Teo", ["Mara", "Teo"]),
        ("Mara (feat. Teo)", ["Mara", "Teo"]),
        ("Mara [ft. Teo]", ["Mara", "Teo"]),
        ("Mara(feat. Teo)", ["Mara", "Teo"]),
        ("Mara feat.Teo", ["Mara", "Teo"]),
        ("Little Feat feat. Bonnie", ["Little Feat", "Bonnie"]),
        ("Earth, Wind & Fire feat. The Emotions", ["Earth, Wind & Fire", "The Emotions"]),
        ("A (feat. B) [ft. C]", ["A", "B", "C"]),
        ("A (feat. B (of C))", ["A", "B (of C)"]),
        ("A (feat. B) Live", ["A", "B"]),
        ("A ft. B & C", ["A", "B & C"]),
        ("Maroon 5 feat. Cardi B", ["Maroon 5", "Cardi B"]),
        ("Blink 182 feat Teo", ["Blink 182", "Teo"]),
        ("Maroon 5 ft. Cardi B", ["Maroon 5", "Cardi B"]),
    ],
)
def test_guests_are_found(line: str, performers: list[str]) -> None:
    assert names(line) == performers


def test_an_empty_line_credits_nobody() -> None:
    assert split_artist_line("  ") == []


def test_the_text_between_the_names_is_kept() -> None:
    assert split_artist_line("A  (feat. B)") == [CreditedName("A", " (feat. "), CreditedName("B", ")")]


PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [" feat. ", " ft ", "(feat. ", ")", "[", "]", " & ", " featuring ", "Little Feat", "5 ft "]
        ),
        st.text(max_size=8),
    ),
    max_size=12,
).map("".join)


@given(PIECES)
def test_credits_joined_read_as_the_line(line: str) -> None:
    parts = split_artist_line(line)
    assert join_credits(parts) == normalize_line(line)
    assert all(part.credited_as.strip() for part in parts)


@given(PIECES)
def test_splitting_again_gives_the_same(line: str) -> None:
    parts = split_artist_line(line)
    assert split_artist_line(join_credits(parts)) == parts
