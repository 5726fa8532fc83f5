"""REST of tracks: `/api/sessions/{id}/tracks` and the mix manifest."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from omnisonic.platform.auth.http import StudioActor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.idempotency import IdempotencyKey, run_idempotent
from omnisonic.platform.schemas import Ok
from omnisonic.studio.tracks import service
from omnisonic.studio.tracks.mix import mix_manifest
from omnisonic.studio.tracks.schemas import TrackAnswer, TrackCreate, TrackList, TrackPatch

router = APIRouter(prefix="/api/sessions/{session_id}", tags=["tracks"])


@router.get("/tracks", operation_id="list_tracks")
def list_tracks(actor: StudioActor, session_id: UUID) -> TrackList:
    """The session's tracks, top to bottom."""
    with read_session() as session:
        return service.list_tracks(session, actor, session_id=session_id)


@router.post("/tracks", status_code=201, operation_id="create_track", response_model=TrackAnswer)
@repeatable
def create_track(
    actor: StudioActor, session_id: UUID, request: TrackCreate, idempotency_key: IdempotencyKey = None
) -> Response:
    """Put an upload into the mix."""
    with unit_of_work() as uow:

        def produce() -> tuple[int, dict[str, Any]]:
            view = service.create_track(uow, actor, session_id=session_id, request=request)
            return 201, TrackAnswer(track=view).model_dump(mode="json")

        wanted = request.model_dump(mode="json")
        status, body = run_idempotent(uow, actor, idempotency_key, wanted, produce)
    return JSONResponse(body, status_code=status)


@router.get("/tracks/{track_id}", operation_id="get_track")
def get_track(actor: StudioActor, session_id: UUID, track_id: UUID) -> TrackAnswer:
    """One track."""
    with read_session() as session:
        return TrackAnswer(track=service.get_track(session, actor, session_id=session_id, track_id=track_id))


@router.patch("/tracks/{track_id}", operation_id="update_track")
@repeatable
def update_track(actor: StudioActor, session_id: UUID, track_id: UUID, request: TrackPatch) -> TrackAnswer:
    """Change level, pan, mute, solo, name, color, position or clips."""
    with unit_of_work() as uow:
        view = service.update_track(uow, actor, session_id=session_id, track_id=track_id, request=request)
    return TrackAnswer(track=view)


@router.delete("/tracks/{track_id}", operation_id="delete_track")
@repeatable
def delete_track(actor: StudioActor, session_id: UUID, track_id: UUID) -> Ok:
    """Take a track out of the mix."""
    with unit_of_work() as uow:
        service.delete_track(uow, actor, session_id=session_id, track_id=track_id)
    return Ok()


@router.get("/manifest", operation_id="get_manifest")
def get_manifest(actor: StudioActor, session_id: UUID) -> dict[str, Any]:
    """The mix manifest, version 1: everything that decides the sound (see the contract)."""
    with read_session() as session:
        return mix_manifest(session, actor, session_id=session_id).to_json()
