"""Changes as they happen. Results come after a change, none at the start unless a replay is asked for.

Works and recordings look the same to every account, and so does all that hangs on them.
"""

from __future__ import annotations

from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from graph_service.context import context_of
from graph_service.subscriptions import Watch
from graph_service.types.catalog import Recording, Work
from graph_service.types.ledger_streams import LedgerSubscription
from graph_service.types.scalars import read_id
from omnisonic.core.catalog.batches import recording_versions, work_versions
from omnisonic.platform.errors import NotFound


class CatalogSubscription(graphene.ObjectType):
    """Changes of the catalog."""

    work_updated = graphene.Field(Work, required=True, work_id=graphene.ID(required=True))
    recording_updated = graphene.Field(Recording, required=True, recording_id=graphene.ID(required=True))

    def subscribe_work_updated(_root: Any, info: GraphQLResolveInfo, work_id: str) -> Watch:
        context_of(info).reader()
        found = read_id(work_id, field="workId")
        return Watch(f"work:{found}", found, work_versions, is_alike=True)

    async def resolve_work_updated(_root: Any, info: GraphQLResolveInfo, work_id: str) -> Any:
        return _there(await context_of(info).loaders.works.load(str(read_id(work_id, field="workId"))))

    def subscribe_recording_updated(_root: Any, info: GraphQLResolveInfo, recording_id: str) -> Watch:
        context_of(info).reader()
        found = read_id(recording_id, field="recordingId")
        return Watch(f"recording:{found}", found, recording_versions, is_alike=True)

    async def resolve_recording_updated(_root: Any, info: GraphQLResolveInfo, recording_id: str) -> Any:
        found = read_id(recording_id, field="recordingId")
        return _there(await context_of(info).loaders.recordings.load(str(found)))


def _there(row: Any) -> Any:
    if row is None:
        raise NotFound
    return row


class Subscription(CatalogSubscription, LedgerSubscription, graphene.ObjectType):
    """Changes as they happen, over WebSocket (graphql-transport-ws)."""
