"""JSON of tags, corrections, stoplist and names not known yet."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field, model_validator

from omnisonic.insight.news import EntityType, LinkMethod
from omnisonic.insight.tagging.models import (
    MAX_PHRASE_CHARS,
    MAX_REASON_CHARS,
    MAX_SOURCE_CHARS,
    CorrectionScope,
    TagOrigin,
    TagStatus,
    UnlinkedStatus,
    Verdict,
)
from omnisonic.platform.schemas import ApiModel


class TagView(ApiModel):
    """A link of an article, with what led to it."""

    id: UUID
    news_item_id: UUID
    entity_type: EntityType
    entity_id: UUID
    entity_name: str | None
    start: int
    end: int
    matched_text: str
    snippet: str
    confidence: float
    band: str
    method: LinkMethod
    origin: TagOrigin
    status: TagStatus
    correction_id: UUID | None
    evidence: dict[str, Any]
    created_at: datetime
    updated_at: datetime


class UnlinkedInItem(ApiModel):
    """A name in an article that the catalog does not know."""

    phrase: str
    start: int
    end: int
    snippet: str
    reason: str
    confidence: float


class Explanation(ApiModel):
    """Why an article is linked as it is."""

    news_item_id: UUID
    title: str
    url: str
    source: str
    links: list[TagView]
    unlinked: list[UnlinkedInItem]


class CorrectionDraft(ApiModel):
    """What a person knows better. With `tagId` everything but verdict, scope and reason follows from it."""

    verdict: Verdict
    scope: CorrectionScope = CorrectionScope.ITEM
    tag_id: UUID | None = None
    news_item_id: UUID | None = None
    entity_type: EntityType | None = None
    entity_id: UUID | None = None
    matched_text: str | None = Field(default=None, min_length=1, max_length=MAX_PHRASE_CHARS)
    source: str | None = Field(default=None, min_length=1, max_length=MAX_SOURCE_CHARS)
    reason: str = Field(default="", max_length=MAX_REASON_CHARS)

    @model_validator(mode="after")
    def _is_about_something(self) -> CorrectionDraft:
        if self.tag_id is None and (self.entity_type is None or self.entity_id is None):
            raise ValueError("Give `tagId`, or `entityType` and `entityId`.")
        if self.verdict is Verdict.CONFIRM and self.scope is not CorrectionScope.ITEM:
            raise ValueError("A confirmation is about one article; for all of them add an alias.")
        if self.tag_id is None:
            self._require_reach()
        return self

    def _require_reach(self) -> None:
        if self.scope is CorrectionScope.ITEM and self.news_item_id is None:
            raise ValueError("A correction of one article needs `newsItemId`.")
        if self.scope is not CorrectionScope.ITEM and self.matched_text is None:
            raise ValueError("A correction of words needs `matchedText`.")
        if self.scope is CorrectionScope.SOURCE and self.source is None:
            raise ValueError("A correction for one outlet needs `source`.")


class CorrectionChange(ApiModel):
    """What shall be different; what is left out stays. What it is about cannot change."""

    version: int | None = None
    verdict: Verdict | None = None
    reason: str | None = Field(default=None, max_length=MAX_REASON_CHARS)


class CorrectionView(ApiModel):
    """A correction that holds. `version` is another number whenever it says something else."""

    id: UUID
    verdict: Verdict
    scope: CorrectionScope
    entity_type: EntityType
    entity_id: UUID
    entity_name: str | None
    news_item_id: UUID | None
    matched_text: str | None
    source: str | None
    reason: str
    author: str | None
    version: int
    created_at: datetime


class CorrectionAnswer(ApiModel):
    """A correction, and how many links it changed."""

    correction: CorrectionView
    changed: int


class Changed(ApiModel):
    """How many links an action changed."""

    changed: int


class CorrectionList(ApiModel):
    """A page of corrections, newest first."""

    corrections: list[CorrectionView]
    next_cursor: str | None


class StoplistDraft(ApiModel):
    """Words that are nobody's name."""

    phrase: str = Field(min_length=1, max_length=MAX_PHRASE_CHARS)
    source: str | None = Field(default=None, min_length=1, max_length=MAX_SOURCE_CHARS)
    reason: str = Field(min_length=3, max_length=MAX_REASON_CHARS)


class StoplistChange(ApiModel):
    """What shall be different; what is left out stays, and a `source` of null is every outlet."""

    version: int | None = None
    phrase: str | None = Field(default=None, min_length=1, max_length=MAX_PHRASE_CHARS)
    source: str | None = Field(default=None, min_length=1, max_length=MAX_SOURCE_CHARS)
    reason: str | None = Field(default=None, min_length=3, max_length=MAX_REASON_CHARS)


class StoplistView(ApiModel):
    """An entry of the stoplist. `version` is another number whenever it says something else."""

    id: UUID
    phrase: str
    source: str | None
    reason: str
    author: str | None
    version: int
    created_at: datetime


class StoplistAnswer(ApiModel):
    """An entry, and how many links it changed."""

    entry: StoplistView
    changed: int


class StoplistPage(ApiModel):
    """A page of the stoplist, newest first."""

    entries: list[StoplistView]
    next_cursor: str | None


class UnlinkedName(ApiModel):
    """A name that the news use without a link, with how widely it is used.

    `registeredType` and `registeredId`: the catalog has it by now, and its articles are about to be linked.
    """

    key: str
    phrase: str
    articles: int
    stories: int
    sources: list[str]
    first_seen_at: datetime
    last_seen_at: datetime
    reason: str
    snippet: str
    news_item_id: UUID
    registered_type: EntityType | None = None
    registered_id: UUID | None = None


class UnlinkedPage(ApiModel):
    """Names not in the catalog yet, those of most outlets first; a rank has no cursor but its place."""

    names: list[UnlinkedName]
    next_offset: int | None


class UnlinkedDecisionDraft(ApiModel):
    """Take a name out of the queue: it is nobody's, or it is this entity under another name."""

    key: str = Field(min_length=1, max_length=MAX_PHRASE_CHARS)
    status: UnlinkedStatus
    entity_type: EntityType | None = None
    entity_id: UUID | None = None
    reason: str = Field(default="", max_length=MAX_REASON_CHARS)

    @model_validator(mode="after")
    def _names_its_entity(self) -> UnlinkedDecisionDraft:
        has_entity = self.entity_type is not None and self.entity_id is not None
        if (self.status is UnlinkedStatus.LINKED) != has_entity:
            raise ValueError("`linked` needs `entityType` and `entityId`; `ignored` needs neither.")
        return self
