"""At most so many messages about an entity on a channel within any hour.

The exclusion constraint of `alert_slots` is the truth: no two rows of one slot overlap, whoever inserts
them and whatever Redis remembers. While a message is on its way its slot is held without an end; once it
arrived the slot ends an hour later, to the microsecond. Redis only spares asking while an hour is full.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from redis.exceptions import RedisError
from sqlalchemy import text
from sqlmodel import Session

from omnisonic.platform.errors import ServiceUnavailable
from omnisonic.platform.ids import new_id
from omnisonic.platform.logging import get_logger
from omnisonic.platform.redis import get_redis

HOUR = timedelta(hours=1)
TAKEN = text("""
SELECT slot, upper(held) FROM alert_slots
WHERE channel_id = :channel AND entity_id = :entity AND held && tstzrange(:now, NULL)
""")
TAKE = text("""
INSERT INTO alert_slots (id, created_at, channel_id, entity_id, slot, held, delivery_id)
VALUES (:id, :now, :channel, :entity, :slot, tstzrange(:now, NULL), :delivery)
ON CONFLICT DO NOTHING RETURNING id
""")
ARRIVED = text("""
UPDATE alert_slots SET held = tstzrange(lower(held), greatest(lower(held), :until))
WHERE delivery_id = :delivery AND upper_inf(held)
""")
GIVE_BACK = text("DELETE FROM alert_slots WHERE delivery_id = :delivery AND upper_inf(held)")
FORGET = text("DELETE FROM alert_slots WHERE upper(held) < :before")

log = get_logger(__name__)


def reserve(
    session: Session, *, channel_id: UUID, entity_id: UUID, delivery_id: UUID, limit: int, now: datetime
) -> bool:
    """Take one of `limit` slots for a message; False when an hour that holds `now` is full."""
    key = f"alerts:full:{channel_id}:{entity_id}:{limit}"
    if _is_known_full(key, now):
        return False
    pair = {"channel": channel_id, "entity": entity_id, "now": now}
    taken = [(int(slot), ends) for slot, ends in session.execute(TAKEN, pair)]
    if len(taken) >= limit:
        _remember_full(key, [ends for _, ends in taken], limit=limit, now=now)
        return False
    free = sorted(set(range(limit)) - {slot for slot, _ in taken})
    values = pair | {"delivery": delivery_id}
    return any(session.execute(TAKE, values | {"id": new_id(), "slot": slot}).first() for slot in free)


def mark_arrived(session: Session, *, delivery_id: UUID, now: datetime) -> None:
    """The message arrived (or may have): from `now` its slots count for an hour."""
    session.execute(ARRIVED, {"delivery": delivery_id, "until": now + HOUR})


def give_back(session: Session, *, delivery_id: UUID) -> None:
    """The message never arrived: its slots are free again."""
    session.execute(GIVE_BACK, {"delivery": delivery_id})


def forget_ended(session: Session, *, before: datetime) -> None:
    """Remove slots that ended before a time that is over."""
    session.execute(FORGET, {"before": before})


def _is_known_full(key: str, now: datetime) -> bool:
    try:
        until = get_redis().get(key)
    except (RedisError, ServiceUnavailable) as error:
        log.debug("alert_slots_without_redis", error=type(error).__name__)
        return False
    return isinstance(until, str) and now.timestamp() < float(until)


def _remember_full(key: str, ends: list[datetime | None], *, limit: int, now: datetime) -> None:
    # Only what cannot change any more: a slot whose end is known is never given back.
    known = sorted(end for end in ends if end is not None)
    place = len(ends) - limit
    if place >= len(known):
        return
    until = known[place]
    seconds = max(1, int((until - now).total_seconds()) + 1)
    try:
        get_redis().set(key, repr(until.timestamp()), ex=seconds)
    except (RedisError, ServiceUnavailable) as error:
        log.debug("alert_slots_without_redis", error=type(error).__name__)
