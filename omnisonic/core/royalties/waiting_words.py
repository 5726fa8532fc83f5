"""Money that waits for shares, in the words of its list. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from omnisonic.core.ledger.models import SuspenseReason
from omnisonic.core.royalties.matching_schemas import ReleaseView, WaitingView
from omnisonic.core.royalties.money_words import REASON_WORDS, amount, amounts_words
from omnisonic.platform.ui.words import count

WAYS = {
    SuspenseReason.UNCLAIMED: "Give the missing shares to someone, then give it out.",
    SuspenseReason.CONFLICT: "Bring the shares down to 100 %, then give it out.",
}
NO_WORK = "Link the recording to a work that has shares."


@dataclass
class WaitingLine:
    """A work or recording with what waits for it for one reason."""

    key: str
    work_id: str
    title: str
    href: str
    reason: str
    way: str
    amount: str
    exact: str
    events: str


def waiting_line(found: WaitingView) -> WaitingLine:
    """What waits, for what, and what to do."""
    amounts = [amount(int(one.amount), one.currency) for one in found.waiting]
    place = f"works/{found.work_id}" if found.work_id else f"recordings/{found.recording_id}"
    return WaitingLine(
        key=f"{found.work_id or found.recording_id}:{found.reason}",
        work_id=str(found.work_id or ""),
        title=found.title,
        href=f"/catalog/{place}",
        reason=REASON_WORDS[found.reason] if found.work_id else "Without a work",
        way=WAYS[found.reason] if found.work_id else NO_WORK,
        amount=" · ".join(one.short for one in amounts),
        exact=" · ".join(one.exact for one in amounts),
        events=count(found.events, "use"),
    )


def released_words(release: ReleaseView) -> str:
    """What went to its parties, and what could not be moved."""
    if not release.events and not release.unresolved:
        return "The shares of the work leave it as open as before: put them right first."
    moved = amounts_words(release.released, none="Nothing")
    told = f"{moved} of {count(release.events, 'use')} went to its parties."
    if release.unresolved:
        whose = "its" if release.unresolved == 1 else "their"
        told += f" {count(release.unresolved, 'use')} cannot be moved: reverse {whose} statement instead."
    return told
