"""The hourly cap: exact to the second, under concurrency, and whatever Redis forgets."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from omnisonic.insight.alerts.delivery.claims import claim, settle
from omnisonic.insight.alerts.delivery.outcome import Outcome, Sent
from omnisonic.insight.alerts.models import (
    AlertChannel,
    AlertDelivery,
    AlertDeliveryItem,
    AlertEvent,
    AlertRule,
    AlertSlot,
    ChannelType,
    Suppression,
)
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.settings import Settings

from .conftest import T0, Receiver, artist, fire_now, make_channel, make_rule

FULL_HOUR = timedelta(seconds=3600)
SECOND = timedelta(seconds=1)


@pytest.fixture
def channel(mara: Actor, receiver: Receiver, redis_client: Any) -> AlertChannel:
    return make_channel(mara, ChannelType.WEBHOOK, url=receiver.url)


def suppression_of(event: AlertEvent) -> list[Suppression | None]:
    with read_session() as session:
        found = select(AlertDeliveryItem.suppression).where(AlertDeliveryItem.event_id == event.id)
        return list(session.exec(found))


def let_arrive(event: AlertEvent, *, at: datetime, outcome: Outcome = Outcome.DELIVERED) -> None:
    with read_session() as session:
        (delivery_id,) = session.exec(
            select(AlertDeliveryItem.delivery_id).where(AlertDeliveryItem.event_id == event.id)
        )
    with unit_of_work() as uow:
        claimed = claim(uow, delivery_id, now=at)
    assert claimed is not None
    with unit_of_work() as uow:
        settle(uow, claimed, Sent(outcome), latency_ms=5, now=at)


def test_an_hour_ends_after_3600_seconds_and_not_before(mara: Actor, channel: AlertChannel) -> None:
    rule, entity = make_rule(mara, channel), artist()
    first = fire_now(rule, entity, now=T0)
    let_arrive(first, at=T0 + SECOND)
    early = fire_now(rule, entity, now=T0 + FULL_HOUR)  # 3,599 s after it arrived
    again = fire_now(rule, entity, now=T0 + FULL_HOUR + timedelta(microseconds=999_999))
    other = fire_now(rule, artist("Teo"), now=T0 + FULL_HOUR)
    on_time = fire_now(rule, entity, now=T0 + FULL_HOUR + SECOND)  # 3,600 s
    assert [suppression_of(one) for one in (first, early, again, other, on_time)] == [
        [None],
        [Suppression.CAP],
        [Suppression.CAP],
        [None],
        [None],
    ]


def test_what_is_on_its_way_counts_and_what_never_arrived_does_not(
    mara: Actor, channel: AlertChannel
) -> None:
    rule, entity = make_rule(mara, channel), artist()
    first = fire_now(rule, entity, now=T0)
    later = fire_now(rule, entity, now=T0 + 3 * FULL_HOUR)  # the first may still arrive at any moment
    assert suppression_of(later) == [Suppression.CAP]
    let_arrive(first, at=T0 + 3 * FULL_HOUR, outcome=Outcome.REFUSED)
    assert suppression_of(fire_now(rule, entity, now=T0 + 3 * FULL_HOUR + SECOND)) == [None]


def test_other_rules_share_the_hour_and_a_higher_limit_is_exact(
    mara: Actor, receiver: Receiver, redis_client: Any, configure: Callable[..., Settings]
) -> None:
    configure(ALERT_RATE_LIMIT_PER_HOUR=3, FETCH_ALLOWED_PRIVATE_HOSTS=receiver.host)
    wide = make_channel(mara, ChannelType.WEBHOOK, url=receiver.url)
    narrow = make_channel(mara, ChannelType.WEBHOOK, url=receiver.url, rate_limit_per_hour=2)
    entity = artist()
    told = {wide.id: 0, narrow.id: 0}
    for _ in range(5):
        event = fire_now(make_rule(mara, wide, narrow), entity, now=T0)
        with read_session() as session:
            sent = session.exec(
                select(AlertDelivery.channel_id)
                .join(AlertDeliveryItem, AlertDeliveryItem.delivery_id == AlertDelivery.id)  # type: ignore[arg-type]
                .where(AlertDeliveryItem.event_id == event.id, AlertDeliveryItem.suppression == None)  # noqa: E711
            )
            for channel_id in sent:
                assert channel_id is not None
                told[channel_id] += 1
    assert told == {wide.id: 3, narrow.id: 2}


@pytest.mark.parametrize("limit", [1, 3])
def test_it_holds_under_concurrency_and_a_redis_flush(
    limit: int,
    mara: Actor,
    receiver: Receiver,
    redis_client: Any,
    configure: Callable[..., Settings],
) -> None:
    configure(
        ALERT_RATE_LIMIT_PER_HOUR=limit,
        FETCH_ALLOWED_PRIVATE_HOSTS=receiver.host,
        DATABASE_POOL_SIZE=16,
    )
    channel = make_channel(mara, ChannelType.WEBHOOK, url=receiver.url)
    rules = [make_rule(mara, channel) for _ in range(8)]
    entity = artist()
    start = threading.Barrier(len(rules))

    def fire_once(rule: AlertRule, at: datetime) -> AlertEvent:
        start.wait()
        if rule is rules[0]:
            redis_client.flushall()
        return fire_now(rule, entity, now=at)

    with ThreadPoolExecutor(len(rules)) as pool:
        for seconds in (0, 1, 3598):
            at = T0 + timedelta(seconds=seconds)
            events = list(pool.map(lambda rule, at=at: fire_once(rule, at), rules))
            sent = [event for event in events if suppression_of(event) == [None]]
            assert len(sent) == (limit if seconds == 0 else 0)
            for event in sent:
                let_arrive(event, at=T0)
            redis_client.flushall()
        at = T0 + FULL_HOUR
        events = list(pool.map(lambda rule: fire_once(rule, at), rules))
    assert sum(suppression_of(event) == [None] for event in events) == limit
    with read_session() as session:
        assert len(session.exec(select(AlertSlot)).all()) == 2 * limit


def test_it_holds_without_redis(
    mara: Actor, channel: AlertChannel, configure: Callable[..., Settings]
) -> None:
    rule, entity = make_rule(mara, channel), artist()
    configure(REDIS_URL="redis://127.0.0.1:1/0")
    first = fire_now(rule, entity, now=T0)
    let_arrive(first, at=T0)
    assert suppression_of(fire_now(rule, entity, now=T0 + SECOND)) == [Suppression.CAP]
