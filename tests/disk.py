"""A database for tests need not survive a power cut."""

from __future__ import annotations

from contextlib import closing

import psycopg2


def never_wait_for_the_disk(admin_url: str) -> None:
    """Let a server answer before its disk has written. Isolation and atomicity stay as they are."""
    with closing(psycopg2.connect(admin_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for name in ("fsync", "synchronous_commit", "full_page_writes"):
                cursor.execute(f"ALTER SYSTEM SET {name} = off")
            cursor.execute("SELECT pg_reload_conf()")
