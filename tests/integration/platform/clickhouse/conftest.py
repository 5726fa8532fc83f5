"""One database per test, on the embedded gateway or on a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from omnisonic.platform.ids import new_id
from tests.clickhouse_server import connect

Connect = Callable[..., Client]


@pytest.fixture
def sql_database(clickhouse_server: dict[str, str]) -> Iterator[str]:
    """An empty database."""
    name = f"test_{new_id().hex}"
    with closing(connect(clickhouse_server)) as client:
        client.command(f"CREATE DATABASE {name}")
        yield name
        client.command(f"DROP DATABASE {name}")


@pytest.fixture
def make_client(clickhouse_server: dict[str, str], sql_database: str) -> Iterator[Connect]:
    """Makes unmodified clients of the empty database."""
    made: list[Client] = []

    def make(**options: Any) -> Client:
        made.append(connect(clickhouse_server, **{"database": sql_database, **options}))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(make_client: Connect) -> Client:
    """An unmodified client with a session, as clickhouse-connect makes it by itself."""
    return make_client()
