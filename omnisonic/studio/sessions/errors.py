"""Refusals that only sessions know."""

from __future__ import annotations

from omnisonic.platform.errors import Conflict, NotFound


class InviteNotValid(NotFound):
    """The invitation is unknown, withdrawn or too old."""

    slug, title = "invite-not-valid", "This invitation no longer works"
    advice = "Ask the person who sent it for a new link."


class SessionFull(Conflict):
    """The session has as many members or tracks as it can take."""

    slug, title = "session-full", "This session is full"
    advice = "Remove what is no longer needed, or start another session."
