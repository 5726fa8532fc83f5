"""Shapes of claims to shares that nobody has."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from omnisonic.core.catalog.models import WHOLE_PPM
from omnisonic.core.royalties.matching_schemas import ReleaseView
from omnisonic.core.royalties.models import CaseStatus
from omnisonic.core.royalties.shapes import MoneyView
from omnisonic.platform.schemas import ApiModel


class ClaimRequest(ApiModel):
    """This part of the work is mine: `share_ppm` of 1 000 000, from a day on."""

    work_id: UUID
    contributor_id: UUID = Field(description="A contributor that the caller's account is linked to.")
    share_ppm: int = Field(ge=1, le=WHOLE_PPM)
    role: str = Field(min_length=1, max_length=32)
    valid_from: date | None = Field(
        None, description="First day it counts for; without it as long as the present shares do."
    )
    reason: str = Field(min_length=1, max_length=2000)


class ClaimAcceptRequest(ApiModel):
    """An answer if wanted. `version` is the claim as the caller saw it."""

    answer: str | None = Field(None, min_length=1, max_length=2000)
    version: int | None = None


class ClaimView(ApiModel):
    """A claim. `free_ppm` is what nobody has on its day, as long as it is open."""

    id: UUID
    work_id: UUID
    work_title: str
    contributor_id: UUID
    payee_name: str
    share_ppm: int
    role: str
    valid_from: date | None
    reason: str
    status: CaseStatus
    answer: str | None
    free_ppm: int | None
    decided_at: datetime | None
    created_at: datetime
    version: int


class ClaimAnswer(ApiModel):
    """One claim, and what accepting it gave out."""

    claim: ClaimView
    release: ReleaseView | None = None


class ClaimList(ApiModel):
    """Claims, newest first."""

    claims: list[ClaimView]
    next_cursor: str | None = None


class FreeShare(ApiModel):
    """What nobody has of a work on a day, and the money that waits for it (for curators)."""

    work_id: UUID
    day: date | None
    free_ppm: int
    waiting: list[MoneyView] | None = None
