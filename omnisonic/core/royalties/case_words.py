"""Disputes of statement lines and claims to shares in the words of their pages. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from omnisonic.core.catalog.role_words import percent_words, role_words
from omnisonic.core.royalties.claims_schemas import ClaimView
from omnisonic.core.royalties.disputes_schemas import DisputeView
from omnisonic.core.royalties.models import CaseStatus
from omnisonic.core.royalties.money_words import amount_of
from omnisonic.platform.ui.words import ago, day

DISPUTE, CLAIM = "dispute", "claim"
STATUS_WORDS = {
    CaseStatus.OPEN: "Open",
    CaseStatus.ACCEPTED: "Accepted",
    CaseStatus.REJECTED: "Rejected",
    CaseStatus.WITHDRAWN: "Withdrawn",
}
DECISIONS = {
    DISPUTE: (
        ("redivide", "Right: divide this usage again, by the shares as they are now"),
        ("take-back", "Right: this usage never was, take it back"),
        ("none", "Right: it was put right elsewhere"),
        ("reject", "The line is right"),
    ),
    CLAIM: (("accept", "The share is theirs"), ("reject", "The share is not theirs")),
}


@dataclass
class CaseLine:
    """A dispute or a claim of a list."""

    id: str
    kind: str
    version: int
    title: str
    href: str
    name: str
    money: str
    reason: str
    status: str
    status_words: str
    is_open: bool
    answer: str
    when: str


def dispute_line(view: DisputeView, *, line: str, now: datetime) -> CaseLine:
    """A dispute in words; `line` says which line it is about."""
    held = f"{amount_of(view.held).short} held back" if int(view.held.amount) else "nothing held back"
    return CaseLine(
        id=str(view.id),
        kind=DISPUTE,
        version=view.version,
        title=f"{line}: {amount_of(view.amount).short} is disputed",
        href=f"/royalties/statements/{view.statement_id}",
        name=view.payee_name,
        money=held if view.status is CaseStatus.OPEN else "",
        reason=view.reason,
        status=str(view.status),
        status_words=STATUS_WORDS[view.status],
        is_open=view.status is CaseStatus.OPEN,
        answer=view.answer or "",
        when=_when(view, now=now),
    )


def said_of_line(view: DisputeView) -> str:
    """What became of a dispute, beside its line; nothing of one that was taken back."""
    if view.status is CaseStatus.WITHDRAWN:
        return ""
    if view.status is CaseStatus.OPEN:
        return f"Disputed: “{view.reason}”"
    return f"Dispute {STATUS_WORDS[view.status].lower()}: “{view.answer}”"


def claim_line(view: ClaimView, *, now: datetime) -> CaseLine:
    """A claim in words."""
    since = f" from {view.valid_from.day} {view.valid_from:%b %Y}" if view.valid_from else ""
    free = "" if view.free_ppm is None else f", {percent_words(view.free_ppm)} is free"
    return CaseLine(
        id=str(view.id),
        kind=CLAIM,
        version=view.version,
        title=f"{percent_words(view.share_ppm)} of “{view.work_title}” is claimed",
        href=f"/catalog/works/{view.work_id}",
        name=view.payee_name,
        money=f"{role_words(view.role)}{since}{free}",
        reason=view.reason,
        status=str(view.status),
        status_words=STATUS_WORDS[view.status],
        is_open=view.status is CaseStatus.OPEN,
        answer=view.answer or "",
        when=_when(view, now=now),
    )


def _when(view: DisputeView | ClaimView, *, now: datetime) -> str:
    """How long an open case waits; of a decided one the day of the decision."""
    if view.decided_at is None:
        return f"asked {ago(view.created_at, now=now)}"
    return f"{STATUS_WORDS[view.status].lower()} {day(view.decided_at)}"
