"""Leaves of disputes, claims and exchange rates: each opening, answer and rate has its place in the log.

What people wrote and which account acted is there as a hash with the party's salt only (`salted.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from omnisonic.core.ledger.accounts import party_salts
from omnisonic.core.ledger.leaves import instant, party_hash
from omnisonic.core.ledger.models import LeafKind
from omnisonic.core.ledger.posting import record_fact, record_facts
from omnisonic.core.ledger.salted import salted_account, salted_text
from omnisonic.core.royalties.exchange import format_rate
from omnisonic.core.royalties.models import FxRate, LineDispute, ShareClaim
from omnisonic.platform.db import UnitOfWork

OPENED = "opened"


def log_opened(uow: UnitOfWork, case: LineDispute | ShareClaim) -> None:
    """Log a new case, whose row is written."""
    salt = _salt(uow, case)
    facts: dict[str, Any] = {
        "by": salted_account(salt, case.user_id),
        "change": OPENED,
        "opened": instant(case.created_at),
        "party": party_hash(case.contributor_id, salt),
        "reason": salted_text(salt, case.reason),
    }
    record_fact(uow, _kind(case), case.id, facts | _about(case))


def log_answered(uow: UnitOfWork, case: LineDispute | ShareClaim) -> None:
    """Log how a case ended, whose row says it."""
    salt = _salt(uow, case)
    assert case.decided_at is not None  # noqa: S101  (settled just now)
    facts = {
        "answer": salted_text(salt, case.answer),
        "by": salted_account(salt, case.decided_by),
        "change": str(case.status),
        "decided": instant(case.decided_at),
        "party": party_hash(case.contributor_id, salt),
    }
    record_fact(uow, _kind(case), case.id, facts)


def log_rates(uow: UnitOfWork, rates: Sequence[FxRate]) -> None:
    """Log stated rates, whose rows are written. Who entered them is not in the log."""
    facts = [
        (
            one.id,
            {
                "base": one.base,
                "day": one.day.isoformat(),
                "entered": instant(one.created_at),
                "quote": one.quote,
                "rate": format_rate(one.rate),
                "source": one.source,
            },
        )
        for one in rates
    ]
    if facts:
        record_facts(uow, LeafKind.RATE, facts)


def _about(case: LineDispute | ShareClaim) -> dict[str, str | None]:
    if isinstance(case, LineDispute):
        return {"line": str(case.line_id)}
    return {
        "from": case.valid_from.isoformat() if case.valid_from else None,
        "ppm": str(case.share_ppm),
        "role": case.role,
        "work": str(case.work_id),
    }


def _kind(case: LineDispute | ShareClaim) -> LeafKind:
    return LeafKind.DISPUTE if isinstance(case, LineDispute) else LeafKind.CLAIM


def _salt(uow: UnitOfWork, case: LineDispute | ShareClaim) -> bytes:
    return party_salts(uow.session, [case.contributor_id])[case.contributor_id]
