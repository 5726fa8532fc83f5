"""The application's own client: its rows, its threads, and its words when the server is away."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from clickhouse_connect.driver.exceptions import DatabaseError

from omnisonic.platform import clickhouse as module
from omnisonic.platform import clickhouse_connections as connections
from omnisonic.platform.clickhouse import AnalyticsUnavailable, clickhouse, insert_rows
from omnisonic.platform.errors import Busy
from omnisonic.platform.ids import new_id
from omnisonic.platform.settings import Settings
from tests.clickhouse_server import OwnClickHouse

Configure = Callable[..., Settings]
RUNNING = (
    "SELECT count() FROM system.processes WHERE query LIKE '%numbers(%' AND query NOT LIKE '%processes%'"
)

MORE_THAN_SOCKETS_HOLD = "SELECT randomString(1000000) FROM numbers(64) SETTINGS max_block_size = 1"


@pytest.fixture
def kinds(clickhouse_db: None) -> Iterator[None]:
    with clickhouse() as client:
        client.command(
            "CREATE TABLE kinds (id UUID, big UInt128, at DateTime64(3, 'UTC'), day Date, "
            "tags Array(String), maybe Nullable(Int32), flag Bool, share Decimal(18, 4)) "
            "ENGINE = MergeTree ORDER BY id"
        )
        yield
        client.command("DROP TABLE kinds")


def test_rows_arrive_as_they_are(kinds: None) -> None:
    at = datetime(2026, 11, 21, 9, 30, 0, 123000, tzinfo=timezone(timedelta(hours=2)))
    row = (new_id(), 2**127 + 1, at, date(2026, 11, 21), ["ß'\\\n\t"], None, True, Decimal("0.1234"))
    columns = ["id", "big", "at", "day", "tags", "maybe", "flag", "share"]
    with clickhouse() as client:
        assert insert_rows(client, "kinds", columns=columns, rows=[row]) == 1
        assert insert_rows(client, "kinds", columns=columns, rows=[]) == 0
        ((*found,),) = client.query("SELECT * FROM kinds", query_tz="UTC", tz_mode="aware").result_rows
    assert tuple(found) == (row[0], row[1], at.astimezone(UTC), *row[3:])


@pytest.mark.parametrize("value", [datetime(2026, 11, 21), object()])
def test_a_value_without_a_meaning_is_refused(kinds: None, value: object) -> None:
    with clickhouse() as client, pytest.raises((ValueError, TypeError)):
        insert_rows(client, "kinds", columns=["at"], rows=[[value]])


def test_threads_share_the_client(clickhouse_db: None) -> None:
    def ask(number: int) -> int:
        with clickhouse() as client:
            return int(client.query("SELECT {n:UInt32} * 2", parameters={"n": number}).result_rows[0][0])

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(40))) == [number * 2 for number in range(40)]


def test_a_server_that_is_away_is_a_typed_error(configure: Configure) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        configure(CLICKHOUSE_HOST="127.0.0.1", CLICKHOUSE_PORT=held.getsockname()[1])
        with pytest.raises(AnalyticsUnavailable, match="does not answer"), clickhouse() as client:
            client.query("SELECT 1")


def test_a_silent_server_is_asked_for_a_sign_of_life(
    configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes connections and never answers: nobody waits as long as a statement may take."""
    monkeypatch.setattr(module, "PING_TIMEOUT_S", 0.5)
    with socket.create_server(("127.0.0.1", 0), backlog=16) as silent:
        configure(CLICKHOUSE_HOST="127.0.0.1", CLICKHOUSE_PORT=silent.getsockname()[1])
        for _ in range(2):
            with pytest.raises(AnalyticsUnavailable), clickhouse(answer_timeout_s=3600):
                pass  # an hour


def test_without_an_address_it_says_which_variable(configure: Configure) -> None:
    configure(CLICKHOUSE_HOST=None)
    with pytest.raises(AnalyticsUnavailable, match="CLICKHOUSE_HOST"), clickhouse():
        pass


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"CLICKHOUSE_PASSWORD": "wrong"}, "refuses CLICKHOUSE_USER"),
        ({"CLICKHOUSE_DATABASE": "not_there"}, "omnisonic migrate"),
    ],
)
def test_a_wrong_setting_is_named(
    clickhouse_server: dict[str, str], configure: Configure, changed: dict[str, Any], message: str
) -> None:
    configure(**{**clickhouse_server, **changed})
    with pytest.raises(AnalyticsUnavailable, match=message), clickhouse() as client:
        client.query("SELECT 1")


