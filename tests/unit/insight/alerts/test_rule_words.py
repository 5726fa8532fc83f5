"""Rules in words, and the form between a rule and its draft."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from omnisonic.insight.alerts.preview import FiringView, RulePreview
from omnisonic.insight.alerts.rule_form import Chosen, RuleForm, draft_of, form_of
from omnisonic.insight.alerts.rule_view import line_of, preview_lines, sentence_of, span_words
from omnisonic.insight.alerts.schemas import RuleDraft, RuleView
from omnisonic.platform.errors import InvalidFields

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
ADA, BEA, MAIL = UUID(int=1), UUID(int=2), UUID(int=3)
NAMES = {ADA: "Ada", BEA: "Bea"}


def view(**given: Any) -> RuleView:
    """A rule that was made an hour ago."""
    base: dict[str, Any] = {
        "id": UUID(int=9),
        "name": "Mine",
        "kind": "spike",
        "scope": {"followed": True, "entityType": "artist"},
        "min_confidence": 0.9,
        "threshold": 5,
        "window_minutes": 1440,
        "cooldown_minutes": 60,
        "template": None,
        "channel_ids": [MAIL],
        "notify_resolved": False,
        "enabled": True,
        "snoozed_until": None,
        "snooze_reason": None,
        "evaluated_until": NOW - timedelta(minutes=2),
        "error": None,
        "notice": None,
        "version": 3,
        "created_at": NOW - timedelta(hours=1),
        "updated_at": NOW - timedelta(hours=1),
    }
    return RuleView.model_validate(base | given)


def sentence(**given: Any) -> str:
    parts = sentence_of(view(**given), names=NAMES, channels={MAIL: "Mail"})
    return "".join(part.words for part in parts)


def test_a_rule_is_a_sentence() -> None:
    assert sentence() == (
        "When any artist I follow gets 3× its usual mentions in 24 hours, tell Mail, at most once in 1 hour."
    )
    strong = [p.words for p in sentence_of(view(), names=NAMES, channels={MAIL: "Mail"}) if p.is_strong]
    assert strong == ["any artist I follow", "3× its usual", "24 hours", "Mail", "1 hour"]
    assert sentence(kind="threshold", threshold=1, channel_ids=[], scope={"genre": "Jazz"}) == (
        "When anything in the catalog gets at least 1 story in 24 hours in the genre Jazz, "
        "note it in the history."
    )
    assert sentence(kind="new_entity", scope={"entityIds": [ADA, BEA]}, cooldown_minutes=0) == (
        "When Ada or Bea is mentioned for the first time, tell Mail."
    )
    held = {"entityType": "work", "rightHolder": {"contributorId": ADA, "minSharePpm": 250_000}}
    assert "any work where Ada holds at least 25 %" in sentence(scope=held)
    assert "someone no longer in the catalog" in sentence(scope={"entityIds": [UUID(int=7)]})


@pytest.mark.parametrize(
    ("minutes", "words"), [(1, "1 minute"), (90, "90 minutes"), (180, "3 hours"), (2880, "2 days")]
)
def test_lengths_of_time(minutes: int, words: str) -> None:
    assert span_words(minutes) == words


def test_how_a_rule_stands() -> None:
    def stands(**given: Any) -> tuple[str, str]:
        line = line_of(view(**given), names=NAMES, channels={}, now=NOW)
        return line.status, line.reason

    assert stands() == ("watching", "Looked at the news until 2 min ago")
    assert stands(evaluated_until=None) == ("watching", "Not evaluated yet")
    assert stands(error="Nobody is followed.") == ("error", "Nobody is followed.")
    assert stands(notice="3 were left out.") == ("partly", "3 were left out.")
    assert stands(snoozed_until=NOW + timedelta(hours=2)) == ("snoozed", "Quiet until 21 Nov, 12:00 UTC")
    assert stands(snoozed_until=NOW)[0] == "watching"
    assert stands(enabled=False)[0] == "off"


def test_the_form_loses_nothing_of_a_rule() -> None:
    for rule in (
        view(window_minutes=90, cooldown_minutes=0, min_confidence=0.875, template="{{ entity.name }}"),
        view(scope={"entityIds": [ADA, BEA], "source": "example.org"}, notify_resolved=True, enabled=False),
        view(scope={"rightHolder": {"contributorId": ADA, "minSharePpm": 333_333}}, kind="threshold"),
        view(scope={}, window_minutes=10_080, threshold=1_000_000),
    ):
        wanted = {name: getattr(rule, name) for name in RuleDraft.model_fields}
        got = draft_of(form_of(rule, names=NAMES))
        assert {name: getattr(got, name) for name in wanted} == wanted


def test_without_a_name_it_is_named_by_its_sentence() -> None:
    assert draft_of(RuleForm()).name == "Any artist I follow gets 3× its usual mentions in 24 hours"
    long = RuleForm(who="named", named=[Chosen(str(ADA), "A" * 300)])
    assert len(draft_of(long).name) == 120


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"threshold": "many"}, "how many stories"),
        ({"threshold": "nan"}, "how many stories"),
        ({"threshold": "1.5"}, "how many stories"),
        ({"window": "8", "window_unit": "days"}, "at most|one minute to 7 days"),
        ({"confidence": "101"}, "how sure"),
        ({"who": "named"}, "at least one"),
        ({"who": "holder"}, "right-holder"),
        ({"who": "holder", "holder": Chosen(str(ADA), "Ada"), "share": "0"}, "share in percent"),
        ({"kind": "other"}, "cannot be read"),
        ({"name": "x" * 200}, "at most 120"),
    ],
)
def test_what_the_form_refuses_is_said(given: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidFields, match=words):
        draft_of(replace(RuleForm(), **given))


def test_a_preview_has_places_on_its_timeline() -> None:
    since = NOW - timedelta(days=30)
    firing = FiringView.model_validate(
        {
            "entityType": "artist",
            "entityId": ADA,
            "name": "Ada",
            "path": "/entities/artist/1",
            "firedAt": NOW - timedelta(days=15),
            "resolvedAt": None,
            "stories": 9,
            "expected": 1.5,
            "ratio": 6,
            "probability": 1e-6,
            "sources": 3,
            "reason": "9 stories",
            "articles": [{"title": f"T{n}", "url": "https://example.org/"} for n in range(9)],
        }
    )
    found = preview_lines(
        RulePreview(
            since=since,
            until=NOW,
            total=60,
            firings=[firing] * 60,
            entities=4,
            entities_left_out=2,
            is_complete=False,
            checked_until=NOW - timedelta(days=1),
        )
    )
    assert found.summary == "It would have fired 60 times in the last 30 days."
    assert found.note.startswith("The newest 40 are listed. There was time to look until 20 Nov.")
    assert (found.firings[0].left, len(found.firings[0].articles)) == ("50.00%", 3)
