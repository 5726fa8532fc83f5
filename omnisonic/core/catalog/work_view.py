"""Everything that a work's page shows, fetched at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.catalog import listing, repository, works
from omnisonic.core.catalog.entry_view import EntryFrame, frame_of
from omnisonic.core.catalog.jsonld import as_script_text
from omnisonic.core.catalog.linked import linked_work
from omnisonic.core.catalog.list_view import clock_ms, day_words
from omnisonic.core.catalog.models import Contribution, Recording
from omnisonic.core.catalog.schemas import CatalogFilter
from omnisonic.core.catalog.share_view import Period, ShareGroup, choose_colors, group_shares, list_periods
from omnisonic.core.identifiers import format_isrc, format_iswc
from omnisonic.platform.actor import Actor
from omnisonic.platform.ids import utc_now
from omnisonic.platform.pagination import Page

RECORDINGS_SHOWN = 50


@dataclass
class RecordingLine:
    """A recording in a list."""

    id: str
    href: str
    title: str
    artist: str
    isrc: str
    duration: str
    released: str


@dataclass
class WorkSheet:
    """A work in the words of its page."""

    title: str = ""
    description: str = ""
    iswc: str = ""
    genres: list[str] = field(default_factory=list)
    groups: list[ShareGroup] = field(default_factory=list)
    periods: list[Period] = field(default_factory=list)
    period: str = ""
    problem: str = ""
    problem_kind: str = ""
    recordings: list[RecordingLine] = field(default_factory=list)
    recording_count: int = 0
    linked: str = ""


def view_work(
    session: Session, actor: Actor, *, work_id: UUID, at: datetime | None = None
) -> tuple[EntryFrame, WorkSheet]:
    """The page of a work, its shares as they are at a time (now). Raises `NotFound`."""
    work = works.get_work(session, actor, work_id=work_id)
    now = utc_now()
    versions = repository.share_versions(session, work.id)
    valid = _valid(versions, at or now)
    people = repository.contributors_by_ids(session, [one.contributor_id for one in versions])
    groups = group_shares(valid, people)
    where = CatalogFilter(work_id=work.id)
    recordings, _ = listing.list_recordings(session, actor, page=Page(limit=RECORDINGS_SHOWN), where=where)
    problem_kind, problem = _problem(groups)
    sheet = WorkSheet(
        title=work.title,
        description=work.description or "",
        iswc=format_iswc(work.iswc) if work.iswc else "",
        genres=work.genres,
        groups=groups,
        periods=list_periods(versions, now=now),
        period=_period_of(versions, at or now),
        problem=problem,
        problem_kind=problem_kind,
        recordings=[recording_line(one) for one in recordings],
        recording_count=listing.count_entries(session, actor, Recording, where=where),
        linked=as_script_text(linked_work(session, actor, work_id=work.id)),
    )
    return frame_of(session, actor, work), sheet


def editor_rows(session: Session, work_id: UUID) -> list[dict[str, Any]]:
    """The shares in force as the editor takes them."""
    shares = repository.shares_at(session, [work_id]).get(work_id, [])
    people = repository.contributors_by_ids(session, [one.contributor_id for one in shares])
    colors = choose_colors(people)
    return [
        {
            "contributorId": str(one.contributor_id),
            "name": people[one.contributor_id].name if one.contributor_id in people else "Unknown",
            "role": str(one.role),
            "right": str(one.rights_type or ""),
            "sharePpm": one.share_ppm,
            "color": colors.get(one.contributor_id, 1),
        }
        for one in shares
    ]


def recording_line(one: Recording) -> RecordingLine:
    """A recording in a list."""
    return RecordingLine(
        id=str(one.id),
        href=f"/catalog/recordings/{one.id}",
        title=one.title,
        artist=one.primary_artist,
        isrc=format_isrc(one.isrc) if one.isrc else "",
        duration=clock_ms(one.duration_ms),
        released=day_words(one),
    )


def _valid(versions: Sequence[Contribution], at: datetime) -> list[Contribution]:
    return [one for one in versions if one.valid_from <= at and (one.valid_to is None or one.valid_to > at)]


def _period_of(versions: Sequence[Contribution], at: datetime) -> str:
    bounds = sorted({one.valid_from for one in versions} | {one.valid_to for one in versions if one.valid_to})
    begun = [bound for bound in bounds if bound <= at]
    return begun[-1].isoformat() if begun else ""


def _problem(groups: Sequence[ShareGroup]) -> tuple[str, str]:
    """What is wrong with the shares, kindly: its kind and a sentence."""
    clashing = [group for group in groups if group.state == "conflict"]
    if clashing:
        named = _named(clashing)
        return "conflict", f"{named} more than 100 %. Until that is settled, money for it waits in suspense."
    short = [group for group in groups if group.state == "short"]
    if short:
        rest = ", ".join(
            f"{group.words}{f' ({group.title.lower()})' if group.right else ''}" for group in short
        )
        return "short", f"{rest}. Money for that part waits until somebody claims it."
    return "", ""


def _named(groups: Sequence[ShareGroup]) -> str:
    parts = [f"{group.title} adds up to {group.total}," for group in groups]
    return " ".join(parts)
