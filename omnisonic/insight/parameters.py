"""The filter of pages, files and routes as it stands in an address, and what it means now."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, Field

from omnisonic.insight.news import EntityType
from omnisonic.insight.store.buckets import MAX_RANGE
from omnisonic.insight.store.filters import CountBy, EntityRef, MentionFilter
from omnisonic.platform.errors import FieldError, InvalidFields
from omnisonic.platform.ids import utc_now
from omnisonic.platform.schemas import ApiModel

DEFAULT_DAYS = 30
MAX_DAYS = MAX_RANGE.days
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


def _read_start(value: object) -> object:
    return _read_moment(value, is_end=False)


def _read_end(value: object) -> object:
    return _read_moment(value, is_end=True)


def _read_moment(value: object, *, is_end: bool) -> object:
    """A day without a time means its start, or as an end the whole day; a time without a zone is UTC."""
    if value == "":
        return None
    if not isinstance(value, str):
        return value
    try:
        if len(value) == len("2026-11-21"):
            day = datetime.combine(date.fromisoformat(value), time(), tzinfo=UTC)
            return day + timedelta(days=1) if is_end else day
        moment = datetime.fromisoformat(value)
    except (ValueError, OverflowError):
        raise ValueError("Write a day (2026-11-21) or a time (2026-11-21T08:00:00Z).") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class MentionParameters(ApiModel):
    """`from` and `to` (a day counts whole, a time is exclusive), or the last `days`; the rest narrows."""

    from_: Annotated[datetime | None, BeforeValidator(_read_start)] = Field(default=None, alias="from")
    to: Annotated[datetime | None, BeforeValidator(_read_end)] = None
    days: int | None = Field(default=None, ge=1, le=MAX_DAYS)
    entity_type: EntityType | None = None
    entity_id: UUID | None = None
    genre: str | None = Field(default=None, max_length=100)
    source: str | None = Field(default=None, max_length=255)
    min_confidence: float = Field(default=0.0, ge=0, le=1)

    def filter(self, *, now: datetime | None = None) -> MentionFilter:
        """What it means at a time (now). Raises `InvalidFields` for a range or entity that cannot be."""
        since, until = self._range(now or utc_now())
        entities: tuple[EntityRef, ...] = ()
        if self.entity_id is not None:
            if self.entity_type is None:
                raise _refusal(
                    "entityType", "required", "Say whether `entityId` is an artist, work or recording."
                )
            entities = (EntityRef(self.entity_type, self.entity_id),)
        return MentionFilter(
            since=since,
            until=until,
            entity_type=self.entity_type,
            entities=entities,
            genre=self.genre,
            source=self.source or None,
            min_confidence=self.min_confidence,
        )

    def _range(self, now: datetime) -> tuple[datetime, datetime]:
        until = self.to or now
        if self.from_ is not None and self.days is not None:
            raise _refusal("days", "not-both", "Send `days`, or `from` and `to`.")
        is_ours = until >= EARLIEST and until.year <= now.year + 1
        since = self.from_ or (_days_before(until, self.days or DEFAULT_DAYS) if is_ours else until)
        if not is_ours or not EARLIEST <= since < until:
            raise _refusal("from", "bad-range", "`from` lies before `to`, and neither is far from our time.")
        if until - since > MAX_RANGE:
            raise _refusal("from", "too-long", f"Ask for at most {MAX_DAYS} days at once.")
        return since, until


class AnalyticsParameters(MentionParameters):
    """The filter, what to count, and how many rows; `depth` is how far the network goes."""

    count: CountBy = CountBy.STORIES
    limit: int = Field(default=20, ge=1, le=100)
    depth: int = Field(default=1, ge=1, le=3)


def _days_before(until: datetime, days: int) -> datetime:
    """Whole days with today as the last; one day is the last 24 hours."""
    if days == 1:
        return until - timedelta(hours=24)
    start = (
        (until - timedelta(microseconds=1)).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    )
    return start - timedelta(days=days - 1)


def _refusal(field: str, code: str, message: str) -> InvalidFields:
    return InvalidFields(errors=[FieldError(field, code, message)])
