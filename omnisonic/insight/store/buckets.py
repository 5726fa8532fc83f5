"""How a range of time is cut: hours, days or weeks, without gaps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

MAX_BUCKETS = 400
MAX_HOURLY = timedelta(hours=72)
MAX_DAILY = timedelta(days=370)
MAX_RANGE = timedelta(weeks=MAX_BUCKETS - 1)


class BucketSize(StrEnum):
    """The width of one bucket; weeks start on Monday, all in UTC."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


STEPS = {
    BucketSize.HOUR: timedelta(hours=1),
    BucketSize.DAY: timedelta(days=1),
    BucketSize.WEEK: timedelta(weeks=1),
}
# SQL of the start of the bucket that a DateTime64 `first` lies in, as a DateTime.
STARTS = {
    BucketSize.HOUR: "toStartOfHour(first)",
    BucketSize.DAY: "toDateTime(toDate(first), 'UTC')",
    BucketSize.WEEK: "toDateTime(toMonday(toDate(first)), 'UTC')",
}


@dataclass(frozen=True)
class Buckets:
    """The buckets that a range touches, oldest first."""

    size: BucketSize
    starts: tuple[datetime, ...]

    @property
    def start_sql(self) -> str:
        """SQL of the bucket of `first`."""
        return STARTS[self.size]


def choose_buckets(since: datetime, until: datetime) -> Buckets:
    """Hours up to three days, days up to a year, else weeks: at most 400 of them."""
    length = until - since
    size = BucketSize.WEEK
    if length <= MAX_HOURLY:
        size = BucketSize.HOUR
    elif length <= MAX_DAILY:
        size = BucketSize.DAY
    return cut(since, until, size)


def cut(since: datetime, until: datetime, size: BucketSize) -> Buckets:
    """The buckets of one size from that of `since` to the last one that starts before `until`."""
    starts, at = [], start_of(since, size)
    while at < until:
        starts.append(at)
        at += STEPS[size]
    return Buckets(size, tuple(starts))


def start_of(moment: datetime, size: BucketSize) -> datetime:
    """The start of the bucket that holds a moment."""
    hour = moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    if size is BucketSize.HOUR:
        return hour
    day = hour.replace(hour=0)
    return day if size is BucketSize.DAY else day - timedelta(days=day.weekday())
