"""Times, sizes and names as the pages show them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.platform.ui.people import avatar_color, initials
from omnisonic.platform.ui.words import ago, clock, count, level, short_hash, size

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=2), "2 min ago"),
        (timedelta(hours=5, minutes=59), "5 h ago"),
        (timedelta(hours=30), "yesterday"),
        (timedelta(days=9), "12 Nov"),
        (timedelta(days=400), "17 Oct 2025"),
        (timedelta(seconds=-3), "just now"),
    ],
)
def test_ago(passed: timedelta, words: str) -> None:
    assert ago(NOW - passed, now=NOW) == words


@pytest.mark.parametrize(
    ("samples", "words"),
    [(None, "–"), (0, "0:00"), (48_000 * 184, "3:04"), (48_000 * 3_661, "1:01:01")],
)
def test_clock(samples: int | None, words: str) -> None:
    assert clock(samples) == words


@pytest.mark.parametrize(
    ("size_bytes", "words"),
    [(None, "–"), (0, "0 B"), (999, "999 B"), (1_500, "1.5 kB"), (20_600_000, "21 MB")],
)
def test_size(size_bytes: int | None, words: str) -> None:
    assert size(size_bytes) == words


def test_levels_have_a_true_minus() -> None:
    assert level(-14.04, "LUFS") == "−14.0 LUFS"
    assert level(None, "LUFS") == "–"


def test_counts_and_hashes() -> None:
    assert (count(1, "track"), count(0, "track")) == ("1 track", "0 tracks")
    assert short_hash("9f3c" + "0" * 56 + "e21a") == "9f3c…e21a"
    assert short_hash(None) == ""


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Mara Ilić", "MI"), ("Teo", "TE"), ("  ", "?"), ("Η μουσική", "ΗΜ"), ("(the) Band of Joy", "BJ")],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


@given(st.text(max_size=80))
def test_every_name_has_one_or_two_letters(name: str) -> None:
    assert 1 <= len(initials(name)) <= 6  # upper case may be longer: ß becomes SS, ﬃ FFI


@given(st.uuids())
def test_a_color_stays_with_its_person(user_id: UUID) -> None:
    assert avatar_color(user_id) == avatar_color(UUID(str(user_id)))
