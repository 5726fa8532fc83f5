"""What only the owner of the database can do: change what the ledger never changes."""

from __future__ import annotations

from contextlib import closing

import psycopg2

from tests.conftest import Servers


def change_entries(servers: Servers, statement: str, *values: str) -> None:
    """Run an UPDATE of `ledger_entries` past the trigger that refuses it."""
    with (
        closing(psycopg2.connect(servers.admin_url)) as connection,
        connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("ALTER TABLE ledger_entries DISABLE TRIGGER append_only")
        cursor.execute(statement, values)
        cursor.execute("ALTER TABLE ledger_entries ENABLE ALWAYS TRIGGER append_only")
