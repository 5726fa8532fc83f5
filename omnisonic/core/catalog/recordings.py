"""Making and changing recordings, with their credited performers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from omnisonic.core.catalog import entries, performers, provenance, repository
from omnisonic.core.catalog.access import require_edit
from omnisonic.core.catalog.credits import normalize_line
from omnisonic.core.catalog.errors import IdentifierTaken
from omnisonic.core.catalog.fields import clean_duration, clean_identifier, clean_labels, clean_line
from omnisonic.core.catalog.identifiers import set_preferred
from omnisonic.core.catalog.models import (
    MAX_TITLE_CHARS,
    EntityKind,
    IdentifierScheme,
    Recording,
    Work,
)
from omnisonic.core.catalog.schemas import RecordingDraft, Unset
from omnisonic.core.catalog.search import index_entities
from omnisonic.core.identifiers import Scheme
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork

MAX_ARTIST_CHARS = 1000
ATTEMPTS = 3


def get_recording(session: Session, _actor: Actor, *, recording_id: UUID) -> Recording:
    """The recording, or the survivor of its merge; every account may read. Raises `NotFound`."""
    return entries.get_entity(session, Recording, recording_id)


def upsert_recording(
    uow: UnitOfWork, actor: Actor, *, draft: RecordingDraft, source: str | None = None
) -> Recording:
    """Make or change a recording, found by id, else by ISRC. Two callers with one ISRC meet one row.

    Raises `InvalidFields`, `InvalidIdentifier`, `IdentifierTaken`, `NotFound`, `VersionConflict`, and
    `Forbidden` for a recording, or a work to attach it to, that the caller may not change.
    """
    values = _cleaned(uow, draft)
    isrc = None if isinstance(draft.isrc, Unset) else clean_identifier(Scheme.ISRC, draft.isrc)
    for _ in range(ATTEMPTS):
        found = _find(uow, actor, draft, isrc)
        if found is not None:
            return _change(uow, actor, found, draft, values, isrc, source)
        made = _make(uow, actor, draft, values, isrc, source)
        if made is not None:
            return made
    raise IdentifierTaken("Someone registered this ISRC at the same moment. Try again.")


def _cleaned(uow: UnitOfWork, draft: RecordingDraft) -> dict[str, Any]:
    artist = clean_line(draft.primary_artist, field="primaryArtist", max_chars=MAX_ARTIST_CHARS)
    values: dict[str, Any] = {
        "title": clean_line(draft.title, field="title", max_chars=MAX_TITLE_CHARS),
        "primary_artist": normalize_line(artist),
    }
    if not isinstance(draft.duration_ms, Unset):
        values["duration_ms"] = clean_duration(draft.duration_ms)
    if not isinstance(draft.released_on, Unset):
        values["released_on"] = draft.released_on
    if not isinstance(draft.genres, Unset):
        values["genres"] = clean_labels(draft.genres, field="genres")
    if not isinstance(draft.work_id, Unset):
        work = entries.get_entity(uow.session, Work, draft.work_id) if draft.work_id else None
        values["work_id"] = work.id if work else None
    return values


def _find(uow: UnitOfWork, actor: Actor, draft: RecordingDraft, isrc: str | None) -> Recording | None:
    if draft.recording_id is not None:
        return entries.lock_for_edit(uow, actor, Recording, draft.recording_id, version=draft.version)
    if isrc is None:
        return None
    found: Recording | None = repository.find_by_identifier(
        uow.session, IdentifierScheme.ISRC, isrc, for_update=True
    )
    if found is not None:
        require_edit(uow.session, actor, found)
        entries.check_version(found, draft.version)
    return found


def _make(
    uow: UnitOfWork,
    actor: Actor,
    draft: RecordingDraft,
    values: dict[str, Any],
    isrc: str | None,
    source: str | None,
) -> Recording | None:
    _require_work(uow, actor, values.get("work_id"))
    made = Recording(**values, isrc=isrc, created_by=actor.user_id)
    try:
        with uow.session.begin_nested():
            uow.session.add(made)
            uow.session.flush()
    except IntegrityError:  # another request, or an import, made it first: find that one
        return None
    performers.write_credits(uow, actor, made, draft.credits, source)
    provenance.record(
        uow,
        actor,
        kind=EntityKind.RECORDING,
        entity_id=made.id,
        action="created",
        after=_snapshot(uow.session, made),
        source=source,
    )
    _settle(uow, actor, made, [made.work_id])
    return made


def _change(
    uow: UnitOfWork,
    actor: Actor,
    recording: Recording,
    draft: RecordingDraft,
    values: dict[str, Any],
    isrc: str | None,
    source: str | None,
) -> Recording:
    before, former_work = _snapshot(uow.session, recording), recording.work_id
    if values.get("work_id", former_work) != former_work:
        _require_work(uow, actor, values["work_id"])
    reads_otherwise = values["primary_artist"] != recording.primary_artist
    for name, value in values.items():
        setattr(recording, name, value)
    if draft.recording_id is not None and not isinstance(draft.isrc, Unset):
        set_preferred(uow, recording, IdentifierScheme.ISRC, isrc)
    if reads_otherwise or not isinstance(draft.credits, Unset):
        performers.write_credits(uow, actor, recording, draft.credits, source)
    uow.session.flush()
    old, new = provenance.difference(before, _snapshot(uow.session, recording))
    if new:
        entries.touch(uow, recording)
        provenance.record(
            uow,
            actor,
            kind=EntityKind.RECORDING,
            entity_id=recording.id,
            action="changed",
            before=old,
            after=new,
            source=source,
        )
        _settle(uow, actor, recording, [recording.work_id, former_work] if "work_id" in new else [])
    return recording


def _settle(uow: UnitOfWork, actor: Actor, recording: Recording, work_ids: list[UUID | None]) -> None:
    index_entities(uow.session, EntityKind.RECORDING, [recording.id])
    entries.announce(uow, actor, recording)
    for work in repository.works_by_ids(uow.session, [work_id for work_id in work_ids if work_id]).values():
        entries.announce(uow, actor, work)  # its list of recordings reads otherwise now


def _require_work(uow: UnitOfWork, actor: Actor, work_id: UUID | None) -> None:
    if work_id is not None:
        require_edit(uow.session, actor, entries.get_entity(uow.session, Work, work_id))


def _snapshot(session: Session, recording: Recording) -> dict[str, Any]:
    rows = repository.credits_of(session, [recording.id]).get(recording.id, [])
    named = [{"contributorId": credit.contributor_id, "creditedAs": credit.credited_as} for credit in rows]
    return {**provenance.snapshot(recording), "credits": named}
