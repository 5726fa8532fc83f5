"""Works, recordings and contributors."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from graph_service.context import context_of
from graph_service.loader import mapped
from graph_service.types.connections import PageRow, connection_of, page_arguments, read_page
from graph_service.types.scalars import DateTime, RightsType
from omnisonic.core.catalog.batches import ContributorRow, RecordingRow, SplitRow, WorkRow
from omnisonic.core.catalog.models import WHOLE_PPM, EntityKind
from omnisonic.core.catalog.shares import percent_of_ppm

RECORDINGS_DEFAULT = 20


def listed(kind: Any) -> Any:
    """`[Kind!]!`"""
    return graphene.List(graphene.NonNull(kind), required=True)


class Identifier(graphene.ObjectType):
    """A number that others know the entry by, compact. A valid one is well-formed, not verified."""

    scheme = graphene.String(required=True, description="isrc, iswc, ipi or isni")
    value = graphene.String(required=True)
    status = graphene.String(required=True, description="preferred or archived")


class Contributor(graphene.ObjectType):
    """A person or company. An artist is a contributor who performs."""

    id = graphene.ID(required=True)
    name = graphene.String(required=True)
    roles = listed(graphene.String)
    identifiers = listed(Identifier)
    created_at = DateTime(required=True)
    updated_at = DateTime(required=True)

    def resolve_identifiers(row: ContributorRow, info: GraphQLResolveInfo) -> Any:
        return context_of(info).loaders.identifiers_of(EntityKind.CONTRIBUTOR).load(row.id)


class Credit(graphene.ObjectType):
    """A credited performer with the spelling of the credit."""

    position = graphene.Int(required=True)
    credited_as = graphene.String(required=True)
    contributor = graphene.Field(Contributor, required=True)


class Split(graphene.ObjectType):
    """A contributor's share of a work. Without a right it counts for every right that has none of its own."""

    id = graphene.ID(required=True)
    work = graphene.Field(lambda: Work, required=True)
    contributor = graphene.Field(Contributor, required=True)
    role = graphene.String(required=True)
    rights_type = RightsType()
    share_ppm = graphene.Int(required=True, description="1,000,000 is everything")
    pct_share = graphene.Float(required=True, description="the same share as a percentage")
    valid_from = DateTime(required=True)
    valid_to = DateTime(description="the share ends before this time")
    created_at = DateTime(required=True)

    def resolve_work(row: SplitRow, info: GraphQLResolveInfo) -> Any:
        return context_of(info).loaders.works.load(row.work_id)

    def resolve_pct_share(row: SplitRow, _info: GraphQLResolveInfo) -> float:
        return percent_of_ppm(row.share_ppm)


class Recording(graphene.ObjectType):
    """A fixed performance."""

    id = graphene.ID(required=True)
    title = graphene.String(required=True)
    isrc = graphene.String(description="the preferred one, compact")
    identifiers = listed(Identifier)
    work = graphene.Field(lambda: Work)
    primary_artist = graphene.String(required=True, description="how the credits read together")
    credits = listed(Credit)
    duration_seconds = graphene.Float()
    released_at = DateTime()
    contributors = listed(Contributor)
    created_at = DateTime(required=True)
    updated_at = DateTime(required=True)

    def resolve_identifiers(row: RecordingRow, info: GraphQLResolveInfo) -> Any:
        return context_of(info).loaders.identifiers_of(EntityKind.RECORDING).load(row.id)

    def resolve_work(row: RecordingRow, info: GraphQLResolveInfo) -> Any:
        return context_of(info).loaders.works.load(row.work_id) if row.work_id else None

    def resolve_credits(row: RecordingRow, info: GraphQLResolveInfo) -> Any:
        return context_of(info).loaders.credits.load(row.id)

    def resolve_contributors(row: RecordingRow, info: GraphQLResolveInfo) -> Any:
        found = context_of(info).loaders.credits.load(row.id)
        return mapped(found, lambda entries: _distinct(entry.contributor for entry in entries))

    def resolve_duration_seconds(row: RecordingRow, _info: GraphQLResolveInfo) -> float | None:
        return None if row.duration_ms is None else row.duration_ms / 1000

    def resolve_released_at(row: RecordingRow, _info: GraphQLResolveInfo) -> datetime | None:
        day = row.released_on
        return None if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC)


RecordingConnection = connection_of(Recording)


class Work(graphene.ObjectType):
    """A composition."""

    id = graphene.ID(required=True)
    title = graphene.String(required=True)
    description = graphene.String()
    iswc = graphene.String(description="the preferred one, compact")
    identifiers = listed(Identifier)
    genres = listed(graphene.String)
    recordings = graphene.Field(RecordingConnection, required=True, args=page_arguments(RECORDINGS_DEFAULT))
    contributors = listed(Contributor)
    splits = graphene.List(
        graphene.NonNull(Split),
        required=True,
        at=DateTime(),
        description="stored contributions, valid now unless at is given",
    )
    licenses = graphene.List(
        graphene.NonNull("graph_service.types.licenses.License"),
        required=True,
        status=graphene.Argument("graph_service.types.scalars.LicenseStatus"),
    )
    has_conflict = graphene.Boolean(required=True, description="more than 100 % is claimed for a right")
    created_at = DateTime(required=True)
    updated_at = DateTime(required=True)

    def resolve_identifiers(row: WorkRow, info: GraphQLResolveInfo) -> Any:
        return context_of(info).loaders.identifiers_of(EntityKind.WORK).load(row.id)

    def resolve_recordings(
        row: WorkRow, info: GraphQLResolveInfo, first: int | None, after: str | None = None
    ) -> Any:
        page = read_page(first, after, default=RECORDINGS_DEFAULT)
        loaders = context_of(info).loaders
        place = str(page.after.id) if page.after else None
        found = loaders.recordings_of(limit=page.limit + 1, after=place).load(row.id)
        return mapped(
            found,
            lambda rows: PageRow(
                rows[: page.limit],
                has_next=len(rows) > page.limit,
                page=page,
                count=lambda: loaders.recording_counts.load(row.id),
            ),
        )

    def resolve_contributors(row: WorkRow, info: GraphQLResolveInfo) -> Any:
        found = context_of(info).loaders.splits_of(None).load(row.id)
        return mapped(found, lambda splits: _distinct(split.contributor for split in splits))

    def resolve_splits(row: WorkRow, info: GraphQLResolveInfo, at: datetime | None = None) -> Any:
        return context_of(info).loaders.splits_of(at).load(row.id)

    def resolve_licenses(row: WorkRow, info: GraphQLResolveInfo, status: Any = None) -> Any:
        return context_of(info).loaders.licenses_of(status).load(row.id)

    def resolve_has_conflict(row: WorkRow, info: GraphQLResolveInfo) -> Any:
        return mapped(context_of(info).loaders.splits_of(None).load(row.id), _is_over_claimed)


WorkConnection = connection_of(Work)
ContributorConnection = connection_of(Contributor)


def _distinct(rows: Iterable[ContributorRow]) -> list[ContributorRow]:
    return list({row.id: row for row in rows}.values())


def _is_over_claimed(splits: Iterable[SplitRow]) -> bool:
    totals: dict[str | None, int] = {}
    for split in splits:
        totals[split.rights_type] = totals.get(split.rights_type, 0) + split.share_ppm
    return any(total > WHOLE_PPM for total in totals.values())
