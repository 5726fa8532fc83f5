"""Shapes of split sheets."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from omnisonic.core.catalog.models import MAX_NAME_CHARS, MAX_TITLE_CHARS, WHOLE_PPM, ContributionRole
from omnisonic.platform.names import HumanName
from omnisonic.platform.schemas import ApiModel
from omnisonic.studio.split_sheets.models import SplitSheetStatus

MAX_SHARES = 100
MAX_TEXT_CHARS = 2000

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Words = Annotated[str, StringConstraints(max_length=MAX_TEXT_CHARS)]


class ShareInput(ApiModel):
    """A part. Give `sharePpm` (1,000,000 is everything) or `percent` (up to four decimals)."""

    user_id: UUID
    name: Annotated[str, HumanName(MAX_NAME_CHARS)] | None = None
    role: ContributionRole = ContributionRole.COMPOSER_LYRICIST
    share_ppm: int | None = Field(None, ge=1, le=WHOLE_PPM)
    percent: Decimal | None = Field(None, gt=0, le=100, decimal_places=4)


class SheetProposal(ApiModel):
    """A new sheet; without shares every member gets the same part, without a title it is the session's."""

    title: Annotated[str, HumanName(MAX_TITLE_CHARS)] | None = None
    note: Words | None = None
    shares: list[ShareInput] | None = Field(None, min_length=1, max_length=MAX_SHARES)


class SheetChange(ApiModel):
    """The next version of the proposed sheet; everyone accepts it again."""

    version: int = Field(ge=1)
    title: Annotated[str, HumanName(MAX_TITLE_CHARS)]
    note: Words | None = None
    shares: list[ShareInput] = Field(min_length=1, max_length=MAX_SHARES)


class SheetAnswerInput(ApiModel):
    """Accept exactly the version that was seen, or ask for a change with a word."""

    version: int = Field(ge=1)
    sha256: Sha256
    answer: Literal["accept", "ask"]
    word: Words | None = None


class SheetWithdrawal(ApiModel):
    """Take the proposed sheet back; `version` is the one that was seen."""

    version: int = Field(ge=1)


class ShareView(ApiModel):
    """A part of a sheet and how its party stands to this version."""

    user_id: UUID | None
    contributor_id: UUID | None
    name: str
    role: ContributionRole
    share_ppm: int
    pct_share: float
    accepted_at: datetime | None
    is_member: bool


class SheetAnswerView(ApiModel):
    """What a party said about a version."""

    user_id: UUID
    display_name: str
    version: int
    is_accepted: bool
    word: str | None
    at: datetime


class SheetView(ApiModel):
    """A split sheet. `sha256` is what is accepted; `leafHash` the leaf of the log once it is locked.

    `proofUrl` answers once `isProvable`: with the next checkpoint of the log after the lock.
    """

    id: UUID
    session_id: UUID
    title: str
    note: str | None
    status: SplitSheetStatus
    version: int
    sha256: str
    proposed_by: UUID | None
    proposed_by_name: str | None
    created_at: datetime
    updated_at: datetime
    locked_at: datetime | None
    leaf_hash: str | None
    proof_url: str | None
    is_provable: bool
    shares: list[ShareView]
    answers: list[SheetAnswerView]
    waiting_for: list[UUID]


class VersionShareView(ApiModel):
    """A part as a version of a sheet had it."""

    user_id: UUID
    name: str
    role: ContributionRole
    share_ppm: int


class SheetVersionView(ApiModel):
    """What a version of a sheet said, and who proposed it when."""

    version: int
    title: str
    note: str | None
    sha256: str
    proposed_by: UUID | None
    proposed_by_name: str | None
    at: datetime
    shares: list[VersionShareView]


class SheetVersions(ApiModel):
    """The versions of a sheet, newest first."""

    versions: list[SheetVersionView]


class SplitSheetPage(ApiModel):
    """The session's present sheet: the proposed one, else the one locked last. `earlier` are the others."""

    sheet: SheetView | None
    earlier: list[SheetView]
