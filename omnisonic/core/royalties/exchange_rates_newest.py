"""Exchange rates at a glance: the newest of each pair and source, and what there is to choose from."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import Session, col, select

from omnisonic.core.royalties.exchange_rates_schemas import RateView
from omnisonic.core.royalties.models import FxRate

SHOWN_MAX = 200


def newest_rates(session: Session, *, limit: int = SHOWN_MAX) -> list[RateView]:
    """The rate of the latest day of each pair and source, by pair. Every account may see rates."""
    key = (col(FxRate.base), col(FxRate.quote), col(FxRate.source))
    newest = select(FxRate).order_by(*key, col(FxRate.day).desc()).ext(distinct_on(*key))
    statement = newest.limit(limit)
    return [RateView.model_validate(row) for row in session.exec(statement)]
