"""Pages put together are the whole list, whatever happens between them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from fastapi.testclient import TestClient
from sqlmodel import select

from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.models import AuditEntry
from omnisonic.platform.pagination import Page, decode_cursor, fetch_page


def add(count: int, created_at: datetime) -> None:
    with unit_of_work() as uow:
        for _ in range(count):
            entry = AuditEntry(id=uuid4(), action="test", subject="x", details={}, created_at=created_at)
            uow.session.add(entry)


def test_rows_of_the_same_moment_are_neither_lost_nor_repeated(db: None) -> None:
    moment = datetime(2026, 5, 1, 12, 0, 0, 123456, tzinfo=UTC)
    add(7, moment)
    seen: list[Any] = []
    cursor: str | None = None
    with read_session() as session:
        while True:
            page = Page(limit=3, after=decode_cursor(cursor))
            rows, cursor = fetch_page(session, select(AuditEntry), AuditEntry, page=page)
            seen += rows
            if cursor is None:
                break
    assert len(seen) == 7
    assert [row.id for row in seen] == sorted({row.id for row in seen}, reverse=True)


def test_a_new_row_does_not_shift_the_next_page(db: None) -> None:
    for second in range(4):
        add(1, datetime(2026, 5, 1, 12, 0, second, tzinfo=UTC))
    with read_session() as session:
        first, cursor = fetch_page(session, select(AuditEntry), AuditEntry, page=Page(limit=2))
    add(1, datetime(2026, 5, 1, 12, 1, tzinfo=UTC))
    with read_session() as session:
        page = Page(limit=2, after=decode_cursor(cursor))
        second_page, end = fetch_page(session, select(AuditEntry), AuditEntry, page=page)
    assert [row.created_at.second for row in [*first, *second_page]] == [3, 2, 1, 0]
    assert end is None


def test_over_rest_limit_and_cursor_are_checked(
    make_user: Callable[..., tuple[Actor, str]], browser_of: Callable[[str], TestClient]
) -> None:
    browser = browser_of(make_user()[1])
    for query, field in [("limit=201", "limit"), ("limit=0", "limit"), ("cursor=made-up", "cursor")]:
        answer = browser.get(f"/api/sessions?{query}")
        assert answer.status_code == 422, query
        assert [error["field"] for error in answer.json()["errors"]] == [field]
