"""The gateway as a process: what it keeps when it is killed, whom it lets in, what it costs."""

from __future__ import annotations

import base64
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import urllib3
from clickhouse_connect.driver.client import Client

from omnisonic.platform.embedded.clickhouse import EmbeddedClickHouse
from omnisonic.platform.embedded.folder import DataFolder
from tests.clickhouse_server import OwnClickHouse
from tests.waiting import wait_until

AS_NOBODY = """
import os, pwd, sys
from pathlib import Path
from omnisonic.platform.embedded import clickhouse_engine, clickhouse_gateway
clickhouse_engine.import_chdb()  # an interpreter may lie where only root can read
os.setgroups([]); os.setgid(pwd.getpwnam("nobody").pw_gid); os.setuid(pwd.getpwnam("nobody").pw_uid)
clickhouse_gateway.main(Path(sys.argv[1]))
"""
CREATE = "CREATE TABLE kept (id UInt64, text String) ENGINE = MergeTree ORDER BY id"


@pytest.fixture
def folder() -> Iterator[Path]:
    root = Path(tempfile.mkdtemp(prefix="omnisonic-clickhouse-"))
    root.chmod(0o755)
    yield root
    shutil.rmtree(root)


@pytest.fixture
def own(folder: Path) -> Iterator[OwnClickHouse]:
    gateway = OwnClickHouse(folder)
    gateway.start()
    yield gateway
    gateway.stop()


def count(client: Client) -> int:
    return int(client.query("SELECT count() FROM kept").result_rows[0][0])


def test_what_was_acknowledged_survives_a_kill(own: OwnClickHouse) -> None:
    with closing(own.connect(database="insight")) as client:
        client.command(CREATE)
        for step in range(5):
            client.insert("kept", [[step * 1000 + n, "x"] for n in range(1000)])
        (own.server.folder.root / "clickhouse" / "spool" / "left-behind").write_bytes(b"x")
        own.kill()
    own.start()
    with closing(own.connect(database="insight")) as client:
        assert count(client) == 5000
        client.insert("kept", [[9999, "after"]])
        assert count(client) == 5001
    assert list((own.server.folder.root / "clickhouse" / "spool").iterdir()) == []
    assert own.stop() == 0
    own.start()
    with closing(own.connect(database="insight")) as client:
        assert count(client) == 5001


def test_only_the_owner_can_read_the_password(own: OwnClickHouse, folder: Path) -> None:
    assert len(own.server.password) >= 32
    for file in (folder / "clickhouse" / "gateway.json", folder / "secrets" / "clickhouse"):
        assert file.stat().st_mode & 0o077 == 0
    assert own.process is not None
    assert own.server.password.encode() not in Path(f"/proc/{own.process.pid}/cmdline").read_bytes()


def test_a_taken_port_is_avoided(own: OwnClickHouse, folder: Path) -> None:
    taken = own.server.port
    assert EmbeddedClickHouse(DataFolder.open(folder), database="insight").port != taken


