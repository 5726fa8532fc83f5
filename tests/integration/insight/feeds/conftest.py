"""A server with bad habits, feeds of it, and checks without waiting for one's turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from omnisonic.insight.feeds import lifecycle, politeness, service
from omnisonic.insight.feeds.checking import Result
from omnisonic.insight.feeds.models import Feed, FeedDelivery
from omnisonic.insight.feeds.schemas import FeedDraft
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.settings import Settings
from tests.feed_server import FeedServer, running_feed_server


@pytest.fixture
def feed_server(
    db: None, redis_client: Any, configure: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> Iterator[FeedServer]:
    """The server, allowed by its host and port; turns at it follow each other at once."""
    with running_feed_server() as feeds:
        configure(FETCH_ALLOWED_PRIVATE_HOSTS=f"localhost:{feeds.port}")
        monkeypatch.setattr(politeness, "SPACING_MS", 1)
        yield feeds


@pytest.fixture
def follow(feed_server: FeedServer, analyst: Actor) -> Callable[[str], UUID]:
    """Follow a path of the server."""

    def add(path: str) -> UUID:
        with unit_of_work() as uow:
            return service.add_feed(uow, analyst, draft=FeedDraft(url=feed_server.url(path))).id

    return add


def check(feed_id: UUID) -> tuple[Result | None, Feed]:
    """Check a feed as a worker does; the result and the row after it."""
    result = lifecycle.check_feed(feed_id)
    return result, feed_of(feed_id)


def feed_of(feed_id: UUID) -> Feed:
    """The row as it is."""
    with read_session() as session:
        return session.exec(select(Feed).where(Feed.id == feed_id)).one()


def change(feed_id: UUID, **values: Any) -> None:
    """Set columns of a feed."""
    with unit_of_work() as uow:
        row = uow.session.get_one(Feed, feed_id)
        for name, value in values.items():
            setattr(row, name, value)


def deliveries(feed_id: UUID) -> list[FeedDelivery]:
    """What waits for the archive, in order."""
    with read_session() as session:
        statement = select(FeedDelivery).where(FeedDelivery.feed_id == feed_id)
        return list(session.exec(statement.order_by(col(FeedDelivery.id))))