def test_too_much_work_is_busy_and_a_wrong_statement_is_ours(clickhouse_db: None) -> None:
    with pytest.raises(Busy), clickhouse() as client:
        client.query("SELECT count() FROM numbers(1000000000000)", settings={"max_execution_time": 0.2})
    with pytest.raises(DatabaseError, match="UNKNOWN_TABLE"), clickhouse() as client:
        client.query("SELECT * FROM missing")


def test_the_client_finds_a_server_that_comes_back(
    tmp_path: Path, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = OwnClickHouse(tmp_path)
    own.start()
    try:
        configure(**own.server.environment())
        with clickhouse() as client:
            client.command("CREATE TABLE kept (n Int8) ENGINE = MergeTree ORDER BY n")
        with monkeypatch.context() as patient:
            patient.setattr(module, "HEARD_FOR_S", -1.0)  # as if the last answer were some seconds ago
            patient.setattr(module, "PING_TIMEOUT_S", 0.5)
            own.freeze()
            with pytest.raises(AnalyticsUnavailable), clickhouse(answer_timeout_s=3600) as client:
                client.command("SELECT 1")
            own.thaw()
        with clickhouse() as client:
            assert client.command("SELECT 1") == 1
        own.kill()
        with pytest.raises(AnalyticsUnavailable), clickhouse() as client:
            client.command("INSERT INTO kept VALUES (1)")
        own.start()
        with clickhouse() as client:
            assert client.query("SELECT count() FROM kept").result_rows == [(0,)]
    finally:
        own.stop()


def test_a_server_that_falls_silent_over_a_statement_is_noticed(
    tmp_path: Path, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is only busy is not: it says that it is there, as often as it is asked."""
    monkeypatch.setattr(connections, "LISTEN_S", 0.1)
    own = OwnClickHouse(tmp_path)
    own.start()
    try:
        configure(**own.server.environment())
        with clickhouse() as client:
            assert client.command("SELECT sleep(1)") == 0
        monkeypatch.setattr(connections, "PING_TIMEOUT_S", 0.5)
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(_ask_for_an_hour)
            with clickhouse() as client:
                while not client.command(RUNNING):
                    assert not asked.done()
            own.freeze()
            with pytest.raises(AnalyticsUnavailable, match="does not answer"):
                asked.result()
            own.thaw()
        with pytest.raises(AnalyticsUnavailable, match="does not answer"):
            _freeze_in_the_middle(own)
        own.thaw()
        with clickhouse() as client:  # nothing of the broken answer is left in a connection
            assert client.command("SELECT 1") == 1
    finally:
        own.stop()


def test_an_answer_that_pauses_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second half comes when the server was asked for a sign of life, and not before."""
    monkeypatch.setattr(connections, "LISTEN_S", 0.05)
    asked = Event()

    class Slow(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"a")
            if self.path == "/ping":
                asked.set()
            self.wfile.write(b"b" if asked.wait(30) else b"-")

    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server, ThreadPoolExecutor(1) as pool:
        pool.submit(server.serve_forever, 0.01)
        with connections.listening_pool(size=1) as clients:
            address = f"http://127.0.0.1:{server.server_port}"
            assert clients.request("GET", address, timeout=3600).data == b"ab"
        server.shutdown()


def _freeze_in_the_middle(own: OwnClickHouse) -> None:
    """It is there for the first rows of its answer and not for the rest."""
    with (
        clickhouse(answer_timeout_s=3600) as client,
        client.query_row_block_stream(MORE_THAN_SOCKETS_HOLD) as blocks,
    ):
        assert next(blocks)
        own.freeze()
        list(blocks)


def _ask_for_an_hour() -> None:
    with clickhouse(answer_timeout_s=3600) as client:
        client.query("SELECT count() FROM numbers(1000000000000) WHERE number % 1000000007 = 3")
