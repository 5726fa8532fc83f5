"""Registers a finished mix: work, recording, ISRC, shares and its leaf in the log, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from omnisonic.core.catalog import contributions, entries, recordings, repository, works
from omnisonic.core.catalog.access import may_edit
from omnisonic.core.catalog.models import Contributor, Work
from omnisonic.core.catalog.schemas import ContributionDraft, CreditDraft, RecordingDraft
from omnisonic.core.ledger.accounts import party_hashes
from omnisonic.core.ledger.models import LeafKind
from omnisonic.core.ledger.posting import record_fact
from omnisonic.core.releases.credit_line import read_together
from omnisonic.core.releases.isrcs import use_isrc
from omnisonic.core.releases.models import Release
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork


@dataclass(frozen=True)
class ReleaseShare:
    """A party's part of the song, with the name that is credited."""

    contributor_id: UUID
    name: str
    role: str
    share_ppm: int


@dataclass(frozen=True, kw_only=True)
class ReleaseDraft:
    """What is known about a finished mix. `work_id` is the work of an earlier release of the same song.

    The shares hold from `agreed_at` on. Hashes are SHA-256 in hex.
    """

    export_id: UUID
    title: str
    duration_ms: int
    released_on: date
    sheet_id: UUID
    sheet_sha256: str
    agreed_at: datetime
    shares: Sequence[ReleaseShare]
    certificate_sha256: str
    pcm_sha256: str
    work_id: UUID | None = None


def register_release(uow: UnitOfWork, actor: Actor, *, draft: ReleaseDraft) -> Release:
    """Write everything that makes a mix a release; asked again for the same export it changes nothing.

    Uses the ISRC kept for the export (`isrcs.reserve_isrc`). Raises `IdentifierTaken` when someone
    registered that ISRC meanwhile, and what the catalog refuses.
    """
    found = find_release(uow.session, export_id=draft.export_id)
    if found is not None:
        return found
    source = f"release:{draft.export_id}"
    people = repository.contributors_by_ids(uow.session, [one.contributor_id for one in draft.shares])
    isrc = use_isrc(uow, holder_id=draft.export_id)
    work = _work(uow, actor, draft, people, source)
    recording = recordings.upsert_recording(
        uow, actor, draft=_recording(draft, people, isrc=isrc, work_id=work.id), source=source
    )
    facts = {
        "certificate": draft.certificate_sha256,
        "isrc": isrc,
        "pcm": draft.pcm_sha256,
        "recording": str(recording.id),
        "sheet": draft.sheet_sha256,
        "shares": share_facts(uow.session, draft.shares),
        "work": str(work.id),
    }
    record = record_fact(uow, LeafKind.RELEASE, draft.export_id, facts)
    release = Release(
        export_id=draft.export_id,
        work_id=work.id,
        recording_id=recording.id,
        isrc=isrc,
        sheet_id=draft.sheet_id,
        certificate_sha256=draft.certificate_sha256,
        record_id=record.id,
        created_by=actor.user_id,
    )
    uow.session.add(release)
    uow.session.flush()
    return release


def share_facts(session: Session, shares: Sequence[ReleaseShare]) -> list[dict[str, str]]:
    """Shares as a leaf tells them: salted hashes instead of people."""
    hashes = party_hashes(session, [one.contributor_id for one in shares])
    return [
        {"party": hashes[one.contributor_id], "ppm": str(one.share_ppm), "role": one.role} for one in shares
    ]


def find_release(session: Session, *, export_id: UUID) -> Release | None:
    """What a mix was registered as, or None."""
    return session.exec(select(Release).where(Release.export_id == export_id)).first()


def releases_of(session: Session, export_ids: Sequence[UUID]) -> dict[UUID, Release]:
    """Releases by the ids of their exports."""
    rows = session.exec(select(Release).where(col(Release.export_id).in_(export_ids)))
    return {row.export_id: row for row in rows}


def _work(
    uow: UnitOfWork,
    actor: Actor,
    draft: ReleaseDraft,
    people: Mapping[UUID, Contributor],
    source: str,
) -> Work:
    former = repository.find_entity(uow.session, Work, draft.work_id) if draft.work_id else None
    if former is None or not may_edit(uow.session, actor, former):
        work = works.create_work(uow, actor, title=draft.title, source=source)
    elif _has_shares_of(uow.session, former, draft.sheet_id):
        return former  # a later correction in the catalog stays
    else:
        work = former
    return contributions.set_contributions(
        uow, actor, work_id=work.id, contributions=_contributions(draft, people), source=source
    )


def _has_shares_of(session: Session, work: Work, sheet_id: UUID) -> bool:
    releases = session.exec(select(Release).where(Release.sheet_id == sheet_id)).all()
    return any(entries.get_entity(session, Work, one.work_id).id == work.id for one in releases)


def _contributions(draft: ReleaseDraft, people: Mapping[UUID, Contributor]) -> list[ContributionDraft]:
    """One share per person and role, also where two of them were merged since the sheet was agreed on."""
    start = draft.agreed_at.replace(hour=0, minute=0, second=0, microsecond=0)
    sums: dict[tuple[UUID, str], int] = {}
    for one in draft.shares:
        key = (people[one.contributor_id].id, one.role)
        sums[key] = sums.get(key, 0) + one.share_ppm
    return [
        ContributionDraft(contributor_id=person, role=role, share_ppm=share_ppm, valid_from=start)
        for (person, role), share_ppm in sums.items()
    ]


def _recording(
    draft: ReleaseDraft, people: Mapping[UUID, Contributor], *, isrc: str, work_id: UUID
) -> RecordingDraft:
    credited: dict[UUID, str] = {}
    for one in draft.shares:
        credited.setdefault(people[one.contributor_id].id, one.name)
    values: dict[str, Any] = {"duration_ms": draft.duration_ms or None, "released_on": draft.released_on}
    return RecordingDraft(
        title=draft.title,
        primary_artist=read_together(list(credited.values())),
        isrc=isrc,
        work_id=work_id,
        credits=[CreditDraft(contributor_id=person, credited_as=name) for person, name in credited.items()],
        **values,
    )
