"""Usage over GraphQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlmodel import select

from omnisonic.core.royalties.models import Cycle, CycleStatus
from omnisonic.platform.actor import Role
from omnisonic.platform.db import unit_of_work
from tests.integration.core.royalties.books import ISRC, count, make_song
from tests.integration.graph_service.conftest import Person

Ask = Callable[..., dict[str, Any]]
RECORD = """
mutation($events: [UsageInput!]!) {
  recordUsage(events: $events) {
    id recordingId workId usageType quantity amount { amount scale currency } territory occurredAt source
  }
}
"""
WITHOUT_AMOUNT = """
mutation {
  recordUsage(events: [{
    idempotencyKey: "x", usageType: "stream", quantity: 1, source: "S", occurredAt: "2026-03-15T12:00:00Z"
  }]) { id }
}
"""


def event(key: str, **changes: Any) -> dict[str, Any]:
    return {
        "idempotencyKey": key,
        "isrc": ISRC,
        "usageType": "stream",
        "quantity": "9007199254740993",
        "amount": {"amount": "0.00345678901234", "currency": "EUR"},
        "territory": "DE",
        "occurredAt": "2026-03-15T12:00:00Z",
        "source": "Streamly",
    } | changes


def test_usage_is_recorded_once_and_refused_whole(
    db: None, ask: Ask, mara: Person, make_person: Callable[..., Person]
) -> None:
    curator = make_person("Cleo", role=Role.CURATOR)
    song = make_song(curator.actor)
    first = ask(curator, RECORD, events=[event("one")])
    assert "errors" not in first, first
    (booked,) = first["data"]["recordUsage"]
    with unit_of_work() as uow:
        cycle = uow.session.exec(select(Cycle)).one()
        cycle.status, closed_id = CycleStatus.CLOSED, str(cycle.id)
    late = ask(curator, RECORD, events=[event("late"), event("one")])
    (moved,) = late["extensions"]["movedUsage"]
    assert (moved["id"], moved["movedFromDay"]) == (late["data"]["recordUsage"][0]["id"], "2026-03-15")
    assert ("extensions" in first, moved["cycleId"] != closed_id) == (False, True)
    assert {name: value for name, value in booked.items() if name != "id"} == {
        "recordingId": str(song.recording.id),
        "workId": str(song.work.id),
        "usageType": "stream",
        "quantity": "9007199254740993",
        "amount": {"amount": "3456789", "scale": 9, "currency": "EUR"},
        "territory": "DE",
        "occurredAt": "2026-03-15T12:00:00Z",
        "source": "Streamly",
    }
    again = ask(curator, RECORD, events=[event("one"), event("two", isrc=None, metadata={"title": "Fog"})])
    assert again["data"]["recordUsage"][0] == booked
    assert again["data"]["recordUsage"][1]["recordingId"] is None

    def code(person: Person, *events: dict[str, Any]) -> str:
        (error,) = ask(person, RECORD, events=list(events))["errors"]
        return str(error["extensions"]["code"])

    assert code(curator, event("new"), event("one", quantity="1")) == "usage-key-conflict"
    assert (
        code(curator, event("new"), event("bad", amount={"amount": "NaN", "currency": "EUR"}))
        == "usage-invalid"
    )
    assert code(mara, event("new")) == "forbidden"
    (error,) = ask(curator, WITHOUT_AMOUNT)["errors"]
    assert (error["extensions"]["code"], "amount" in error["message"]) == ("graphql-invalid", True)
    assert count("royalty_events") == 3
