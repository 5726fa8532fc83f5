"""REST of sessions: `/api/sessions`, with `/v1/sessions` as its twin for programs."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response

from omnisonic.platform.auth.http import StudioActor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.idempotency import IdempotencyKey, run_idempotent
from omnisonic.platform.pagination import PageQuery
from omnisonic.platform.schemas import ApiModel, Ok
from omnisonic.studio.sessions import members, service
from omnisonic.studio.sessions.models import MemberRole
from omnisonic.studio.sessions.schemas import (
    InviteAnswer,
    InviteCreate,
    InviteList,
    MemberList,
    SessionAnswer,
    SessionCreate,
    SessionPage,
    SessionPatch,
)

router = APIRouter(tags=["sessions"])


class RoleChange(ApiModel):
    """A member's new role."""

    role: MemberRole


class InviteAccept(ApiModel):
    """The secret at the end of an invitation's link."""

    secret: str


@router.get("/v1/sessions", operation_id="list_sessions_v1")
@router.get("/api/sessions", operation_id="list_sessions")
def list_sessions(
    actor: StudioActor,
    page: PageQuery,
    session_id: Annotated[UUID | None, Query(alias="id")] = None,
) -> SessionPage | SessionAnswer:
    """The caller's sessions, newest first; with `?id=` one of them."""
    with read_session() as session:
        if session_id is not None:
            return SessionAnswer(session=service.view_session(session, actor, session_id=session_id))
        return service.list_sessions(session, actor, page=page)


@router.post("/v1/sessions", status_code=201, operation_id="create_session_v1", response_model=SessionAnswer)
@router.post("/api/sessions", status_code=201, operation_id="create_session", response_model=SessionAnswer)
@repeatable
def create_session(
    actor: StudioActor, request: SessionCreate | None = None, idempotency_key: IdempotencyKey = None
) -> Response:
    """Make a session."""
    wanted = request or SessionCreate()
    with unit_of_work() as uow:

        def produce() -> tuple[int, dict[str, Any]]:
            view = service.create_session(uow, actor, request=wanted)
            return 201, SessionAnswer(session=view).model_dump(mode="json")

        status, body = run_idempotent(uow, actor, idempotency_key, wanted.model_dump(mode="json"), produce)
    return JSONResponse(body, status_code=status)


@router.get("/api/sessions/{session_id}", operation_id="get_session")
def get_session(actor: StudioActor, session_id: UUID) -> SessionAnswer:
    """One session."""
    with read_session() as session:
        return SessionAnswer(session=service.view_session(session, actor, session_id=session_id))


@router.patch("/api/sessions/{session_id}", operation_id="update_session")
@repeatable
def update_session(actor: StudioActor, session_id: UUID, request: SessionPatch) -> SessionAnswer:
    """Rename, or set the master level."""
    with unit_of_work() as uow:
        view = service.update_session(uow, actor, session_id=session_id, request=request)
    return SessionAnswer(session=view)


@router.delete("/api/sessions/{session_id}", operation_id="delete_session")
@repeatable
def delete_session(actor: StudioActor, session_id: UUID) -> Ok:
    """Put the session away."""
    with unit_of_work() as uow:
        service.delete_session(uow, actor, session_id=session_id)
    return Ok()


@router.post("/api/sessions/{session_id}/restore", operation_id="restore_session")
@repeatable
def restore_session(actor: StudioActor, session_id: UUID) -> SessionAnswer:
    """Bring a removed session back."""
    with unit_of_work() as uow:
        view = service.restore_session(uow, actor, session_id=session_id)
    return SessionAnswer(session=view)


@router.post(
    "/api/sessions/{session_id}/duplicate",
    status_code=201,
    operation_id="duplicate_session",
    response_model=SessionAnswer,
)
@repeatable
def duplicate_session(
    actor: StudioActor, session_id: UUID, idempotency_key: IdempotencyKey = None
) -> Response:
    """Copy the mix into a new session of the caller's."""
    with unit_of_work() as uow:

        def produce() -> tuple[int, dict[str, Any]]:
            view = service.duplicate_session(uow, actor, session_id=session_id)
            return 201, SessionAnswer(session=view).model_dump(mode="json")

        status, body = run_idempotent(uow, actor, idempotency_key, {"duplicate": str(session_id)}, produce)
    return JSONResponse(body, status_code=status)


@router.get("/api/sessions/{session_id}/members", operation_id="list_members")
def list_members(actor: StudioActor, session_id: UUID) -> MemberList:
    """Everyone in the session."""
    with read_session() as session:
        return members.list_members(session, actor, session_id=session_id)


@router.patch("/api/sessions/{session_id}/members/{user_id}", operation_id="change_member_role")
@repeatable
def change_member_role(
    actor: StudioActor, session_id: UUID, user_id: UUID, request: RoleChange
) -> MemberList:
    """Make a member editor or viewer."""
    with unit_of_work() as uow:
        return members.change_role(uow, actor, session_id=session_id, user_id=user_id, role=request.role)


@router.delete("/api/sessions/{session_id}/members/{user_id}", operation_id="remove_member")
@repeatable
def remove_member(actor: StudioActor, session_id: UUID, user_id: UUID) -> Ok:
    """Take someone out of the session, or leave it for good."""
    with unit_of_work() as uow:
        members.remove_member(uow, actor, session_id=session_id, user_id=user_id)
    return Ok()


@router.get("/api/sessions/{session_id}/invites", operation_id="list_invites")
def list_invites(actor: StudioActor, session_id: UUID) -> InviteList:
    """Invitations that still work."""
    with read_session() as session:
        return members.list_invites(session, actor, session_id=session_id)


@router.post("/api/sessions/{session_id}/invites", status_code=201, operation_id="create_invite")
@repeatable
def create_invite(actor: StudioActor, session_id: UUID, request: InviteCreate) -> InviteAnswer:
    """Make a link that lets someone join."""
    with unit_of_work() as uow:
        invite = members.create_invite(uow, actor, session_id=session_id, request=request)
    return InviteAnswer(invite=invite)


@router.delete("/api/sessions/{session_id}/invites/{invite_id}", operation_id="revoke_invite")
@repeatable
def revoke_invite(actor: StudioActor, session_id: UUID, invite_id: UUID) -> Ok:
    """Make a link stop working."""
    with unit_of_work() as uow:
        members.revoke_invite(uow, actor, session_id=session_id, invite_id=invite_id)
    return Ok()


@router.post("/api/invites/accept", operation_id="accept_invite")
@repeatable
def accept_invite(actor: StudioActor, request: InviteAccept) -> SessionAnswer:
    """Join the session behind an invitation's secret."""
    with unit_of_work() as uow:
        return SessionAnswer(session=members.accept_invite(uow, actor, secret=request.secret))
