"""What nobody should send to Insight is refused with its reason, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import func, select

from omnisonic.insight.alerts.models import AlertChannel, AlertRule
from omnisonic.insight.feeds.models import Feed
from omnisonic.insight.ingest_jobs.models import IngestJob
from omnisonic.insight.saved_views.models import SavedView
from omnisonic.insight.tagging.models import StoplistEntry
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session

CHANNELS, RULES, VIEWS = "/api/alerts/channels", "/api/alerts/rules", "/api/views"
TABLES = (AlertChannel, AlertRule, Feed, IngestJob, SavedView, StoplistEntry)
VIEW = {"page": "trends", "name": "Mine", "query": "window=7d"}
STOP = {"phrase": "Yesterday", "reason": "A day"}


@pytest.fixture
def client(analyst: Actor, client_of: Callable[[Actor], TestClient]) -> TestClient:
    """Someone who may write everywhere."""
    return client_of(analyst)


def rows() -> list[int]:
    """How much there is of everything."""
    with read_session() as session:
        return [session.exec(select(func.count()).select_from(table)).one() for table in TABLES]


def hook(url: str, kind: str = "webhook") -> dict[str, Any]:
    return {"name": "Hook", "type": kind, "config": {"url": url}}


def mail(address: str) -> dict[str, Any]:
    return {"name": "Mail", "type": "email", "config": {"address": address}}


def rule(**fields: Any) -> dict[str, Any]:
    return {"name": "Mine", "kind": "spike", **fields}


REFUSED: list[tuple[str, dict[str, Any]]] = [
    (CHANNELS, hook("https://127.0.0.1/hook")),
    (CHANNELS, hook("https://[::ffff:10.0.0.1]/hook")),
    (CHANNELS, hook("https://[64:ff9b::a00:1]/hook")),
    (CHANNELS, hook("https://hooks.slack.com@evil.example/services/1", "slack")),
    (CHANNELS, hook("https://hooks.slack.com.evil.example/services/1", "slack")),
    (CHANNELS, hook("https://hooks.slаck.com/services/1", "slack")),
    (CHANNELS, mail("a@example.org\r\nBcc: b@example.org")),
    (CHANNELS, mail("a@example.org, b@example.org")),
    (CHANNELS, hook("https://example.org/hook") | {"name": "Hook\r\nBcc: b@example.org"}),
    (RULES, rule(template="{{ ''.__class__.__mro__ }}")),
    (RULES, rule(template="{{ entity.__init__.__globals__ }}")),
    (RULES, rule(template="{% for a in 'aaaa' %}{{ a }}{% endfor %}")),
    (RULES, rule(template="{{ 'a' * 100000000 }}")),
    (RULES, rule(template="{{ 9 ** 9 ** 9 }}")),
    (RULES, rule(template="x" * 100_000)),
    (RULES, rule(template="{{ " + "(" * 900 + "1" + ")" * 900 + " }}")),
    (RULES, rule(template="{{ " + "not " * 250 + "value }}")),
    (RULES, rule(template="{% if value %}" * 76 + "x" + "{% endif %}" * 76 + "{{ nobody }}")),
    (RULES, rule(scope={"entityType": "song"})),
    (RULES, rule(threshold=10**30)),
    (VIEWS, VIEW | {"name": ""}),
    (VIEWS, VIEW | {"name": "x" * 101}),
    (VIEWS, VIEW | {"name": "a\0b"}),
    (VIEWS, VIEW | {"query": "?a=1"}),
    (VIEWS, VIEW | {"query": "&".join(f"a{number}=1" for number in range(41))}),
    ("/api/stoplist", STOP | {"phrase": "\0"}),
    ("/api/feeds", {"url": "https://a\0.example/rss"}),
    ("/api/feeds", {"url": "javascript:alert(1)"}),
    ("/ingest/rss", {"urls": ["https://a.example/rss", "file:///etc/passwd"]}),
    ("/ingest/rss", {"urls": [f"https://a.example/{number}" for number in range(101)]}),
    ("/ingest/tagging/improve", {"since": "2026-11-21"}),
]


def test_it_is_refused_and_nothing_is_written(client: TestClient, redis_client: Any) -> None:
    for path, body in REFUSED:
        answer = client.post(path, json=body)
        assert answer.status_code == 422, (body, answer.text)
        assert answer.json()["errors"][0]["message"]
        assert sum(rows()) == 0, body


def test_documents_that_are_none(client: TestClient, redis_client: Any) -> None:
    headers = {"Content-Type": "application/json"}
    for body in (b"[" * 100_000, b'{"a":' * 100_000, b'{"name": "\xff"}', b'{"name": NaN}'):
        answer = client.post(RULES, content=body, headers=headers)
        assert answer.status_code in {400, 422}, answer.text
        assert answer.json()["type"].startswith("/problems/")
    assert sum(rows()) == 0


REPEATED: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (VIEWS, VIEW, VIEW | {"name": "Other"}),
    ("/api/stoplist", STOP, STOP | {"phrase": "Today"}),
    (RULES, rule(), rule(threshold=9)),
    ("/ingest/tagging/improve", {}, {"since": "2026-11-21T00:00:00Z"}),
]


def test_a_key_is_for_one_request(client: TestClient, redis_client: Any) -> None:
    for number, (path, first, second) in enumerate(REPEATED):
        key = {"Idempotency-Key": f"key {number}"}
        made = client.post(path, json=first, headers=key)
        assert made.status_code in {201, 202}, made.text
        after = rows()
        assert client.post(path, json=first, headers=key).json() == made.json()
        refused = client.post(path, json=second, headers=key)
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/idempotency-conflict")
        assert rows() == after
