"""Refusals that only sessions know."""

from __future__ import annotations

from omnisonic.platform.errors import Conflict, NotFound


class InviteNotValid(NotFound):
    """The invitation is unknown, withdrawn or too old."""

    slug, title = "invite-not-valid", "This invitation no longer works"
    advice = "Ask the person who sent it for a new link."


class SessionRemoved(NotFound):
    """A session that the caller was in until its owner removed it; to everybody else it is unknown."""

    slug, title = "session-removed", "This session was removed"
    advice = "Ask its owner, who can bring it back."


class SessionFull(Conflict):
    """The session has as many members or tracks as it can take."""

    slug, title = "session-full", "This session is full"
    advice = "Remove what is no longer needed, or start another session."
