"""The served schema. A type or field enters it when it works."""

from __future__ import annotations

import graphene
from graphql import print_schema

from graph_service.types.imports import ImportQuery
from graph_service.types.ledger_operations import LedgerMutation, LedgerQuery
from graph_service.types.license_operations import LicenseMutation, LicenseQuery
from graph_service.types.mutation import CatalogMutation
from graph_service.types.query import CatalogQuery
from graph_service.types.statements import StatementQuery
from graph_service.types.subscription import Subscription
from graph_service.types.tags import TagMutation, TagQuery
from graph_service.types.usage import UsageMutation


class Query(
    CatalogQuery, LicenseQuery, ImportQuery, LedgerQuery, StatementQuery, TagQuery, graphene.ObjectType
):
    """Questions to the graph."""


class Mutation(
    CatalogMutation, LicenseMutation, TagMutation, UsageMutation, LedgerMutation, graphene.ObjectType
):
    """Changes to the graph. They need the scope `graph:write`, those of royalties `royalties:write`."""


schema = graphene.Schema(query=Query, mutation=Mutation, subscription=Subscription)


def render_sdl() -> str:
    """`docs/api/schema.graphql`."""
    return print_schema(schema.graphql_schema) + "\n"
