"""What an event leads to: once for the same data, silenced with a count, resolved only where it was told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

import workers.alerts
from omnisonic.insight.alerts import rules
from omnisonic.insight.alerts.events import fire
from omnisonic.insight.alerts.models import (
    AlertChannel,
    AlertDelivery,
    AlertDeliveryItem,
    AlertEvent,
    AlertRule,
    ChannelType,
    DeliveryStatus,
    EventState,
    Suppression,
)
from omnisonic.insight.alerts.notices import notify_system
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.errors import NotFound
from omnisonic.platform.ids import utc_now

from .conftest import Receiver, artist, facts_at, fire_now, make_channel, make_rule, run_jobs


@pytest.fixture
def channel(mara: Actor, receiver: Receiver, redis_client: Any) -> AlertChannel:
    return make_channel(mara, ChannelType.WEBHOOK, url=receiver.url)


def resolve_now(rule: AlertRule, entity: Any) -> list[Suppression | None]:
    with unit_of_work() as uow:
        event = fire(uow, rule=rule, entity=entity, facts=facts_at(), state=EventState.RESOLVED)
        if event.suppression is not None:
            return [event.suppression]
        items = select(AlertDeliveryItem.suppression).where(AlertDeliveryItem.event_id == event.id)
        return list(uow.session.exec(items))


def test_the_same_data_never_counts_twice(mara: Actor, channel: AlertChannel, receiver: Receiver) -> None:
    rule, entity, at = make_rule(mara, channel), artist(), utc_now()
    first, again = (fire_now(rule, entity, now=at) for _ in range(2))
    assert first.id == again.id
    run_jobs()
    fire_now(rule, artist("Teo"), now=at)  # an evaluation that a crash cut in two goes on
    run_jobs()
    assert [[one["name"] for one in body["data"]["entities"]] for body in receiver.bodies] == [
        ["Mara Lind"],
        ["Teo"],
    ]
    assert len(set(receiver.ids)) == 2


def test_what_was_silenced_is_counted_in_the_next_message(
    mara: Actor, channel: AlertChannel, receiver: Receiver
) -> None:
    rule, now = make_rule(mara, channel), utc_now()
    with unit_of_work() as uow:
        rule = uow.session.get_one(AlertRule, rule.id)
        rule.snoozed_until = now + timedelta(minutes=5)
    for name in ("Mara Lind", "Teo"):
        assert fire_now(rule, artist(name), now=now).suppression is Suppression.SNOOZED
    assert run_jobs() == []
    with unit_of_work() as uow:
        rule = uow.session.get_one(AlertRule, rule.id)
        rule.snoozed_until = now
    fire_now(rule, artist("Ada"), now=now + timedelta(seconds=1))
    run_jobs()
    assert receiver.requests == []  # not due for another second
    with unit_of_work() as uow:
        uow.session.exec(select(AlertDelivery)).one().next_attempt_at = now - timedelta(minutes=2)
    workers.alerts.send_due()
    run_jobs()
    assert receiver.bodies[0]["data"]["note"] == "2 more were silenced while the rule was snoozed."


def test_resolved_is_told_to_those_who_heard_of_it(
    mara: Actor, channel: AlertChannel, receiver: Receiver
) -> None:
    other = make_channel(mara, ChannelType.WEBHOOK, url=receiver.url)
    quiet, loud = make_rule(mara, channel), make_rule(mara, channel, other, notify_resolved=True)
    entity, unheard = artist(), artist("Teo")
    assert resolve_now(quiet, entity) == [Suppression.NOT_ANNOUNCED]  # resolutions are opt-in
    with unit_of_work() as uow:
        uow.session.get_one(AlertChannel, other.id).enabled = False
    fire_now(loud, entity)
    run_jobs()
    with unit_of_work() as uow:
        uow.session.get_one(AlertChannel, other.id).enabled = True
    assert sorted(resolve_now(loud, entity), key=str) == [None, Suppression.NOT_ANNOUNCED]
    assert resolve_now(loud, unheard) == [Suppression.NOT_ANNOUNCED] * 2
    run_jobs()
    assert [body["type"] for body in receiver.bodies] == [
        "alert.fired",
        "alert.resolved",
    ]  # no cap on the end
    assert receiver.bodies[1]["data"]["subject"] == "Over: Mara Lind: Artists I follow"


def test_a_removed_rule_leaves_its_history(mara: Actor, channel: AlertChannel, receiver: Receiver) -> None:
    rule = make_rule(mara, channel)
    event = fire_now(rule, artist())
    with unit_of_work() as uow:
        rules.delete_rule(uow, mara, rule_id=rule.id)
    run_jobs()
    with read_session() as session:
        kept = session.get_one(AlertEvent, event.id)
        assert (kept.rule_id, kept.rule_name) == (None, "Artists I follow")
        assert session.exec(select(AlertDelivery.status)).one() is DeliveryStatus.DELIVERED
    with pytest.raises(NotFound):
        fire_now(rule, artist())


def test_messages_to_operators(mara: Actor, channel: AlertChannel, receiver: Receiver) -> None:
    with unit_of_work() as uow:
        assert notify_system(uow, subject="Backup failed", text="The disk is full.") == 0
        uow.session.get_one(AlertChannel, channel.id).is_system = True
        uow.session.flush()
        assert notify_system(uow, subject="Backup failed", text="The disk is full.") == 1
    run_jobs()
    assert receiver.bodies[0]["type"] == "system"
    assert receiver.bodies[0]["data"]["entities"][0]["text"] == "The disk is full."
    with read_session() as session:
        assert session.exec(select(AlertDelivery).order_by(col(AlertDelivery.id))).one().attempts == 1
