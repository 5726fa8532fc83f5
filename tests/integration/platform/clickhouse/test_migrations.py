"""Migrations: run twice or half, changed behind our back, on one server or on a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from omnisonic.platform import clickhouse_migrations
from omnisonic.platform.clickhouse import clickhouse, insert_rows
from omnisonic.platform.clickhouse_migrations import (
    Migration,
    Topology,
    find_newest_applied,
    list_migrations,
    migrate_clickhouse,
)
from omnisonic.platform.ids import new_id
from omnisonic.platform.settings import Settings, SettingsError

Configure = Callable[..., Settings]


@pytest.fixture
def empty(clickhouse_server: dict[str, str], configure: Configure) -> Iterator[Settings]:
    """A database that is not there yet."""
    database = f"test_{new_id().hex}"
    settings = configure(**{**clickhouse_server, "CLICKHOUSE_DATABASE": database})
    yield settings
    with clickhouse() as client:
        client.command(f"DROP DATABASE {database}")


def test_everything_is_applied_once(empty: Settings) -> None:
    assert migrate_clickhouse() == [migration.name for migration in list_migrations()]
    assert migrate_clickhouse() == []
    with clickhouse() as client:
        assert find_newest_applied(client) == len(list_migrations())
        tables = {name for (name,) in client.query("SHOW TABLES").result_rows}
    assert tables >= {"news_items", "entity_links", "news_items_last7", "schema_versions"}


def test_a_runner_that_was_killed_is_run_again(empty: Settings) -> None:
    migrate_clickhouse()
    with clickhouse() as client:
        client.command("TRUNCATE TABLE schema_versions")  # as if killed before it was recorded
        client.command("DROP TABLE news_items_last7")
        assert find_newest_applied(client) == 0
    assert migrate_clickhouse() == [migration.name for migration in list_migrations()]


def test_a_file_that_changed_after_it_was_applied_is_refused(
    empty: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate_clickhouse()
    first, *others = list_migrations()
    reworded = Migration(first.version, first.name, "-- another comment\n" + first.text)
    monkeypatch.setattr(clickhouse_migrations, "list_migrations", lambda: (reworded, *others))
    assert migrate_clickhouse() == []
    changed = Migration(first.version, first.name, first.text.replace("UInt8", "UInt16", 1))
    monkeypatch.setattr(clickhouse_migrations, "list_migrations", lambda: (changed, *others))
    with pytest.raises(SettingsError, match="has changed since it was applied"):
        migrate_clickhouse()


def test_a_cluster_makes_replicated_tables_everywhere() -> None:
    statements = [statement for migration in list_migrations() for statement in migration.statements]
    for statement in statements:
        alone, spread = Topology().render(statement), Topology("main").render(statement)
        assert "ON CLUSTER" not in alone
        assert "ON CLUSTER `main`" in spread
        assert "IF NOT EXISTS" in spread or spread.startswith("ALTER"), "it must be possible to run it twice"
        assert "Replicated" not in alone
        assert spread.count("ReplicatedReplacingMergeTree") == alone.count("ReplacingMergeTree")


def test_an_edited_item_stays_one_item(clickhouse_db: None) -> None:
    seen = datetime.now(UTC)
    columns = ["item_id", "feed_id", "source", "title", "published_at", "first_seen_at", "version"]
    with clickhouse() as client:
        for version, title in [(1, "Old title"), (2, "New title")]:
            row = [2**127 + 5, new_id(), "example.org", title, seen, seen, version]
            insert_rows(client, "news_items", columns=columns, rows=[row])
        found = client.query("SELECT item_id, title FROM news_items_last7").result_rows
    assert found == [(2**127 + 5, "New title")]
