"""Edges that the catalog knows: who performs a recording, of which work it is, who has a share of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, select

from omnisonic.core.catalog.models import Contribution, Recording, RecordingCredit
from omnisonic.insight.news import EntityType
from omnisonic.insight.store.filters import EntityRef
from omnisonic.platform.ids import utc_now

MAX_CREDITS = 200  # of each kind and step: an orchestra has thousands


@dataclass(frozen=True, kw_only=True)
class CreditEdge:
    """An edge from an artist or recording to a recording or work, and what it is."""

    first: EntityRef
    second: EntityRef
    label: str


def credits_around(session: Session, entities: Sequence[EntityRef]) -> list[CreditEdge]:
    """Edges that touch any of `entities`, in a fixed order; three statements."""
    ids = {kind: [one.entity_id for one in entities if one.entity_type is kind] for kind in EntityType}
    found = [
        *_performers(session, ids[EntityType.ARTIST], ids[EntityType.RECORDING]),
        *_works(session, ids[EntityType.RECORDING], ids[EntityType.WORK]),
        *_shares(session, ids[EntityType.ARTIST], ids[EntityType.WORK]),
    ]
    return list({(edge.first, edge.second): edge for edge in found}.values())


def _performers(session: Session, artists: Sequence[UUID], recordings: Sequence[UUID]) -> list[CreditEdge]:
    statement = (
        select(RecordingCredit.contributor_id, RecordingCredit.recording_id)
        .join(Recording, col(Recording.id) == col(RecordingCredit.recording_id))
        .where(
            col(Recording.merged_into).is_(None),
            or_(
                col(RecordingCredit.contributor_id).in_(artists),
                col(RecordingCredit.recording_id).in_(recordings),
            ),
        )
        .order_by(col(RecordingCredit.recording_id), col(RecordingCredit.position))
        .limit(MAX_CREDITS)
    )
    kinds = (EntityType.ARTIST, EntityType.RECORDING)
    return [_edge(kinds, row[0], row[1], "performs") for row in session.exec(statement)]


def _works(session: Session, recordings: Sequence[UUID], works: Sequence[UUID]) -> list[CreditEdge]:
    statement: Any = (
        select(Recording.id, Recording.work_id)
        .where(
            col(Recording.merged_into).is_(None),
            col(Recording.work_id).is_not(None),
            or_(col(Recording.id).in_(recordings), col(Recording.work_id).in_(works)),
        )
        .order_by(col(Recording.id))
        .limit(MAX_CREDITS)
    )
    kinds = (EntityType.RECORDING, EntityType.WORK)
    return [_edge(kinds, row[0], row[1], "recording of") for row in session.exec(statement)]


def _shares(session: Session, artists: Sequence[UUID], works: Sequence[UUID]) -> list[CreditEdge]:
    now, valid_to = utc_now(), col(Contribution.valid_to)
    statement = (
        select(Contribution.contributor_id, Contribution.work_id, Contribution.role)
        .where(
            or_(col(Contribution.contributor_id).in_(artists), col(Contribution.work_id).in_(works)),
            col(Contribution.valid_from) <= now,
            or_(valid_to.is_(None), valid_to > now),
        )
        .order_by(col(Contribution.work_id), col(Contribution.contributor_id), col(Contribution.role))
        .limit(MAX_CREDITS)
    )
    kinds = (EntityType.ARTIST, EntityType.WORK)
    return [_edge(kinds, row[0], row[1], str(row[2])) for row in session.exec(statement)]


def _edge(kinds: tuple[EntityType, EntityType], first: UUID, second: UUID, label: str) -> CreditEdge:
    return CreditEdge(first=EntityRef(kinds[0], first), second=EntityRef(kinds[1], second), label=label)
