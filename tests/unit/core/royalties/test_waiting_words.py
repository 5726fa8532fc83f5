"""Money that waits for shares: one line for a work, whatever its currencies; what came of giving it out."""

from __future__ import annotations

from uuid import UUID

from omnisonic.core.ledger.models import SuspenseReason
from omnisonic.core.royalties.matching_schemas import ReleaseView, WaitingView
from omnisonic.core.royalties.shapes import money_view
from omnisonic.core.royalties.waiting_words import released_words, waiting_line

NANO = 10**9
WORK, RECORDING = UUID(int=1), UUID(int=2)


def waiting(
    work_id: UUID | None,
    recording_id: UUID | None,
    title: str,
    reason: SuspenseReason,
    amounts: dict[str, int],
    events: int,
) -> WaitingView:
    return WaitingView(
        work_id=work_id,
        recording_id=recording_id,
        title=title,
        reason=reason,
        waiting=[money_view(whole * NANO, currency) for currency, whole in amounts.items()],
        events=events,
    )


def test_a_work_has_one_line_for_each_reason() -> None:
    reason = SuspenseReason.UNCLAIMED
    found = [
        waiting(WORK, None, "Fog", reason, {"EUR": 5, "USD": 3}, 3),
        waiting(None, RECORDING, "Rain", reason, {"EUR": 4}, 1),
        waiting(WORK, None, "Fog", SuspenseReason.CONFLICT, {"USD": 1}, 1),
    ]
    lines = [waiting_line(one) for one in found]
    assert [(one.title, one.reason, one.events) for one in lines] == [
        ("Fog", "Nobody's share", "3 uses"),
        ("Rain", "Without a work", "1 use"),
        ("Fog", "Shares above 100 %", "1 use"),
    ]
    assert lines[0].amount == "5.00\u00a0EUR · 3.00\u00a0USD"
    assert [one.href for one in lines[:2]] == [f"/catalog/works/{WORK}", f"/catalog/recordings/{RECORDING}"]
    assert (lines[0].work_id, lines[1].work_id) == (str(WORK), "")


def test_what_was_given_out_is_told() -> None:
    assert released_words(ReleaseView(events=0, released=[], unresolved=0)).startswith("The shares")
    moved = ReleaseView(events=2, released=[money_view(NANO, "EUR")], unresolved=1)
    assert released_words(moved) == (
        "1.00\u00a0EUR of 2 uses went to its parties. 1 use cannot be moved: reverse its statement instead."
    )
