"""A channel and its test in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from omnisonic.insight.alerts.channel_words import (
    channel_line,
    filter_words,
    outcome_of_test,
    parse_filters,
    parse_limit,
)
from omnisonic.insight.alerts.history_schemas import DeliveryView
from omnisonic.insight.alerts.models import ChannelType, DeliveryKind, DeliveryStatus
from omnisonic.insight.alerts.schemas import ChannelFilters, ChannelView
from omnisonic.insight.news import EntityType
from omnisonic.platform.errors import InvalidFields

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def channel(**changes: Any) -> ChannelView:
    given: dict[str, Any] = {
        "id": UUID(int=1),
        "name": "Label team",
        "type": ChannelType.EMAIL,
        "target": "t…@example.org",
        "enabled": True,
        "filters": ChannelFilters(),
        "rate_limit_per_hour": 6,
        "is_system": False,
        "confirmed_at": NOW,
        "failing_since": None,
        "disabled_reason": None,
        "version": 3,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return ChannelView(**(given | changes))


def delivery(status: DeliveryStatus, error: str | None = None) -> DeliveryView:
    return DeliveryView(
        id=UUID(int=2),
        channel_id=UUID(int=1),
        channel_name="Label team",
        channel_type=ChannelType.EMAIL,
        kind=DeliveryKind.TEST,
        status=status,
        attempts=1,
        next_attempt_at=None,
        delivered_at=None,
        error=error,
        created_at=NOW,
    )


def test_a_channel_says_where_it_goes_and_how_it_is() -> None:
    line = channel_line(channel(), now=NOW)
    assert (line.status, line.status_words, line.reason) == ("ok", "Confirmed", "")
    assert (line.target, line.type_words) == ("t…@example.org", "E-mail")
    assert line.limit_words == "At most 6 messages an hour about one entity"
    webhook = channel_line(channel(type=ChannelType.WEBHOOK, rate_limit_per_hour=1), now=NOW)
    assert webhook.status_words == "Ready"
    assert "1 message an hour" in webhook.limit_words


@pytest.mark.parametrize(
    ("changes", "status", "words", "reason"),
    [
        ({"confirmed_at": None}, "warn", "Waiting for confirmation", "link in the mail"),
        ({"failing_since": NOW - timedelta(hours=3)}, "danger", "Failing", "3 h ago"),
        ({"enabled": False, "disabled_reason": "The receiver said 410."}, "plain", "Turned off", "410"),
        ({"enabled": False, "confirmed_at": None}, "plain", "Turned off", ""),
    ],
)
def test_what_keeps_a_channel_from_working_is_said(
    changes: dict[str, Any], status: str, words: str, reason: str
) -> None:
    line = channel_line(channel(**changes), now=NOW)
    assert (line.status, line.status_words) == (status, words)
    assert reason in line.reason


def test_every_end_of_a_test_is_told_and_what_is_under_way_is_no_end() -> None:
    kinds = {status: outcome_of_test(delivery(status, "Connection refused."))[0] for status in DeliveryStatus}
    under_way = {status for status, kind in kinds.items() if kind == "plain"}
    assert under_way == {
        DeliveryStatus.PENDING,
        DeliveryStatus.HELD,
        DeliveryStatus.SENDING,
        DeliveryStatus.RETRYING,
    }
    assert kinds[DeliveryStatus.DELIVERED] == "ok"
    assert kinds[DeliveryStatus.UNKNOWN] == "warn"
    assert kinds[DeliveryStatus.FAILED] == kinds[DeliveryStatus.EXPIRED] == "danger"
    assert "Connection refused." in outcome_of_test(delivery(DeliveryStatus.FAILED, "Connection refused."))[1]


@pytest.mark.parametrize(("words", "limit"), [("", None), ("  ", None), ("1", 1), (" 1000 ", 1000)])
def test_a_limit_is_read(words: str, limit: int | None) -> None:
    assert parse_limit(words) == limit


@pytest.mark.parametrize("words", ["0", "1001", "-1", "1.5", "many", "9" * 5000, "²"])
def test_another_limit_is_refused_with_its_bounds(words: str) -> None:
    with pytest.raises(InvalidFields, match=r"from 1 to 1,000"):
        parse_limit(words)


def test_filters_there_and_back() -> None:
    everything = parse_filters(set(EntityType), " ")
    assert (everything, filter_words(everything)) == (ChannelFilters(), "")
    some = parse_filters({EntityType.WORK, EntityType.ARTIST}, "90,5 %")
    assert some.entity_types == [EntityType.ARTIST, EntityType.WORK]
    assert filter_words(some) == (
        "Takes messages only about artists and works, only mentions at least 90.5 % sure."
    )
    line = channel_line(channel(filters=some), now=NOW)
    assert (line.takes, line.confidence) == (["artist", "work"], "90.5")
    assert channel_line(channel(), now=NOW).takes == [str(one) for one in EntityType]
    for words in ("a lot", "101", "-1", "nan"):
        with pytest.raises(InvalidFields):
            parse_filters(set(EntityType), words)
    with pytest.raises(InvalidFields):
        parse_filters(set(), "")
