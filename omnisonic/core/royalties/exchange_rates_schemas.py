"""Shapes of exchange rates."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from pydantic import Field, field_serializer

from omnisonic.core.royalties.exchange import format_rate
from omnisonic.platform.schemas import ApiModel

MAX_RATES = 5000
MAX_SOURCE_CHARS = 120


class RateDraft(ApiModel):
    """One unit of `base` is `rate` units of `quote` on `day`, says `source`."""

    base: str = Field(max_length=20)
    quote: str = Field(max_length=20)
    day: str = Field(max_length=40, description="2026-03-31")
    rate: str = Field(max_length=60, description="Decimal text above zero with at most 12 decimals.")
    source: str = Field(max_length=500)


class RatesRequest(ApiModel):
    """Rates to save, all or none."""

    rates: list[RateDraft] = Field(min_length=1, max_length=MAX_RATES)


class RatesSaved(ApiModel):
    """How many rates are new, and how many stood there just so."""

    added: int
    unchanged: int


class RateView(ApiModel):
    """A stated rate; `rate` is decimal text."""

    id: UUID
    base: str
    quote: str
    day: date
    rate: Decimal
    source: str
    created_at: datetime

    @field_serializer("rate")
    def _rate_text(self, rate: Decimal) -> str:
        return format_rate(rate)


class RateList(ApiModel):
    """Rates, newest entries first."""

    rates: list[RateView]
    next_cursor: str | None = None
