"""Licenses."""

from __future__ import annotations

from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from graph_service.context import context_of
from graph_service.types.catalog import Work
from graph_service.types.connections import connection_of
from graph_service.types.scalars import JSON, DateTime, LicenseStatus, RightsType
from omnisonic.core.licenses.batches import LicenseRow


class License(graphene.ObjectType):
    """Permission to use a work: a right, a territory and a half-open window of time."""

    id = graphene.ID(required=True)
    work_id = graphene.ID(required=True)
    work = graphene.Field(Work, required=True)
    recording_id = graphene.ID()
    licensee = graphene.String(required=True)
    territory = graphene.String(description="ISO 3166 / TIS expression; null is the world")
    rights_type = RightsType(required=True)
    exclusive = graphene.Boolean(required=True)
    effective_from = DateTime(required=True)
    expires_on = DateTime(description="exclusive: the license ends before this time")
    status = LicenseStatus(required=True)
    terms = JSON()
    created_at = DateTime(required=True)
    updated_at = DateTime(required=True)

    def resolve_work(row: LicenseRow, info: GraphQLResolveInfo) -> Any:
        return context_of(info).loaders.works.load(row.work_id)


LicenseConnection = connection_of(License)
