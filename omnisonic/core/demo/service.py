"""Writes the demo catalog through the services that everybody uses, once per installation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, select

from omnisonic.core.catalog import contributions, contributors, recordings, works
from omnisonic.core.catalog.models import Work
from omnisonic.core.catalog.names import find_or_make_contributors
from omnisonic.core.catalog.schemas import ContributionDraft, ContributorDraft, RecordingDraft
from omnisonic.core.demo.songs import ISRC_PREFIX, PEOPLE, SONGS, Grant, Part, Person, Song, Take
from omnisonic.core.identifiers import ipi_check_digits, weighted_check_digit
from omnisonic.core.licenses import service as licenses
from omnisonic.core.licenses.schemas import LicenseDraft
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork, read_session, unit_of_work
from omnisonic.platform.ids import utc_now

SOURCE = "demo"
FORMER_DAYS = 365
ISWC_FIRST = 999_417_000  # nine digits at the far end, given to nobody


def has_demo(session: Session, host: Actor) -> bool:
    """Whether the host's works are there."""
    found = select(Work.id).where(Work.created_by == host.user_id, Work.title == SONGS[0].title)
    return session.exec(found.limit(1)).first() is not None


def make_catalog(host: Actor) -> int:
    """Register the demo works, all or none; how many were made. Later calls make none."""
    with read_session() as session:
        if has_demo(session, host):
            return 0
    now = utc_now()
    with unit_of_work() as uow:
        for person in PEOPLE:
            _register(uow, host, person)
        serial = 0
        for number, song in enumerate(SONGS, start=1):
            work = _write(uow, host, song, number, now)
            for take in song.takes:
                serial += 1
                _record(uow, host, song, take, work.id, serial, now)
            for grant in song.grants:
                _grant(uow, host, grant, work.id, now)
    return len(SONGS)


def _register(uow: UnitOfWork, host: Actor, person: Person) -> None:
    ipi = f"{person.ipi_digits}{ipi_check_digits(person.ipi_digits):02}"
    draft = ContributorDraft(name=person.name, roles=list(person.roles), ipi=ipi)
    contributors.upsert_contributor(uow, host, draft=draft, source=SOURCE)


def _write(uow: UnitOfWork, host: Actor, song: Song, number: int, now: datetime) -> Work:
    digits = str(ISWC_FIRST + number)
    iswc = f"T{digits}{weighted_check_digit(digits, 1)}" if song.has_iswc else None
    work = works.create_work(
        uow,
        host,
        title=song.title,
        description=song.description,
        iswc=iswc,
        genres=song.genres,
        source=SOURCE,
    )
    changed = now - timedelta(days=FORMER_DAYS) if song.former else None
    for parts, start in ((song.former, None), (song.parts, changed)):
        if parts:
            drafts = _drafts(uow, host, parts, start)
            contributions.set_contributions(uow, host, work_id=work.id, contributions=drafts, source=SOURCE)
    return work


def _drafts(
    uow: UnitOfWork, host: Actor, parts: Sequence[Part], start: datetime | None
) -> list[ContributionDraft]:
    people = find_or_make_contributors(
        uow, host, names=[part.name for part in parts], roles=[parts[0].role], source=SOURCE
    )
    return [
        ContributionDraft(
            contributor_id=person.id,
            role=part.role,
            rights_type=part.right,
            percent=part.percent,
            valid_from=start,
        )
        for part, person in zip(parts, people, strict=True)
    ]


def _record(
    uow: UnitOfWork, host: Actor, song: Song, take: Take, work_id: UUID, serial: int, now: datetime
) -> None:
    released = (now - timedelta(days=take.age_days)).date()
    draft = RecordingDraft(
        title=take.title or song.title,
        primary_artist=take.artist,
        isrc=f"{ISRC_PREFIX}{released.year % 100:02}{serial:05}",
        work_id=work_id,
        duration_ms=take.seconds * 1000,
        released_on=released,
        genres=song.genres,
    )
    recordings.upsert_recording(uow, host, draft=draft, source=SOURCE)


def _grant(uow: UnitOfWork, host: Actor, grant: Grant, work_id: UUID, now: datetime) -> None:
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    draft = LicenseDraft(
        work_id=work_id,
        licensee=grant.licensee,
        territory=grant.territory,
        rights_type=grant.right,
        exclusive=grant.exclusive,
        effective_from=today - timedelta(days=grant.since_days),
        expires_on=None if grant.left_days is None else today + timedelta(days=grant.left_days),
    )
    licenses.create_license(uow, host, draft=draft)
