"""Which alerts about works and recordings say nothing that the alert about their artist did not say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from omnisonic.core.catalog.models import Recording, RecordingCredit
from omnisonic.core.catalog.repository import contributors_of_works, credits_of, recordings_by_ids
from omnisonic.insight.alerts.evaluation.engine import Outcome
from omnisonic.insight.alerts.evaluation.standings import Change
from omnisonic.insight.alerts.watching.reading import Asked, Reader
from omnisonic.insight.alerts.watching.tasks import News, Task
from omnisonic.insight.news import EntityType
from omnisonic.insight.store.filters import EntityRef
from omnisonic.insight.store.timelines import Mention

PIECES = (EntityType.WORK, EntityType.RECORDING)
ANYWHERE = Asked(min_confidence=0, genre=None, source=None)  # however the article names the artist


def covering_artists(
    session: Session, task: Task, news: News, changes: Iterable[tuple[Outcome, datetime]], reader: Reader
) -> dict[EntityRef, frozenset[UUID]]:
    """The artists of each work and recording that began to fire who are in all of the same stories."""
    pieces = {
        one.entity: at
        for one, at in changes
        if one.change is Change.FIRED and one.entity.entity_type in PIECES
    }
    if not pieces:
        return {}
    artists = artists_of(session, pieces)
    refs = {EntityRef(EntityType.ARTIST, one) for held in artists.values() for one in held}
    since = min(pieces.values()) - task.question.length
    mentions = reader.mentions(ANYWHERE, refs, since=since, until=task.until)
    found = {}
    for piece, at in pieces.items():
        begin = at - task.question.length
        stories = _stories(news.mentions.get(piece, ()), begin, at)
        found[piece] = frozenset(
            one
            for one in artists[piece]
            if stories <= _stories(mentions[EntityRef(EntityType.ARTIST, one)], begin, at)
        )
    return found


def artists_of(session: Session, pieces: Iterable[EntityRef]) -> dict[EntityRef, set[UUID]]:
    """Who performs each piece or holds a share, by way of a work's recordings and a recording's work."""
    wanted = set(pieces)
    recordings = recordings_by_ids(
        session, [one.entity_id for one in wanted if one.entity_type is EntityType.RECORDING]
    )
    works = {one.entity_id for one in wanted if one.entity_type is EntityType.WORK}
    writers = contributors_of_works(
        session, works | {one.work_id for one in recordings.values() if one.work_id}
    )
    credited, performed = credits_of(session, recordings), _performers(session, works)
    found: dict[EntityRef, set[UUID]] = {}
    for one in wanted:
        row = recordings.get(one.entity_id)
        work_id = row.work_id if row else one.entity_id
        performers = {credit.contributor_id for credit in credited.get(one.entity_id, ())}
        held = {writer.id for writer in writers.get(work_id, ())} if work_id else set()
        found[one] = performers | performed.get(one.entity_id, set()) | held
    return found


def _performers(session: Session, work_ids: set[UUID]) -> dict[UUID, set[UUID]]:
    """Who performs a recording of each work."""
    rows = session.exec(
        select(Recording.work_id, RecordingCredit.contributor_id)
        .join(RecordingCredit, col(RecordingCredit.recording_id) == col(Recording.id))
        .where(col(Recording.work_id).in_(work_ids), col(Recording.merged_into).is_(None))
    )
    found: dict[UUID, set[UUID]] = {}
    for work_id, contributor_id in rows:
        if work_id is not None:
            found.setdefault(work_id, set()).add(contributor_id)
    return found


def _stories(mentions: Iterable[Mention], since: datetime, until: datetime) -> set[int]:
    return {one.story for one in mentions if since <= one.at < until}
