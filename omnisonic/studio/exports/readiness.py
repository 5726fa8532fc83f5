"""What a mix still needs before it can be released, in words."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from omnisonic.platform.actor import Actor
from omnisonic.platform.settings import get_settings
from omnisonic.studio.exports.service import why_not_renderable
from omnisonic.studio.sessions.service import get_session
from omnisonic.studio.split_sheets.repository import find_locked, find_proposed

NO_SHEET = "A split sheet that everyone has accepted"
OPEN_SHEET = "The split sheet is proposed, but not accepted by everyone yet"
NEWER_SHEET = "A newer split sheet is being agreed on: finish it, or withdraw it"
LOCKED_SHEET = "The split sheet is locked: everyone has accepted"
MIX_READY = "The mix is ready"


@dataclass(frozen=True)
class Readiness:
    """The sheet and the mix, each with what to do; `isrc_prefix` is None where no ISRCs are given out."""

    is_agreed: bool
    sheet_words: str
    is_mixed: bool
    mix_words: str
    isrc_prefix: str | None


def release_readiness(session: Session, actor: Actor, *, session_id: UUID) -> Readiness:
    """How far the session is from a release; raises `NotFound` for strangers."""
    get_session(session, actor, session_id=session_id)
    proposed = find_proposed(session, session_id=session_id)
    locked = find_locked(session, session_id=session_id)
    if proposed is None:
        sheet_words = LOCKED_SHEET if locked else NO_SHEET
    else:
        sheet_words = NEWER_SHEET if locked else OPEN_SHEET
    missing = why_not_renderable(session, actor, session_id=session_id)
    return Readiness(
        is_agreed=proposed is None and locked is not None,
        sheet_words=sheet_words,
        is_mixed=missing is None,
        mix_words=missing or MIX_READY,
        isrc_prefix=get_settings().isrc_prefix,
    )
