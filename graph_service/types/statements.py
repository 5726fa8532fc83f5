"""Statements of contributors."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import graphene
from graphql import GraphQLResolveInfo

from graph_service.context import context_of
from graph_service.types.catalog import Contributor, Recording, Work, listed
from graph_service.types.money import Money, money_of
from graph_service.types.scalars import BigInt, find_id
from omnisonic.core.royalties.statement_rows import LineRow, StatementRow, find_statement


class StatementLine(graphene.ObjectType):
    """The sum of a use of a recording in a place and month; its leaf in the log proves it."""

    work = graphene.Field(Work)
    recording = graphene.Field(Recording)
    territory = graphene.String()
    period = graphene.String(description="the month of the usage, 2026-03")
    quantity = BigInt(required=True)
    rate = graphene.String(description="what one use brought, as decimal text; null where none was counted")
    amount = graphene.Field(Money, required=True)
    leaf_index = BigInt(required=True)

    def resolve_work(row: LineRow, info: GraphQLResolveInfo) -> Any:
        return context_of(info).loaders.works.load(row.work_id) if row.work_id else None

    def resolve_recording(row: LineRow, info: GraphQLResolveInfo) -> Any:
        return context_of(info).loaders.recordings.load(row.recording_id) if row.recording_id else None

    def resolve_amount(row: LineRow, _info: GraphQLResolveInfo) -> Any:
        return money_of(row.amount_nano, row.currency)


class Statement(graphene.ObjectType):
    """What a contributor earned in a closed cycle. `total` is the sum of the lines."""

    id = graphene.ID(required=True)
    contributor = graphene.Field(Contributor, required=True)
    cycle_id = graphene.ID(required=True)
    total = graphene.Field(Money, required=True)
    carried = graphene.Field(Money, required=True, description="the balance from before this cycle")
    lines = listed(StatementLine)

    def resolve_contributor(row: StatementRow, info: GraphQLResolveInfo) -> Any:
        return context_of(info).loaders.contributors.load(row.contributor_id)

    def resolve_total(row: StatementRow, _info: GraphQLResolveInfo) -> Any:
        return money_of(row.total_nano, row.currency)

    def resolve_carried(row: StatementRow, _info: GraphQLResolveInfo) -> Any:
        return money_of(row.carried_nano, row.currency)

    def resolve_lines(row: StatementRow, info: GraphQLResolveInfo) -> Any:
        return context_of(info).loaders.lines.load(row.id)


class StatementQuery(graphene.ObjectType):
    """Payees see their own statements, curators all."""

    statement = graphene.Field(
        Statement, contributor_id=graphene.ID(required=True), cycle_id=graphene.ID(required=True)
    )

    async def resolve_statement(
        _root: Any, info: GraphQLResolveInfo, contributor_id: str, cycle_id: str
    ) -> StatementRow | None:
        context = context_of(info)
        actor = context.royalties_reader()
        contributor, cycle = find_id(contributor_id), find_id(cycle_id)
        if contributor is None or cycle is None:
            return None
        return await context.read(
            lambda session: find_statement(
                session, actor, contributor_id=UUID(contributor), cycle_id=UUID(cycle)
            )
        )
