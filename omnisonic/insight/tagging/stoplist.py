"""Words that are nobody's name: data with a reason and an author, not code."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, col, select

from omnisonic.insight.tagging import repository
from omnisonic.insight.tagging.corrections import require_analyst
from omnisonic.insight.tagging.errors import AlreadyOnStoplist
from omnisonic.insight.tagging.jobs import PUBLISH_TAGS
from omnisonic.insight.tagging.models import EntityTag, StoplistEntry, TagOrigin
from omnisonic.insight.tagging.schemas import StoplistDraft
from omnisonic.insight.tagging.words import phrase_key
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import NotFound
from omnisonic.platform.pagination import Page, fetch_page


def add_entry(uow: UnitOfWork, actor: Actor, *, draft: StoplistDraft) -> tuple[StoplistEntry, int]:
    """Stop words from being linked, also where they are; returns the entry and how many links it rejected.

    What people confirmed or partners recorded stays. Raises `Forbidden`, `AlreadyOnStoplist`.
    """
    require_analyst(actor)
    repository.own_tagging(uow.session)
    key = phrase_key(draft.phrase)
    same = select(StoplistEntry.id).where(
        col(StoplistEntry.phrase_key) == key, col(StoplistEntry.source).is_not_distinct_from(draft.source)
    )
    if uow.session.exec(same).first() is not None:
        raise AlreadyOnStoplist
    entry = StoplistEntry(**draft.model_dump(by_alias=False), phrase_key=key, created_by=actor.user_id)
    uow.session.add(entry)
    uow.session.flush()
    conditions = [col(EntityTag.text_key) == key, col(EntityTag.origin) == TagOrigin.TAGGER]
    if draft.source is not None:
        conditions.append(col(EntityTag.source) == draft.source)
    rejected = repository.reject_tags(uow.session, entry.id, *conditions)
    uow.enqueue(PUBLISH_TAGS)
    return entry, rejected


def remove_entry(uow: UnitOfWork, actor: Actor, *, entry_id: UUID) -> int:
    """Let words be names again; returns how many links stand again. Raises `Forbidden`, `NotFound`.

    Links that a later tagging left out return when their articles are tagged again.
    """
    require_analyst(actor)
    repository.own_tagging(uow.session)
    entry = uow.session.get(StoplistEntry, entry_id)
    if entry is None:
        raise NotFound("There is no such entry of the stoplist.")
    uow.session.delete(entry)
    released = repository.release_tags(uow.session, entry_id)
    uow.enqueue(PUBLISH_TAGS)
    return released


def list_entries(session: Session, *, page: Page) -> tuple[list[StoplistEntry], str | None]:
    """The stoplist, newest first, and the cursor of the next page. Every account may read it."""
    return fetch_page(session, select(StoplistEntry), StoplistEntry, page=page)
