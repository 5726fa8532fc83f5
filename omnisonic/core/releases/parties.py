"""The contributor that an account is, found or made when its owner agrees to a share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from omnisonic.core.catalog.models import Contributor
from omnisonic.core.catalog.names import fold_names, note_created
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")


@dataclass(frozen=True)
class Party:
    """An account with the name it is credited by and what it did."""

    user_id: UUID
    name: str
    roles: tuple[str, ...] = ()


def contributors_of_accounts(
    uow: UnitOfWork, actor: Actor, *, parties: Sequence[Party], source: str | None = None
) -> dict[UUID, Contributor]:
    """The contributor linked to each account: the one of this name, else the oldest, else a new one.

    Two callers at once get the same one: accounts are locked in order.
    """
    by_account = {party.user_id: party for party in parties}
    for user_id in sorted(by_account):
        uow.session.execute(_LOCK, {"key": f"contributor-of:{user_id}"})
    keys = fold_names(uow.session, [party.name for party in by_account.values()])
    linked = _linked(uow.session, list(by_account))
    chosen: dict[UUID, Contributor] = {}
    for party, key in zip(by_account.values(), keys, strict=True):
        own = linked.get(party.user_id, [])
        same_name = [one for one in own if one.name_key == key]
        chosen[party.user_id] = next(iter(same_name or own), None) or _make(uow, actor, party, key, source)
    return chosen


def _linked(session: Session, user_ids: list[UUID]) -> dict[UUID, list[Contributor]]:
    rows = session.exec(
        select(Contributor)
        .where(col(Contributor.user_id).in_(user_ids), col(Contributor.merged_into).is_(None))
        .order_by(col(Contributor.id))
    )
    found: dict[UUID, list[Contributor]] = {}
    for row in rows:
        if row.user_id is not None:
            found.setdefault(row.user_id, []).append(row)
    return found


def _make(uow: UnitOfWork, actor: Actor, party: Party, key: str, source: str | None) -> Contributor:
    made = Contributor(
        name=party.name,
        name_key=key,
        roles=list(party.roles),
        user_id=party.user_id,
        created_by=party.user_id,
    )
    uow.session.add(made)
    uow.session.flush()
    note_created(uow, actor, made, source)
    return made
