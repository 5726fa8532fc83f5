"""Refusals that only releases know."""

from __future__ import annotations

from omnisonic.platform.errors import Conflict, InvalidFields


class IsrcNeeded(InvalidFields):
    """No ISRC was sent, and ISRC_PREFIX is not set."""

    slug, title = "isrc-needed", "This release needs an ISRC of its own"
    advice = (
        "This instance gives out no ISRCs. Send the one your ISRC agency or distributor gave you, or ask the"
        " operator to set ISRC_PREFIX."
    )


class IsrcYearFull(Conflict):
    """All 99,999 ISRCs of the prefix and the year are given out."""

    slug, title = "isrc-year-full", "This year's ISRCs are used up"
    advice = "Ask the operator for another ISRC_PREFIX, or send an ISRC that you got elsewhere."


class IsrcKept(Conflict):
    """The ISRC is kept for another mix that is being rendered."""

    slug, title = "isrc-kept", "This ISRC is kept for another mix"
    advice = "One recording has one ISRC. Wait until the other export has ended, or send another ISRC."
