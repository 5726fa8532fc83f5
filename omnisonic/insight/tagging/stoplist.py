"""Words that are nobody's name: data with a reason and an author, not code."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, col, select

from omnisonic.insight.tagging import repository
from omnisonic.insight.tagging.corrections import require_analyst
from omnisonic.insight.tagging.errors import AlreadyOnStoplist
from omnisonic.insight.tagging.jobs import PUBLISH_TAGS
from omnisonic.insight.tagging.models import EntityTag, StoplistEntry, TagOrigin
from omnisonic.insight.tagging.schemas import StoplistChange, StoplistDraft
from omnisonic.insight.tagging.words import phrase_key
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import NotFound, VersionConflict
from omnisonic.platform.pagination import Page, fetch_page


def add_entry(uow: UnitOfWork, actor: Actor, *, draft: StoplistDraft) -> tuple[StoplistEntry, int]:
    """Stop words from being linked, also where they are; returns the entry and how many links it rejected.

    What people confirmed or partners recorded stays. Raises `Forbidden`, `AlreadyOnStoplist`.
    """
    require_analyst(actor)
    repository.own_tagging(uow.session)
    key = phrase_key(draft.phrase)
    _require_new(uow.session, key, draft.source)
    entry = StoplistEntry(**draft.model_dump(by_alias=False), phrase_key=key, created_by=actor.user_id)
    uow.session.add(entry)
    rejected = _reject(uow.session, entry)
    uow.enqueue(PUBLISH_TAGS)
    return entry, rejected


def update_entry(
    uow: UnitOfWork, actor: Actor, *, entry_id: UUID, change: StoplistChange
) -> tuple[StoplistEntry, int]:
    """Change words, outlet or reason, in the caller's name; returns the entry and how many links changed.

    Raises `Forbidden`, `NotFound`, `VersionConflict`, `AlreadyOnStoplist`.
    """
    require_analyst(actor)
    repository.own_tagging(uow.session)
    entry = _required(uow.session, entry_id)
    if change.version is not None and change.version != entry.version:
        raise VersionConflict(current={"id": str(entry.id), "version": entry.version})
    if change.reason is not None:
        entry.reason = change.reason
    entry.created_by = actor.user_id
    phrase = change.phrase or entry.phrase
    source = change.source if "source" in change.model_fields_set else entry.source
    if (phrase, source) == (entry.phrase, entry.source):
        return entry, 0
    key = phrase_key(phrase)
    if (key, source) != (entry.phrase_key, entry.source):
        _require_new(uow.session, key, source)
    released = repository.release_tags(uow.session, entry.id)
    entry.phrase, entry.phrase_key, entry.source = phrase, key, source
    rejected = _reject(uow.session, entry)
    uow.enqueue(PUBLISH_TAGS)
    return entry, max(released, rejected)


def remove_entry(uow: UnitOfWork, actor: Actor, *, entry_id: UUID) -> int:
    """Let words be names again; returns how many links stand again. Raises `Forbidden`, `NotFound`.

    Links that a later tagging left out return when their articles are tagged again.
    """
    require_analyst(actor)
    repository.own_tagging(uow.session)
    uow.session.delete(_required(uow.session, entry_id))
    released = repository.release_tags(uow.session, entry_id)
    uow.enqueue(PUBLISH_TAGS)
    return released


def list_entries(session: Session, *, page: Page) -> tuple[list[StoplistEntry], str | None]:
    """The stoplist, newest first, and the cursor of the next page. Every account may read it."""
    return fetch_page(session, select(StoplistEntry), StoplistEntry, page=page)


def _required(session: Session, entry_id: UUID) -> StoplistEntry:
    entry = session.get(StoplistEntry, entry_id)
    if entry is None:
        raise NotFound("There is no such entry of the stoplist.")
    return entry


def _require_new(session: Session, key: str, source: str | None) -> None:
    same = select(StoplistEntry.id).where(
        col(StoplistEntry.phrase_key) == key, col(StoplistEntry.source).is_not_distinct_from(source)
    )
    if session.exec(same).first() is not None:
        raise AlreadyOnStoplist


def _reject(session: Session, entry: StoplistEntry) -> int:
    session.flush()
    conditions = [col(EntityTag.text_key) == entry.phrase_key, col(EntityTag.origin) == TagOrigin.TAGGER]
    if entry.source is not None:
        conditions.append(col(EntityTag.source) == entry.source)
    return repository.reject_tags(session, entry.id, *conditions)
