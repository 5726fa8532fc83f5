"""Gathers what the JSON-LD of a work or a recording tells."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.catalog import jsonld, listing, recordings, repository, works
from omnisonic.core.catalog.schemas import CatalogFilter
from omnisonic.platform.actor import Actor
from omnisonic.platform.pagination import Page
from omnisonic.platform.settings import get_settings

MAX_RECORDINGS = 50


def linked_work(session: Session, actor: Actor, *, work_id: UUID) -> dict[str, Any]:
    """The work with its present people and its newest recordings. Raises `NotFound`."""
    work = works.get_work(session, actor, work_id=work_id)
    shares = repository.shares_at(session, [work.id]).get(work.id, [])
    people = repository.contributors_by_ids(session, [one.contributor_id for one in shares])
    newest, _ = listing.list_recordings(
        session, actor, page=Page(limit=MAX_RECORDINGS), where=CatalogFilter(work_id=work.id)
    )
    return jsonld.describe_work(
        work, base_url=_base_url(), shares=shares, contributors=people, recordings=newest
    )


def linked_recording(session: Session, actor: Actor, *, recording_id: UUID) -> dict[str, Any]:
    """The recording with its performers and its work. Raises `NotFound`."""
    found = recordings.get_recording(session, actor, recording_id=recording_id)
    credited = repository.credits_of(session, [found.id]).get(found.id, [])
    people = repository.contributors_by_ids(session, [one.contributor_id for one in credited])
    work = repository.works_by_ids(session, [found.work_id]).get(found.work_id) if found.work_id else None
    return jsonld.describe_recording(
        found, base_url=_base_url(), credited=credited, contributors=people, work=work
    )


def _base_url() -> str:
    return get_settings().public_url
