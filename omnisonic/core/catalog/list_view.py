"""One page of the catalog's list as people read it: works, recordings or people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from sqlmodel import Session

from omnisonic.core.catalog import batches, listing, repository
from omnisonic.core.catalog.models import Contributor, Recording, Work
from omnisonic.core.catalog.role_words import role_words
from omnisonic.core.catalog.schemas import CatalogFilter
from omnisonic.core.catalog.share_view import ShareGroup, Slice, group_shares, worst_group
from omnisonic.core.identifiers import format_isni, format_isrc, format_iswc
from omnisonic.platform.actor import Actor
from omnisonic.platform.ids import utc_now
from omnisonic.platform.pagination import Page
from omnisonic.platform.ui.words import ago, day

PAGE_ROWS = 50
MAX_NAMES = 3
MAX_GENRES = 2


class Kind(StrEnum):
    """What is listed."""

    WORKS = "works"
    RECORDINGS = "recordings"
    PEOPLE = "people"


TABLES: dict[Kind, type[Any]] = {
    Kind.WORKS: Work,
    Kind.RECORDINGS: Recording,
    Kind.PEOPLE: Contributor,
}


@dataclass
class EntryLine:
    """One row. `second` is who or what, `code` the identifier, `slices` the shares of a work."""

    id: str
    href: str
    title: str
    second: str
    code: str
    changed: str
    genres: list[str] = field(default_factory=list)
    extra: str = ""  # works: recordings; recordings: length; people: linked or not
    state: str = ""  # works: whole, short, conflict, none
    state_words: str = ""
    slices: list[Slice] = field(default_factory=list)
    work_href: str = ""
    work_title: str = ""


@dataclass(frozen=True)
class Listing:
    """Rows, the cursor of the next page, and how many there are in all."""

    lines: list[EntryLine]
    cursor: str
    total: int


def list_entries(session: Session, actor: Actor, *, kind: Kind, where: CatalogFilter, page: Page) -> Listing:
    """A page of the list in a handful of statements, whatever its length."""
    total = listing.count_entries(session, actor, TABLES[kind], where=where)
    if kind is Kind.WORKS:
        works, cursor = listing.list_works(session, actor, page=page, where=where)
        lines = _work_lines(session, works)
    elif kind is Kind.RECORDINGS:
        recordings, cursor = listing.list_recordings(session, actor, page=page, where=where)
        lines = _recording_lines(session, recordings)
    else:
        people, cursor = listing.list_contributors(session, actor, page=page, where=where)
        lines = [_person_line(one) for one in people]
    return Listing(lines, cursor or "", total)


def file_query(where: CatalogFilter, kind: Kind) -> str:
    """The query of the export routes for the same rows."""
    asked = {
        "search": where.search,
        "genre": where.genre,
        "mine": "true" if where.mine else None,
        "hasConflict": "true" if where.has_conflict and kind is Kind.WORKS else None,
        "hasIswc": "false" if where.has_iswc is False and kind is Kind.WORKS else None,
        "hasIsrc": "false" if where.has_isrc is False and kind is Kind.RECORDINGS else None,
    }
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"?{query}" if query else ""


def clock_ms(duration_ms: int | None) -> str:
    """A length in milliseconds as minutes and seconds; empty when unknown."""
    if duration_ms is None:
        return ""
    minutes, seconds = divmod(round(duration_ms / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _work_lines(session: Session, works: Sequence[Work]) -> list[EntryLine]:
    ids, now = [work.id for work in works], utc_now()
    people = repository.contributors_of_works(session, ids)
    shares = repository.shares_at(session, ids)
    recordings = batches.recording_counts(session, [str(one) for one in ids])
    lines = []
    for work in works:
        known = {one.id: one for one in people.get(work.id, [])}
        worst = worst_group(group_shares(shares.get(work.id, []), known))
        lines.append(
            EntryLine(
                id=str(work.id),
                href=f"/catalog/works/{work.id}",
                title=work.title,
                second=_names([one.name for one in known.values()]),
                code=format_iswc(work.iswc) if work.iswc else "",
                changed=ago(work.updated_at, now=now),
                genres=work.genres[:MAX_GENRES],
                extra=str(recordings.get(str(work.id), 0) or ""),
                state=worst.state if worst else "none",
                state_words=_state_words(worst),
                slices=worst.slices if worst else [],
            )
        )
    return lines


def _state_words(worst: ShareGroup | None) -> str:
    if worst is None:
        return "No shares"
    return {"whole": "100 %", "short": worst.words, "conflict": f"Conflict: {worst.total}"}[worst.state]


def _recording_lines(session: Session, recordings: Sequence[Recording]) -> list[EntryLine]:
    now = utc_now()
    works = repository.works_by_ids(session, [one.work_id for one in recordings if one.work_id])
    lines = []
    for one in recordings:
        work = works.get(one.work_id) if one.work_id else None
        lines.append(
            EntryLine(
                id=str(one.id),
                href=f"/catalog/recordings/{one.id}",
                title=one.title,
                second=one.primary_artist,
                code=format_isrc(one.isrc) if one.isrc else "",
                changed=day_words(one) or ago(one.updated_at, now=now),
                genres=one.genres[:MAX_GENRES],
                extra=clock_ms(one.duration_ms),
                work_href=f"/catalog/works/{work.id}" if work else "",
                work_title=work.title if work else "",
            )
        )
    return lines


def day_words(recording: Recording) -> str:
    """The day of release; empty when unknown."""
    released = recording.released_on
    return f"{released.day} {released:%b %Y}" if released else ""


def _person_line(person: Contributor) -> EntryLine:
    return EntryLine(
        id=str(person.id),
        href=f"/catalog/contributors/{person.id}",
        title=person.name,
        second=_names([role_words(role) for role in person.roles]),
        code=person.ipi or (format_isni(person.isni) if person.isni else ""),
        changed=day(person.created_at),
        extra="Linked" if person.user_id else "",
    )


def _names(names: Sequence[str]) -> str:
    more = len(names) - MAX_NAMES
    shown = ", ".join(names[:MAX_NAMES])
    return f"{shown} +{more}" if more > 0 else shown
