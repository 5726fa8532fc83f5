"""Writes down what was found in items, as far as no correction speaks against it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlmodel import Session

from omnisonic.insight.news import EntityType, LinkMethod
from omnisonic.insight.tagging import repository
from omnisonic.insight.tagging.models import (
    CorrectionScope,
    EntityTag,
    TagCorrection,
    TagOrigin,
    TagStatus,
    Verdict,
)
from omnisonic.platform.ids import new_id

Key = tuple[UUID, EntityType, UUID, int]


@dataclass(frozen=True, kw_only=True)
class WantedTag:
    """A link that somebody found. `text_key` is the matched text, normalised."""

    news_item_id: UUID
    entity_type: EntityType
    entity_id: UUID
    span_start: int
    span_end: int
    matched_text: str
    text_key: str
    source: str
    genre: str
    confidence: float
    method: LinkMethod
    origin: TagOrigin
    evidence: dict[str, Any] = field(default_factory=dict)
    recorded_by: UUID | None = None

    @property
    def key(self) -> Key:
        """What makes two findings the same link."""
        return (self.news_item_id, self.entity_type, self.entity_id, self.span_start)


class Corrections:
    """What people decided about some items and words, ready to be asked."""

    def __init__(self, rows: Iterable[TagCorrection]) -> None:
        self._items: dict[tuple[UUID | None, UUID], TagCorrection] = {}
        self._words: dict[tuple[UUID, str | None, str | None], TagCorrection] = {}
        for row in rows:  # in the order in which they were made: the last one counts
            if row.scope is CorrectionScope.ITEM:
                self._items[row.news_item_id, row.entity_id] = row
            else:
                self._words[row.entity_id, row.text_key, row.source] = row

    def rejecting(self, tag: WantedTag) -> TagCorrection | None:
        """The correction because of which this link does not count; the nearest one decides."""
        nearest = (
            self._items.get((tag.news_item_id, tag.entity_id))
            or self._words.get((tag.entity_id, tag.text_key, tag.source))
            or self._words.get((tag.entity_id, tag.text_key, None))
        )
        return nearest if nearest is not None and nearest.verdict is Verdict.REJECT else None

    def confirms(self, tag: EntityTag) -> bool:
        """Whether a person said of this very item that the entity is meant."""
        found = self._items.get((tag.news_item_id, tag.entity_id))
        return found is not None and found.verdict is Verdict.CONFIRM


def record_found(session: Session, item_ids: Sequence[UUID], wanted: Sequence[WantedTag]) -> list[EntityTag]:
    """Make the tagger's findings in these items the standing ones; returns every tag of the items.

    A link that the tagger made before and does not find now is `gone`; what partners recorded or people
    confirmed stays. Doing it twice changes nothing, not even a version.
    """
    repository.share_tagging(session)
    standing = {_key(tag): tag for tag in repository.tags_of(session, item_ids)}
    corrections = _corrections(session, item_ids, wanted)
    rows = [row for tag in wanted if (row := _changed(tag, standing.get(tag.key), corrections))]
    rows += _gone(standing, {tag.key for tag in wanted}, corrections)
    repository.save_tags(session, rows)
    return repository.tags_of(session, item_ids)


def record_additional(session: Session, wanted: Sequence[WantedTag]) -> list[EntityTag]:
    """Add links that a partner or a person brings, one item or several; returns them as they stand."""
    repository.share_tagging(session)
    item_ids = sorted({tag.news_item_id for tag in wanted})
    standing = {_key(tag): tag for tag in repository.tags_of(session, item_ids)}
    corrections = _corrections(session, item_ids, wanted)
    rows = [row for tag in wanted if (row := _changed(tag, standing.get(tag.key), corrections))]
    repository.save_tags(session, rows)
    keys = {tag.key for tag in wanted}
    return [tag for tag in repository.tags_of(session, item_ids) if _key(tag) in keys]


def _corrections(session: Session, item_ids: Sequence[UUID], wanted: Sequence[WantedTag]) -> Corrections:
    words = {(tag.entity_id, tag.text_key) for tag in wanted}
    return Corrections(repository.corrections_about(session, item_ids=item_ids, words=words))


def _changed(tag: WantedTag, before: EntityTag | None, corrections: Corrections) -> dict[str, Any] | None:
    """The row to save, or None when it stands already."""
    rejecting = corrections.rejecting(tag)
    if before is not None and before.origin is not TagOrigin.TAGGER and tag.origin is TagOrigin.TAGGER:
        row = values_of(before)  # found again; what a partner or a person said of it stays
        cause = before.correction_id
    else:
        row = {
            "id": before.id if before else new_id(),
            **{name: getattr(tag, name) for name in WantedTag.__dataclass_fields__},
        }
        cause = None
    row["status"] = TagStatus.REJECTED if rejecting else TagStatus.LINKED
    row["correction_id"] = rejecting.id if rejecting else cause
    if before is not None and all(getattr(before, name) == value for name, value in row.items()):
        return None
    return row


def _gone(standing: dict[Key, EntityTag], found: set[Key], corrections: Corrections) -> list[dict[str, Any]]:
    lost = (
        tag
        for key, tag in standing.items()
        if key not in found and tag.origin is TagOrigin.TAGGER and tag.status is not TagStatus.GONE
    )
    return [
        {**values_of(tag), "status": TagStatus.GONE, "correction_id": None}
        for tag in lost
        if not corrections.confirms(tag)
    ]


def values_of(tag: EntityTag) -> dict[str, Any]:
    """A tag as `repository.save_tags` takes it; status and correction are the caller's to set."""
    return {"id": tag.id, **{name: getattr(tag, name) for name in WantedTag.__dataclass_fields__}}


def _key(tag: EntityTag) -> Key:
    return (tag.news_item_id, tag.entity_type, tag.entity_id, tag.span_start)
