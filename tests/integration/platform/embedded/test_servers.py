"""The embedded servers keep what they acknowledged when they are killed."""

from __future__ import annotations

import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path
from smtplib import SMTP
from urllib.parse import urlsplit

import psycopg2
import pytest
import redis

from omnisonic.platform.embedded.database_roles import EXTENSIONS
from omnisonic.platform.embedded.folder import DataFolder
from omnisonic.platform.embedded.processes import wait_until
from omnisonic.platform.embedded.stack import EmbeddedStack
from omnisonic.platform.settings import Settings
from tests.clickhouse_server import connect

UNSET = {"database_url": None, "redis_url": None, "smtp_host": None, "clickhouse_host": "db.example.org"}


@pytest.fixture
def folder() -> Iterator[DataFolder]:
    root = Path(tempfile.mkdtemp(prefix="omnisonic-servers-"))
    root.chmod(0o755)
    yield DataFolder.open(root)
    shutil.rmtree(root)


@pytest.fixture
def stack(folder: DataFolder) -> Iterator[EmbeddedStack]:
    made = EmbeddedStack.needed(Settings(**UNSET), folder)
    yield made
    made.stop()


def test_killed_servers_come_back_with_their_data(stack: EmbeddedStack) -> None:
    addresses = stack.start()
    with closing(psycopg2.connect(addresses["DATABASE_MIGRATION_URL"])) as connection, connection:
        connection.cursor().execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    with redis.Redis.from_url(addresses["REDIS_URL"]) as client:
        client.set("kept", "yes")
        client.execute_command("WAITAOF", 1, 0, 5000)  # the append-only file reaches the disk each second
    for name in ("postgres", "valkey"):
        stack.running[name].send_signal(signal.SIGKILL)
        stack.running[name].wait()

    assert stack.revive() == ["postgres", "valkey"]
    assert all(wait_until(server.is_ready, timeout_s=30) for server in stack.servers)

    with closing(psycopg2.connect(addresses["DATABASE_URL"])) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kept")
        assert cursor.fetchone() == (1000,)
    with redis.Redis.from_url(addresses["REDIS_URL"]) as client:
        assert client.get("kept") == b"yes"


def test_a_second_start_finds_the_same_addresses_and_data(stack: EmbeddedStack, folder: DataFolder) -> None:
    before = stack.start()
    stack.stop()
    again = EmbeddedStack.needed(Settings(**UNSET), folder)
    try:
        assert again.start() == before
    finally:
        again.stop()


def test_a_server_whose_address_is_set_is_not_started(folder: DataFolder) -> None:
    settings = Settings(
        database_url="postgresql://db.example.org/x",
        smtp_host="mail.example.org",
        clickhouse_host="db.example.org",
        redis_url=None,
    )
    assert [server.name for server in EmbeddedStack.needed(settings, folder).servers] == ["valkey"]


def test_clickhouse_is_one_of_the_servers(folder: DataFolder) -> None:
    settings = Settings(**{**UNSET, "database_url": "postgresql://db.example.org/x", "clickhouse_host": None})
    stack = EmbeddedStack.needed(settings, folder, without={"mail", "valkey"})
    assert [server.name for server in stack.servers] == ["clickhouse"]
    addresses = stack.start()
    try:
        with closing(connect(addresses, database=settings.clickhouse_database)) as client:
            assert client.command("SELECT 1") == 1
        stack.running["clickhouse"].kill()
        stack.running["clickhouse"].wait()
        assert stack.revive() == ["clickhouse"]
        assert wait_until(stack.servers[0].is_ready, timeout_s=30)
    finally:
        stack.stop()


def test_passwords_are_required_and_extensions_present(stack: EmbeddedStack) -> None:
    addresses = stack.start()
    wrong = addresses["DATABASE_URL"].replace("omnisonic:", "omnisonic:x", 1)
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(wrong)
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=urlsplit(addresses["REDIS_URL"]).port or 0).ping()
    with closing(psycopg2.connect(addresses["DATABASE_URL"])) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension")
        assert {row[0] for row in cursor.fetchall()} >= set(EXTENSIONS)


def test_each_mail_becomes_a_file(folder: DataFolder) -> None:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Grüße", "a@example.org", "b@example.org"
    message.set_content("hello")
    stack = EmbeddedStack.needed(Settings(**UNSET), folder, without={"postgres", "valkey"})
    try:
        addresses = stack.start()
        with SMTP(addresses["SMTP_HOST"], int(addresses["SMTP_PORT"])) as client:
            client.send_message(message)
    finally:
        stack.stop()
    (filed,) = folder.mail.glob("*.eml")
    assert b"X-Envelope-To: b@example.org" in filed.read_bytes()
    assert b"hello" in filed.read_bytes()
