"""Brings the ClickHouse server to the newest of the numbered files in `clickhouse/`.

ClickHouse has no transactions: a file is recorded after its last statement, and every statement may run
twice (`IF NOT EXISTS`), so that a runner killed in between is simply run again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from string import Template

from clickhouse_connect.driver.client import Client

from omnisonic.platform.clickhouse import connect, in_our_words, insert_rows
from omnisonic.platform.settings import Settings, SettingsError, get_settings

FOLDER = Path(__file__).resolve().parents[2] / "clickhouse"
FILE_NAME = re.compile(r"(\d{4})_(\w+)\.sql")
END_OF_STATEMENT = re.compile(r";\s*$", re.MULTILINE)
COMMENT_LINE = re.compile(r"^\s*--.*\n", re.MULTILINE)
VERSIONS = """
CREATE TABLE IF NOT EXISTS schema_versions ${ON_CLUSTER} (
    version UInt32, name String, checksum String, applied_at DateTime64(3, 'UTC')
) ENGINE = ${REPLICATED}ReplacingMergeTree ORDER BY version
"""


@dataclass(frozen=True)
class Migration:
    """One numbered file."""

    version: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        """SHA-256 of what it says, apart from its comments."""
        return hashlib.sha256(COMMENT_LINE.sub("", self.text).encode()).hexdigest()

    @property
    def statements(self) -> list[str]:
        """Its statements, each still with its placeholders."""
        parts = END_OF_STATEMENT.split(COMMENT_LINE.sub("", self.text))
        return [part.strip() for part in parts if part.strip()]


@dataclass(frozen=True)
class Topology:
    """How tables are made: on one server, or replicated over a cluster."""

    cluster: str | None = None

    def render(self, statement: str) -> str:
        """`statement` with ${ON_CLUSTER} and ${REPLICATED} filled in.

        Replicated engines take their path and replica name from the server's `default_replica_path` and
        `default_replica_name`.
        """
        on_cluster = f"ON CLUSTER `{self.cluster}`" if self.cluster else ""
        return Template(statement).substitute(
            ON_CLUSTER=on_cluster, REPLICATED="Replicated" if self.cluster else ""
        )


@lru_cache(maxsize=1)
def list_migrations() -> Sequence[Migration]:
    """All migrations that came with this code, in order; raises `SettingsError` for a gap."""
    found: list[Migration] = []
    for file in sorted(FOLDER.glob("*.sql")):
        match = FILE_NAME.fullmatch(file.name)
        if match is None or int(match.group(1)) != len(found) + 1:
            raise SettingsError(f"clickhouse/{file.name}: expected a file numbered {len(found) + 1:04d}")
        found.append(Migration(int(match.group(1)), match.group(2), file.read_text(encoding="utf-8")))
    return tuple(found)


def migrate_clickhouse(settings: Settings | None = None) -> list[str]:
    """Apply what is missing; returns the names. Running it again, or twice at once, changes nothing.

    Raises `AnalyticsUnavailable` when the server is not reachable, `SettingsError` when a migration that
    was applied has changed since.
    """
    settings = settings or get_settings()
    topology = Topology(settings.clickhouse_cluster)
    with _server(settings) as client:
        client.command(
            topology.render(f"CREATE DATABASE IF NOT EXISTS `{settings.clickhouse_database}` ${{ON_CLUSTER}}")
        )
        client.database = settings.clickhouse_database
        client.command(topology.render(VERSIONS))
        applied = _applied(client)
        missing = [migration for migration in list_migrations() if migration.version not in applied]
        _check_unchanged(applied)
        for migration in missing:
            for statement in migration.statements:
                client.command(topology.render(statement))
            _record(client, migration)
        return [migration.name for migration in missing]


def find_newest_applied(client: Client) -> int:
    """The newest version that the server of `client` has; 0 when it has none."""
    if not client.query(
        "SELECT 1 FROM system.tables WHERE database = currentDatabase() AND name = 'schema_versions'"
    ).result_rows:
        return 0
    return int(client.query("SELECT max(version) FROM schema_versions").result_rows[0][0])


@contextmanager
def _server(settings: Settings) -> Iterator[Client]:
    """A client outside of our database, which need not exist yet."""
    with in_our_words():
        client = connect(settings, database="default")
        try:
            yield client
        finally:
            client.close()


def _applied(client: Client) -> dict[int, str]:
    rows = client.query("SELECT version, checksum FROM schema_versions FINAL").result_rows
    return {int(version): str(checksum) for version, checksum in rows}


def _check_unchanged(applied: dict[int, str]) -> None:
    for migration in list_migrations():
        if applied.get(migration.version, migration.checksum) != migration.checksum:
            raise SettingsError(
                f"clickhouse/{migration.version:04d}_{migration.name}.sql has changed since it was applied. "
                "Put it back as it was, and make the change in a new file."
            )


def _record(client: Client, migration: Migration) -> None:
    row = (migration.version, migration.name, migration.checksum, datetime.now(UTC))
    insert_rows(client, "schema_versions", columns=["version", "name", "checksum", "applied_at"], rows=[row])
