# ruff: noqa: E501
"""Lengths, dates and texts as people and spreadsheets write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.core.imports.codes import Code
from omnisonic.core.imports.mapping import DurationUnit
from omnisonic.core.imports.values import Day, Refused, clean_text, parse_day, parse_duration, parse_genres

SECONDS, MILLISECONDS = DurationUnit.SECONDS, DurationUnit.MILLISECONDS


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("215", SECONDS, 215_000),
        ("215.4", SECONDS, 215_400),
        ("215,4", SECONDS, 215_400),
        ("215466", MILLISECONDS, 215_466),
        ("3:35", SECONDS, 215_000),
        ("03:35", MILLISECONDS, 215_000),
        ("3:35.250", SECONDS, 215_250),
        ("1:02:03", SECONDS, 3_723_000),
        ("75:00", SECONDS, 4_500_000),
        ("PT3M35S", SECONDS, 215_000),
        ("PT00H03M35.5S", SECONDS, 215_500),
        ("pt1h", SECONDS, 3_600_000),
        ("3 min 35 s", SECONDS, 215_000),
        ("215466 ms", SECONDS, 215_466),
        ("", SECONDS, None),
        ("0:00", SECONDS, None),
    ],
)
def test_lengths(text: str, unit: DurationUnit, expected: int | None) -> None:
    assert parse_duration(text, unit) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("3:75", Code.BAD_DURATION),
        ("1:75:00", Code.BAD_DURATION),
        ("25:00:00", Code.BAD_DURATION),
        ("215466", Code.BAD_DURATION),
        ("PT", Code.BAD_DURATION),
        ("-5", Code.BAD_DURATION),
        ("three", Code.BAD_DURATION),
        ("2.15E+05", Code.SPREADSHEET_DAMAGE),
        ("9" * 400, Code.BAD_DURATION),
    ],
)
def test_lengths_that_cannot_be(text: str, code: Code) -> None:
    found = parse_duration(text, SECONDS)
    assert isinstance(found, Refused)
    assert found.code is code


@given(st.integers(1, 86_399))
def test_a_length_is_the_same_in_every_form(seconds: int) -> None:
    minutes, rest = divmod(seconds, 60)
    forms = [str(seconds), f"PT{seconds}S", f"{minutes // 60}:{minutes % 60:02}:{rest:02}"]
    assert {parse_duration(form, SECONDS) for form in forms} == {seconds * 1000}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2001-05-17", date(2001, 5, 17)),
        ("2001-05-17T00:00:00Z", date(2001, 5, 17)),
        ("20010517", date(2001, 5, 17)),
        ("2001/5/17", date(2001, 5, 17)),
        ("17/05/2001", date(2001, 5, 17)),
        ("05/17/2001", date(2001, 5, 17)),
        ("17.05.2001", date(2001, 5, 17)),
        ("05/05/2001", date(2001, 5, 5)),
        ("17 May 2001", date(2001, 5, 17)),
        ("May 17, 2001", date(2001, 5, 17)),
    ],
)
def test_days(text: str, expected: date) -> None:
    assert parse_day(text) == Day(expected)


@pytest.mark.parametrize(
    ("text", "expected"), [("2001", date(2001, 1, 1)), ("2001-05", date(2001, 5, 1)), ("2001-05-00", date(2001, 5, 1))]
)  # fmt: skip
def test_a_completed_date_is_said(text: str, expected: date) -> None:
    found = parse_day(text)
    assert isinstance(found, Day)
    assert found.value == expected
    assert found.warning is not None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("03/04/2001", Code.AMBIGUOUS_DATE),
        ("2001-13-01", Code.BAD_DATE),
        ("2001-02-30", Code.BAD_DATE),
        ("31/31/2001", Code.BAD_DATE),
        ("1234-01-01", Code.BAD_DATE),
        ("soon", Code.BAD_DATE),
        ("37028", Code.SPREADSHEET_DAMAGE),
        ("May-01", Code.SPREADSHEET_DAMAGE),
        ("########", Code.SPREADSHEET_DAMAGE),
    ],
)
def test_dates_that_cannot_be(text: str, code: Code) -> None:
    found = parse_day(text)
    assert isinstance(found, Refused)
    assert found.code is code


@given(st.text(max_size=60))
def test_no_text_breaks_a_reader_and_clean_text_can_be_stored(text: str) -> None:
    parse_day(text)
    parse_duration(text, SECONDS)
    parse_genres(text)
    cleaned = clean_text(text)
    assert not any(mark in cleaned for mark in "\x00\t\r\n")
    assert clean_text(cleaned) == cleaned


def test_genres_are_parted_by_semicolon_or_bar_only() -> None:
    assert parse_genres("Folk, World, & Country; Pop|Pop") == ["Folk, World, & Country", "Pop"]
