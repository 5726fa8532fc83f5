"""Bulk imports."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import graphene
from graphql import GraphQLResolveInfo

from graph_service.context import context_of
from graph_service.types.scalars import DateTime, find_id
from omnisonic.core.imports.schemas import BulkImportJobView
from omnisonic.core.imports.service import get_job
from omnisonic.platform.errors import NotFound


class BulkImportJob(graphene.ObjectType):
    """A file that is brought into the catalog."""

    id = graphene.ID(required=True)
    status = graphene.String(required=True, description="pending, processing, completed, failed or canceled")
    total_records = graphene.Int()
    processed_records = graphene.Int(required=True)
    accepted_records = graphene.Int(required=True)
    rejected_records = graphene.Int(required=True)
    created_at = DateTime(required=True)
    completed_at = DateTime()

    def resolve_id(job: BulkImportJobView, _info: GraphQLResolveInfo) -> str:
        return str(job.job_id)


class ImportQuery(graphene.ObjectType):
    """An account sees its own imports."""

    bulk_import_job = graphene.Field(BulkImportJob, id=graphene.ID(required=True))

    async def resolve_bulk_import_job(_root: Any, info: GraphQLResolveInfo, id: str) -> Any:  # noqa: A002
        context = context_of(info)
        actor, found = context.reader(), find_id(id)
        if found is None:
            return None
        try:
            return await context.read(lambda session: get_job(session, actor, job_id=UUID(found)))
        except NotFound:
            return None
