"""Questions to the ledger and its log, and closing a cycle."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any
from uuid import UUID

import graphene
from graphql import GraphQLResolveInfo
from sqlmodel import Session

from graph_service.context import context_of
from graph_service.types.connections import PageRow, page_arguments, read_page
from graph_service.types.ledger import (
    ConsistencyProof,
    CycleCheckpoint,
    CycleCheckpointConnection,
    InclusionProof,
    LedgerEntryConnection,
    RootCheck,
)
from graph_service.types.scalars import BigInt, find_id, read_id
from omnisonic.core.ledger import proofs
from omnisonic.core.ledger.models import CycleCheckpoint as Checkpoint
from omnisonic.core.royalties.audit_reads import (
    EntryProof,
    RootFound,
    prove_entry,
    recompute_cycle_root,
    request_audit,
)
from omnisonic.core.royalties.checkpoint_rows import count_checkpoints, list_checkpoints
from omnisonic.core.royalties.closing import close_cycle
from omnisonic.core.royalties.entries import count_entries, list_entries
from omnisonic.core.royalties.errors import AuditPending, ClosingGoesOn
from omnisonic.core.royalties.models import CycleStatus
from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.logging import get_logger

ENTRIES_DEFAULT = 50
CHECKPOINTS_DEFAULT = 20
CLOSE_PATIENCE_S = 7.0  # below the time of an operation, so that it is this answer and not a time-out

log = get_logger(__name__)


class LedgerQuery(graphene.ObjectType):
    """Checkpoints and proofs are public; entries belong to their payees and to curators."""

    ledger_entries = graphene.Field(
        LedgerEntryConnection,
        required=True,
        args={
            "cycle_id": graphene.ID(),
            "contributor_id": graphene.ID(),
            **page_arguments(ENTRIES_DEFAULT),
        },
    )
    cycle_checkpoint = graphene.Field(CycleCheckpoint, id=graphene.ID(required=True))
    cycle_checkpoints = graphene.Field(
        CycleCheckpointConnection, required=True, args=page_arguments(CHECKPOINTS_DEFAULT)
    )
    recompute_merkle_root = graphene.Field(
        RootCheck,
        required=True,
        cycle_id=graphene.ID(required=True),
        description="bounded; large recomputations run as a job and answer from the last audit",
    )
    inclusion_proof = graphene.Field(InclusionProof, entry_id=graphene.ID(required=True))
    consistency_proof = graphene.Field(
        ConsistencyProof, from_size=BigInt(required=True), to_size=BigInt(required=True)
    )

    async def resolve_ledger_entries(
        _root: Any,
        info: GraphQLResolveInfo,
        first: int | None,
        after: str | None = None,
        cycle_id: str | None = None,
        contributor_id: str | None = None,
    ) -> PageRow:
        context = context_of(info)
        actor = context.royalties_reader()
        page = read_page(first, after, default=ENTRIES_DEFAULT)
        where = {
            "cycle_id": read_id(cycle_id, field="cycleId") if cycle_id is not None else None,
            "contributor_id": read_id(contributor_id, field="contributorId") if contributor_id else None,
        }
        rows, cursor = await context.read(lambda session: list_entries(session, actor, page=page, **where))
        return PageRow(
            rows,
            has_next=cursor is not None,
            page=page,
            count=lambda: context.read(lambda session: count_entries(session, actor, **where)),
        )

    def resolve_cycle_checkpoint(_root: Any, info: GraphQLResolveInfo, id: str) -> Any:  # noqa: A002
        found = find_id(id)
        return context_of(info).loaders.checkpoints.load(found) if found else None

    async def resolve_cycle_checkpoints(
        _root: Any, info: GraphQLResolveInfo, first: int | None, after: str | None = None
    ) -> PageRow:
        context = context_of(info)
        page = read_page(first, after, default=CHECKPOINTS_DEFAULT)
        rows, cursor = await context.read(lambda session: list_checkpoints(session, page=page))
        return PageRow(
            rows, has_next=cursor is not None, page=page, count=lambda: context.read(count_checkpoints)
        )

    async def resolve_recompute_merkle_root(_root: Any, info: GraphQLResolveInfo, cycle_id: str) -> RootFound:
        context = context_of(info)
        actor, found = context.royalties_reader(), read_id(cycle_id, field="cycleId")
        try:
            check = await context.read(lambda session: recompute_cycle_root(session, actor, cycle_id=found))
        except AuditPending:
            await context.write(request_audit)
            raise
        if check.is_old:
            await context.write(request_audit)
        return check

    async def resolve_inclusion_proof(
        _root: Any, info: GraphQLResolveInfo, entry_id: str
    ) -> EntryProof | None:
        context, found = context_of(info), find_id(entry_id)
        if found is None:
            return None
        reader = context.royalties_reader_or_none()
        return await context.read(lambda session: prove_entry(session, reader, entry_id=UUID(found)))

    async def resolve_consistency_proof(
        _root: Any, info: GraphQLResolveInfo, from_size: int, to_size: int
    ) -> dict[str, Any]:
        def prove(session: Session) -> dict[str, Any]:
            found = proofs.consistency_proof(session, from_size=from_size, to_size=to_size)
            path = [one.hex() for one in found.path]
            return {"from_size": found.from_size, "to_size": found.to_size, "path": path}

        return await context_of(info).read(prove)


async def _closed_soon(closing: Coroutine[Any, Any, Checkpoint], cycle_id: UUID) -> Checkpoint:
    """The checkpoint, if closing makes it while its caller waits; else it goes on by itself.

    Raises what closing raises, and `ClosingGoesOn`.
    """
    running = asyncio.ensure_future(closing)
    try:
        await asyncio.wait({running}, timeout=CLOSE_PATIENCE_S)
        if running.done():
            return await running
    finally:
        if not running.done():
            running.add_done_callback(lambda ended: _note_end(ended, cycle_id))
    raise ClosingGoesOn(current={"id": str(cycle_id), "status": str(CycleStatus.CLOSING)}, retry_after_s=10)


def _note_end(ended: asyncio.Future[Checkpoint], cycle_id: UUID) -> None:
    """Write down how a closing ended that nobody waits for any more."""
    error = None if ended.cancelled() else ended.exception()
    if error is None:
        log.info("closing_went_on", cycle_id=str(cycle_id))
    elif isinstance(error, OmnisonicError):
        log.warning("closing_stopped", cycle_id=str(cycle_id), slug=error.slug, reason=error.detail)
    else:
        log.error("closing_failed", cycle_id=str(cycle_id), exc_info=error)


class LedgerMutation(graphene.ObjectType):
    """Curators close cycles; they need the scope `royalties:write`."""

    close_cycle = graphene.Field(
        CycleCheckpoint,
        required=True,
        cycle_id=graphene.ID(required=True),
        description="After the last day of its period. Statements are written, the log is signed and "
        "cosigned. Stopped half-way, it goes on when it is closed again. What takes longer than a few "
        "seconds is answered with `closing-goes-on`: `cycleCheckpointClosed` says when it is done.",
    )

    async def resolve_close_cycle(_root: Any, info: GraphQLResolveInfo, cycle_id: str) -> Any:
        context = context_of(info)
        actor, found = context.royalties_writer(), read_id(cycle_id, field="cycleId")
        checkpoint = await _closed_soon(context.apart(lambda: close_cycle(actor, cycle_id=found)), found)
        return await context.loaders.checkpoints.load(str(checkpoint.id))
