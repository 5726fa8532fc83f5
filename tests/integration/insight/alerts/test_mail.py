"""Mail of alerts: confirmed addresses only, through a real mail server, and never twice."""

from __future__ import annotations

import asyncio
import email
import multiprocessing
import os
import re
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP
from fastapi.testclient import TestClient
from sqlmodel import select

import workers.alerts
from omnisonic.insight.alerts.delivery.claims import Overtaken, claim, note_leaving
from omnisonic.insight.alerts.digest import send_digests
from omnisonic.insight.alerts.models import (
    AlertChannel,
    AlertDelivery,
    AlertDeliveryItem,
    AlertEvent,
    ChannelType,
    DeliveryStatus,
    NotificationSettings,
    Suppression,
)
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.models import User
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.ids import utc_now
from omnisonic.platform.settings import Settings

from .conftest import artist, fire_now, make_channel, make_due, make_rule, run_jobs, the_delivery

Inbox = Callable[[], list[EmailMessage]]
LINK = re.compile(r"http://localhost:3000(/api/alerts/\S+)")


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    content: str = part.get_content()
    return content


def confirm_own_address(actor: Actor) -> None:
    with unit_of_work() as uow:
        uow.session.get_one(User, actor.user_id).email_verified_at = utc_now()


def test_from_an_address_to_alerts_and_out_again(
    mara: Actor, client_of: Callable[[Actor], TestClient], inbox: Inbox
) -> None:
    client = client_of(mara)
    body = {"name": "Desk", "type": "email", "config": {"address": "Desk@Example.com"}}
    answer = client.post("/api/alerts/channels", json=body)
    assert answer.status_code == 201, answer.text
    shown = answer.json()["channel"]
    assert (shown["target"], shown["confirmedAt"]) == ("d…@example.com", None)
    with read_session() as session:
        channel = session.exec(select(AlertChannel)).one()
    rule = make_rule(mara, channel)
    fire_now(rule, artist())  # nothing leaves for an address that nobody confirmed
    assert run_jobs() == ["send_channel_confirmation"]
    assert client.post(f"/api/alerts/channels/{channel.id}/test").status_code == 409

    (asked,) = inbox()
    link = LINK.search(text_of(asked))
    assert link is not None
    stranger = TestClient(client.app, base_url="http://localhost:3000")
    assert "Yes, send them" in stranger.get(link[1]).text
    with read_session() as session:
        assert session.get_one(AlertChannel, channel.id).confirmed_at is None  # looking is not confirming
    wrong = stranger.post(f"/api/alerts/channels/{channel.id}/confirm", json={"token": "guess"})
    assert (wrong.status_code, wrong.json()["type"]) == (410, "/problems/code-not-valid")
    assert "Confirmed" in stranger.post(link[1], headers={"accept": "text/html"}).text
    assert stranger.post(link[1]).status_code == 410

    event = fire_now(rule, artist("Mara\r\nBcc: eve@example.com <b>"))
    run_jobs()
    mail = inbox()[-1]
    with read_session() as session:
        (delivery_id,) = session.exec(
            select(AlertDeliveryItem.delivery_id).where(AlertDeliveryItem.event_id == event.id)
        )
    assert mail["To"] == "desk@example.com"
    assert mail["Bcc"] is None
    assert mail["Message-ID"] == f"<{delivery_id}@localhost>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "&lt;b&gt;" in text_of(mail, "html")
    assert "12 stories in 24 h from 4 outlets, 4.0 times its usual 3.0" in text_of(mail)
    leave = LINK.search(mail["List-Unsubscribe"].strip("<>"))
    assert leave is not None
    assert stranger.post(leave[1].replace("token=", "token=0")).status_code == 410
    one_click = stranger.post(leave[1], data={"List-Unsubscribe": "One-Click"})
    assert one_click.json() == {"ok": True}
    fire_now(rule, artist())
    assert run_jobs() == []
    shown = client.get(f"/api/alerts/channels/{channel.id}").json()["channel"]
    assert (shown["enabled"], shown["disabledReason"]) == (False, "Unsubscribed by a link in a mail.")
    stranger.close()


