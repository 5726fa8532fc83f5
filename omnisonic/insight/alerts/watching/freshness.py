"""Up to which time the news are complete in ClickHouse: rules look no further than that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from omnisonic.insight.analytics.service import freshness
from omnisonic.insight.store.mentions import oldest_mention
from omnisonic.insight.store.timelines import newest_mention

LATE = timedelta(minutes=10)  # feeds are fetched side by side: an article may come after a newer one
WORTH_SAYING = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Complete:
    """Everything first seen from `oldest` until before `until` is there; `problem` says what holds it up."""

    oldest: datetime
    until: datetime
    problem: str | None = None


def complete_news(session: Session, *, now: datetime) -> Complete:
    """How far the news are complete. Raises `AnalyticsUnavailable` or `Busy`.

    With nothing on its way that is now; otherwise up to the newest mention, since articles are tagged in
    the order in which they came.
    """
    told, oldest = freshness(session), oldest_mention() or now
    if not (told.waiting or told.unstored or told.untagged):
        return Complete(oldest=oldest, until=now)
    until = min(now, newest_mention() or now)
    if told.failing_since is None or now - until < WORTH_SAYING:
        return Complete(oldest=oldest, until=until)
    reason = f"News have not come through since {until:%Y-%m-%d %H:%M} UTC: {told.reason}"
    return Complete(oldest=oldest, until=until, problem=reason)
