"""Asking for a mixdown, watching it, stopping it, fetching the file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session

from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import Conflict, NotFound
from omnisonic.platform.ids import utc_now
from omnisonic.platform.pagination import Page
from omnisonic.platform.settings import get_settings
from omnisonic.platform.storage import get_storage
from omnisonic.studio.audio.manifest import SAMPLE_RATE_HZ, heard_tracks
from omnisonic.studio.exports import repository
from omnisonic.studio.exports.errors import (
    ExportNotReady,
    MixTooLong,
    NothingToExport,
    TooManyExports,
    TracksNotReady,
)
from omnisonic.studio.exports.jobs import RENDER_EXPORT
from omnisonic.studio.exports.models import AudioFormat, Export, ExportKind, ExportStage, ExportStatus
from omnisonic.studio.exports.releasing import let_go, prepare_release, release_views
from omnisonic.studio.exports.schemas import (
    CustomLoudness,
    ExportList,
    ExportRequest,
    ExportRow,
    ExportView,
    LoudnessPreset,
)
from omnisonic.studio.sessions.models import MemberRole
from omnisonic.studio.sessions.service import get_session
from omnisonic.studio.tracks.mix import SessionMix, mix_of

MEDIA_TYPES = {AudioFormat.WAV: "audio/wav", AudioFormat.MP3: "audio/mpeg", AudioFormat.FLAC: "audio/flac"}


def request_export(uow: UnitOfWork, actor: Actor, *, request: ExportRequest) -> ExportView:
    """Freeze the mix and have it rendered; refuses, saying what to do, when there is nothing to render."""
    session_id = request.session_id
    get_session(uow.session, actor, session_id=session_id, at_least=MemberRole.OWNER, for_update=True)
    mix = mix_of(uow.session, actor, session_id=session_id)
    _check_renderable(mix)
    active_max = get_settings().export_max_active
    if repository.count_active(uow.session, session_id=session_id) >= active_max:
        raise TooManyExports(
            f"{active_max} exports of this session are waiting or rendering. Wait for one, or cancel it."
        )
    export = Export(
        session_id=session_id,
        user_id=actor.user_id,
        kind=request.kind,
        format=request.format,
        bit_depth=request.bit_depth,
        sample_rate=request.sample_rate,
        loudness_target={"target": _target_json(request.loudness)},
        limiter=request.limiter,
        manifest=mix.manifest.to_json(),
        manifest_sha256=mix.manifest.sha256(),
        inputs={track_id: str(upload.id) for track_id, upload in mix.uploads.items()},
        heartbeat_at=utc_now(),
    )
    uow.session.add(export)
    uow.session.flush()
    if request.kind is ExportKind.RELEASE:
        prepare_release(uow, export, isrc=request.isrc)
    uow.enqueue(RENDER_EXPORT, export_id=str(export.id))
    return view_of(uow.session, export)


def why_not_renderable(session: Session, actor: Actor, *, session_id: UUID) -> str | None:
    """What keeps the mix from being rendered now, saying what to do; None when nothing does."""
    try:
        _check_renderable(mix_of(session, actor, session_id=session_id))
    except (NothingToExport, TracksNotReady, MixTooLong) as error:
        return error.detail
    return None


def get_export(session: Session, actor: Actor, *, export_id: UUID) -> Export:
    """An export of a session the caller is in; raises `NotFound`."""
    export = repository.find_export(session, user_id=actor.user_id, export_id=export_id)
    if export is None:
        raise NotFound("There is no such export, or it belongs to a session you are not in.")
    return export


def view_of(session: Session, export: Export) -> ExportView:
    """The row as members see it, with a signed link of one hour once there is a file."""
    return views_of(session, [export])[0]


def views_of(session: Session, exports: Sequence[Export]) -> list[ExportView]:
    """Rows as members see them, in a constant number of statements."""
    releases = release_views(session, exports)
    return [
        ExportView.of(export, file_url=_signed_link(export), release=releases.get(export.id))
        for export in exports
    ]


def _signed_link(export: Export) -> str | None:
    if export.status is ExportStatus.COMPLETED and export.storage_key:
        return get_storage().signed_url(
            export.storage_key,
            file_name=f"{export.manifest_sha256[:8]}.{export.format}",
            content_type=MEDIA_TYPES[export.format],
        )
    return None


def list_exports(session: Session, actor: Actor, *, session_id: UUID, page: Page) -> ExportList:
    """Exports of a session, newest first; raises `NotFound` for strangers."""
    get_session(session, actor, session_id=session_id)
    rows, cursor = repository.list_exports(session, session_id=session_id, page=page)
    return ExportList(exports=views_of(session, rows), next_cursor=cursor)


def list_all_exports(session: Session, actor: Actor, *, page: Page) -> tuple[list[ExportRow], str | None]:
    """Exports of all the caller's sessions, newest first."""
    rows, cursor = repository.list_all_exports(session, user_id=actor.user_id, page=page)
    views = views_of(session, [export for export, _ in rows])
    names = [name for _, name in rows]
    return [ExportRow(session_name=n, export=v) for n, v in zip(names, views, strict=True)], cursor


