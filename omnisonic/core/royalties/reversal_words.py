"""What taking a usage statement back means for the cycles it was booked in. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from omnisonic.core.royalties.usage_reversals import BookedIn


def reversal_words(cycles: Sequence[BookedIn]) -> str:
    """Where the reversals go, and which statements stay as they are."""
    still_open = [one.name for one in cycles if not one.is_closed]
    closed = [one.name for one in cycles if one.is_closed]
    parts = []
    if still_open:
        parts.append(f"{_names(still_open, 'is', 'are')} open: it is reversed there.")
    if closed:
        its = "its statements stay" if len(closed) == 1 else "their statements stay"
        parts.append(
            f"{_names(closed, 'is', 'are')} closed: {its} as signed, and what is taken back is booked in the "
            "cycle that is open now and stands in the statements of that one."
        )
    return " ".join(parts)


def _names(names: Sequence[str], one: str, many: str) -> str:
    if len(names) == 1:
        return f"{names[0]} {one}"
    return f"{', '.join(names[:-1])} and {names[-1]} {many}"
