"""A receiver on loopback, an inbox, and short ways from a rule to what arrived."""

from __future__ import annotations

import email
import email.policy
import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

import workers.alerts
from omnisonic.insight.alerts import channels, rules
from omnisonic.insight.alerts.events import AlertEntity, fire
from omnisonic.insight.alerts.message import Article, Facts
from omnisonic.insight.alerts.models import AlertChannel, AlertDelivery, AlertEvent, AlertRule, ChannelType
from omnisonic.insight.alerts.schemas import ChannelConfig, ChannelDraft, RuleDraft
from omnisonic.insight.news import EntityType
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.ids import new_id, utc_now
from omnisonic.platform.models import OutboxMessage
from omnisonic.platform.settings import Settings

Answer = tuple[int, dict[str, str]]
STALL = (0, {})


@dataclass
class Receiver:
    """Keeps what is posted to it and answers as told: 200 unless `answers` holds something else."""

    url: str = ""
    host: str = ""
    answers: deque[Answer] = field(default_factory=deque)
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    arrived: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """Every body as JSON."""
        return [json.loads(body) for _, body in self.requests]

    @property
    def ids(self) -> list[str]:
        """`webhook-id` of every request."""
        return [headers["webhook-id"] for headers, _ in self.requests]


@pytest.fixture
def receiver(configure: Callable[..., Settings]) -> Iterator[Receiver]:
    """A server that the operator allowed outgoing requests to reach."""
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.requests.append(({name.lower(): value for name, value in self.headers.items()}, body))
            status, headers = kept.answers.popleft() if kept.answers else (200, {})
            kept.arrived.release()
            if status == 0:
                kept.released.wait(30)
                return
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            said = b"ok" if status == 200 else b"no"
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    kept.host = f"localhost:{server.server_port}"
    kept.url = f"http://{kept.host}/hooks/alerts-of-mara"
    configure(FETCH_ALLOWED_PRIVATE_HOSTS=kept.host)
    yield kept
    kept.released.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def inbox(servers: Any) -> Callable[[], list[EmailMessage]]:
    """The mail that has arrived since the test began, oldest first."""
    before = set(servers.mail_dir.glob("*"))

    def read() -> list[EmailMessage]:
        files: list[Path] = sorted(set(servers.mail_dir.glob("*.eml")) - before)
        return [email.message_from_bytes(one.read_bytes(), policy=email.policy.default) for one in files]

    return read


def make_channel(
    actor: Actor, kind: ChannelType, *, url: str | None = None, address: str | None = None, **fields: Any
) -> AlertChannel:
    """A channel of this person's."""
    config = ChannelConfig(url=url, address=address)
    with unit_of_work() as uow:
        draft = ChannelDraft(name=f"My {kind}", type=kind, config=config, **fields)
        return channels.create_channel(uow, actor, draft=draft)[0]


def make_rule(actor: Actor, *told: AlertChannel, **fields: Any) -> AlertRule:
    """A rule of this person's that tells these channels; without a cooldown unless one is given."""
    values = {"name": "Artists I follow", "kind": "spike", "cooldown_minutes": 0} | fields
    with unit_of_work() as uow:
        draft = RuleDraft(channel_ids=[one.id for one in told], **values)
        return rules.create_rule(uow, actor, draft=draft)


def artist(name: str = "Mara Lind") -> AlertEntity:
    """Something to alert about."""
    return AlertEntity(type=EntityType.ARTIST, id=new_id(), name=name)


def facts_at(data_time: datetime | None = None, **fields: Any) -> Facts:
    """Twelve stories where three are usual."""
    article = Article(title="A <new> album", url="https://example.org/a?b=1&c=2", source="example.org")
    values = {"value": 12, "window_minutes": 1440, "expected": 3.0, "sources": 4, "articles": [article]}
    return Facts(data_time=data_time or utc_now(), **values | fields)


def fire_now(
    rule: AlertRule, entity: AlertEntity, *, now: datetime | None = None, **fields: Any
) -> AlertEvent:
    """The rule fires; each time for data of its own."""
    with unit_of_work() as uow:
        return fire(uow, rule=rule, entity=entity, facts=facts_at(now, **fields), now=now)


def run_jobs() -> list[str]:
    """Run the jobs that wait in the outbox, as the relay and a worker would; returns their names."""
    with unit_of_work() as uow:
        rows = uow.session.exec(
            select(OutboxMessage).where(OutboxMessage.kind == "job").order_by(col(OutboxMessage.id))
        ).all()
        for row in rows:
            uow.session.delete(row)
    for row in rows:
        getattr(workers.alerts, row.topic.rpartition(".")[2])(**row.payload["args"])
    return [row.topic.rpartition(".")[2] for row in rows]


def the_delivery(delivery_id: UUID | None = None) -> AlertDelivery:
    """The only message, or the one of an id."""
    with read_session() as session:
        if delivery_id is not None:
            found = session.get(AlertDelivery, delivery_id)
            assert found is not None
            return found
        return session.exec(select(AlertDelivery)).one()


def make_due(delivery_id: UUID) -> None:
    """Let the time pass until the next attempt, and the scheduler look."""
    with unit_of_work() as uow:
        row = uow.session.get_one(AlertDelivery, delivery_id)
        assert row.next_attempt_at is not None
        row.next_attempt_at = utc_now() - timedelta(minutes=2)
    workers.alerts.send_due()
    run_jobs()


T0 = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
