"""Telling open pages and programs that something in the royalties has changed: that it has, not what."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlmodel import Session, col, select

from omnisonic.core.catalog.models import Contributor
from omnisonic.core.ledger.checkpointing import ALL_CHECKPOINTS
from omnisonic.core.ledger.sequencer import ALL_CYCLES
from omnisonic.core.royalties.access import is_curator
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import ServiceUnavailable
from omnisonic.platform.events import read_marks

CHANNEL = "royalties:changes"
EVENT = "royaltiesChanged"
UNKNOWN_MARK = "unknown"  # the next one that can be told is another one


def announce(uow: UnitOfWork, *, parties: Iterable[UUID] = ()) -> None:
    """After the commit curators' pages look again, and those of the accounts that these contributors are.

    Bookings and signed checkpoints are announced by the ledger itself.
    """
    wanted = [CHANNEL, *(channel_of(one) for one in _accounts_of(uow.session, set(parties)))]
    told = {message.topic for message in uow.outbox if message.kind == "event"}
    for channel in wanted:
        if channel not in told:
            uow.publish(channel, EVENT, {})


def mark_of(actor: Actor) -> str:
    """Text that is another one whenever something may have changed for the caller.

    Raises `ServiceUnavailable` while it cannot be told.
    """
    if is_curator(actor):
        return read_marks([CHANNEL, ALL_CYCLES, ALL_CHECKPOINTS])
    return read_marks([channel_of(actor.user_id), ALL_CHECKPOINTS])


def mark_for_page(actor: Actor) -> str:
    """The mark, or one that differs from every other while it cannot be told: a page does without."""
    try:
        return mark_of(actor)
    except ServiceUnavailable:
        return UNKNOWN_MARK


def channel_of(user_id: UUID) -> str:
    """Where a payee's pages are told of what concerns them."""
    return f"{CHANNEL}:{user_id}"


def _accounts_of(session: Session, parties: set[UUID]) -> list[UUID]:
    if not parties:
        return []
    wanted = col(Contributor.id).in_(parties)
    merged = select(Contributor.merged_into).where(wanted, col(Contributor.merged_into).is_not(None))
    accounts = select(Contributor.user_id).where(wanted | col(Contributor.id).in_(merged)).distinct()
    return sorted(one for one in session.exec(accounts) if one is not None)
