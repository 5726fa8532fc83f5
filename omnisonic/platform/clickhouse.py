"""The process's client of the ClickHouse server, and its failures in our words."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError, OperationalError
from clickhouse_connect.driver.httputil import get_pool_manager

from omnisonic.platform.errors import Busy, ServiceUnavailable
from omnisonic.platform.settings import Settings, get_settings
from omnisonic.platform.telemetry import child_span

CONNECT_TIMEOUT_S = 3
ANSWER_TIMEOUT_S = 60
POOL_SIZE = 16
RETRY_AFTER_S = 5
# TIMEOUT_EXCEEDED, TOO_MANY_SIMULTANEOUS_QUERIES, MEMORY_LIMIT_EXCEEDED, TOO_MANY_PARTS
OVERLOADED = frozenset({159, 202, 241, 252})
# UNKNOWN_USER, WRONG_PASSWORD, REQUIRED_PASSWORD, AUTHENTICATION_FAILED
REFUSED = frozenset({192, 193, 194, 516})
UNKNOWN_DATABASE = 81
# Our inserts are batches already: the server's own batching would only make them wait.
CLIENT_SETTINGS = {"async_insert": 0}


class AnalyticsUnavailable(ServiceUnavailable):
    """The ClickHouse server does not answer."""

    slug, title = "analytics-unavailable", "The analytics database is not reachable"
    advice = "News and charts return by themselves; what arrives meanwhile is kept. Try again in a moment."


@contextmanager
def clickhouse() -> Iterator[Client]:
    """The process's client, for one or more statements in `CLICKHOUSE_DATABASE`. Any thread may use it.

    Raises `AnalyticsUnavailable` when the server is not reachable and `Busy` when it could not do it in
    time; a statement that the server refuses stays clickhouse-connect's `DatabaseError`.
    """
    with child_span("clickhouse", db__system__name="clickhouse"), in_our_words():
        yield get_client()


@contextmanager
def in_our_words() -> Iterator[None]:
    """Turn failures of the server, not those of a statement, into the errors of `clickhouse`."""
    try:
        yield
    except DatabaseError as error:
        if (known := _in_our_words(error)) is None:
            raise
        raise known from error


@lru_cache(maxsize=1)
def get_client() -> Client:
    """The process's client. Raises `AnalyticsUnavailable` where no address is set."""
    return connect(get_settings())


def connect(settings: Settings, *, database: str | None = None) -> Client:
    """A client of its own, which the caller closes; `database` empty: the server's default one.

    Without a session, so that threads can share it: temporary tables do not outlive a statement.
    """
    if settings.clickhouse_host is None:
        raise AnalyticsUnavailable(
            "CLICKHOUSE_HOST is not set. `make run` starts a ClickHouse server and sets it.",
            retry_after_s=RETRY_AFTER_S,
        )
    password = settings.clickhouse_password
    return clickhouse_connect.get_client(
        host=settings.clickhouse_host,
        port=settings.clickhouse_port,
        username=settings.clickhouse_user,
        password=password.get_secret_value() if password else "",
        database=settings.clickhouse_database if database is None else database,
        settings=dict(CLIENT_SETTINGS),
        connect_timeout=CONNECT_TIMEOUT_S,
        send_receive_timeout=ANSWER_TIMEOUT_S,
        autogenerate_session_id=False,
        pool_mgr=get_pool_manager(maxsize=POOL_SIZE),
    )


def insert_rows(client: Client, table: str, *, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Insert `rows` in one request; returns their count. Times must be aware, 128-bit numbers may be int.

    Text on purpose: the client's own `insert` loads pandas wherever it is installed, which costs every new
    process a second and 80 MB. `rows` should be some thousand: each call makes a part on the disk.
    """
    lines = [json.dumps(row, default=_as_text, ensure_ascii=False) for row in rows]
    if lines:
        block = "\n".join(lines).encode()
        client.raw_insert(table, column_names=columns, insert_block=block, fmt="JSONCompactEachRow")
    return len(lines)


def _as_text(value: object) -> str:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    if isinstance(value, UUID | date | Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in a row")


def _in_our_words(error: DatabaseError) -> ServiceUnavailable | None:
    if error.code in REFUSED:
        return AnalyticsUnavailable(
            "The ClickHouse server refuses CLICKHOUSE_USER or its password.", retry_after_s=RETRY_AFTER_S
        )
    if error.code == UNKNOWN_DATABASE:
        return AnalyticsUnavailable(
            "CLICKHOUSE_DATABASE is not there yet: run `omnisonic migrate`.", retry_after_s=RETRY_AFTER_S
        )
    if error.code in OVERLOADED:
        return Busy("The analytics database had too much to do.", retry_after_s=RETRY_AFTER_S)
    if isinstance(error, OperationalError):
        return AnalyticsUnavailable("The ClickHouse server does not answer.", retry_after_s=RETRY_AFTER_S)
    return None


os.register_at_fork(after_in_child=get_client.cache_clear)
