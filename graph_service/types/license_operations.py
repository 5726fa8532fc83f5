"""Questions about licenses, and granting, changing and ending them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import graphene
from graphql import GraphQLResolveInfo
from pydantic import ValidationError
from pydantic.alias_generators import to_camel

from graph_service.context import context_of
from graph_service.types.connections import PageRow, page_arguments, read_page
from graph_service.types.licenses import License, LicenseConnection
from graph_service.types.rows import license_row
from graph_service.types.scalars import JSON, DateTime, LicenseStatus, RightsType, find_id, read_id
from omnisonic.core.licenses import queries, service
from omnisonic.core.licenses.models import License as LicenseTable
from omnisonic.core.licenses.models import LicenseStatus as Status
from omnisonic.core.licenses.repository import LicenseFilter
from omnisonic.core.licenses.schemas import LicenseDraft
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.web.validation import explain_validation

DEFAULT = 50


class LicenseInput(graphene.InputObjectType):
    """A license as it shall be. `expiresOn` is exclusive; without `territory` it is for the world."""

    work_id = graphene.ID(required=True)
    recording_id = graphene.ID()
    licensee = graphene.String(required=True)
    territory = graphene.String()
    rights_type = RightsType(required=True)
    exclusive = graphene.Boolean(default_value=True)
    effective_from = DateTime(required=True)
    expires_on = DateTime()
    terms = JSON()
    status = LicenseStatus(default_value=Status.ACTIVE)


class LicenseQuery(graphene.ObjectType):
    """Every signed-in account may read licenses."""

    license = graphene.Field(License, id=graphene.ID(required=True))
    licenses = graphene.Field(
        LicenseConnection,
        required=True,
        args={"work_id": graphene.ID(), "status": LicenseStatus(), **page_arguments(DEFAULT)},
    )
    active_licenses = graphene.List(
        graphene.NonNull(License),
        required=True,
        work_id=graphene.ID(),
        territory=graphene.String(),
        rights_type=RightsType(),
        at=DateTime(),
        description="valid at the given time (now), world licenses included for any territory",
    )

    def resolve_license(_root: Any, info: GraphQLResolveInfo, id: str) -> Any:  # noqa: A002
        found = find_id(id)
        return context_of(info).loaders.licenses.load(found) if found else None

    async def resolve_licenses(
        _root: Any,
        info: GraphQLResolveInfo,
        first: int | None,
        after: str | None = None,
        work_id: str | None = None,
        status: Status | None = None,
    ) -> PageRow:
        context = context_of(info)
        actor, page = context.reader(), read_page(first, after, default=DEFAULT)
        where = LicenseFilter(work_id=_optional_id(work_id, "workId"), status=status)
        rows, next_cursor = await context.read(
            lambda session: queries.list_licenses(session, actor, page=page, where=where)
        )
        return PageRow(
            [license_row(row) for row in rows],
            has_next=next_cursor is not None,
            page=page,
            count=lambda: context.read(lambda session: queries.count_licenses(session, actor, where=where)),
        )

    async def resolve_active_licenses(
        _root: Any,
        info: GraphQLResolveInfo,
        work_id: str | None = None,
        territory: str | None = None,
        rights_type: Any = None,
        at: datetime | None = None,
    ) -> list[Any]:
        context = context_of(info)
        actor, wanted = context.reader(), _optional_id(work_id, "workId")
        rows = await context.read(
            lambda session: queries.active_licenses(
                session, actor, work_id=wanted, territory=territory, rights_type=rights_type, at=at
            )
        )
        return [license_row(row) for row in rows]


class LicenseMutation(graphene.ObjectType):
    """Whoever may edit the work may license it. Overlapping licenses are refused with `license-conflict`."""

    create_license = graphene.Field(
        License, required=True, args={"input": graphene.Argument(LicenseInput, required=True)}
    )
    update_license = graphene.Field(
        License,
        required=True,
        args={"id": graphene.ID(required=True), "input": graphene.Argument(LicenseInput, required=True)},
    )
    revoke_license = graphene.Field(License, required=True, id=graphene.ID(required=True))

    async def resolve_create_license(_root: Any, info: GraphQLResolveInfo, input: Any) -> Any:  # noqa: A002
        draft = _draft(input)
        return await _write(info, lambda uow, actor: service.create_license(uow, actor, draft=draft))

    async def resolve_update_license(
        _root: Any,
        info: GraphQLResolveInfo,
        id: str,  # noqa: A002
        input: Any,  # noqa: A002
    ) -> Any:
        license_id, draft = read_id(id), _draft(input)
        return await _write(
            info, lambda uow, actor: service.update_license(uow, actor, license_id=license_id, draft=draft)
        )

    async def resolve_revoke_license(_root: Any, info: GraphQLResolveInfo, id: str) -> Any:  # noqa: A002
        license_id = read_id(id)
        return await _write(
            info, lambda uow, actor: service.revoke_license(uow, actor, license_id=license_id)
        )


async def _write(info: GraphQLResolveInfo, work: Callable[[UnitOfWork, Actor], LicenseTable]) -> Any:
    context = context_of(info)
    actor = context.writer()
    changed = await context.write(lambda uow: work(uow, actor))
    return await context.loaders.licenses.load(str(changed.id))


def _draft(given: Any) -> LicenseDraft:
    values = {name: value for name, value in dict(given).items() if name not in ("work_id", "recording_id")}
    for name in ("exclusive", "status"):
        if values.get(name) is None:
            values.pop(name, None)
    recording_id = given.get("recording_id")
    values["work_id"] = read_id(given["work_id"], field="workId")
    values["recording_id"] = read_id(recording_id, field="recordingId") if recording_id else None
    try:  # by the names that the caller used, so that a refusal names them too
        return LicenseDraft.model_validate({to_camel(name): value for name, value in values.items()})
    except ValidationError as error:
        raise explain_validation(error.errors()) from error


def _optional_id(value: str | None, field: str) -> UUID | None:
    return read_id(value, field=field) if value is not None else None
