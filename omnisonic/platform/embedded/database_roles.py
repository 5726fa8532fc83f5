"""Roles, database and extensions of the embedded PostgreSQL.

`omnisonic_owner` owns the tables and migrates them; `omnisonic` reads and writes rows and owns nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

import psycopg2
from psycopg2 import sql

SUPERUSER = "postgres"
OWNER = "omnisonic_owner"
APPLICATION = "omnisonic"
DATABASE = "omnisonic"
EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent")

GRANTS = (
    "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
    "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {application}",
    "ALTER SCHEMA public OWNER TO {owner}",
    "REVOKE ALL ON SCHEMA public FROM PUBLIC",
    "GRANT USAGE ON SCHEMA public TO {application}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public "
    "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {application}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public "
    "GRANT USAGE, SELECT ON SEQUENCES TO {application}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO {application}",
)


def create_database(url_of: Callable[[str], str], passwords: dict[str, str]) -> None:
    """Bring the server to the state the application expects; safe to repeat.

    `url_of` gives the superuser's address of a database by name; `passwords` those of the two roles.
    """
    names = {
        "database": sql.Identifier(DATABASE),
        "owner": sql.Identifier(OWNER),
        "application": sql.Identifier(APPLICATION),
    }
    with closing(_connect(url_of("postgres"))) as connection, connection.cursor() as cursor:
        for role, password in passwords.items():
            _ensure_role(cursor, role, password)
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,))
        if cursor.fetchone():
            return
        cursor.execute(sql.SQL("CREATE DATABASE {database} OWNER {owner}").format(**names))
    with closing(_connect(url_of(DATABASE))) as connection, connection.cursor() as cursor:
        for extension in EXTENSIONS:
            cursor.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
        for statement in GRANTS:
            cursor.execute(sql.SQL(statement).format(**names))


def _connect(url: str) -> Any:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    return connection


def _ensure_role(cursor: Any, role: str, password: str) -> None:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,))
    verb = "ALTER" if cursor.fetchone() else "CREATE"
    statement = sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}")
    cursor.execute(statement.format(sql.SQL(verb), sql.Identifier(role), sql.Literal(password)))
