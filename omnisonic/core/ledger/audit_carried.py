"""Audits what statements brought forward: earlier statements less what had left by then, recomputed.

Rows of the royalties are known here by table name only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import Connection

from omnisonic.core.ledger.audit_tables import stream
from omnisonic.core.ledger.findings import Findings

DOUBTS_MAX = 12  # payouts of one payee booked while a cycle was closing: their sums are tried
_SLACK = timedelta(minutes=1)  # what was booked earlier was committed before the closing looked

# Statements in the order of the leaves that closed their cycles, and what left, payee by payee.
_STREAM = """
    WITH closed AS (
        SELECT r.subject_id AS cycle_id, min(coalesce(l.leaf_index, CAST(1 AS bigint) << 62)) AS place,
               max(r.created_at) AS at
        FROM log_records AS r LEFT JOIN log_leaves AS l ON l.row_id = r.id
        WHERE r.kind = 'cycle' GROUP BY 1
    )
    SELECT s.contributor_id::text, s.currency, s.id::text, c.place, s.total_nano AS nano, s.carried_nano,
           s.created_at AS began, c.at AS ended
    FROM statements AS s JOIN closed AS c ON c.cycle_id = s.cycle_id
    UNION ALL
    SELECT e.contributor_id::text, e.currency, NULL, -1, sum(e.amount_nano), NULL, j.created_at, NULL
    FROM journals AS j JOIN ledger_entries AS e ON e.journal_id = j.id
    WHERE j.kind IN ('payout', 'exchange') AND e.contributor_id IS NOT NULL
    GROUP BY 1, 2, j.id, j.created_at
    ORDER BY 1, 2, 4, 7
"""


class Left(NamedTuple):
    """An amount that left for a payee; minus what came back in another currency."""

    at: datetime
    nano: int


def audit_carried(connection: Connection, findings: Findings) -> None:
    """Each statement's `carried_nano` beside what the statements before it and the ledger give."""
    for statement_id, is_now, expected in _expected(connection, findings):
        if is_now not in expected:
            findings.add("statements", statement_id, "carried_nano", f"is {is_now}, was {expected[0]}")


def carried_before(earned_nano: int, left: Sequence[Left], *, began: datetime, ended: datetime) -> list[int]:
    """What a statement made between `began` and `ended` may say, the likeliest first.

    A payout that was booked while the cycle was closing may have been seen by it or not. Pure.
    """
    sure = earned_nano - sum(one.nano for one in left if one.at < began - _SLACK)
    doubts = [one.nano for one in left if began - _SLACK <= one.at <= ended][:DOUBTS_MAX]
    sums = [0]
    for nano in doubts:
        sums = [total + nano for total in sums] + sums
    return [sure - total for total in sums]


def _expected(connection: Connection, findings: Findings) -> Iterator[tuple[str, int, list[int]]]:
    rows = stream(connection, _STREAM)
    for _, of_payee in groupby(rows, key=lambda row: (row[0], row[1])):
        left: list[Left] = []
        earned_nano = 0
        for row in of_payee:
            if row.id is None:
                left.append(Left(row.began, int(row.nano)))
                continue
            yield (
                row.id,
                row.carried_nano,
                carried_before(earned_nano, left, began=row.began, ended=row.ended),
            )
            if findings.has("statements", row.id, "total_nano"):
                break  # what follows from a wrong sum is not wrong itself
            earned_nano += int(row.nano)
