"""Which recordings of the catalog a reported one may be: by codes that differ little, by title and artist."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from rapidfuzz import fuzz, utils
from sqlmodel import Session, col, select

from omnisonic.core.catalog.models import EntityKind, Recording
from omnisonic.core.catalog.repository import recordings_by_ids
from omnisonic.core.catalog.search import find_ids
from omnisonic.core.identifiers import format_isrc
from omnisonic.core.royalties.matching import get_reported
from omnisonic.core.royalties.matching_schemas import Suggestion, SuggestionList
from omnisonic.core.royalties.models import UnmatchedUsage
from omnisonic.core.royalties.usage_catalog import recordings_by_isrc
from omnisonic.platform.actor import Actor

SHOWN_MAX = 10
CANDIDATES_MAX = 40
SCORE_MIN = 55
EXACT, NEAR_CODE = 100, 82
TITLE_WEIGHT = 0.65  # a title says more than a name that sings many
WITHOUT_ARTIST = 0.85
LOOK_ALIKES = str.maketrans("OISBZ", "01582")


def suggest(session: Session, actor: Actor, *, reported_id: UUID) -> SuggestionList:
    """Up to ten recordings, the likeliest first, each with what speaks for it. Raises as `get_reported`."""
    row = get_reported(session, actor, reported_id=reported_id)
    found: dict[UUID, Suggestion] = {}
    for one in (*_by_code(session, row), *_by_words(session, row)):
        if one.recording_id not in found or found[one.recording_id].score < one.score:
            found[one.recording_id] = one
    best = sorted(found.values(), key=lambda one: (-one.score, one.title, str(one.recording_id)))
    return SuggestionList(suggestions=best[:SHOWN_MAX])


def near_codes(isrc: str) -> set[str]:
    """ISRCs that one slip makes of this one: a wrong digit, two exchanged, a letter for a digit."""
    near = {isrc[:2] + isrc[2:].translate(LOOK_ALIKES)[:3] + isrc[5:]}
    for at in range(5, 12):
        near |= {isrc[:at] + digit + isrc[at + 1 :] for digit in "0123456789"}
    for at in range(2, 11):
        near.add(isrc[:at] + isrc[at + 1] + isrc[at] + isrc[at + 2 :])
    return near - {isrc}


def likeness(row: UnmatchedUsage, title: str, artist: str) -> tuple[int, str]:
    """A score of 0 to 100 for a title and an artist, and the reason in words."""
    title_score = fuzz.token_sort_ratio(row.title or "", title, processor=utils.default_process)
    if not row.artist:
        return round(title_score * WITHOUT_ARTIST), f"Title {round(title_score)} % alike, no artist reported"
    artist_score = fuzz.token_set_ratio(row.artist, artist, processor=utils.default_process)
    score = TITLE_WEIGHT * title_score + (1 - TITLE_WEIGHT) * artist_score
    return round(score), f"Title {round(title_score)} %, artist {round(artist_score)} % alike"


def _by_code(session: Session, row: UnmatchedUsage) -> Iterable[Suggestion]:
    if row.isrc is None:
        return
    known = recordings_by_isrc(session, [row.isrc])
    recordings = recordings_by_ids(session, [one.id for one in known.values()])
    for recording in recordings.values():
        yield _suggestion(recording, EXACT, "This ISRC is in the catalog now")
    statement = select(Recording).where(
        col(Recording.isrc).in_(near_codes(row.isrc)), col(Recording.merged_into).is_(None)
    )
    for recording in session.exec(statement.limit(CANDIDATES_MAX)):
        reason = f"ISRC {format_isrc(recording.isrc or '')} differs by one slip"
        score = NEAR_CODE
        if row.title:
            alike, words = likeness(row, recording.title, recording.primary_artist)
            base = EXACT if alike >= SCORE_MIN else NEAR_CODE  # two signs that agree are stronger than either
            score, reason = round((base + alike) / 2), f"{reason}. {words}"
        yield _suggestion(recording, score, reason)


def _by_words(session: Session, row: UnmatchedUsage) -> Iterable[Suggestion]:
    if not row.title:
        return
    ids = find_ids(session, EntityKind.RECORDING, row.title, limit=CANDIDATES_MAX)
    for recording in recordings_by_ids(session, ids).values():
        score, reason = likeness(row, recording.title, recording.primary_artist)
        if score >= SCORE_MIN:
            yield _suggestion(recording, score, reason)


def _suggestion(recording: Recording, score: int, reason: str) -> Suggestion:
    return Suggestion(
        recording_id=recording.id,
        title=recording.title,
        artist=recording.primary_artist,
        isrc=recording.isrc,
        score=score,
        reason=reason,
    )
