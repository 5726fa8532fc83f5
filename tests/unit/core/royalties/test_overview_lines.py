"""What `/royalties` lists, in words: cycles, money that waits, statements of usage, unknown recordings."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from omnisonic.core.ledger.models import SuspenseReason
from omnisonic.core.royalties.cycle_schemas import CycleView
from omnisonic.core.royalties.matching_schemas import ReportedView
from omnisonic.core.royalties.models import CycleStatus, MatchStatus, UsageStatementStatus
from omnisonic.core.royalties.overview import Waiting
from omnisonic.core.royalties.overview_lines import (
    cycle_line,
    reported_line,
    usage_row,
    waiting_pictures,
)
from omnisonic.core.royalties.shapes import money_view
from omnisonic.core.royalties.usage_schemas import UsageErrorView, UsageStatementView

NOW = datetime(2026, 4, 10, 12, tzinfo=UTC)
NANO = 10**9


def waiting(reason: SuspenseReason, euros: int, currency: str = "EUR") -> Waiting:
    return Waiting(reason, money_view(euros * NANO, currency))


def test_waiting_money_is_drawn_per_currency_the_largest_reason_first() -> None:
    euros, dollars = waiting_pictures(
        [
            waiting(SuspenseReason.CONFLICT, 25),
            waiting(SuspenseReason.UNMATCHED, 75),
            waiting(SuspenseReason.UNCLAIMED, 5, "USD"),
        ]
    )
    assert (euros.total, dollars.total) == ("100.00\u00a0EUR", "5.00\u00a0USD")
    assert [(bar.reason, bar.width, bar.share) for bar in euros.bars] == [
        ("unmatched", "75.00%", "75 %"),
        ("conflict", "25.00%", "25 %"),
    ]
    assert [bar.href != "" for bar in euros.bars] == [True, False]


def test_a_reason_that_is_owed_back_is_told_and_draws_nothing() -> None:
    (picture,) = waiting_pictures(
        [waiting(SuspenseReason.DISPUTED, -10), waiting(SuspenseReason.UNMATCHED, 40)]
    )
    assert picture.total == "30.00\u00a0EUR"
    assert [(bar.width, bar.share) for bar in picture.bars] == [("100.00%", "100 %"), ("0%", "")]
    assert picture.bars[1].short == "\u221210.00\u00a0EUR"


@pytest.mark.parametrize(
    ("ends_on", "status", "since"),
    [
        (date(2026, 5, 1), CycleStatus.OPEN, "Runs until 30 Apr 2026"),
        (date(2026, 4, 1), CycleStatus.OPEN, "Its period is over: it can be closed"),
        (date(2026, 4, 1), CycleStatus.CLOSED, "Closed 3 h ago"),
    ],
)
def test_a_cycle_says_what_can_be_done_with_it(ends_on: date, status: CycleStatus, since: str) -> None:
    cycle = CycleView(
        id=UUID(int=1),
        number=4,
        name="Spring",
        starts_on=date(ends_on.year, ends_on.month - 1, 1),
        ends_on=ends_on,
        currencies=[],
        currency="EUR",
        status=status,
        closing_at=None,
        closed_at=datetime(2026, 4, 10, 9, tzinfo=UTC) if status is CycleStatus.CLOSED else None,
        version=1,
        created_at=NOW,
    )
    line = cycle_line(cycle, [money_view(3 * NANO, "EUR"), money_view(NANO, "USD")], now=NOW)
    assert (line.since, line.currencies) == (since, "Every currency")
    assert line.reported == ["3.00\u00a0EUR", "1.00\u00a0USD"]


def statement(**changes: Any) -> UsageStatementView:
    fields: dict[str, Any] = {
        "id": UUID(int=2),
        "source": "Streamly",
        "file_name": "march.csv",
        "file_size": 2048,
        "sha256": "0" * 64,
        "status": UsageStatementStatus.COMPLETED,
        "rows_total": 3,
        "rows_done": 3,
        "rows_accepted": 2,
        "rows_rejected": 1,
        "rows_unmatched": 1,
        "rows_moved": 0,
        "totals": [money_view(5 * NANO, "EUR")],
        "errors": [UsageErrorView(row=4, column="Amount", code="separators", message="Two ways.")],
        "error_message": None,
        "created_at": NOW,
        "started_at": NOW,
        "completed_at": NOW,
        "reversed_at": None,
    }
    return UsageStatementView(**(fields | changes))


def test_a_statement_of_usage_says_what_was_refused_and_can_be_taken_back_once() -> None:
    row = usage_row(statement(), now=NOW)
    assert (row.errors, row.unmatched) == (["Row 4, Amount: Two ways."], "1 unknown")
    assert (row.can_reverse, row.is_active, row.progress, row.note) == (True, False, 100, "")
    assert usage_row(statement(rows_moved=2), now=NOW).note.startswith("2 rows in a later cycle")
    reversed_row = usage_row(statement(status=UsageStatementStatus.REVERSED), now=NOW)
    assert (reversed_row.can_reverse, reversed_row.note) == (False, "Every booking of it was reversed.")
    running = usage_row(
        statement(status=UsageStatementStatus.PROCESSING, rows_total=None, rows_done=2), now=NOW
    )
    assert (running.is_active, running.progress, running.progress_words) == (True, 0, "2 rows read")


def test_a_reported_recording_is_named_by_its_title_else_by_its_code() -> None:
    fields: dict[str, Any] = {
        "id": UUID(int=3),
        "source": "Streamly",
        "isrc": "GBAYC1700598",
        "artist": "Mara",
        "status": MatchStatus.OPEN,
        "recording_id": None,
        "events": 1,
        "waiting": [],
        "decided_at": None,
        "created_at": NOW,
        "version": 1,
    }
    titled = reported_line(ReportedView(title="Slow River", **fields))
    assert (titled.title, titled.detail) == ("Slow River", "Mara · GB-AYC-17-00598")
    assert (titled.waiting, titled.events) == ("Nothing", "1 use")
    bare = reported_line(ReportedView(title=None, **fields))
    assert (bare.title, bare.detail) == ("GB-AYC-17-00598", "Mara")
