"""Names: spelled as people spell them, never turning the text around them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from omnisonic.platform.names import check_name, tidy_name
from omnisonic.studio.sessions.schemas import SessionCreate
from omnisonic.studio.tracks.schemas import TrackPatch

TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
SPELLED = [
    "Nørthern Lights",
    "می\u200cخواهم",  # Persian, with the joiner that keeps two letters apart
    "क्\u200dष",  # Hindi, with the joiner that shows a half letter
    "👩\u200d🎤 & 👨\u200d👩\u200d👧",
    "❤\ufe0f",
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f tour",  # the flag of England
    "שיר ליל",
    "№ 5 (take 2)…",
]


@pytest.mark.parametrize("name", SPELLED)
def test_names_of_every_script_stay_as_they_are(name: str) -> None:
    assert check_name(name, max_chars=80) == unicodedata.normalize("NFC", name)
    assert SessionCreate(name=name).name == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    "name",
    [f"a{mark}b" for mark in TURNING + "\x00\t\n\r\x1b\x7f\x85\u2028\u2029\u206a\ufff9\U000e0041"]
    + ["", " ", "\u200d", "\u3164", "\ufe0f", "\u200b\u2060\ufeff", "\ud800"],
)
def test_what_disguises_or_shows_nothing_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="Use "):
        check_name(name, max_chars=80)
    assert not set(tidy_name(f"x{name}y", max_chars=80)) & set(TURNING + "\n\x00")


@pytest.mark.parametrize("name", ["evil\u202egnp.exe", "a\nb"])
def test_requests_refuse_it_too(name: str) -> None:
    for make in (lambda: SessionCreate(name=name), lambda: TrackPatch(version=1, name=name)):
        with pytest.raises(ValidationError, match="invisible characters"):
            make()


def test_pasted_marks_that_disguise_nothing_are_dropped() -> None:
    assert check_name("\ufeffTa\u00adke\u200e 1\u200b ", max_chars=80) == "Take 1"


def test_the_limit_counts_what_is_kept() -> None:
    assert check_name("e\u0301" * 5, max_chars=5) == "é" * 5
    with pytest.raises(ValueError, match="at most 5"):
        check_name("\U0001d15e" * 5, max_chars=5)  # a musical symbol that NFC writes as two


@given(st.text(max_size=60))
def test_a_name_that_is_taken_is_harmless_and_taken_again(text: str) -> None:
    try:
        name = check_name(text, max_chars=40)
    except ValueError:
        return
    assert check_name(name, max_chars=40) == name
    assert 1 <= len(name) <= 40
    assert name == name.strip() == unicodedata.normalize("NFC", name)
    categories = {unicodedata.category(character) for character in name}
    assert not categories & {"Cc", "Cs", "Zl", "Zp"}
    assert not {unicodedata.bidirectional(character) for character in name} & {
        *("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    }


@given(st.text(max_size=60))
def test_a_tidied_name_is_empty_or_can_be_taken(text: str) -> None:
    name = tidy_name(text, max_chars=40)
    assert name == "" or check_name(name, max_chars=40) == name


def test_the_description_says_the_limits() -> None:
    schema = TypeAdapter(SessionCreate).json_schema()["properties"]["name"]["anyOf"][0]
    assert schema == {"type": "string", "minLength": 1, "maxLength": 120}
