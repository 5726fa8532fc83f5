"""Bulk imports."""

from __future__ import annotations

import graphene

from graph_service.types.scalars import DateTime


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
