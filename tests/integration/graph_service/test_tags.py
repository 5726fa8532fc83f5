"""Links from the news over GraphQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from omnisonic.insight.store.writes import write_items
from omnisonic.platform.actor import Role
from tests.integration.graph_service.conftest import Person, make_song
from tests.integration.insight.conftest import make_item

Ask = Callable[..., dict[str, Any]]
RECORD = """
mutation($input: EntityTagBatchInput!) {
  recordEntityTags(input: $input) { id newsItemId entityType entityId confidence method matchedText }
}
"""
READ = "query($id: ID!) { entityTags(newsItemId: $id) { entityId matchedText method } }"
ITEM = make_item("Charts: Harbour Song climbs again", "It is by Harbour Song Writer 0.")


@pytest.fixture
def song(clickhouse_db: None, mara: Person) -> UUID:
    write_items([ITEM])
    return make_song(mara.actor, "Harbour Song", recordings=0, writers=1).work_id


def batch(*tags: dict[str, Any], item: UUID = ITEM.item_id) -> dict[str, Any]:
    return {"newsItemId": str(item), "tags": list(tags)}


def test_a_partner_records_links_and_reads_them(
    song: UUID, ask: Ask, make_person: Callable[..., Person]
) -> None:
    partner = make_person("Pax", role=Role.ANALYST)
    tag = {"entityType": "WORK", "entityId": str(song), "confidence": 0.8}
    for confidence in (0.8, 0.9):  # the second replaces the first
        (made,) = ask(partner, RECORD, input=batch(tag | {"confidence": confidence}))["data"][
            "recordEntityTags"
        ]
        assert made["confidence"] == confidence
    assert {name: made[name] for name in ("newsItemId", "entityType", "method", "matchedText")} == {
        "newsItemId": str(ITEM.item_id),
        "entityType": "WORK",
        "method": "HEURISTIC",
        "matchedText": "Harbour Song",
    }
    assert ask(partner, READ, id=str(ITEM.item_id))["data"]["entityTags"] == [
        {"entityId": str(song), "matchedText": "Harbour Song", "method": "HEURISTIC"}
    ]
    assert ask(partner, READ, id="nonsense") == {"data": {"entityTags": []}}


def test_what_cannot_be_recorded_is_refused_whole(
    song: UUID, ask: Ask, mara: Person, make_person: Callable[..., Person]
) -> None:
    partner = make_person("Pax", role=Role.ANALYST)
    good = {"entityType": "WORK", "entityId": str(song), "confidence": 0.8}

    def code(person: Person, given: dict[str, Any]) -> str:
        (error,) = ask(person, RECORD, input=given)["errors"]
        return str(error["extensions"]["code"])

    assert code(mara, batch(good)) == "forbidden"
    assert code(partner, batch(good, good | {"entityId": str(UUID(int=3))})) == "entity-unknown"
    assert code(partner, batch(good | {"entityType": "ARTIST"})) == "entity-unknown"
    assert code(partner, batch(good | {"confidence": 1.2})) == "invalid-fields"
    assert code(partner, batch(*[good] * 101)) == "invalid-fields"
    assert code(partner, batch()) == "invalid-fields"
    assert code(partner, batch(good, item=UUID(int=5))) == "news-item-unknown"
    assert ask(partner, READ, id=str(ITEM.item_id)) == {"data": {"entityTags": []}}
