"""Refusals that only the ledger knows."""

from __future__ import annotations

from omnisonic.platform.errors import Conflict


class AlreadyReversed(Conflict):
    """The journal has been taken back before."""

    slug, title = "already-reversed", "This has already been taken back"
    advice = "A journal is reversed once. Its reversal stands in the cycle that was open then."
