"""Events and their messages in words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from omnisonic.insight.alerts.deliveries import REPEATABLE
from omnisonic.insight.alerts.history_schemas import DeliveryView, EventView
from omnisonic.insight.alerts.history_words import (
    RESENDABLE,
    STATUS_WORDS,
    SUPPRESSION_WORDS,
    event_line,
    message_line,
)
from omnisonic.insight.alerts.models import (
    DeliveryKind,
    DeliveryStatus,
    EventState,
    RuleKind,
    Suppression,
)
from omnisonic.insight.news import EntityType
from tests.unit.insight.alerts.test_mute_words import view as mute

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def message(**changes: Any) -> DeliveryView:
    given: dict[str, Any] = dict.fromkeys(DeliveryView.model_fields)
    given |= {"id": UUID(int=2), "kind": DeliveryKind.ALERT, "status": DeliveryStatus.DELIVERED}
    given |= {"channel_name": "Label team", "attempts": 2, "delivered_at": NOW, "created_at": NOW}
    return DeliveryView(**(given | changes))


def event(**changes: Any) -> EventView:
    articles = [
        {"title": "A new album", "url": "https://example.org/1", "source": "example.org"},
        {"title": "Not a link", "url": "javascript:alert(1)"},
    ]
    facts = {"value": 12.0, "expected": 3.5, "windowMinutes": 1440, "sources": 4, "articles": articles}
    given: dict[str, Any] = {
        "id": UUID(int=1),
        "rule_id": None,
        "rule_name": "Artists I follow",
        "kind": RuleKind.SPIKE,
        "state": EventState.FIRING,
        "entity_type": EntityType.ARTIST,
        "entity_id": UUID(int=3),
        "entity_name": "Mara Lind",
        "data_time": NOW,
        "facts": facts,
        "suppression": None,
        "created_at": NOW,
        "deliveries": [message()],
    }
    return EventView(**(given | changes))


def test_an_event_tells_what_was_counted_and_links_only_to_the_web() -> None:
    line = event_line(event(), now=NOW)
    assert line.words == "12 stories in 24 h, 3.5 expected, 4 outlets"
    assert line.href == f"/entities/artist/{UUID(int=3)}"
    assert [one.title for one in line.articles] == ["A new album"]
    assert event_line(event(kind=RuleKind.NEW_ENTITY), now=NOW).words == "In the news for the first time"
    assert "snoozed" in event_line(event(suppression=Suppression.SNOOZED), now=NOW).reason
    muted = event_line(event(suppression=Suppression.MUTED), now=NOW)
    assert (muted.is_muted, muted.entity_type, muted.entity_id) == (True, "artist", str(UUID(int=3)))


def test_an_event_tells_what_keeps_its_rule_quiet_now() -> None:
    about = {"entity_id": UUID(int=3), "rule_id": UUID(int=8), "rule_name": "Spikes"}
    for_rule = mute(**about, until=NOW, reason="On tour")
    line = event_line(event(rule_id=UUID(int=8)), now=NOW, mutes=[mute(), for_rule])
    assert (line.mute_id, line.mute_words) == (
        str(for_rule.id),
        "Muted for this rule until 20 Nov 2026, 12:00 UTC: On tour",
    )
    whole = mute(entity_id=UUID(int=3), id=UUID(int=2))
    line = event_line(event(rule_id=UUID(int=8)), now=NOW, mutes=[for_rule, whole])
    assert (line.mute_id, line.mute_words) == (
        str(whole.id),
        "Muted for all of your rules until you end it",
    )
    assert event_line(event(rule_id=UUID(int=9)), now=NOW, mutes=[for_rule]).mute_id == ""


def test_a_message_tells_its_state_and_tries() -> None:
    line = message_line(message(), now=NOW)
    assert (line.status, line.words, line.facts) == ("ok", "Arrived", "2 tries · arrived just now")
    assert line.may_resend
    failed = message_line(
        message(status=DeliveryStatus.FAILED, error="410 Gone", attempts=1, delivered_at=None), now=NOW
    )
    assert (failed.status, failed.reason, failed.facts) == ("danger", "410 Gone", "1 try")
    retried = message(status=DeliveryStatus.RETRYING, attempts=2, delivered_at=None, next_attempt_at=NOW)
    assert message_line(retried, now=NOW).facts == "2 tries · next try 12:00 UTC"
    assert message_line(message(status=DeliveryStatus.SENDING), now=NOW).is_under_way
    assert (line.is_under_way, failed.is_under_way) == (False, False)


def test_a_suppressed_event_says_why_and_is_not_sent_again() -> None:
    line = message_line(message(suppression=Suppression.CAP), now=NOW)
    assert line.words == "Not sent"
    assert "within the hour" in line.reason
    assert not line.may_resend


def test_there_are_words_for_everything_and_the_button_is_where_the_service_agrees() -> None:
    assert set(STATUS_WORDS) == set(DeliveryStatus)
    assert set(SUPPRESSION_WORDS) == set(Suppression)
    assert RESENDABLE == REPEATABLE
