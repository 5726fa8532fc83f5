"""Shapes of what-if questions."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from omnisonic.core.catalog.models import WHOLE_PPM, RightsType
from omnisonic.core.ledger.models import SuspenseReason
from omnisonic.core.royalties.policy import POLICY_VERSION
from omnisonic.core.royalties.shapes import MoneyView
from omnisonic.platform.schemas import ApiModel

MAX_SHARES = 200


class WhatIfShare(ApiModel):
    """A share of the work; without a right it counts for every right."""

    contributor_id: UUID
    share_ppm: int = Field(ge=0, le=WHOLE_PPM)
    rights_type: RightsType | None = None


class WhatIfRequest(ApiModel):
    """Divide a cycle's usage, or that of one work in it, once more.

    By `shares` of the work on every day; without them by the catalog as it is now for the day of each use.
    """

    cycle_id: UUID
    work_id: UUID | None = None
    shares: list[WhatIfShare] | None = Field(None, max_length=MAX_SHARES)
    policy_version: int = POLICY_VERSION


class Difference(ApiModel):
    """What a contributor, or suspense for a reason, has and would have."""

    contributor_id: UUID | None
    reason: SuspenseReason | None
    name: str
    before: MoneyView
    after: MoneyView
    difference: MoneyView


class WhatIfAnswer(ApiModel):
    """The differences, the largest first; nothing was written.

    `taken_back` uses do not count any more. `others` holders change by less than those that are shown.
    """

    events: int
    taken_back: int
    unchanged: int
    others: int
    policy_version: int
    policy_digest: str
    differences: list[Difference]
