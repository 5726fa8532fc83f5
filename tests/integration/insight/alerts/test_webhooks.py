"""Webhooks and Slack against a real receiver, whatever it answers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

import workers.alerts
from omnisonic.insight.alerts import channels
from omnisonic.insight.alerts.delivery import posting
from omnisonic.insight.alerts.delivery.claims import claim
from omnisonic.insight.alerts.delivery.retries import KEPT_TRYING, WAITS
from omnisonic.insight.alerts.models import (
    AlertAttempt,
    AlertChannel,
    AlertDelivery,
    AlertSlot,
    ChannelType,
    DeliveryKind,
    DeliveryStatus,
)
from omnisonic.insight.alerts.preferences import change_settings
from omnisonic.insight.alerts.schemas import NotificationChange
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.models import User
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.ids import utc_now
from omnisonic.platform.settings import Settings

from .conftest import (
    STALL,
    Receiver,
    artist,
    fire_now,
    make_channel,
    make_due,
    make_rule,
    run_jobs,
    the_delivery,
)


def outcomes() -> list[tuple[str | None, int | None]]:
    with read_session() as session:
        rows = session.exec(select(AlertAttempt).order_by(col(AlertAttempt.number)))
        return [(row.outcome, row.status_code) for row in rows]


def channel_now(channel: AlertChannel) -> AlertChannel:
    with read_session() as session:
        return session.get_one(AlertChannel, channel.id)


def confirm_own_address(actor: Actor) -> None:
    with unit_of_work() as uow:
        uow.session.get_one(User, actor.user_id).email_verified_at = utc_now()


def verifies(headers: dict[str, str], body: bytes, secret: str) -> bool:
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return wanted in headers["webhook-signature"].split(" ")


def test_signed_message_of_one_evaluation(mara: Actor, receiver: Receiver, redis_client: Any) -> None:
    channel = make_channel(mara, ChannelType.WEBHOOK, url=receiver.url)
    with read_session() as session:
        first = channels.target_of(session.get_one(AlertChannel, channel.id)).secret
    with unit_of_work() as uow:
        _, second = channels.rotate_secret(uow, mara, channel_id=channel.id)
    rule, at = make_rule(mara, channel), utc_now()
    for name in ("Mara Lind", "Teo"):
        fire_now(rule, artist(name), now=at)
    assert run_jobs() == ["deliver"]  # one message for the rule, the channel and the evaluation

    ((headers, body),) = receiver.requests
    delivery = the_delivery()
    assert headers["webhook-id"] == str(delivery.id)
    assert first is not None
    assert verifies(headers, body, first)  # rotated a moment ago: signed with both
    assert verifies(headers, body, second)
    assert not verifies(headers, body + b" ", second)
    told = json.loads(body)
    assert (told["type"], told["data"]["rule"]["name"]) == ("alert.fired", "Artists I follow")
    assert {one["name"] for one in told["data"]["entities"]} == {"Mara Lind", "Teo"}
    assert told["data"]["entities"][0]["articles"][0]["title"] == "A <new> album"
    assert delivery.status is DeliveryStatus.DELIVERED
    workers.alerts.deliver(str(delivery.id))  # a second run of the job
    assert len(receiver.requests) == 1


def test_500_three_times_then_success(mara: Actor, receiver: Receiver, redis_client: Any) -> None:
    channel = make_channel(mara, ChannelType.WEBHOOK, url=receiver.url)
    receiver.answers.extend([(500, {}), (503, {"Retry-After": "1800"}), (302, {"Location": receiver.url})])
    fire_now(make_rule(mara, channel), artist())
    run_jobs()
    delivery = the_delivery()
    assert (delivery.status, delivery.attempts) == (DeliveryStatus.RETRYING, 1)
    assert channel_now(channel).failing_since is not None
    workers.alerts.deliver(str(delivery.id))  # not due yet
    assert len(receiver.requests) == 1

    make_due(delivery.id)
    waiting = the_delivery().next_attempt_at
    assert waiting is not None
    assert timedelta(minutes=29) < waiting - utc_now() <= timedelta(minutes=30)  # what it asked for
    make_due(delivery.id)
    make_due(delivery.id)
    assert the_delivery().status is DeliveryStatus.DELIVERED
    assert outcomes() == [("try_again", 500), ("try_again", 503), ("try_again", 302), ("delivered", 200)]
    assert len(set(receiver.ids)) == 1
    assert len({body for _, body in receiver.requests}) == 1
    assert channel_now(channel).failing_since is None


def test_gone_disables_and_the_owner_hears_of_it_elsewhere(
    mara: Actor, receiver: Receiver, redis_client: Any, inbox: Callable[[], list[Any]]
) -> None:
    confirm_own_address(mara)
    channel = make_channel(mara, ChannelType.WEBHOOK, url=receiver.url)
    receiver.answers.append((410, {}))
    rule, entity = make_rule(mara, channel), artist()
    fire_now(rule, entity)
    run_jobs()
    assert the_delivery_of(DeliveryKind.ALERT).status is DeliveryStatus.FAILED
    turned_off = channel_now(channel)
    assert (turned_off.enabled, turned_off.version) == (False, 2)
    assert turned_off.disabled_reason is not None
    run_jobs()
    (mail,) = inbox()
    assert mail["To"] == mara.email
    assert "was turned off" in mail["Subject"]
    fire_now(rule, entity)
    assert run_jobs() == []
    assert len(receiver.requests) == 1


def the_delivery_of(kind: DeliveryKind) -> AlertDelivery:
    with read_session() as session:
        return session.exec(select(AlertDelivery).where(AlertDelivery.kind == kind)).one()


def test_a_day_of_failures_expires_and_three_days_turn_the_channel_off(
    mara: Actor, receiver: Receiver, redis_client: Any
) -> None:
    channel = make_channel(mara, ChannelType.WEBHOOK, url=receiver.url)
    receiver.answers.extend([(500, {})] * 20)
    fire_now(make_rule(mara, channel), artist())
    run_jobs()
    delivery = the_delivery()
    for _ in WAITS:
        make_due(delivery.id)
    assert the_delivery(delivery.id).status is DeliveryStatus.RETRYING
    with unit_of_work() as uow:
        uow.session.get_one(AlertDelivery, delivery.id).expires_at = utc_now() + timedelta(minutes=1)
        uow.session.get_one(AlertChannel, channel.id).failing_since = utc_now() - timedelta(hours=73)
    make_due(delivery.id)
    assert the_delivery_of(DeliveryKind.ALERT).status is DeliveryStatus.EXPIRED
    assert channel_now(channel).enabled is False
    with read_session() as session:
        assert session.exec(select(AlertSlot)).all() == []  # it never arrived: the hour is free


@pytest.mark.parametrize(
    ("kind", "status"),
    [(ChannelType.WEBHOOK, DeliveryStatus.RETRYING), (ChannelType.SLACK, DeliveryStatus.UNKNOWN)],
)
def test_no_answer_is_repeated_only_where_a_second_one_is_recognized(
    kind: ChannelType,
    status: DeliveryStatus,
    mara: Actor,
    receiver: Receiver,
    redis_client: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(posting, "TOTAL_S", 0.3)
    receiver.answers.append(STALL)
    fire_now(make_rule(mara, make_channel(mara, kind, url=receiver.url)), artist())
    run_jobs()
    delivery = the_delivery()
    assert (delivery.status, len(receiver.requests)) == (status, 1)
    workers.alerts.send_due()
    assert run_jobs() == []


def test_nobody_listens(mara: Actor, receiver: Receiver, redis_client: Any, configure: Any) -> None:
    configure(FETCH_ALLOWED_PRIVATE_HOSTS="localhost:1")
    for kind in (ChannelType.WEBHOOK, ChannelType.SLACK):
        fire_now(make_rule(mara, make_channel(mara, kind, url="http://localhost:1/hook")), artist())
    run_jobs()
    with read_session() as session:
        assert set(session.exec(select(AlertDelivery.status))) == {DeliveryStatus.RETRYING}


def test_private_addresses_are_refused_when_it_is_sent(
    mara: Actor, receiver: Receiver, redis_client: Any, configure: Callable[..., Settings]
) -> None:
    channel = make_channel(mara, ChannelType.WEBHOOK, url=receiver.url)
    configure(FETCH_ALLOWED_PRIVATE_HOSTS=None)
    fire_now(make_rule(mara, channel), artist())
    run_jobs()
    assert the_delivery().status is DeliveryStatus.FAILED
    assert receiver.requests == []


def test_slack_gets_text_and_blocks(mara: Actor, receiver: Receiver, redis_client: Any) -> None:
    channel = make_channel(mara, ChannelType.SLACK, url=receiver.url)
    fire_now(make_rule(mara, channel, template="{{ entity.name }} <!channel> & more"), artist("A|B <C>"))
    run_jobs()
    (body,) = receiver.bodies
    assert body["text"] == "A|B &lt;C&gt;: Artists I follow"
    assert body["blocks"][1]["text"]["text"].startswith("A|B &lt;C&gt; &lt;!channel&gt; &amp; more\n")
    assert "<https://example.org/a?b=1&amp;c=2|A &lt;new&gt; album>" in body["blocks"][1]["text"]["text"]
    assert the_delivery().status is DeliveryStatus.DELIVERED


def _deliver_and_hang(delivery_id: str) -> None:
    workers.alerts.deliver(delivery_id)


@pytest.mark.parametrize(
    ("kind", "requests", "status"),
    [
        (ChannelType.WEBHOOK, 2, DeliveryStatus.DELIVERED),
        (ChannelType.SLACK, 1, DeliveryStatus.UNKNOWN),
    ],
)
def test_kill_while_sending(
    kind: ChannelType,
    requests: int,
    status: DeliveryStatus,
    mara: Actor,
    receiver: Receiver,
    redis_client: Any,
) -> None:
    receiver.answers.append(STALL)
    fire_now(make_rule(mara, make_channel(mara, kind, url=receiver.url)), artist())
    delivery = the_delivery()
    process = multiprocessing.get_context("fork").Process(target=_deliver_and_hang, args=(str(delivery.id),))
    process.start()
    assert receiver.arrived.acquire(timeout=30)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert the_delivery().status is DeliveryStatus.SENDING

    run_jobs()  # the job again, as a restarted worker would: the claim stands
    workers.alerts.send_due()
    assert run_jobs() == []
    make_due(delivery.id)
    assert (the_delivery().status, len(receiver.requests)) == (status, requests)
    if kind is ChannelType.WEBHOOK:
        assert len(set(receiver.ids)) == 1
    assert outcomes()[0] == (None, None)


def test_two_workers_send_one_message(mara: Actor, receiver: Receiver, redis_client: Any) -> None:
    fire_now(make_rule(mara, make_channel(mara, ChannelType.WEBHOOK, url=receiver.url)), artist())
    delivery, now = the_delivery(), utc_now()
    with unit_of_work() as uow:
        first = claim(uow, delivery.id, now=now)
        with unit_of_work() as other:
            assert claim(other, delivery.id, now=now) is None
    assert first is not None
    with unit_of_work() as uow:
        assert claim(uow, delivery.id, now=now) is None


def test_a_failing_channel_holds_one_worker_at_most(
    mara: Actor, receiver: Receiver, redis_client: Any
) -> None:
    channel = make_channel(mara, ChannelType.WEBHOOK, url=receiver.url)
    rule, now = make_rule(mara, channel), utc_now()
    for name in ("Mara Lind", "Teo"):
        fire_now(rule, artist(name), now=now - timedelta(seconds=len(name)))
    with unit_of_work() as uow:
        uow.session.get_one(AlertChannel, channel.id).failing_since = now
        first, second = uow.session.exec(select(AlertDelivery.id))
    with unit_of_work() as uow:
        assert claim(uow, first, now=now) is not None
    with unit_of_work() as uow:
        assert claim(uow, second, now=now) is None
    assert the_delivery(second).status is DeliveryStatus.RETRYING
    with unit_of_work() as uow:
        later = now + timedelta(seconds=200)  # the other one is dead by now
        assert claim(uow, second, now=later) is not None


def test_quiet_hours_hold_messages_and_join_them(mara: Actor, receiver: Receiver, redis_client: Any) -> None:
    night = datetime.fromisoformat("2026-11-20T23:30:00+00:00")
    with unit_of_work() as uow:
        change = NotificationChange(
            time_zone="Europe/Zurich", quiet_from="22:00", quiet_until="07:00", version=0
        )
        change_settings(uow, mara, change=change)
    rule = make_rule(mara, make_channel(mara, ChannelType.WEBHOOK, url=receiver.url))
    fire_now(rule, artist("Mara Lind"), now=night)
    fire_now(rule, artist("Teo"), now=night + timedelta(hours=3))
    assert run_jobs() == []
    held = the_delivery()
    morning = datetime.fromisoformat("2026-11-21T06:00:00+00:00")
    assert (held.status, held.next_attempt_at) == (DeliveryStatus.HELD, morning)
    assert held.expires_at == morning + KEPT_TRYING
    with unit_of_work() as uow:
        assert claim(uow, held.id, now=morning - timedelta(seconds=1)) is None
        claimed = claim(uow, held.id, now=morning)
    assert claimed is not None
    assert [one.name for one in claimed.message.entries] == ["Teo", "Mara Lind"]
