"""Health says what is wrong, with real servers present and absent."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator

import psycopg2
import pytest
import redis
from fastapi.testclient import TestClient

from omnisonic.platform import health
from omnisonic.platform.health import beat, check_process, mark_stopping, mark_stopping_on_sigterm
from omnisonic.platform.settings import Settings


@pytest.fixture
def refusing_port() -> Iterator[int]:
    """A port where nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port where connections are taken and never answered."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen(16)
        yield held.getsockname()[1]


def test_with_all_servers_it_is_ready(anyone: TestClient) -> None:
    answer = anyone.get("/health/ready")
    assert answer.status_code == 200, answer.text
    checks = answer.json()["checks"]
    assert set(checks) == {"database", "migrations", "redis", "storage", "clickhouse", "ledger"}
    assert {name for name, one in checks.items() if not one["required"]} == {"clickhouse", "ledger"}
    assert answer.json()["ok"] is True


def test_without_analytics_it_is_ready_and_says_so(
    anyone: TestClient, configure: Callable[..., Settings], refusing_port: int
) -> None:
    configure(CLICKHOUSE_HOST="127.0.0.1", CLICKHOUSE_PORT=refusing_port)
    answer = anyone.get("/health/ready")
    assert answer.status_code == 200
    check = answer.json()["checks"]["clickhouse"]
    assert check == {
        "ok": False,
        "required": False,
        "detail": "The analytics database is not reachable",
    }


def test_alive_and_version_ask_no_server(anyone: TestClient, configure: Callable[..., Settings]) -> None:
    configure(DATABASE_URL=None, REDIS_URL=None)
    assert anyone.get("/healthz").json() == {"ok": True}
    assert anyone.get("/health/live").json() == {"ok": True}
    version = anyone.get("/health/version").json()
    assert version["version"]
    assert version["revision"]


def test_a_lost_server_is_named_and_the_others_are_still_asked(
    anyone: TestClient, configure: Callable[..., Settings], refusing_port: int
) -> None:
    configure(REDIS_URL=f"redis://:hunter2@127.0.0.1:{refusing_port}/0")
    answer = anyone.get("/health/ready")
    assert answer.status_code == 503
    checks = answer.json()["checks"]
    assert not checks["redis"]["ok"]
    assert checks["database"]["ok"]
    assert "hunter2" not in answer.text


def test_a_server_that_hangs_costs_a_second(
    anyone: TestClient, configure: Callable[..., Settings], silent_port: int
) -> None:
    configure(DATABASE_URL=f"postgresql://x:y@127.0.0.1:{silent_port}/z")
    answer = anyone.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"]["detail"] == "no answer within 1 s"


def test_an_old_database_is_not_ready(anyone: TestClient, servers: object) -> None:
    admin = psycopg2.connect(servers.admin_url)  # type: ignore[attr-defined]
    admin.autocommit = True
    cursor = admin.cursor()
    cursor.execute("UPDATE alembic_version SET version_num = version_num || 'x'")
    try:
        answer = anyone.get("/health/ready")
    finally:
        cursor.execute("UPDATE alembic_version SET version_num = rtrim(version_num, 'x')")
        admin.close()
    assert answer.status_code == 503
    assert "omnisonic migrate" in answer.json()["checks"]["migrations"]["detail"]


def test_a_process_that_was_asked_to_stop_is_not_ready(
    anyone: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health._stopping, "is_set", False)
    mark_stopping()
    answer = anyone.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["stopping"] is True


def test_a_process_without_a_port_is_known_by_its_beat(
    redis_client: redis.Redis, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check_process("relay") == 1
    beat("relay")
    assert check_process("relay") == 0
    assert check_process("scheduler") == 1
    assert capsys.readouterr().out.splitlines()[1] == "relay: well"
    key = f"health:relay:{socket.gethostname()}:{os.getpid()}"
    assert 0 < redis_client.ttl(key) <= 30


def test_a_process_with_a_port_is_asked_there(
    configure: Callable[..., Settings], refusing_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(PORT=refusing_port)
    assert check_process("web") == 1
    assert "no answer" in capsys.readouterr().out


def test_sigterm_is_noted_and_still_reaches_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health._stopping, "is_set", False)
    reached: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: reached.append(number))
    try:
        mark_stopping_on_sigterm()
        signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert reached == [signal.SIGTERM]
    assert health._stopping.is_set
