"""What a transaction costs, as the database's own log tells it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing

import psycopg2
import pytest
from psycopg2 import sql
from sqlalchemy import text

from omnisonic.platform.actor import Actor, Scope
from omnisonic.platform.auth.authentication import authenticate, cookie_name
from omnisonic.platform.auth.browser_sessions import open_session
from omnisonic.platform.auth.models import User
from omnisonic.platform.auth.tokens import create_token
from omnisonic.platform.db import dispose_engines, read_session, unit_of_work
from omnisonic.platform.embedded.folder import DataFolder
from omnisonic.platform.embedded.postgres import EmbeddedPostgres
from omnisonic.platform.settings import Settings
from tests.conftest import Servers

STATEMENT = re.compile(r" statement: (.*)")
Statements = Callable[[Callable[[], object]], list[str]]


@pytest.fixture
def statements(db: None, servers: Servers) -> Iterator[Statements]:
    """The statements that a second run of some work sends: connections are there by then."""
    log = DataFolder.open(servers.data_dir).log(EmbeddedPostgres.name)
    with closing(psycopg2.connect(servers.admin_url)) as admin, admin.cursor() as cursor:
        admin.autocommit = True
        cursor.execute("SELECT current_database()")
        database = sql.Identifier(cursor.fetchone()[0])  # type: ignore[index]
        cursor.execute(sql.SQL("ALTER DATABASE {} SET log_statement = 'all'").format(database))
        dispose_engines()

        def run_twice(work: Callable[[], object]) -> list[str]:
            work()
            before = log.stat().st_size
            work()
            return STATEMENT.findall(log.read_bytes()[before:].decode())

        try:
            yield run_twice
        finally:
            cursor.execute(sql.SQL("ALTER DATABASE {} RESET log_statement").format(database))
            dispose_engines()


def test_reading_costs_nothing_beside_its_question(statements: Statements) -> None:
    def read() -> None:
        with read_session() as session:
            session.execute(text("SELECT 41"))

    def write() -> None:
        with unit_of_work() as uow:
            uow.session.execute(text("SELECT 42"))

    write()
    assert statements(read) == ["SELECT 1", "BEGIN", "SELECT 41", "ROLLBACK"]  # first: is it still there?
    assert statements(write) == ["SELECT 1", "BEGIN", "SELECT 42", "COMMIT"]


def test_a_caller_who_was_noted_lately_is_only_looked_up(statements: Statements) -> None:
    with unit_of_work() as uow:
        user = User(email="mara@example.org", display_name="Mara")
        uow.session.add(user)
        uow.session.flush()
        cookie = f"{cookie_name()}={open_session(uow, user, provider='credentials')}"
        actor = Actor(user.id, "Mara", user.email)
        _, secret = create_token(uow, actor, name="test", scopes={Scope.GRAPH_READ})
    for cookie_header, authorization in ((cookie, None), (None, f"Bearer {secret}")):
        sent = statements(lambda: authenticate(cookie_header=cookie_header, authorization=authorization))  # noqa: B023
        assert [one.split()[0] for one in sent] == ["SELECT", "BEGIN", "SELECT", "COMMIT"], sent


def test_the_replica_is_read_and_never_written(
    db: None, servers: Servers, configure: Callable[..., Settings]
) -> None:
    with closing(psycopg2.connect(servers.admin_url)) as admin, admin.cursor() as cursor:
        admin.autocommit = True
        cursor.execute("DROP DATABASE IF EXISTS other_copy")
        cursor.execute("CREATE DATABASE other_copy")
        address = servers.environment["DATABASE_URL"]
        configure(DATABASE_READ_URL=re.sub(r"/\w+(\?|$)", r"/other_copy\1", address))
        dispose_engines()
        try:
            with unit_of_work() as uow, read_session() as session:
                where = [one.execute(text("SELECT current_database()")) for one in (uow.session, session)]
                assert [one.scalar_one() for one in where] == [address_of(address), "other_copy"]
                state = session.execute(text("SHOW default_transaction_read_only")).scalar_one()
                assert state == "on"
        finally:
            dispose_engines()
            cursor.execute("DROP DATABASE other_copy WITH (FORCE)")


def address_of(url: str) -> str:
    """The name of the database in an address."""
    return url.rpartition("/")[2].partition("?")[0]
