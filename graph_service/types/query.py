"""Questions."""

from __future__ import annotations

from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from graph_service.context import context_of
from graph_service.types.catalog import (
    Contributor,
    ContributorConnection,
    Recording,
    RecordingConnection,
    Work,
    WorkConnection,
)
from graph_service.types.connections import PageRow, page_arguments, read_page
from graph_service.types.rows import contributor_row, recording_row, work_row
from graph_service.types.scalars import find_id
from omnisonic.core.catalog import listing
from omnisonic.core.catalog import models as tables
from omnisonic.core.catalog.schemas import CatalogFilter

DEFAULT = 20


class CatalogQuery(graphene.ObjectType):
    """The catalog: every signed-in account may read it."""

    work = graphene.Field(Work, id=graphene.ID(required=True))
    recording = graphene.Field(Recording, id=graphene.ID(required=True))
    contributor = graphene.Field(Contributor, id=graphene.ID(required=True))
    works = graphene.Field(
        WorkConnection,
        required=True,
        args={"search": graphene.String(), "genre": graphene.String(), **page_arguments(DEFAULT)},
    )
    recordings = graphene.Field(
        RecordingConnection,
        required=True,
        args={"search": graphene.String(), "isrc": graphene.String(), **page_arguments(DEFAULT)},
    )
    contributors = graphene.Field(
        ContributorConnection, required=True, args={"search": graphene.String(), **page_arguments(DEFAULT)}
    )

    def resolve_work(_root: Any, info: GraphQLResolveInfo, id: str) -> Any:  # noqa: A002
        return _load(context_of(info).loaders.works, id)

    def resolve_recording(_root: Any, info: GraphQLResolveInfo, id: str) -> Any:  # noqa: A002
        return _load(context_of(info).loaders.recordings, id)

    def resolve_contributor(_root: Any, info: GraphQLResolveInfo, id: str) -> Any:  # noqa: A002
        return _load(context_of(info).loaders.contributors, id)

    async def resolve_works(
        _root: Any,
        info: GraphQLResolveInfo,
        first: int | None,
        after: str | None = None,
        search: str | None = None,
        genre: str | None = None,
    ) -> PageRow:
        where = CatalogFilter(search=search, genre=genre)
        return await _page(info, tables.Work, listing.list_works, work_row, where, first, after)

    async def resolve_recordings(
        _root: Any,
        info: GraphQLResolveInfo,
        first: int | None,
        after: str | None = None,
        search: str | None = None,
        isrc: str | None = None,
    ) -> PageRow:
        where = CatalogFilter(search=search, isrc=isrc)
        return await _page(
            info, tables.Recording, listing.list_recordings, recording_row, where, first, after
        )

    async def resolve_contributors(
        _root: Any,
        info: GraphQLResolveInfo,
        first: int | None,
        after: str | None = None,
        search: str | None = None,
    ) -> PageRow:
        where = CatalogFilter(search=search)
        return await _page(
            info, tables.Contributor, listing.list_contributors, contributor_row, where, first, after
        )


def _load(loader: Any, given: str) -> Any:
    found = find_id(given)
    return loader.load(found) if found else None


async def _page(
    info: GraphQLResolveInfo,
    table: Any,
    list_rows: Any,
    row_of: Any,
    where: CatalogFilter,
    first: int | None,
    after: str | None,
) -> PageRow:
    context = context_of(info)
    actor = context.reader()
    page = read_page(first, after, default=DEFAULT)
    rows, next_cursor = await context.read(lambda session: list_rows(session, actor, page=page, where=where))
    return PageRow(
        [row_of(row) for row in rows],
        has_next=next_cursor is not None,
        page=page,
        count=lambda: context.read(lambda session: listing.count_entries(session, actor, table, where=where)),
    )
