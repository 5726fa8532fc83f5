"""One trace crosses processes; SQL belongs to it; nothing secret is in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from opentelemetry.trace import get_current_span
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import select

from omnisonic.platform import telemetry
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.logging import current_context, log_context
from omnisonic.platform.models import OutboxMessage
from omnisonic.platform.redis import get_redis
from omnisonic.platform.settings import Settings
from omnisonic.platform.telemetry import SpanKind, child_span, continue_trace, span

MakeUser = Callable[..., tuple[Actor, str]]
Spans = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def spans(configure: Callable[..., Settings], capsys: pytest.CaptureFixture[str]) -> Iterator[Spans]:
    """What the console exporter wrote since the last call."""
    configure(OTEL_TRACES_EXPORTER="console")
    telemetry.reset()
    telemetry.configure("studio-web")

    def read() -> list[dict[str, Any]]:
        lines = capsys.readouterr().err.splitlines()
        return [json.loads(line) for line in lines if line.startswith('{"name"')]

    yield read
    telemetry.reset()


def trace_ids(found: list[dict[str, Any]]) -> set[str]:
    return {one["context"]["trace_id"] for one in found}


def service(one: dict[str, Any]) -> str:
    return str(one["resource"]["attributes"]["service.name"])


def test_a_job_continues_the_trace_of_its_request(spans: Spans) -> None:
    with log_context(), span("POST /api/export", kind=SpanKind.SERVER):
        carried = current_context()
    with continue_trace(carried, "job mixdown"):
        assert current_context()["correlation_id"] == carried["correlation_id"]
    request, job = spans()
    assert trace_ids([request, job]) == {request["context"]["trace_id"]}
    assert job["parent_id"] == request["context"]["span_id"]
    assert "traceparent" not in current_context()


def test_what_is_continued_does_not_belong_to_what_is_open(spans: Spans) -> None:
    with span("relay"):
        own = current_context()["traceparent"]
        with continue_trace({}, "other matter"):
            pass
        assert current_context()["traceparent"] == own
    assert len(trace_ids(spans())) == 2


def test_a_request_its_sql_and_its_redis_are_one_trace(
    spans: Spans, make_user: MakeUser, anyone: TestClient
) -> None:
    anyone.cookies.set("omnisonic_session", make_user()[1])
    spans()
    trace = "0af7651916cd43dd8448eb211c80319c"
    headers = {"Origin": "http://localhost:3000", "traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    answer = anyone.post("/api/sessions?ticket=very-secret", json={"name": "Nightfall"}, headers=headers)
    assert answer.status_code == 201
    found = spans()
    assert trace_ids(found) == {f"0x{trace}"}
    server = next(one for one in found if one["name"] == "POST /api/sessions")
    assert service(server) == "studio-web-api"
    assert server["attributes"]["http.response.status_code"] == 201
    assert "SQL INSERT" in {one["name"] for one in found}
    assert "redis EVAL" in {one["name"] for one in found}
    shown = json.dumps([one["attributes"] for one in found])
    assert "Nightfall" not in shown
    assert "very-secret" not in shown


def test_presence_is_a_service_of_its_own(spans: Spans, anyone: TestClient) -> None:
    anyone.get("/api/presence?roomId=x")
    anyone.get("/about")
    assert [service(one) for one in spans() if one["kind"] == "SpanKind.SERVER"] == [
        "studio-web-api-presence",
        "studio-web",
    ]


def test_a_failed_statement_is_marked_and_closes_its_span(spans: Spans, db: None) -> None:
    with span("outer"), read_session() as session:
        with pytest.raises(ProgrammingError):
            session.execute(text("SELECT * FROM no_such_table"))
        assert get_current_span().name == "outer"  # type: ignore[attr-defined]
    failed = next(one for one in spans() if "no_such_table" in one["attributes"].get("db.query.text", ""))
    assert failed["attributes"]["error.type"] == "UndefinedTable"


def test_an_outbox_row_carries_the_trace(spans: Spans, db: None) -> None:
    with span("request"):
        expected = current_context()["traceparent"]
        with unit_of_work() as uow:
            uow.publish("room:x", "test", {})
    with unit_of_work() as uow:
        row = uow.session.exec(select(OutboxMessage)).one()
    assert row.payload["context"]["traceparent"].split("-")[1] == expected.split("-")[1]


def test_polling_outside_of_a_request_makes_no_spans(spans: Spans, db: None, redis_client: Any) -> None:
    with read_session() as session:
        session.execute(text("SELECT 1"))
    get_redis().ping()
    with child_span("idle"):
        pass
    assert spans() == []


def test_without_an_exporter_a_carried_trace_still_travels(configure: Callable[..., Settings]) -> None:
    configure(OTEL_TRACES_EXPORTER="none")
    telemetry.reset()
    carried = {
        "correlation_id": "c",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    }
    with continue_trace(carried, "job"):
        assert current_context() == carried
