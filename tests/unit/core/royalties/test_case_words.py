"""Disputes and claims say the same of time: how long an open one waits, on which day one was decided."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from omnisonic.core.royalties.case_words import claim_line, dispute_line, said_of_line
from omnisonic.core.royalties.claims_schemas import ClaimView
from omnisonic.core.royalties.disputes_schemas import DisputeView
from omnisonic.core.royalties.models import CaseStatus
from omnisonic.core.royalties.shapes import money_view

ASKED = datetime(2026, 3, 1, 12, tzinfo=UTC)
ID = UUID(int=1)


@pytest.mark.parametrize(
    ("status", "decided_at", "words"),
    [
        (CaseStatus.OPEN, None, "asked 3 h ago"),
        (CaseStatus.ACCEPTED, datetime(2026, 4, 9, tzinfo=UTC), "accepted 9 Apr 2026"),
        (CaseStatus.WITHDRAWN, datetime(2026, 3, 1, 13, tzinfo=UTC), "withdrawn 1 Mar 2026"),
    ],
    ids=["open", "accepted", "withdrawn"],
)
def test_when_is_said_alike(status: CaseStatus, decided_at: datetime | None, words: str) -> None:
    both = {
        "id": ID,
        "contributor_id": ID,
        "payee_name": "Mara",
        "reason": "Mine.",
        "status": status,
        "answer": None,
        "decided_at": decided_at,
        "created_at": ASKED,
        "version": 1,
    }
    dispute = DisputeView(
        **both,
        line_id=ID,
        statement_id=ID,
        cycle_id=ID,
        amount=money_view(10**9, "EUR"),
        held=money_view(0, "EUR"),
    )
    claim = ClaimView(
        **both,
        work_id=ID,
        work_title="Fog",
        share_ppm=1,
        role="composer",
        valid_from=None,
        free_ppm=None,
    )
    now = ASKED + timedelta(hours=3)
    disputed = dispute_line(dispute, line="Fog, DE, Mar 2026", now=now)
    assert disputed.title == "Fog, DE, Mar 2026: 1.00\u00a0EUR is disputed"
    assert disputed.money == ("nothing held back" if status is CaseStatus.OPEN else "")
    assert said_of_line(dispute).startswith(
        {"open": "Disputed: “Mine.”", "accepted": "Dispute accepted"}.get(status, "")
    )
    assert [disputed.when, claim_line(claim, now=now).when] == [words] * 2