def test_headlines_that_name_files_stay_text(mara: Actor, inbox: Inbox, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("top secret")
    confirm_own_address(mara)
    channel = make_channel(mara, ChannelType.EMAIL, address=mara.email)
    assert channel.confirmed_at is not None  # the account's own, confirmed before
    fire_now(make_rule(mara, channel, template="{{ entity.name }}"), artist(str(secret)))
    run_jobs()
    (mail,) = inbox()
    assert str(secret) in text_of(mail)
    assert "top secret" not in mail.as_string()
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_mail_server_down_loses_nothing_and_sends_once(
    mara: Actor, inbox: Inbox, configure: Callable[..., Settings], servers: Any
) -> None:
    confirm_own_address(mara)
    rule = make_rule(mara, make_channel(mara, ChannelType.EMAIL, address=mara.email))
    configure(SMTP_PORT=1)
    fire_now(rule, artist())
    run_jobs()
    delivery = the_delivery()
    assert delivery.status is DeliveryStatus.RETRYING
    assert inbox() == []
    configure(SMTP_PORT=servers.environment["SMTP_PORT"])
    make_due(delivery.id)
    workers.alerts.deliver(str(delivery.id))
    assert (the_delivery().status, len(inbox())) == (DeliveryStatus.DELIVERED, 1)


@dataclass
class Saying:
    """Says this to every message."""

    answer: str

    async def handle_DATA(self, *_: Any) -> str:
        return self.answer


@contextmanager
def mail_server(handler: Any) -> Iterator[int]:
    """A mail server on a free port."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(lambda: SMTP(handler, loop=loop), "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.close()


@pytest.mark.parametrize(
    ("answer", "status"),
    [("451 try later", DeliveryStatus.RETRYING), ("554 no such thing", DeliveryStatus.FAILED)],
)
def test_refusals_of_the_mail_server(
    answer: str, status: DeliveryStatus, mara: Actor, configure: Callable[..., Settings]
) -> None:
    confirm_own_address(mara)
    rule = make_rule(mara, make_channel(mara, ChannelType.EMAIL, address=mara.email))
    with mail_server(Saying(answer)) as port:
        configure(SMTP_PORT=port)
        fire_now(rule, artist())
        run_jobs()
    delivery = the_delivery()
    assert delivery.status is status
    assert delivery.error == f"The receiver answered {answer[:3]}: {answer[4:]}"


@dataclass
class HalfWay:
    """Takes a whole message and then says nothing, or hangs up; the next ones it takes."""

    hangs_up: bool
    ids: list[str] = field(default_factory=list)
    has_message: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Any) -> str:
        self.ids.append(email.message_from_bytes(envelope.content)["Message-ID"])
        self.has_message.release()
        if len(self.ids) > 1:
            return "250 taken"
        if self.hangs_up:
            server.transport.abort()
        else:
            await asyncio.sleep(30)
        return "250 too late"


@pytest.mark.parametrize("hangs_up", [True, False])
def test_a_mail_that_may_have_arrived_is_not_sent_again_by_itself(
    hangs_up: bool,
    mara: Actor,
    client_of: Callable[[Actor], TestClient],
    configure: Callable[..., Settings],
) -> None:
    """The server hangs up before its answer, or the sender is killed before it reads it."""
    confirm_own_address(mara)
    rule = make_rule(mara, make_channel(mara, ChannelType.EMAIL, address=mara.email))
    fire_now(rule, artist())
    delivery_id, half_way = the_delivery().id, HalfWay(hangs_up)
    with mail_server(half_way) as port:
        configure(SMTP_PORT=port)
        process = multiprocessing.get_context("fork").Process(
            target=workers.alerts.deliver, args=(str(delivery_id),)
        )
        process.start()
        assert half_way.has_message.acquire(timeout=30)
        if not hangs_up:
            assert process.pid is not None
            os.kill(process.pid, signal.SIGKILL)
        process.join()
        if not hangs_up:
            assert the_delivery().status is DeliveryStatus.SENDING
            make_due(delivery_id)
        workers.alerts.send_due()
        run_jobs()
        assert (the_delivery().status, len(half_way.ids)) == (DeliveryStatus.UNKNOWN, 1)

        client = client_of(mara)
        (shown,) = client.get("/api/alerts/events").json()["events"][0]["deliveries"]
        assert shown["status"] == "unknown"
        assert client.post(f"/api/alerts/deliveries/{delivery_id}/resend").status_code == 202
        run_jobs()
    assert the_delivery().status is DeliveryStatus.DELIVERED
    assert half_way.ids == [f"<{delivery_id}@localhost>"] * 2


def test_a_sender_that_died_before_a_word_left_and_one_that_woke_too_late(mara: Actor, inbox: Inbox) -> None:
    confirm_own_address(mara)
    fire_now(make_rule(mara, make_channel(mara, ChannelType.EMAIL, address=mara.email)), artist())
    delivery_id = the_delivery().id
    with unit_of_work() as uow:
        dead = claim(uow, delivery_id, now=utc_now())
    assert dead is not None
    make_due(delivery_id)
    assert (the_delivery().status, len(inbox())) == (DeliveryStatus.DELIVERED, 1)
    with unit_of_work() as uow, pytest.raises(Overtaken):
        note_leaving(uow, dead)


def test_weekly_digest_comes_once_on_monday_morning(mara: Actor, inbox: Inbox) -> None:
    confirm_own_address(mara)
    rule = make_rule(mara)
    monday = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)  # 8:30 in Zurich
    who = artist("Mara Lind")
    for days in (1, 3, 8):  # Sunday, Friday, and the week before
        fire_now(rule, who, now=monday - timedelta(days=days))
    with unit_of_work() as uow:
        uow.session.add(
            NotificationSettings(user_id=mara.user_id, time_zone="Europe/Zurich", weekly_digest=True)
        )
    for now in (monday - timedelta(hours=8), monday, monday + timedelta(hours=1)):
        with unit_of_work() as uow:
            send_digests(uow, now=now)
    with unit_of_work() as uow:
        due = uow.session.exec(select(AlertDelivery).order_by(AlertDelivery.created_at)).all()  # type: ignore[arg-type]
        for row in due:
            row.next_attempt_at = utc_now() - timedelta(minutes=2)
            row.expires_at = utc_now() + timedelta(hours=1)
    run_jobs()
    texts = [text_of(mail) for mail in inbox()]
    assert len(texts) == 1
    assert "in the week from 16 November 2026" in texts[0]
    assert "Mara Lind: 2 alerts" in texts[0]
    assert "/api/alerts/unsubscribe/" in texts[0]


def test_suppressed_events_say_why(mara: Actor, inbox: Inbox) -> None:
    confirm_own_address(mara)
    now = utc_now()
    channel = make_channel(
        mara,
        ChannelType.EMAIL,
        address=mara.email,
        filters={"entity_types": ["artist"], "min_confidence": 0.95},
    )
    rule = make_rule(mara, channel, cooldown_minutes=120)
    who = artist()
    fire_now(rule, who, now=now - timedelta(hours=3), confidence=0.9)
    fire_now(rule, who, now=now - timedelta(hours=3, seconds=-1), confidence=0.96)
    fire_now(rule, who, now=now - timedelta(hours=1, seconds=1), confidence=0.96)
    fire_now(rule, who, now=now - timedelta(minutes=30), confidence=0.96)
    with unit_of_work() as uow:
        events = uow.session.exec(select(AlertEvent).order_by(AlertEvent.created_at)).all()  # type: ignore[arg-type]
        items = {one.event_id: one for one in uow.session.exec(select(AlertDeliveryItem))}
        found = [
            (one.suppression, items[one.id].suppression if one.id in items else "none") for one in events
        ]
    assert found == [
        (None, Suppression.FILTERED),
        (None, None),
        (Suppression.COOLDOWN, "none"),  # 119:58 after the one that went out
        (None, Suppression.CAP),  # the cooldown is over, but that one is still on its way
    ]
