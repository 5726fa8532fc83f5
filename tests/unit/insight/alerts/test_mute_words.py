"""What is muted in words, and what its form asks for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from omnisonic.insight.alerts.mute_schemas import MuteView
from omnisonic.insight.alerts.mute_words import mute_draft, mute_line
from omnisonic.insight.news import EntityType
from omnisonic.platform.errors import InvalidFields

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
BAND, RULE = UUID(int=7), UUID(int=8)


def view(**changes: Any) -> MuteView:
    given: dict[str, Any] = {
        "id": UUID(int=1),
        "entity_type": EntityType.ARTIST,
        "entity_id": BAND,
        "name": "The Kites",
        "path": f"/entities/artist/{BAND}",
        "rule_id": None,
        "rule_name": None,
        "until": None,
        "reason": None,
        "created_at": NOW,
    }
    return MuteView(**(given | changes))


def test_a_mute_says_for_whom_and_until_when() -> None:
    line = mute_line(view())
    assert (line.kind, line.until, line.by, line.reason) == (
        "Artist",
        "Until you end it",
        "By every rule of yours",
        "",
    )
    line = mute_line(view(until=NOW, rule_id=RULE, rule_name="Spikes", reason="On tour"))
    assert (line.until, line.by) == ("Until 20 Nov 2026, 12:00 UTC", "Only by the rule “Spikes”")


def draft(**form: str) -> Any:
    given = {"mute_for": "24", "mute_rule": "", "mute_reason": " On  tour "} | form
    return mute_draft(given, entity_type="artist", entity_id=str(BAND), now=NOW)


def test_the_form_becomes_a_draft() -> None:
    found = draft()
    assert (found.entity_type, found.entity_id, found.rule_id) == (EntityType.ARTIST, BAND, None)
    assert (found.until, found.reason) == (NOW + timedelta(days=1), "On tour")
    assert draft(mute_for="good", mute_rule=str(RULE), mute_reason="").until is None
    assert draft(mute_rule=str(RULE)).rule_id == RULE


@pytest.mark.parametrize(
    "form", [{"mute_for": "9"}, {"mute_for": ""}, {"mute_rule": "mine"}, {"mute_reason": "x" * 201}]
)
def test_what_nobody_can_choose_is_refused(form: dict[str, str]) -> None:
    with pytest.raises(InvalidFields):
        draft(**form)


@pytest.mark.parametrize(("kind", "entity_id"), [("", ""), ("label", str(BAND)), ("artist", "The Kites")])
def test_nothing_chosen_or_nothing_known(kind: str, entity_id: str) -> None:
    with pytest.raises(InvalidFields):
        mute_draft({"mute_for": "24"}, entity_type=kind, entity_id=entity_id, now=NOW)
