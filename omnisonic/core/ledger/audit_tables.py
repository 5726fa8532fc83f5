"""The audited columns of every table that has leaves, as text, and what the leaf says of each.

Statement lines are rows of the royalties, which are built on the ledger: known here by table name only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, text

ROWS_AT_ONCE = 2_000

Leaf = Mapping[str, Any]
Texts = tuple[str | None, ...]


def stream(connection: Connection, statement: str) -> Iterator[Any]:
    """Rows of a large answer, a few at a time."""
    options = {"stream_results": True, "yield_per": ROWS_AT_ONCE}
    for rows in connection.execute(text(statement), execution_options=options).partitions(ROWS_AT_ONCE):
        yield from rows


def as_time(column: str) -> str:
    """SQL: a time as leaves write it."""
    return f"""to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def as_text(column: str) -> str:
    """SQL: an id, number or word as text."""
    return f"{column}::text"


def as_hex(column: str) -> str:
    """SQL: bytes in hex."""
    return f"encode({column}, 'hex')"


@dataclass(frozen=True)
class AuditedTable:
    """A table `t`: SQL of its audited columns by name, further SQL `extras`, and what a leaf says."""

    name: str
    columns: Mapping[str, str]
    expected: Callable[[Leaf], Texts]
    joins: str = ""
    extras: tuple[str, ...] = ()

    @property
    def statement(self) -> str:
        """Every row with its leaf, its place in the log (or in the queue for one), columns and extras."""
        chosen = ", ".join([*self.columns.values(), *self.extras])
        return f"""
            SELECT t.id::text, t.leaf, t.leaf_hash, l.leaf_index, coalesce(l.leaf_hash, p.leaf_hash),
                   coalesce(l.kind, p.kind), coalesce(l.cycle_id, p.cycle_id)::text, {chosen}
            FROM {self.name} AS t
            LEFT JOIN log_leaves AS l ON l.row_id = t.id
            LEFT JOIN pending_leaves AS p ON p.row_id = t.id
            {self.joins}
        """  # noqa: S608  (our own names only)


ROW_FIELDS: Final = 7  # of `statement`, before the columns

JOURNALS = AuditedTable(
    name="journals",
    columns={
        "id": as_text("t.id"),
        "created_at": as_time("t.created_at"),
        "kind": "t.kind",
        "cycle_id": as_text("t.cycle_id"),
        "event_id": as_text("t.event_id"),
        "reverses_id": as_text("t.reverses_id"),
        "policy_digest": "t.policy_digest",
        "idempotency_key": "t.idempotency_key",
        "entries": "coalesce(n.entries, 0)::text",
    },
    joins="LEFT JOIN (SELECT journal_id, count(*) AS entries FROM ledger_entries GROUP BY 1) AS n "
    "ON n.journal_id = t.id",
    expected=lambda leaf: (
        *(leaf["id"], leaf["at"], leaf["journal"], leaf["cycle"], leaf["event"], leaf["reverses"]),
        *(leaf["policy"], leaf["key"], str(leaf["entries"])),
    ),
)
ENTRIES = AuditedTable(
    name="ledger_entries",
    columns={
        "id": as_text("t.id"),
        "created_at": as_time("t.created_at"),
        "journal_id": as_text("t.journal_id"),
        "position": as_text("t.position"),
        "work_id": as_text("t.work_id"),
        "event_id": as_text("t.event_id"),
        "cycle_id": as_text("t.cycle_id"),
        "currency": "t.currency",
        "amount_nano": as_text("t.amount_nano"),
    },
    joins="LEFT JOIN ledger_accounts AS a ON a.id = t.account_id",
    extras=(
        *("t.contributor_id::text", "a.id::text", "a.kind", "a.owner", "a.currency"),
        "(SELECT encode(j.leaf_hash, 'hex') FROM journals j WHERE j.id = t.journal_id)",
    ),
    expected=lambda leaf: (
        *(leaf["id"], leaf["at"], leaf["journal"], str(leaf["position"]), leaf["work"], leaf["event"]),
        *(leaf["cycle"], leaf["currency"], leaf["amount"]),
    ),
)
LINES = AuditedTable(
    name="statement_lines",
    columns={
        "id": as_text("t.id"),
        "created_at": as_time("t.created_at"),
        "statement_id": as_text("t.statement_id"),
        "position": as_text("t.position"),
        "work_id": as_text("t.work_id"),
        "recording_id": as_text("t.recording_id"),
        "source": "t.source",
        "usage_type": "t.usage_type",
        "territory": "t.territory",
        "period": "t.period",
        "quantity": as_text("t.quantity"),
        "entry_count": as_text("t.entry_count"),
        "amount_nano": as_text("t.amount_nano"),
        "entries_root": as_hex("t.entries_root"),
    },
    joins="LEFT JOIN statements AS s ON s.id = t.statement_id",
    extras=(
        *("s.id::text", "s.cycle_id::text", "s.currency", "s.contributor_id::text"),
        as_time("s.created_at"),
    ),
    expected=lambda leaf: (
        *(leaf["id"], leaf["at"], leaf["statement"], str(leaf["position"]), leaf["work"], leaf["recording"]),
        *(leaf["source"], leaf["usage"], leaf["territory"], leaf["period"], leaf["quantity"], leaf["count"]),
        *(leaf["amount"], leaf["root"]),
    ),
)
RECORDS = AuditedTable(
    name="log_records",
    columns={
        "id": as_text("t.id"),
        "created_at": as_time("t.created_at"),
        "kind": "t.kind",
        "subject_id": as_text("t.subject_id"),
    },
    expected=lambda leaf: (leaf["id"], leaf["at"], leaf["kind"], leaf["subject"]),
)
TABLES: Final = (JOURNALS, ENTRIES, LINES, RECORDS)

EVENT_COLUMNS: Final[
    Mapping[str, str]
] = {  # name -> SQL; what `leaves.usage_facts` says of them stands below
    "created_at": as_time("t.created_at"),
    "source": "t.source",
    "idempotency_key": "encode(sha256(convert_to(t.idempotency_key, 'UTF8')), 'hex')",
    "fingerprint": as_hex("t.fingerprint"),
    "cycle_id": as_text("t.cycle_id"),
    "recording_id": as_text("t.recording_id"),
    "work_id": as_text("t.work_id"),
    "isrc": "t.isrc",
    "usage_type": "t.usage_type",
    "quantity": as_text("t.quantity"),
    "amount": "trim_scale(t.amount)::text",
    "amount_nano": as_text("t.amount_nano"),
    "currency": "t.currency",
    "territory": "t.territory",
    "occurred_at": as_time("t.occurred_at"),
    "statement_id": as_text("t.statement_id"),
    "row_number": as_text("t.row_number"),
    "unmatched_id": as_text("t.unmatched_id"),
}
EVENT_FACTS: Final = (
    *("at", "source", "key", "fingerprint", "cycle", "recording", "work", "isrc", "usage", "quantity"),
    *("amount", "nano", "currency", "territory", "occurred", "statement", "row", "unmatched"),
)
EVENTS: Final = f"""
    SELECT t.id::text, t.amount_nano, j.id::text, j.leaf, t.details::text, {", ".join(EVENT_COLUMNS.values())}
    FROM royalty_events AS t LEFT JOIN journals AS j ON j.event_id = t.id
"""  # noqa: S608  (our own names only)
