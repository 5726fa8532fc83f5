"""Entries and checkpoints as they come, from a place of the log on."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

import graphene
from graphql import GraphQLResolveInfo
from sqlmodel import Session

from graph_service.context import Context, context_of
from graph_service.streams import Part, StreamWatch
from graph_service.types.ledger import CycleCheckpoint, LedgerEntry
from graph_service.types.scalars import BigInt, read_id
from omnisonic.core.ledger.log_errors import PastTheEnd
from omnisonic.core.ledger.repository import log_size
from omnisonic.core.royalties.access import is_curator
from omnisonic.core.royalties.checkpoint_rows import checkpoints_from
from omnisonic.core.royalties.entries import entries_from
from omnisonic.core.royalties.models import Cycle
from omnisonic.platform.actor import Actor
from omnisonic.platform.errors import FieldError, InvalidFields, NotFound

STRANGERS = "strangers"


class LedgerSubscription(graphene.ObjectType):
    """Each row once and in the log's order, also after the line or Redis was away."""

    ledger_entry_created = graphene.Field(
        LedgerEntry,
        required=True,
        cycle_id=graphene.ID(),
        since_seq=BigInt(),
        description="Entries that you may see, of a cycle or of all. With `sinceSeq`, the `seq` you had "
        "last, first those after it; 0 is the beginning.",
    )
    cycle_checkpoint_closed = graphene.Field(
        CycleCheckpoint,
        required=True,
        cycle_id=graphene.ID(),
        since_index=BigInt(),
        description="With `sinceIndex`, the `treeSize` you had last, first those over larger trees; 0 is "
        "the beginning.",
    )

    async def subscribe_ledger_entry_created(
        _root: Any, info: GraphQLResolveInfo, cycle_id: str | None = None, since_seq: int | None = None
    ) -> StreamWatch:
        context = context_of(info)
        actor = context.royalties_reader()
        cycle, size = await _ground(context, cycle_id)
        if since_seq is not None:
            _require_place(since_seq, max(0, size - 1), field="sinceSeq")
        return StreamWatch(
            channel=f"ledger:cycle:{cycle or '*'}",
            start=size if since_seq is None else since_seq + 1 if since_seq else 0,
            read=partial(_entries, actor, cycle),
            audience="curators" if is_curator(actor) else str(actor.user_id),
        )

    def resolve_ledger_entry_created(row: Any, _info: GraphQLResolveInfo, **_arguments: Any) -> Any:
        return row

    async def subscribe_cycle_checkpoint_closed(
        _root: Any, info: GraphQLResolveInfo, cycle_id: str | None = None, since_index: int | None = None
    ) -> StreamWatch:
        context = context_of(info)
        cycle, size = await _ground(context, cycle_id)
        if since_index is not None:
            _require_place(since_index, size, field="sinceIndex")
        return StreamWatch(
            channel=f"checkpoint:{cycle or '*'}",
            start=(size if since_index is None else since_index) + 1,
            read=partial(_checkpoints, cycle),
            audience=_audience(context.actor),
        )

    def resolve_cycle_checkpoint_closed(row: Any, _info: GraphQLResolveInfo, **_arguments: Any) -> Any:
        return row


async def _ground(context: Context, cycle_id: str | None) -> tuple[UUID | None, int]:
    """The cycle that is asked for and the size of the log now. Raises `NotFound`, `InvalidFields`."""
    cycle = read_id(cycle_id, field="cycleId") if cycle_id is not None else None

    def read(session: Session) -> int:
        if cycle is not None and session.get(Cycle, cycle) is None:
            raise NotFound(f"There is no cycle with the id {cycle}.")
        return log_size(session)

    return cycle, await context.read(read)


def _require_place(asked: int, last: int, *, field: str) -> None:
    if asked < 0:
        message = "Send 0 for the beginning, or the number that came last."
        raise InvalidFields(message, errors=[FieldError(field, "range", message)])
    if asked > last:
        message = (
            f"The log has not come to {asked} yet: it ends at {last}. Begin again from a number that it has."
        )
        raise PastTheEnd(message, errors=[FieldError(field, "past-the-end", message)])


def _entries(actor: Actor, cycle_id: UUID | None, session: Session, place: int, limit: int) -> Part:
    end = log_size(session)  # read first: what comes after it is for the next time
    rows = entries_from(session, actor, index=place, end=end, cycle_id=cycle_id, limit=limit)
    placed = [(row.seq, row) for row in rows if row.seq is not None]
    return Part(placed, placed[-1][0] + 1 if len(placed) == limit else max(place, end))


def _checkpoints(cycle_id: UUID | None, session: Session, place: int, limit: int) -> Part:
    rows = checkpoints_from(session, tree_size=place, cycle_id=cycle_id, limit=limit)
    placed = [(row.tree_size, row) for row in rows]
    return Part(placed, placed[-1][0] + 1 if placed else place)


def _audience(actor: Actor | None) -> str:
    """The entries inside of a checkpoint are those that the caller may see."""
    if actor is None:
        return STRANGERS
    scopes = "all" if actor.scopes is None else ",".join(sorted(actor.scopes))
    return f"{actor.user_id} {actor.role} {scopes}"
