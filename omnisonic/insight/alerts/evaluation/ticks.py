"""At which data times a rule is evaluated, also after a pause."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

TICK = timedelta(minutes=1)
MOST_TICKS = 12  # in one run, however long the pause was
LEAST_LOOK_BACK = timedelta(hours=1)


def floor_to_tick(moment: datetime) -> datetime:
    """The last whole minute that is not after a moment."""
    return moment.astimezone(UTC).replace(second=0, microsecond=0)


def ticks_between(after: datetime, until: datetime, *, window: timedelta) -> list[datetime]:
    """Data times to evaluate after the last one, ascending; the last is the whole minute before `until`.

    Every minute while there are few. After a pause they are spread over it, at most a window (and at least
    an hour) back, the last two a minute apart so that a spike can be confirmed at once.
    """
    end = floor_to_tick(until)
    begin = max(floor_to_tick(after), end - max(window, LEAST_LOOK_BACK))
    minutes = int((end - begin) / TICK)
    if minutes <= MOST_TICKS:
        return [begin + TICK * (place + 1) for place in range(minutes)]
    spread = {round(minutes * (place + 1) / (MOST_TICKS - 1)) for place in range(MOST_TICKS - 1)}
    return [begin + TICK * place for place in sorted(spread | {minutes - 1})]
