"""Refusals that only split sheets know."""

from __future__ import annotations

from omnisonic.platform.errors import Conflict, InvalidFields


class SplitTotal(InvalidFields):
    """The shares are not exactly everything."""

    slug, title = "split-total", "These shares are not 100 %"
    advice = "Change the parts until they add up to 1,000,000 ppm (100 %) exactly."


class SplitParty(InvalidFields):
    """A party is no member of the session."""

    slug, title = "split-party", "Only members of the session share in it"
    advice = "Invite whoever is missing to the session; once they have joined they can get a share."


class SheetProposed(Conflict):
    """A sheet is on the table already; `current` is it."""

    slug, title = "sheet-proposed", "A split sheet is proposed already"
    advice = "Change the proposed one, or withdraw it first."


class NoSheetProposed(Conflict):
    """There is nothing to answer, to change or to withdraw."""

    slug, title = "no-sheet-proposed", "No split sheet is proposed"
    advice = "Propose one. A sheet that everyone has accepted is final; a new one may follow it."
