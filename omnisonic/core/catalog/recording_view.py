"""Everything that a recording's page shows, fetched at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.catalog import recordings, repository
from omnisonic.core.catalog.entry_view import EntryFrame, frame_of
from omnisonic.core.catalog.jsonld import as_script_text
from omnisonic.core.catalog.linked import linked_recording
from omnisonic.core.catalog.list_view import clock_ms, day_words
from omnisonic.core.catalog.share_view import ShareGroup, group_shares
from omnisonic.core.identifiers import format_isrc
from omnisonic.platform.actor import Actor
from omnisonic.platform.ui.people import avatar_color, initials


@dataclass
class CreditLine:
    """A credited performer. `known_as` is their name where the credit spells it otherwise."""

    contributor_id: str
    href: str
    credited_as: str
    known_as: str
    letters: str
    color: str


@dataclass
class RecordingSheet:
    """A recording in the words of its page."""

    title: str = ""
    artist: str = ""
    isrc: str = ""
    duration: str = ""
    released: str = ""
    released_on: str = ""
    genres: list[str] = field(default_factory=list)
    credits: list[CreditLine] = field(default_factory=list)
    work_id: str = ""
    work_href: str = ""
    work_title: str = ""
    work_groups: list[ShareGroup] = field(default_factory=list)
    linked: str = ""


def view_recording(
    session: Session, actor: Actor, *, recording_id: UUID
) -> tuple[EntryFrame, RecordingSheet]:
    """The page of a recording. Raises `NotFound`."""
    found = recordings.get_recording(session, actor, recording_id=recording_id)
    credited = repository.credits_of(session, [found.id]).get(found.id, [])
    people = repository.contributors_by_ids(session, [one.contributor_id for one in credited])
    work = repository.works_by_ids(session, [found.work_id]).get(found.work_id) if found.work_id else None
    shares = repository.shares_at(session, [work.id]).get(work.id, []) if work else []
    owners = repository.contributors_by_ids(session, [one.contributor_id for one in shares])
    sheet = RecordingSheet(
        title=found.title,
        artist=found.primary_artist,
        isrc=format_isrc(found.isrc) if found.isrc else "",
        duration=clock_ms(found.duration_ms),
        released=day_words(found),
        released_on=found.released_on.isoformat() if found.released_on else "",
        genres=found.genres,
        credits=[
            CreditLine(
                contributor_id=str(one.contributor_id),
                href=f"/catalog/contributors/{one.contributor_id}",
                credited_as=one.credited_as,
                known_as=_known_as(one.credited_as, people[one.contributor_id].name),
                letters=initials(one.credited_as),
                color=avatar_color(one.contributor_id),
            )
            for one in credited
        ],
        work_id=str(work.id) if work else "",
        work_href=f"/catalog/works/{work.id}" if work else "",
        work_title=work.title if work else "",
        work_groups=group_shares(shares, owners),
        linked=as_script_text(linked_recording(session, actor, recording_id=found.id)),
    )
    return frame_of(session, actor, found), sheet


def editor_credits(sheet: RecordingSheet) -> list[dict[str, Any]]:
    """The performers as the editor takes them."""
    return [
        {
            "contributorId": one.contributor_id,
            "name": one.known_as or one.credited_as,
            "creditedAs": one.credited_as,
        }
        for one in sheet.credits
    ]


def _known_as(credited_as: str, name: str) -> str:
    return "" if credited_as == name else name
