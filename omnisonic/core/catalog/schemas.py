"""What callers hand to the catalog's services, and the small views that they get."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final
from uuid import UUID

from omnisonic.core.catalog.models import EntityKind, IdentifierStatus, RightsType
from omnisonic.platform.schemas import ApiModel


class Unset(Enum):
    """The value of a field that a caller did not mention; None means "empty it"."""

    UNSET = "unset"


UNSET: Final = Unset.UNSET


@dataclass(frozen=True, kw_only=True)
class WorkChanges:
    """New values of a work; what is `UNSET` stays."""

    title: str | Unset = UNSET
    description: str | Unset | None = UNSET
    iswc: str | Unset | None = UNSET
    genres: Sequence[str] | Unset = UNSET


@dataclass(frozen=True, kw_only=True)
class CreditDraft:
    """A performer in the order of the list; without `credited_as` the name is the spelling."""

    contributor_id: UUID
    credited_as: str | None = None


@dataclass(frozen=True, kw_only=True)
class RecordingDraft:
    """A recording to make or to change: found by `recording_id`, else by `isrc`, else new.

    Without `credits` the performers are read from `primary_artist`. `version` is the one the caller saw.
    """

    title: str
    primary_artist: str
    isrc: str | Unset | None = UNSET
    recording_id: UUID | None = None
    work_id: UUID | Unset | None = UNSET
    duration_ms: int | Unset | None = UNSET
    released_on: date | Unset | None = UNSET
    genres: Sequence[str] | Unset = UNSET
    credits: Sequence[CreditDraft] | Unset = UNSET
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class ContributorDraft:
    """A contributor to make or to change: found by id, IPI, ISNI, or by name among the caller's own."""

    name: str
    roles: Sequence[str] | Unset = UNSET
    ipi: str | Unset | None = UNSET
    isni: str | Unset | None = UNSET
    contributor_id: UUID | None = None
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class ContributionDraft:
    """One share. Give `share_ppm` or `percent`; `rights_type` None counts for every right."""

    contributor_id: UUID
    role: str
    rights_type: RightsType | None = None
    share_ppm: int | None = None
    percent: Decimal | float | str | None = None
    valid_from: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class CatalogFilter:
    """Which rows of a list; every condition given must hold. `conflict` and `iswc` are about works."""

    search: str | None = None
    genre: str | None = None
    mine: bool = False
    has_conflict: bool | None = None
    has_iswc: bool | None = None
    has_isrc: bool | None = None
    isrc: str | None = None
    work_id: UUID | None = None
    contributor_id: UUID | None = None


@dataclass(frozen=True)
class IdentifierView:
    """An identifier of an entity, compact."""

    scheme: str
    value: str
    status: IdentifierStatus


class ChangeView(ApiModel):
    """One change in the history of an entity."""

    seq: int
    entity_type: EntityKind
    entity_id: UUID
    action: str
    actor_id: UUID | None
    source: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    at: datetime


class ChangePage(ApiModel):
    """Changes in the order in which they became visible; ask again with `next_cursor` for later ones."""

    changes: list[ChangeView]
    next_cursor: str


class SearchHit(ApiModel):
    """Something found: what it is called and what tells it apart."""

    id: UUID
    kind: EntityKind
    title: str
    detail: str | None = None
    identifier: str | None = None


class SearchAnswer(ApiModel):
    """What was found, best first, kind by kind."""

    works: list[SearchHit]
    recordings: list[SearchHit]
    contributors: list[SearchHit]
