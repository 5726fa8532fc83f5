"""Links that partners and other programs bring, over GraphQL."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from pydantic import Field
from sqlmodel import Session

from omnisonic.insight.news import EntityType, LinkMethod, NewsItem
from omnisonic.insight.tagging import repository
from omnisonic.insight.tagging.corrections import require_analyst
from omnisonic.insight.tagging.errors import EntityUnknown
from omnisonic.insight.tagging.jobs import PUBLISH_TAGS
from omnisonic.insight.tagging.linkable import genre_of, names_of
from omnisonic.insight.tagging.models import MAX_PHRASE_CHARS, EntityTag, TagOrigin, TagStatus
from omnisonic.insight.tagging.recording import WantedTag, record_additional
from omnisonic.insight.tagging.words import find_phrase, phrase_key
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.schemas import ApiModel

MAX_TAGS = 100


class TagDraft(ApiModel):
    """A link that somebody else found; without `matchedText` the entity's own name is looked for."""

    entity_type: EntityType
    entity_id: UUID
    confidence: float = Field(ge=0, le=1)
    method: LinkMethod = LinkMethod.HEURISTIC
    matched_text: str | None = Field(default=None, min_length=1, max_length=MAX_PHRASE_CHARS)


class TagBatch(ApiModel):
    """Links of one article."""

    news_item_id: UUID
    tags: list[TagDraft] = Field(min_length=1, max_length=MAX_TAGS)


def record_entity_tags(
    uow: UnitOfWork, actor: Actor, *, item: NewsItem, drafts: Sequence[TagDraft]
) -> list[EntityTag]:
    """Add links to an article, or replace those at the same place; corrections still decide over them.

    A text that is not in the article stands at offset 0. Needs the role `analyst`. Raises `Forbidden`,
    `EntityUnknown`.
    """
    require_analyst(actor)
    names = names_of(uow.session, {(draft.entity_type, draft.entity_id) for draft in drafts})
    wanted = {}
    for draft in drafts:
        if draft.entity_id not in names:
            raise EntityUnknown(f"No {draft.entity_type} of the catalog has the id {draft.entity_id}.")
        tag = _wanted(uow.session, actor, item, draft, names[draft.entity_id])
        wanted[tag.key] = tag
    tags = record_additional(uow.session, list(wanted.values()))
    uow.enqueue(PUBLISH_TAGS)
    return tags


def standing_tags(session: Session, item_id: UUID) -> list[EntityTag]:
    """The links of an article that count, in reading order."""
    tags = repository.tags_of(session, [item_id])
    return [tag for tag in tags if tag.status is TagStatus.LINKED]


def _wanted(session: Session, actor: Actor, item: NewsItem, draft: TagDraft, name: str) -> WantedTag:
    body = f"{item.title}\n{item.text}"
    sought = draft.matched_text or name
    start, end = find_phrase(body, sought) or (0, 0)
    matched = (body[start:end] or sought)[:MAX_PHRASE_CHARS]
    return WantedTag(
        news_item_id=item.item_id,
        entity_type=draft.entity_type,
        entity_id=draft.entity_id,
        span_start=start,
        span_end=end,
        matched_text=matched,
        text_key=phrase_key(matched)[:MAX_PHRASE_CHARS],
        source=item.source,
        genre=genre_of(session, draft.entity_type, draft.entity_id),
        confidence=draft.confidence,
        method=draft.method,
        origin=TagOrigin.PARTNER,
        recorded_by=actor.user_id,
    )
