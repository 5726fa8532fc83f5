"""When an account wants silence. Pure; all times are aware."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def quiet_end(now: datetime, *, zone: str, start: time | None, end: time | None) -> datetime | None:
    """The UTC time at which the quiet hours that hold now are over; None when they do not.

    They may run past midnight. An end that a clock change skips comes as soon as the clock is past it;
    one that occurs twice counts the first time.
    """
    if start is None or end is None or start == end:
        return None
    local = now.astimezone(ZoneInfo(zone))
    is_quiet = _within(local.time(), start, end)
    if not is_quiet:
        return None
    day = local.date() if local.time() < end else local.date() + timedelta(days=1)
    over = datetime.combine(day, end, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return over if over > now else now.astimezone(UTC)


def _within(clock: time, start: time, end: time) -> bool:
    if start < end:
        return start <= clock < end
    return clock >= start or clock < end
