"""What people know better than the tagger: it counts at once, and after every later tagging."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from omnisonic.insight.news import NewsItem
from omnisonic.insight.tagging import decisions, repository
from omnisonic.insight.tagging.jobs import PUBLISH_TAGS
from omnisonic.insight.tagging.linkable import require_entity
from omnisonic.insight.tagging.models import CorrectionScope, EntityTag, TagCorrection, Verdict
from omnisonic.insight.tagging.schemas import CorrectionChange, CorrectionDraft
from omnisonic.insight.tagging.words import phrase_key
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import FieldError, InvalidFields, NotFound, VersionConflict
from omnisonic.platform.pagination import Page, fetch_page

ABOUT_TAG = ("entity_type", "entity_id", "news_item_id", "matched_text", "source")


def is_analyst(actor: Actor) -> bool:
    """Whether the account may correct the tagger."""
    return actor.role in (Role.ANALYST, Role.ADMIN)


def require_analyst(actor: Actor) -> None:
    """Raise `Forbidden` unless the account may correct the tagger."""
    actor.require_role(Role.ANALYST)


def create_correction(
    uow: UnitOfWork, actor: Actor, *, draft: CorrectionDraft, item: NewsItem | None = None
) -> tuple[TagCorrection, int]:
    """Note a correction in place of an earlier one on the same, and apply it; returns it and what changed.

    The second value counts links. `item` is the article, which only a confirmation of a link that is not
    there yet needs. Raises `Forbidden`, `NotFound` for an unknown tag, `EntityUnknown`, `NewsItemUnknown`.
    """
    require_analyst(actor)
    repository.own_tagging(uow.session)
    correction = _make(uow.session, actor, draft)
    for earlier in repository.same_corrections(uow.session, correction):
        _undo(uow.session, earlier)
    uow.session.add(correction)
    changed = _apply(uow.session, correction, item)
    uow.enqueue(PUBLISH_TAGS)
    return correction, changed


def update_correction(
    uow: UnitOfWork,
    actor: Actor,
    *,
    correction_id: UUID,
    change: CorrectionChange,
    item: NewsItem | None = None,
) -> tuple[TagCorrection, int]:
    """Change the verdict or the reason, in the caller's name; returns it and how many links changed.

    Raises `Forbidden`, `NotFound`, `VersionConflict`, `InvalidFields` for a confirmation of more than one
    article, and `NewsItemUnknown` as `create_correction` does.
    """
    require_analyst(actor)
    repository.own_tagging(uow.session)
    correction = required(uow.session, correction_id)
    if change.version is not None and change.version != correction.version:
        raise VersionConflict(current={"id": str(correction.id), "version": correction.version})
    if change.reason is not None:
        correction.reason = change.reason
    correction.created_by = actor.user_id
    if change.verdict is None or change.verdict is correction.verdict:
        return correction, 0
    if change.verdict is Verdict.CONFIRM and correction.scope is not CorrectionScope.ITEM:
        message = "A confirmation is about one article; for all of them add an alias."
        raise InvalidFields(errors=[FieldError("verdict", "too-far", message)])
    lifted = _lift(uow.session, correction)
    correction.verdict = change.verdict
    changed = _apply(uow.session, correction, item)
    uow.enqueue(PUBLISH_TAGS)
    return correction, max(lifted, changed)


def delete_correction(uow: UnitOfWork, actor: Actor, *, correction_id: UUID) -> int:
    """Take a correction back; returns how many links changed. Raises `Forbidden`, `NotFound`.

    A link that a later tagging left out because of it returns when its article is tagged again.
    """
    require_analyst(actor)
    repository.own_tagging(uow.session)
    changed = _undo(uow.session, required(uow.session, correction_id))
    uow.enqueue(PUBLISH_TAGS)
    return changed


def list_corrections(
    session: Session,
    *,
    page: Page,
    entity_id: UUID | None = None,
    news_item_id: UUID | None = None,
    verdict: Verdict | None = None,
) -> tuple[list[TagCorrection], str | None]:
    """Corrections, newest first, and the cursor of the next page. Every account may read them."""
    statement = select(TagCorrection)
    if entity_id is not None:
        statement = statement.where(col(TagCorrection.entity_id) == entity_id)
    if news_item_id is not None:
        statement = statement.where(col(TagCorrection.news_item_id) == news_item_id)
    if verdict is not None:
        statement = statement.where(col(TagCorrection.verdict) == verdict)
    return fetch_page(session, statement, TagCorrection, page=page)


def required(session: Session, correction_id: UUID) -> TagCorrection:
    """A correction. Raises `NotFound`."""
    correction = session.get(TagCorrection, correction_id)
    if correction is None:
        raise NotFound("There is no such correction.")
    return correction


def _apply(session: Session, correction: TagCorrection, item: NewsItem | None) -> int:
    session.flush()
    if correction.verdict is Verdict.REJECT:
        return repository.reject_tags(session, correction.id, *_reach(correction))
    return decisions.confirm(session, correction, item)


def _undo(session: Session, correction: TagCorrection) -> int:
    session.delete(correction)
    session.flush()
    return _lift(session, correction)


def _lift(session: Session, correction: TagCorrection) -> int:
    """Give its links the standing back that they had without it."""
    if correction.verdict is Verdict.REJECT:
        return repository.release_tags(session, correction.id)
    return decisions.unconfirm(session, correction)


def _make(session: Session, actor: Actor, draft: CorrectionDraft) -> TagCorrection:
    about = _about_tag(session, draft.tag_id) if draft.tag_id else _about_draft(session, draft)
    scope, words = draft.scope, about["matched_text"]
    return TagCorrection(
        verdict=draft.verdict,
        scope=scope,
        entity_type=about["entity_type"],
        entity_id=about["entity_id"],
        news_item_id=about["news_item_id"] if scope is CorrectionScope.ITEM else None,
        matched_text=words,
        text_key=phrase_key(words) if words else None,
        source=about["source"] if scope is CorrectionScope.SOURCE else None,
        reason=draft.reason,
        created_by=actor.user_id,
    )


def _about_tag(session: Session, tag_id: UUID) -> dict[str, Any]:
    tag = session.get(EntityTag, tag_id)
    if tag is None:
        raise NotFound("There is no such link. Load the article again.")
    return {name: getattr(tag, name) for name in ABOUT_TAG}


def _about_draft(session: Session, draft: CorrectionDraft) -> dict[str, Any]:
    assert draft.entity_type is not None and draft.entity_id is not None  # noqa: S101, PT018  (its schema)
    require_entity(session, draft.entity_type, draft.entity_id)
    return {name: getattr(draft, name) for name in ABOUT_TAG}


def _reach(correction: TagCorrection) -> list[Any]:
    conditions: list[Any] = [col(EntityTag.entity_id) == correction.entity_id]
    if correction.news_item_id is not None:
        return [*conditions, col(EntityTag.news_item_id) == correction.news_item_id]
    conditions.append(col(EntityTag.text_key) == correction.text_key)
    if correction.source is not None:
        conditions.append(col(EntityTag.source) == correction.source)
    return conditions
