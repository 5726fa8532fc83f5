"""The file of the archive: opened by the one archive worker for the time of a job, never read elsewhere.

Rows are only ever added, never changed: an entry that was edited is a further row with a higher `seq`.
So whoever follows the archive needs one number, and an export of the rows since the last one is complete.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import duckdb
from duckdb import DuckDBPyConnection

from omnisonic.insight.archive.errors import ArchiveInUse, ArchiveUnavailable
from omnisonic.platform.logging import get_logger
from omnisonic.platform.settings import get_settings

MEMORY_LIMIT = "512MB"
THREADS = 2
FILE_NAME = "archive.duckdb"
LOCKED = "Could not set lock"
# Without primary keys on purpose: one writer keeps identifiers unique, and a scan of one sorted column
# costs less than an index of random numbers that every insert has to find its place in.
TABLES = """
CREATE TABLE IF NOT EXISTS about (archive_id UUID, created_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS deliveries (
    delivery_id UUID, feed_id UUID, fetched_at TIMESTAMP, entries UINTEGER
);
CREATE TABLE IF NOT EXISTS keys (key_id UUID, item_id UUID);
CREATE TABLE IF NOT EXISTS shared_keys (key_id UUID);
CREATE TABLE IF NOT EXISTS items (
    item_id UUID, feed_id UUID, source VARCHAR, source_tier UTINYINT, story_id UUID,
    first_seen_at TIMESTAMP, is_backfill BOOLEAN
);
CREATE TABLE IF NOT EXISTS entries (
    seq BIGINT, item_id UUID, feed_id UUID, version UINTEGER, digest UUID, title VARCHAR, url VARCHAR,
    text VARCHAR, language VARCHAR, published_at TIMESTAMP, date_quality VARCHAR, fetched_at TIMESTAMP,
    raw VARCHAR
);
CREATE TABLE IF NOT EXISTS story_blocks (word VARCHAR, story_id UUID, story_at TIMESTAMP, words VARCHAR[]);
"""
log = get_logger(__name__)


def archive_path() -> Path:
    """Where the file is: INGEST_DUCKDB_PATH, or in the data folder."""
    settings = get_settings()
    return settings.ingest_duckdb_path or settings.omnisonic_data_dir / FILE_NAME


@contextmanager
def open_archive() -> Iterator[DuckDBPyConnection]:
    """The archive, with its tables; closed (and its log written into the file) at the end.

    Raises `ArchiveInUse` when another process has it and `ArchiveUnavailable` when it cannot be opened.
    """
    path = archive_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = duckdb.connect(
            path,
            config={
                "threads": THREADS,
                "memory_limit": MEMORY_LIMIT,
                "autoinstall_known_extensions": "false",  # it would ask the internet
                "autoload_known_extensions": "false",
            },
        )
    except (duckdb.Error, OSError) as error:
        log.warning("archive_not_opened", path=str(path), error=str(error))
        raise (ArchiveInUse if LOCKED in str(error) else ArchiveUnavailable) from error
    with connection:
        _make_tables(connection)
        yield connection


@contextmanager
def transaction(connection: DuckDBPyConnection) -> Iterator[None]:
    """All of it or nothing."""
    connection.begin()
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def archive_id(connection: DuckDBPyConnection) -> UUID:
    """The id that this file got when it was made: a new file starts a new log."""
    found: list[tuple[UUID]] = connection.execute("SELECT archive_id FROM about").fetchall()
    return found[0][0]


def last_seq(connection: DuckDBPyConnection) -> int:
    """The number of the newest row of the log; 0 when there is none."""
    found: list[tuple[int]] = connection.execute("SELECT coalesce(max(seq), 0) FROM entries").fetchall()
    return found[0][0]


def to_stored(moment: datetime) -> datetime:
    """A time as the file has it: UTC without saying so."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def from_stored(moment: datetime) -> datetime:
    """A time of the file, aware of its zone."""
    return moment.replace(tzinfo=UTC)


def _make_tables(connection: DuckDBPyConnection) -> None:
    connection.execute(TABLES)
    if not connection.execute("SELECT 1 FROM about").fetchall():
        connection.execute("INSERT INTO about VALUES (?, ?)", [uuid4(), to_stored(datetime.now(UTC))])
