"""The process's client of the ClickHouse server, and its failures in our words."""

from __future__ import annotations

import json
import os
import time
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

from omnisonic.platform.clickhouse_connections import is_awake, listening_pool
from omnisonic.platform.errors import Busy, ServiceUnavailable
from omnisonic.platform.settings import Settings, get_settings
from omnisonic.platform.telemetry import child_span

CONNECT_TIMEOUT_S = 3
ANSWER_TIMEOUT_S = 60
PING_TIMEOUT_S = 4
HEARD_FOR_S = 2.0  # so long after an answer a server counts as awake
POOL_SIZE = 16
TLS_PORTS = {443, 8443}  # as clickhouse-connect has it
RETRY_AFTER_S = 5
# TIMEOUT_EXCEEDED, TOO_MANY_SIMULTANEOUS_QUERIES, MEMORY_LIMIT_EXCEEDED, TOO_MANY_PARTS
OVERLOADED = frozenset({159, 202, 241, 252})
# UNKNOWN_USER, WRONG_PASSWORD, REQUIRED_PASSWORD, AUTHENTICATION_FAILED
REFUSED = frozenset({192, 193, 194, 516})
UNKNOWN_DATABASE = 81
# Our inserts are batches already: the server's own batching would only make them wait.
CLIENT_SETTINGS = {"async_insert": 0}
NO_ANSWER = "The ClickHouse server does not answer."
_heard_s: dict[tuple[str, int], float] = {}  # when each server answered last, by the monotonic clock


class AnalyticsUnavailable(ServiceUnavailable):
    """The ClickHouse server does not answer."""

    slug, title = "analytics-unavailable", "The analytics database is not reachable"
    advice = "News and charts return by themselves; what arrives meanwhile is kept. Try again in a moment."


@contextmanager
def clickhouse(*, answer_timeout_s: int = ANSWER_TIMEOUT_S) -> Iterator[Client]:
    """The process's client, for one or more statements in `CLICKHOUSE_DATABASE`. Any thread may use it.

    A server that was not heard of for two seconds is asked for a sign of life first: one that is silent is
    noticed in 4 seconds, one that falls silent over a statement or in the middle of its answer in 8, however
    long (`answer_timeout_s`) the statement itself may take.
    Raises `AnalyticsUnavailable` when the server is not reachable and `Busy` when it could not do it in
    time; a statement that the server refuses stays clickhouse-connect's `DatabaseError`.
    """
    with child_span("clickhouse", db__system__name="clickhouse"), in_our_words(), _without_hanging():
        yield get_client(answer_timeout_s)


@contextmanager
def _without_hanging() -> Iterator[None]:
    """Ask whether anybody is there before a statement, unless an answer came just now.

    A server that takes connections and is silent would otherwise keep a thread as long as a query may take.
    """
    settings = get_settings()
    if settings.clickhouse_host is None:
        yield  # it says so by itself
        return
    place = settings.clickhouse_host, settings.clickhouse_port
    if time.monotonic() - _heard_s.get(place, -HEARD_FOR_S) > HEARD_FOR_S and not _is_awake(*place):
        raise AnalyticsUnavailable(NO_ANSWER, retry_after_s=RETRY_AFTER_S)
    try:
        yield
    except OperationalError:
        _heard_s.pop(place, None)
        raise
    _heard_s[place] = time.monotonic()


def _is_awake(host: str, port: int) -> bool:
    scheme = "https" if port in TLS_PORTS else "http"
    return is_awake(f"{scheme}://{host}:{port}", timeout_s=PING_TIMEOUT_S)


@contextmanager
def in_our_words() -> Iterator[None]:
    """Turn failures of the server, not those of a statement, into the errors of `clickhouse`."""
    try:
        yield
    except DatabaseError as error:
        if (known := _in_our_words(error)) is None:
            raise
        raise known from error


@lru_cache(maxsize=4)
def get_client(answer_timeout_s: int = ANSWER_TIMEOUT_S) -> Client:
    """The process's client with this patience. Raises `AnalyticsUnavailable` where no address is set."""
    return connect(get_settings(), answer_timeout_s=answer_timeout_s)


def connect(
    settings: Settings, *, database: str | None = None, answer_timeout_s: int = ANSWER_TIMEOUT_S
) -> Client:
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
        send_receive_timeout=answer_timeout_s,
        autogenerate_session_id=False,
        pool_mgr=listening_pool(size=POOL_SIZE),
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
        return AnalyticsUnavailable(NO_ANSWER, retry_after_s=RETRY_AFTER_S)
    return None


os.register_at_fork(after_in_child=get_client.cache_clear)
