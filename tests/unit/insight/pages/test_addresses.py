"""Filters in an address: what they mean, and links that change one of them."""

from __future__ import annotations

from urllib.parse import parse_qs
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.insight.addresses import (
    CUSTOM,
    FIELDS,
    range_choice,
    read_filter,
    read_query,
    with_query,
    write_query,
)
from omnisonic.insight.news import EntityType

ENTITY = "01a1fd00-0000-7000-8000-000000000001"


def test_an_empty_address_means_the_last_thirty_days() -> None:
    asked, kept = read_filter(read_query(""))
    chosen = asked.filter()
    assert kept == {}
    assert (chosen.until.date() - chosen.since.date()).days == 29
    assert range_choice(kept) == "30"


def test_a_whole_filter_is_read() -> None:
    query = f"days=7&entityType=artist&entityId={ENTITY}&genre=&source=pitch.example&count=mentions&depth=2"
    asked, kept = read_filter(read_query(query))
    assert (asked.entity_type, asked.entity_id) == (EntityType.ARTIST, UUID(ENTITY))
    assert asked.genre == ""  # the unknown genre, which is not the same as every genre
    assert (asked.count, asked.depth) == ("mentions", 2)
    assert write_query(kept) == query


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("days=0&source=a.example", {"source": "a.example"}),
        ("days=x&count=plays", {}),
        ("from=2026-11-21&to=2026-11-01&genre=folk", {"genre": "folk"}),
        (f"entityId={ENTITY}&days=7", {"days": "7"}),  # an entity without its type
        ("entityType=artist&entityId=none", {"entityType": "artist"}),
        ("from=2026-11-01&days=7&count=mentions", {"from": "2026-11-01", "count": "mentions"}),
        ("nonsense=1&q=%00", {}),
    ],
)
def test_what_cannot_be_meant_is_left_out(query: str, left: dict[str, str]) -> None:
    _, kept = read_filter(read_query(query))
    assert kept == left


@given(st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=30)))
def test_no_address_is_an_error(values: dict[str, str]) -> None:
    asked, kept = read_filter(values)
    asked.filter()
    assert kept.items() <= values.items()


@given(st.text(max_size=300))
def test_no_query_string_is_an_error(query: str) -> None:
    assert read_query(query).keys() <= set(FIELDS)


def test_days_and_dates_take_each_others_place() -> None:
    dates = {"from": "2026-11-01", "to": "2026-11-07", "genre": "folk"}
    assert write_query(dates, days="7") == "days=7&genre=folk"
    assert write_query(dates, days="30") == "genre=folk"
    found = parse_qs(write_query({"days": "7"}, **{"from": "2026-11-01", "to": "2026-11-07"}))
    assert found == {"from": ["2026-11-01"], "to": ["2026-11-07"]}
    assert range_choice(dates) == CUSTOM


def test_a_path_has_a_query_only_where_there_is_one() -> None:
    assert with_query("/analytics", "") == "/analytics"
    assert with_query("/analytics", "days=7") == "/analytics?days=7"
