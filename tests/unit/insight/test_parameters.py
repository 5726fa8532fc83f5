"""Filters as they stand in an address."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from omnisonic.insight.parameters import AnalyticsParameters, MentionParameters
from omnisonic.insight.store.filters import CountBy, MentionFilter, condition_of
from omnisonic.insight.store.together import npmi
from omnisonic.platform.errors import InvalidFields

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


def _filter(**query: str) -> MentionFilter:
    return MentionParameters.model_validate(query).filter(now=NOW)


def test_days_are_whole_and_today_is_the_last() -> None:
    assert (_filter().since, _filter().until) == (datetime(2026, 10, 23, tzinfo=UTC), NOW)
    assert _filter(days="7").since == datetime(2026, 11, 15, tzinfo=UTC)
    assert _filter(days="1").since == datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def test_a_day_counts_whole_and_a_time_exactly() -> None:
    chosen = _filter(**{"from": "2026-11-01", "to": "2026-11-03"})
    assert (chosen.since.day, chosen.until) == (1, datetime(2026, 11, 4, tzinfo=UTC))
    chosen = _filter(**{"from": "2026-11-01T08:00:00+02:00", "to": "2026-11-03T10:00"})
    assert chosen.since == datetime(2026, 11, 1, 6, tzinfo=UTC)
    assert chosen.until == datetime(2026, 11, 3, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2026-11-03", "to": "2026-11-01"},
        {"from": "1999-12-31"},
        {"from": "2001-01-01", "to": "2026-01-01"},
        {"to": "2030-01-01"},
        {"to": "0001-01-01"},
        {"to": "0001-01-01T00:00:00+14:00"},
        {"to": "9999-12-31T23:59:59-14:00"},
        {"from": "0001-01-01T00:00:00+14:00"},
        {"from": "2026-11-01", "days": "3"},
        {"entityId": "00000000-0000-0000-0000-000000000001"},
    ],
)
def test_ranges_that_cannot_be(query: dict[str, str]) -> None:
    with pytest.raises(InvalidFields):
        _filter(**query)


def test_defaults() -> None:
    asked = AnalyticsParameters()
    assert (asked.count, asked.limit, asked.depth) == (CountBy.STORIES, 20, 1)


def test_no_value_stands_in_the_text_of_a_query() -> None:
    evil = "x' OR 1=1 --"
    condition = condition_of(_filter(genre=evil, source=evil))
    assert evil not in condition.sql
    assert (condition.parameters["genre"], condition.parameters["source"]) == (evil, evil)


def test_npmi_is_between_never_and_always() -> None:
    assert npmi(together=10, first=10, second=10, everything=100) == pytest.approx(1)
    assert npmi(together=1, first=10, second=10, everything=100) == pytest.approx(0)
    assert npmi(together=0, first=10, second=10, everything=100) == -1
    assert npmi(together=5, first=5, second=5, everything=5) == 1
