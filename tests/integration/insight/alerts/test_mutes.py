"""What is muted or told by the alert about its artist goes into the history and to nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from fastapi.testclient import TestClient
from sqlmodel import col, select

import workers.alerts
from omnisonic.core.catalog.schemas import CreditDraft
from omnisonic.insight.alerts.models import (
    AlertDeliveryItem,
    AlertEvent,
    AlertMute,
    AlertRule,
    ChannelType,
    Suppression,
)
from omnisonic.insight.alerts.watching import tasks
from omnisonic.insight.alerts.watching.service import evaluate_rules
from omnisonic.insight.news import EntityType
from omnisonic.insight.store.filters import EntityRef
from omnisonic.insight.store.writes import write_items, write_links
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.ids import new_id, utc_now
from tests.integration.core.conftest import make_contributor, make_recording, make_work
from tests.integration.insight.conftest import DAY, make_item
from tests.integration.insight.store.conftest import link

from .conftest import AlertEntity, Receiver, artist, fire_now, make_channel, make_rule, run_jobs

MINUTE = timedelta(minutes=1)
MUTES = "/api/alerts/mutes"


def known(actor: Actor, name: str) -> AlertEntity:
    """An artist of the catalog."""
    return AlertEntity(type=EntityType.ARTIST, id=make_contributor(actor, name).id, name=name)


def draft(entity: AlertEntity, **fields: Any) -> dict[str, Any]:
    return {"entityType": str(entity.type), "entityId": str(entity.id), **fields}


def told() -> dict[str, list[str]]:
    """By name, why each channel was not told, or that it was."""
    with read_session() as session:
        rows = session.exec(
            select(AlertEvent.entity_name, AlertDeliveryItem.suppression).join(
                AlertDeliveryItem, col(AlertDeliveryItem.event_id) == col(AlertEvent.id)
            )
        ).all()
    found: dict[str, list[str]] = {}
    for name, why in rows:
        found.setdefault(name, []).append(why or "told")
    return {name: sorted(reasons) for name, reasons in found.items()}


def test_a_mute_holds_for_one_rule_or_all_until_it_ends(
    mara: Actor, client_of: Callable[[Actor], TestClient], receiver: Receiver
) -> None:
    client, now = client_of(mara), utc_now()
    band, other = known(mara, "The Kites"), known(mara, "Nina Oro")
    hook = make_channel(mara, ChannelType.WEBHOOK, url=receiver.url)
    rule, second = make_rule(mara, hook), make_rule(mara, hook, name="Second")

    answer = client.post(MUTES, json=draft(band, ruleId=str(rule.id), reason="Too much"))
    assert answer.status_code == 201, answer.text
    shown = answer.json()["mute"]
    assert (shown["name"], shown["ruleName"], shown["until"]) == ("The Kites", "Artists I follow", None)
    assert fire_now(rule, band).suppression is Suppression.MUTED
    assert [fire_now(*one).suppression for one in ((second, band), (rule, other))] == [None, None]
    until = (now + timedelta(hours=2)).isoformat()
    again = client.post(MUTES, json=draft(band, ruleId=str(rule.id), until=until)).json()["mute"]
    assert (again["id"], again["until"] is None, again["reason"]) == (shown["id"], False, None)
    assert fire_now(rule, band, now=now + timedelta(hours=1)).suppression is Suppression.MUTED
    assert fire_now(rule, band, now=now + timedelta(hours=3)).suppression is None

    whole = client.post(MUTES, json=draft(other)).json()["mute"]
    assert fire_now(second, other).suppression is Suppression.MUTED
    names = [(one["name"], one["ruleName"]) for one in client.get(MUTES).json()["mutes"]]
    assert names == [("Nina Oro", None), ("The Kites", "Artists I follow")]
    assert client.delete(f"{MUTES}/{whole['id']}").json() == {"ok": True}
    assert fire_now(second, other).suppression is None
    run_jobs()
    heard = [one["name"] for body in receiver.bodies for one in body["data"]["entities"]]
    assert sorted(heard) == ["Nina Oro", "The Kites"], "one is due in three hours, one was over the cap"

    with unit_of_work() as uow:
        uow.session.get_one(AlertMute, UUID(shown["id"])).until = now - MINUTE
    assert client.get(MUTES).json()["mutes"] == []
    workers.alerts.clean_up()
    with read_session() as session:
        assert session.get(AlertMute, UUID(shown["id"])) is None


def test_what_cannot_be_muted_and_whose_it_is(
    mara: Actor, teo: Actor, client_of: Callable[[Actor], TestClient]
) -> None:
    client, band = client_of(mara), known(mara, "The Kites")
    rule_of_teo = make_rule(teo)
    past = (utc_now() - MINUTE).isoformat()
    far = (utc_now() + timedelta(days=400)).isoformat()
    for wrong, status in (
        (draft(artist()), 404),
        (draft(band, ruleId=str(rule_of_teo.id)), 404),
        (draft(band, until=past), 422),
        (draft(band, until=far), 422),
        (draft(band, until="2026-12-24T20:00:00"), 422),
        (draft(band, reason="x" * 201), 422),
        (draft(band) | {"entityType": "label"}, 422),
    ):
        assert client.post(MUTES, json=wrong).status_code == status, wrong
    made = client.post(MUTES, json=draft(band)).json()["mute"]
    assert client_of(teo).delete(f"{MUTES}/{made['id']}").status_code == 404
    assert client_of(teo).get(MUTES).json()["mutes"] == []
    assert client.delete(f"{MUTES}/{new_id()}").status_code == 404


def write(minute: int, name: str, *entities: EntityRef) -> None:
    """One story of three outlets, about these, at a minute after `DAY`."""
    item = make_item(f"{name} {minute}", source=f"outlet{minute % 3}.example", hours=minute / 60)
    write_items([item])
    write_links([link(item, one) for one in entities])


def test_a_work_is_not_told_beside_its_artist(
    mara: Actor, clickhouse_db: None, receiver: Receiver, monkeypatch: Any
) -> None:
    """Told of the artist, a channel hears of a work only if others write about it; another channel does."""
    band = EntityRef(EntityType.ARTIST, make_contributor(mara, "The Kites").id)
    song, cover = (EntityRef(EntityType.WORK, make_work(mara, name).id) for name in ("Aurora", "Cover"))
    for work in (song, cover):
        make_recording(
            mara, "A take", work_id=work.entity_id, credits=[CreditDraft(contributor_id=band.entity_id)]
        )
    desk = make_channel(mara, ChannelType.WEBHOOK, url=receiver.url)
    aside = make_channel(mara, ChannelType.WEBHOOK, url=receiver.url)
    works = make_rule(mara, desk, aside, kind="threshold", threshold=2, scope={"entity_type": "work"})
    artists = make_rule(mara, desk, kind="threshold", threshold=2, scope={"entity_type": "artist"})
    with unit_of_work() as uow:
        for one in (works, artists):
            uow.session.get_one(AlertRule, one.id).updated_at = DAY
    write(-9000, "before", band)
    evaluate_rules(now=DAY + MINUTE)
    write(2, "album", band, song, cover)
    write(3, "tour", band, song)
    write(4, "by others", cover)
    evaluate_rules(now=DAY + 6 * MINUTE)
    assert told() == {
        "The Kites": ["told"],
        "Aurora": ["inhibited", "told"],
        "Cover": ["told", "told"],
    }

    # More at once than one run looks at is said on the rule, for a day.
    monkeypatch.setattr(tasks, "MAX_ENTITIES", 1)
    for number in range(2):
        other = EntityRef(EntityType.WORK, make_work(mara, f"Other {number}").id)
        write(7, f"first {number}", other)
        write(8, f"second {number}", other)
    evaluate_rules(now=DAY + 10 * MINUTE)
    with read_session() as session:
        rule = session.get_one(AlertRule, works.id)
        assert "2 were left out" in (rule.notice or "")
        assert rule.error is None
