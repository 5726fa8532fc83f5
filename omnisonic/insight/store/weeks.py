"""Builds whole weeks of `mentions` from the links as they are now, and exchanges them for the old ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from clickhouse_connect.driver.client import Client
from sqlalchemy import text

from omnisonic.platform.clickhouse import clickhouse
from omnisonic.platform.db import write_engine
from omnisonic.platform.db_errors import translated

REBUILD_LOCK = 0x0DA1
PATIENCE_S = 120  # for the builder before
WEEKS_AT_ONCE = 4  # bounds the memory of a build, and an insert may touch only 100 partitions
# All versions of a link have the same `first_seen_at`, so that PREWHERE may choose them before FINAL does.
BUILD = """
INSERT INTO mentions_next (
    day, seen_at, entity_type, entity_id, item_id, story, source, source_tier, genre, confidence, is_backfill
)
SELECT
    toDate(any(first_seen_at)),
    any(first_seen_at),
    entity_type,
    entity_id,
    item_id,
    toUInt64(bitAnd(argMax(story_id, version), 18446744073709551615)),
    argMax(source, version),
    argMax(source_tier, version),
    argMax(genre, version),
    max(confidence),
    item_id IN (
        SELECT item_id FROM news_items FINAL
        WHERE is_backfill AND toMonday(toDate(first_seen_at)) IN {weeks:Array(Date)}
    )
FROM entity_links FINAL
PREWHERE first_seen_at >= toDateTime64({first:Date}, 3, 'UTC')
     AND first_seen_at < toDateTime64({after:Date}, 3, 'UTC')
     AND toMonday(toDate(first_seen_at)) IN {weeks:Array(Date)}
GROUP BY entity_type, entity_id, item_id
SETTINGS do_not_merge_across_partitions_select_final = 1, max_bytes_before_external_group_by = 500000000
"""


def rebuild_weeks(moments: Iterable[datetime], *, patience_s: int = PATIENCE_S) -> None:
    """Make the figures of the UTC weeks of these `first_seen_at` follow the links.

    One process at a time: a week that was built before another's links came would put theirs out again.
    Raises `AnalyticsUnavailable`, or `Busy`, also when others build for over `patience_s`; every week is
    then as it was or as it should be, and a caller sends its links again.
    """
    wanted = sorted({monday_of(moment) for moment in moments})
    for start in range(0, len(wanted), WEEKS_AT_ONCE):
        with _alone(patience_s), clickhouse() as client:
            exchange(client, wanted[start : start + WEEKS_AT_ONCE])


def monday_of(moment: datetime) -> date:
    """The first day of the UTC week of a moment."""
    day = moment.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def exchange(client: Client, mondays: Sequence[date]) -> None:
    """Build these weeks, in order, and exchange them. The caller holds the lock."""
    client.command("TRUNCATE TABLE mentions_next")  # what a builder that died left behind
    bounds = {"weeks": list(mondays), "first": mondays[0], "after": mondays[-1] + timedelta(days=7)}
    client.command(BUILD, parameters=bounds)
    built = {row[0] for row in client.query("SELECT DISTINCT toMonday(day) FROM mentions_next").result_rows}
    changes = [_change(monday, is_empty=monday not in built) for monday in mondays]
    client.command(f"ALTER TABLE mentions {', '.join(changes)}")
    client.command("TRUNCATE TABLE mentions_next")


def _change(monday: date, *, is_empty: bool) -> str:
    partition = f"PARTITION '{monday.isoformat()}'"
    return f"DROP {partition}" if is_empty else f"REPLACE {partition} FROM mentions_next"


@contextmanager
def _alone(patience_s: int) -> Iterator[None]:
    # In PostgreSQL, which every writer has: ClickHouse knows no locks. It ends with the connection.
    with translated(), write_engine().begin() as connection:
        connection.execute(text(f"SET LOCAL statement_timeout = '{patience_s:d}s'"))
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = '300s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": REBUILD_LOCK})
        yield
