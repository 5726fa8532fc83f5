"""Ledger entries, checkpoints and proofs."""

from __future__ import annotations

from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from graph_service.context import context_of
from graph_service.loader import mapped
from graph_service.types.connections import PageRow, connection_of, page_arguments, read_page
from graph_service.types.money import Money, money_of
from graph_service.types.scalars import BigInt, DateTime
from omnisonic.core.royalties.checkpoint_rows import CheckpointRow
from omnisonic.core.royalties.entries import EntryRow

ENTRIES_DEFAULT = 20


class LedgerEntry(graphene.ObjectType):
    """One side of a journal, never changed. `seq` is its place in the log, null until it has one."""

    id = graphene.ID(required=True)
    seq = BigInt()
    journal_id = graphene.ID(required=True)
    event_id = graphene.ID()
    work_id = graphene.ID()
    contributor_id = graphene.ID()
    account = graphene.String(
        required=True, description="source:NAME, payee, suspense:REASON, rounding, exchange:PAIR or payout"
    )
    cycle_id = graphene.ID()
    amount = graphene.Field(Money, required=True, description="without a sign: see direction")
    direction = graphene.String(required=True, description="DEBIT or CREDIT")
    policy_digest = graphene.String(
        required=True, description="SHA-256 of the rules it was computed by; empty where none were"
    )
    description = graphene.String()
    created_at = DateTime(required=True)

    def resolve_amount(row: EntryRow, _info: GraphQLResolveInfo) -> Any:
        return money_of(abs(row.amount_nano), row.currency)

    def resolve_direction(row: EntryRow, _info: GraphQLResolveInfo) -> str:
        return "DEBIT" if row.amount_nano > 0 else "CREDIT"


LedgerEntryConnection = connection_of(LedgerEntry)


class CycleCheckpoint(graphene.ObjectType):
    """The signed head of the log that closed a cycle. It covers everything logged before, of any cycle."""

    id = graphene.ID(required=True)
    cycle_id = graphene.ID(required=True)
    cycle_number = graphene.Int(required=True)
    currency = graphene.String(required=True)
    total_amount = graphene.Field(Money, required=True, description="what the sources owe for the cycle")
    tree_size = BigInt(required=True, description="leaves that it covers")
    merkle_root = graphene.String(required=True, description="in hex")
    signed_note = graphene.String(required=True, description="with the log's and the cosigner's signature")
    closed_at = DateTime(required=True)
    ledger_entries = graphene.Field(
        LedgerEntryConnection,
        required=True,
        args=page_arguments(ENTRIES_DEFAULT),
        description="entries of the cycle that you may see; needs royalties:read",
    )

    def resolve_total_amount(row: CheckpointRow, _info: GraphQLResolveInfo) -> Any:
        return money_of(row.total_nano, row.currency)

    def resolve_ledger_entries(
        row: CheckpointRow, info: GraphQLResolveInfo, first: int | None, after: str | None = None
    ) -> Any:
        context = context_of(info)
        actor = context.royalties_reader()
        page = read_page(first, after, default=ENTRIES_DEFAULT)
        loaders = context.loaders
        place = str(page.after.id) if page.after else None
        found = loaders.entries_of(actor, limit=page.limit + 1, after=place).load(row.cycle_id)
        return mapped(
            found,
            lambda rows: PageRow(
                rows[: page.limit],
                has_next=len(rows) > page.limit,
                page=page,
                count=lambda: loaders.entry_counts(actor).load(row.cycle_id),
            ),
        )


CycleCheckpointConnection = connection_of(CycleCheckpoint)


class InclusionProof(graphene.ObjectType):
    """That an entry stands in the log: the way from its leaf to the root of the newest checkpoint."""

    leaf_index = BigInt(required=True)
    tree_size = BigInt(required=True)
    leaf_hash = graphene.String(required=True, description="in hex")
    path = graphene.List(
        graphene.NonNull(graphene.String), required=True, description="in hex, lowest sibling first"
    )
    tlog_proof = graphene.String(
        required=True, description="a proof file; for those who may see the entry its leaf is in it"
    )


class ConsistencyProof(graphene.ObjectType):
    """That the log of `fromSize` leaves is the beginning of that of `toSize`."""

    from_size = BigInt(required=True)
    to_size = BigInt(required=True)
    path = graphene.List(graphene.NonNull(graphene.String), required=True, description="in hex")


class RootCheck(graphene.ObjectType):
    """A root hashed anew from the stored leaves, beside the signed one."""

    checkpoint = graphene.Field(CycleCheckpoint, required=True)
    computed_merkle_root = graphene.String(required=True, description="in hex")
    matches = graphene.Boolean(required=True)
    first_mismatch_leaf = BigInt(description="the first leaf whose bytes are not what was logged")
