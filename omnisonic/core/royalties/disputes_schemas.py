"""Shapes of disputes about statement lines."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from omnisonic.core.royalties.models import CaseStatus
from omnisonic.core.royalties.shapes import MoneyView
from omnisonic.platform.schemas import ApiModel


class Correction(StrEnum):
    """What is booked when a dispute is accepted."""

    NONE = "none"  # nothing beyond giving the money free: it was put right elsewhere
    REDIVIDE = "redivide"  # the line's usage is taken back and divided again by the catalog as it is now
    TAKE_BACK = "take-back"  # the line's usage never was: it is taken back from everybody who got of it


class DisputeRequest(ApiModel):
    """What is wrong with a line of one's own statement."""

    line_id: UUID
    reason: str = Field(min_length=1, max_length=2000)


class RejectRequest(ApiModel):
    """Why not. `version` is the case as the caller saw it."""

    answer: str = Field(min_length=1, max_length=2000)
    version: int | None = None


class AcceptRequest(RejectRequest):
    """The answer, and what is booked."""

    correction: Correction = Correction.REDIVIDE


class WithdrawRequest(ApiModel):
    """`version` is the case as the caller saw it."""

    version: int | None = None


class DisputeView(ApiModel):
    """A dispute: `amount` is the line's, `held` what waits in suspense until it is answered."""

    id: UUID
    line_id: UUID
    statement_id: UUID
    cycle_id: UUID
    contributor_id: UUID
    payee_name: str
    reason: str
    status: CaseStatus
    answer: str | None
    amount: MoneyView
    held: MoneyView
    decided_at: datetime | None
    created_at: datetime
    version: int


class DisputeAnswer(ApiModel):
    """One dispute; `corrected` events were booked anew or taken back by this request."""

    dispute: DisputeView
    corrected: int = 0


class DisputeList(ApiModel):
    """Disputes, newest first."""

    disputes: list[DisputeView]
    next_cursor: str | None = None
