"""Money that waits for shares, in the words of its list. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from omnisonic.core.ledger.models import SuspenseReason
from omnisonic.core.royalties.matching_schemas import ReleaseView
from omnisonic.core.royalties.money_words import REASON_WORDS, amount, amounts_words
from omnisonic.core.royalties.waiting import WaitingFor
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


def waiting_lines(found: Sequence[WaitingFor]) -> list[WaitingLine]:
    """What waits, for what, and what to do: one line for a work and reason, whatever its currencies."""
    grouped: dict[tuple[UUID | None, SuspenseReason], list[WaitingFor]] = {}
    for one in found:
        grouped.setdefault((one.work_id or one.recording_id, one.reason), []).append(one)
    return [_line(parts) for parts in grouped.values()]


def _line(parts: Sequence[WaitingFor]) -> WaitingLine:
    first = parts[0]
    amounts = [amount(one.nano, one.currency) for one in parts]
    place = f"works/{first.work_id}" if first.work_id else f"recordings/{first.recording_id}"
    return WaitingLine(
        key=f"{first.work_id or first.recording_id}:{first.reason}",
        work_id=str(first.work_id or ""),
        title=first.title,
        href=f"/catalog/{place}",
        reason=REASON_WORDS[first.reason] if first.work_id else "Without a work",
        way=WAYS[first.reason] if first.work_id else NO_WORK,
        amount=" · ".join(one.short for one in amounts),
        exact=" · ".join(one.exact for one in amounts),
        events=count(sum(one.events for one in parts), "use"),
    )


def released_words(release: ReleaseView) -> str:
    """What went to its parties, and what could not be moved."""
    if not release.events and not release.unresolved:
        return "The shares of the work leave it as open as before: put them right first."
    moved = amounts_words(release.released, none="Nothing")
    told = f"{moved} of {count(release.events, 'use')} went to its parties."
    if release.unresolved:
        told += f" {count(release.unresolved, 'use')} cannot be moved: reverse their statement instead."
    return told
