"""Usage statements as programs and pages get them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from omnisonic.core.royalties.models import UsageStatementStatus
from omnisonic.core.royalties.shapes import MoneyView
from omnisonic.platform.schemas import ApiModel

ERRORS_SHOWN_MAX = 100


class UsageErrorView(ApiModel):
    """A row that was not booked; `column` is named as in the file."""

    row: int
    column: str
    code: str
    message: str


class UsageStatementView(ApiModel):
    """A file of usage: good rows are booked, bad rows are listed. `totals` is what was booked.

    `rowsMoved` counts in another cycle than that of its day, which is closed.
    """

    id: UUID
    source: str
    file_name: str
    file_size: int
    sha256: str
    status: UsageStatementStatus
    rows_total: int | None
    rows_done: int
    rows_accepted: int
    rows_rejected: int
    rows_unmatched: int
    rows_moved: int
    totals: list[MoneyView]
    errors: list[UsageErrorView]
    error_message: str | None
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    reversed_at: datetime | None


class UsageStatementStarted(ApiModel):
    """A statement that was taken; `is_repeated`: the same file from the same source came before."""

    id: UUID
    status: UsageStatementStatus
    is_repeated: bool


class UsageStatementList(ApiModel):
    """Statements, newest first, without their rows."""

    usage: list[UsageStatementView]
    next_cursor: str | None = None


class UsageReversed(ApiModel):
    """The statement, and how many journals were taken back."""

    usage: UsageStatementView
    journals: int
