"""Changes, through the same services as pages and REST."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from graph_service.context import context_of
from graph_service.types.catalog import Contributor, Recording, Split, Work, listed
from graph_service.types.scalars import DateTime, RightsType, read_id
from omnisonic.core.catalog.contributions import set_contributions, update_contribution
from omnisonic.core.catalog.contributors import upsert_contributor
from omnisonic.core.catalog.fields import refuse
from omnisonic.core.catalog.recordings import upsert_recording
from omnisonic.core.catalog.schemas import (
    UNSET,
    ContributionDraft,
    ContributorDraft,
    RecordingDraft,
    WorkChanges,
)
from omnisonic.core.catalog.works import create_work, update_work

MAX_CONTRIBUTIONS = 200
MAX_DURATION_S = 24 * 3600


class CreateWorkInput(graphene.InputObjectType):
    """A new work."""

    title = graphene.String(required=True)
    description = graphene.String()
    iswc = graphene.String()
    genres = graphene.List(graphene.NonNull(graphene.String))


class UpdateWorkInput(graphene.InputObjectType):
    """New values of a work; what is left out stays, null empties."""

    title = graphene.String()
    description = graphene.String()
    iswc = graphene.String()
    genres = graphene.List(graphene.NonNull(graphene.String))


class UpsertRecordingInput(graphene.InputObjectType):
    """A recording to make or, where its ISRC is known, to change; what is left out stays."""

    isrc = graphene.String(required=True)
    title = graphene.String(required=True)
    primary_artist = graphene.String(required=True)
    work_id = graphene.ID()
    duration_seconds = graphene.Float()
    released_at = DateTime()


class UpsertContributorInput(graphene.InputObjectType):
    """A contributor to make or to change, found by id, IPI, ISNI or among your own by name."""

    id = graphene.ID()
    name = graphene.String(required=True)
    roles = graphene.List(graphene.NonNull(graphene.String))
    ipi = graphene.String()
    isni = graphene.String()


class ContributionInput(graphene.InputObjectType):
    """A share: `sharePpm` or `pctShare`; without a right it counts for every right."""

    contributor_id = graphene.ID(required=True)
    role = graphene.String(required=True)
    rights_type = RightsType()
    share_ppm = graphene.Int()
    pct_share = graphene.Float()
    valid_from = DateTime()


class CatalogMutation(graphene.ObjectType):
    """Changes to the catalog. They need the scope `graph:write`."""

    create_work = graphene.Field(
        Work, required=True, args={"input": graphene.Argument(CreateWorkInput, required=True)}
    )
    update_work = graphene.Field(
        Work,
        required=True,
        args={
            "id": graphene.ID(required=True),
            "input": graphene.Argument(UpdateWorkInput, required=True),
        },
    )
    upsert_recording = graphene.Field(
        Recording, required=True, args={"input": graphene.Argument(UpsertRecordingInput, required=True)}
    )
    upsert_contributor = graphene.Field(
        Contributor, required=True, args={"input": graphene.Argument(UpsertContributorInput, required=True)}
    )
    set_contributions = graphene.Field(
        Work,
        required=True,
        args={"work_id": graphene.ID(required=True), "contributions": listed(ContributionInput)},
    )
    update_contribution = graphene.Field(
        Split,
        required=True,
        args={
            "id": graphene.ID(required=True),
            "input": graphene.Argument(ContributionInput, required=True),
        },
    )

    async def resolve_create_work(_root: Any, info: GraphQLResolveInfo, input: Any) -> Any:  # noqa: A002
        context = context_of(info)
        actor = context.writer()
        work = await context.write(
            lambda uow: create_work(
                uow,
                actor,
                title=input["title"],
                description=input.get("description"),
                iswc=input.get("iswc"),
                genres=input.get("genres") or (),
            )
        )
        return await context.loaders.works.load(str(work.id))

    async def resolve_update_work(_root: Any, info: GraphQLResolveInfo, id: str, input: Any) -> Any:  # noqa: A002
        context = context_of(info)
        actor, work_id = context.writer(), read_id(id)
        title = input.get("title", UNSET)
        if title is None:
            raise refuse("title", "required", "A work has a title. Leave it out to keep the present one.")
        genres = input.get("genres", UNSET)
        changes = WorkChanges(
            title=title,
            description=input.get("description", UNSET),
            iswc=input.get("iswc", UNSET),
            genres=() if genres is None else genres,
        )
        work = await context.write(lambda uow: update_work(uow, actor, work_id=work_id, changes=changes))
        return await context.loaders.works.load(str(work.id))

    async def resolve_upsert_recording(_root: Any, info: GraphQLResolveInfo, input: Any) -> Any:  # noqa: A002
        context = context_of(info)
        actor, draft = context.writer(), _recording_draft(input)
        recording = await context.write(lambda uow: upsert_recording(uow, actor, draft=draft))
        return await context.loaders.recordings.load(str(recording.id))

    async def resolve_upsert_contributor(_root: Any, info: GraphQLResolveInfo, input: Any) -> Any:  # noqa: A002
        context = context_of(info)
        given, roles = input.get("id"), input.get("roles", UNSET)
        draft = ContributorDraft(
            name=input["name"],
            roles=() if roles is None else roles,
            ipi=input.get("ipi", UNSET),
            isni=input.get("isni", UNSET),
            contributor_id=read_id(given) if given else None,
        )
        actor = context.writer()
        contributor = await context.write(lambda uow: upsert_contributor(uow, actor, draft=draft))
        return await context.loaders.contributors.load(str(contributor.id))

    async def resolve_set_contributions(
        _root: Any, info: GraphQLResolveInfo, work_id: str, contributions: Sequence[Any]
    ) -> Any:
        context = context_of(info)
        actor, asked = context.writer(), read_id(work_id, field="workId")
        if len(contributions) > MAX_CONTRIBUTIONS:
            raise refuse("contributions", "too-many", f"At most {MAX_CONTRIBUTIONS} shares are taken.")
        drafts = [_contribution_draft(one) for one in contributions]
        work = await context.write(
            lambda uow: set_contributions(uow, actor, work_id=asked, contributions=drafts)
        )
        return await context.loaders.works.load(str(work.id))

    async def resolve_update_contribution(
        _root: Any,
        info: GraphQLResolveInfo,
        id: str,  # noqa: A002
        input: Any,  # noqa: A002
    ) -> Any:
        context = context_of(info)
        actor, contribution_id, draft = context.writer(), read_id(id), _contribution_draft(input)
        changed = await context.write(
            lambda uow: update_contribution(uow, actor, contribution_id=contribution_id, draft=draft)
        )
        return await context.loaders.splits.load(str(changed.id))


def _recording_draft(given: Any) -> RecordingDraft:
    seconds = given.get("duration_seconds", UNSET)
    if isinstance(seconds, float) and not 0 < seconds <= MAX_DURATION_S:  # also NaN and infinity
        raise refuse("durationSeconds", "range", "A recording is longer than 0 seconds and at most a day.")
    released = given.get("released_at", UNSET)
    work_id = given.get("work_id", UNSET)
    return RecordingDraft(
        isrc=given["isrc"],
        title=given["title"],
        primary_artist=given["primary_artist"],
        work_id=read_id(work_id, field="workId") if isinstance(work_id, str) else work_id,
        duration_ms=round(seconds * 1000) if isinstance(seconds, float) else seconds,
        released_on=released.date() if hasattr(released, "date") else released,
    )


def _contribution_draft(given: Any) -> ContributionDraft:
    return ContributionDraft(
        contributor_id=read_id(given["contributor_id"], field="contributorId"),
        role=given["role"],
        rights_type=given.get("rights_type"),
        share_ppm=given.get("share_ppm"),
        percent=given.get("pct_share"),
        valid_from=given.get("valid_from"),
    )
