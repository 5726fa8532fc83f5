"""The matching queue as programs and pages get it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from omnisonic.core.ledger.models import SuspenseReason
from omnisonic.core.royalties.models import MatchStatus
from omnisonic.core.royalties.shapes import MoneyView
from omnisonic.platform.schemas import ApiModel


class ReportedView(ApiModel):
    """A recording as a source reports it, and the money that waits for it, per currency."""

    id: UUID
    source: str
    isrc: str | None
    title: str | None
    artist: str | None
    status: MatchStatus
    recording_id: UUID | None
    events: int
    waiting: list[MoneyView]
    decided_at: datetime | None
    created_at: datetime
    version: int


class ReportedList(ApiModel):
    """A page of the queue, newest first."""

    matching: list[ReportedView]
    next_cursor: str | None = None


class Suggestion(ApiModel):
    """A recording of the catalog that may be the reported one; `score` from 0 to 100, and why."""

    recording_id: UUID
    title: str
    artist: str
    isrc: str | None
    score: int
    reason: str


class SuggestionList(ApiModel):
    """Suggestions, the likeliest first."""

    suggestions: list[Suggestion]


class ConfirmRequest(ApiModel):
    """Which recording it is; with `version` only if nobody decided meanwhile."""

    recording_id: UUID
    version: int | None = Field(default=None, ge=1)


class ReleaseView(ApiModel):
    """What a decision moved. `unresolved` events need their statement to be reversed instead."""

    events: int
    released: list[MoneyView]
    unresolved: int


class WaitingView(ApiModel):
    """Money that waits for the shares of a work, or for a recording to have a work."""

    work_id: UUID | None
    recording_id: UUID | None
    title: str
    reason: SuspenseReason
    waiting: list[MoneyView]
    events: int


class WaitingList(ApiModel):
    """A page of what waits, the largest amounts first."""

    waiting: list[WaitingView]
    next_cursor: str | None = None


class Decision(ApiModel):
    """The row as it is now, and what was moved at once; the rest of many events follows as a job."""

    reported: ReportedView
    release: ReleaseView
    is_complete: bool