def cancel_export(uow: UnitOfWork, actor: Actor, *, export_id: UUID) -> ExportView:
    """Stop an export: at once while it waits, at the worker's next look while it renders."""
    export = repository.find_export(uow.session, user_id=actor.user_id, export_id=export_id, for_update=True)
    if export is None:
        raise NotFound("There is no such export, or it belongs to a session you are not in.")
    get_session(uow.session, actor, session_id=export.session_id, at_least=MemberRole.OWNER)
    if export.status is ExportStatus.PENDING:
        export.status, export.stage = ExportStatus.CANCELED, ExportStage.DONE
        export.completed_at = utc_now()
        let_go(uow, export)
    elif export.status is ExportStatus.PROCESSING:
        export.cancel_requested_at = export.cancel_requested_at or utc_now()
    elif export.status is not ExportStatus.CANCELED:
        raise Conflict(f"This export is already {export.status}; there is nothing to stop.")
    uow.session.flush()
    return view_of(uow.session, export)


def file_of(session: Session, actor: Actor, *, export_id: UUID) -> tuple[Export, str]:
    """A completed export and a name for its file; raises `ExportNotReady`."""
    export = get_export(session, actor, export_id=export_id)
    if export.status is not ExportStatus.COMPLETED or not export.storage_key:
        raise ExportNotReady(export.error_message or f"This export is {export.status}.")
    studio_session, _ = get_session(session, actor, session_id=export.session_id)
    stem = re.sub(r'[\x00-\x1f<>:"/\\|?*]+', " ", studio_session.name).strip(" .") or "mix"
    return export, f"{stem}.{export.format}"


def certificate_of(session: Session, actor: Actor, *, export_id: UUID) -> dict[str, Any]:
    """The render certificate; raises `ExportNotReady` before there is one."""
    export = get_export(session, actor, export_id=export_id)
    if export.certificate is None:
        raise ExportNotReady(export.error_message or f"This export is {export.status}.")
    return export.certificate


def _check_renderable(mix: SessionMix) -> None:
    if mix.waiting:
        raise TracksNotReady(f"Still being made ready: {_names(mix.waiting)}. Wait a moment, then export.")
    if mix.broken:
        raise TracksNotReady(f"The file was rejected: {_names(mix.broken)}. Remove it, then export.")
    if not mix.manifest.tracks:
        raise NothingToExport("The session has no tracks yet. Drop a take into it, then export.")
    if not heard_tracks(mix.manifest):
        raise NothingToExport("Every track is muted. Take the mute off one, then export.")
    limit_s = get_settings().export_max_duration_seconds
    if mix.manifest.length_samples > limit_s * SAMPLE_RATE_HZ:
        length_s = mix.manifest.length_samples / SAMPLE_RATE_HZ
        raise MixTooLong(f"The mix lasts {length_s:.0f} s, the limit is {limit_s} s.")


def _target_json(loudness: LoudnessPreset | CustomLoudness) -> str | dict[str, float]:
    return {"lufs": loudness.lufs} if isinstance(loudness, CustomLoudness) else str(loudness)


def _names(names: list[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"