def test_a_second_gateway_on_the_same_folder_says_why_and_leaves(own: OwnClickHouse, folder: Path) -> None:
    second = EmbeddedClickHouse(DataFolder.open(folder), database="insight")
    done = subprocess.run(second.spec().command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "Another server instance in same directory is already running" in done.stderr


def test_statuses_and_headers_are_those_of_a_server(own: OwnClickHouse) -> None:
    http = urllib3.PoolManager(headers=login(own))
    address = f"http://127.0.0.1:{own.server.port}"
    assert http.request("GET", f"{address}/ping", headers={}).data == b"Ok.\n"
    fine = http.request("GET", f"{address}/?query=SELECT+1&query_id=mine&database=insight")
    assert (fine.status, fine.data) == (200, b"1\n")
    assert fine.headers["X-ClickHouse-Format"] == "TabSeparated"
    assert fine.headers["X-ClickHouse-Query-Id"] == "mine"
    for status, code, url, body in [
        (404, "60", "/", b"SELECT * FROM missing"),
        (400, "62", "/", b"SELEC"),
        (400, "62", "/", b"SELECT 1; SELECT 2"),
        (400, "62", "/", b"SELECT '\xff\xfe'"),
        (400, "62", "/?query_id=a%0D%0Ab", b""),
        (404, "81", "/?database=missing", b"SELECT 1"),
        (404, "115", "/?nonsense=1", b"SELECT 1"),
        (501, "48", "/?decompress=1", b"SELECT 1"),
        (500, "372", "/?session_id=none&session_check=1", b"SELECT 1"),
        (500, "374", "/?session_id=a&session_timeout=999999", b"SELECT 1"),
    ]:
        refused = http.request("POST", address + url, body=body)
        assert (refused.status, refused.headers["X-ClickHouse-Exception-Code"]) == (status, code), (
            refused.data
        )
        assert refused.data.startswith(f"Code: {code}. DB::Exception: ".encode())
    read_only = http.request("GET", f"{address}/?query=CREATE+TABLE+t+(a+Int8)+ENGINE=Memory")
    assert read_only.headers["X-ClickHouse-Exception-Code"] == "164"
    for headers in (
        {},
        {"X-ClickHouse-User": "omnisonic", "X-ClickHouse-Key": "x"},
        {"Authorization": "Basic ??"},
    ):
        stranger = http.request("POST", address, body=b"SELECT 1", headers=headers)
        assert (stranger.status, stranger.headers["X-ClickHouse-Exception-Code"]) == (403, "516")


def test_a_caller_who_leaves_stops_the_query(own: OwnClickHouse) -> None:
    statement = b"SELECT count() FROM numbers(10000000000000)"
    running = "SELECT count() FROM system.processes WHERE query LIKE '%10000000000000%' AND is_initial_query"
    with closing(own.connect()) as client:
        with socket.create_connection(("127.0.0.1", own.server.port)) as caller:
            head = [b"POST / HTTP/1.1", b"Host: x", b"Content-Length: %d" % len(statement)]
            head += [f"{name}: {value}".encode() for name, value in login(own).items()]
            caller.sendall(b"\r\n".join(head) + b"\r\n\r\n" + statement)
            wait_until(lambda: client.query(running).result_rows[0][0] == 2)  # it and the one that asks
        wait_until(lambda: client.query(running).result_rows[0][0] == 1)


def test_large_answers_and_bodies_stay_out_of_memory(own: OwnClickHouse) -> None:
    with closing(own.connect(database="insight", autogenerate_session_id=False)) as client:
        client.command("CREATE TABLE kept (id UInt64, text String) ENGINE = Null")
        block = b"\n".join(b'{"id": %d, "text": "%s"}' % (n, b"x" * 1000) for n in range(1000)) + b"\n"
        client.raw_insert("kept", insert_block=(block for _ in range(10)), fmt="JSONEachRow")
        before_kb = resident_kb(own)
        client.raw_insert("kept", insert_block=(block for _ in range(400)), fmt="JSONEachRow")
        for fmt in ("RowBinary", "JSON"):
            stream = client.raw_stream("SELECT number, repeat('x', 100) FROM numbers(1000000)", fmt=fmt)
            assert sum(len(piece) for piece in stream) > 100_000_000
        grown_kb = resident_kb(own) - before_kb
        assert grown_kb < 450_000, f"grown by {grown_kb} kB for 700 MB"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_it_runs_as_an_ordinary_user(folder: Path) -> None:
    DataFolder.open(folder).secret("clickhouse")
    gateway = OwnClickHouse(folder)
    gateway.spec = replace(gateway.spec, command=[sys.executable, "-c", AS_NOBODY, gateway.spec.command[-1]])
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, "nobody")
    gateway.start()
    try:
        with closing(gateway.connect(database="insight")) as client:
            client.command(CREATE)
            client.insert("kept", [[1, "x"]])
            assert count(client) == 1
        owners = {path.owner() for path in (folder / "clickhouse" / "data").iterdir()}
        assert owners == {"nobody"}
    finally:
        assert gateway.stop() == 0


def login(own: OwnClickHouse) -> dict[str, str]:
    word = base64.b64encode(f"omnisonic:{own.server.password}".encode()).decode()
    return {"Authorization": f"Basic {word}"}


def resident_kb(own: OwnClickHouse) -> int:
    assert own.process is not None
    status = Path(f"/proc/{own.process.pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")))
