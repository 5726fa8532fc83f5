"""Taking a statement back says what becomes of the cycles it was booked in."""

from __future__ import annotations

from omnisonic.core.royalties.reversal_words import reversal_words
from omnisonic.core.royalties.usage_reversals import BookedIn


def test_a_closed_cycle_stays_as_it_was_signed() -> None:
    june, july, august = (BookedIn(name, name != "August") for name in ("June", "July", "August"))
    assert reversal_words([]) == ""
    assert reversal_words([august]) == "August is open: it is reversed there."
    assert reversal_words([june]).startswith("June is closed: its statements stay as signed")
    both = reversal_words([june, july, august])
    assert both.startswith("August is open: it is reversed there. June and July are closed: their")
