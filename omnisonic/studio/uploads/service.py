"""Files arriving: accepted only whole, checked by content, looked up only through the caller's sessions."""

from __future__ import annotations

import hashlib
from typing import BinaryIO
from uuid import UUID

from sqlmodel import Session

from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork, read_session
from omnisonic.platform.errors import Forbidden, NotFound
from omnisonic.platform.ids import new_id
from omnisonic.platform.pagination import Page
from omnisonic.platform.settings import get_settings
from omnisonic.platform.storage import get_storage
from omnisonic.studio.sessions.models import MemberRole
from omnisonic.studio.sessions.service import get_session
from omnisonic.studio.uploads import repository
from omnisonic.studio.uploads.errors import (
    UploadEmpty,
    UploadInUse,
    UploadNotReady,
    UploadTooLarge,
    UploadTypeRefused,
)
from omnisonic.studio.uploads.jobs import DELETE_OBJECTS, PROCESS_UPLOAD
from omnisonic.studio.uploads.models import Upload, UploadKind, UploadStatus
from omnisonic.studio.uploads.names import check_file_name
from omnisonic.studio.uploads.schemas import UploadAnswer, UploadList, UploadView
from omnisonic.studio.uploads.sniff import HEAD_BYTES, sniff

COPY_BLOCK_BYTES = 1024 * 1024
AUDIO_NAME, AUDIO_TYPE = "audio.flac", "audio/flac"
ARTWORK_NAME = "artwork"


def prefix_of(upload_id: UUID) -> str:
    """Where the objects of an upload live."""
    return f"uploads/{upload_id}/"


def original_key(upload_id: UUID) -> str:
    """Key of the bytes as they arrived."""
    return prefix_of(upload_id) + "original"


def canonical_object(upload: Upload) -> tuple[str, str]:
    """Name and media type of what is played or shown of an upload: FLAC, or the re-encoded picture."""
    if upload.kind is UploadKind.IMAGE:
        return ARTWORK_NAME, upload.mime_type
    return AUDIO_NAME, AUDIO_TYPE


def check_size(size_bytes: int) -> None:
    """Raise `UploadEmpty` or `UploadTooLarge`."""
    limit_mb = get_settings().upload_max_file_size_mb
    if size_bytes == 0:
        raise UploadEmpty
    if size_bytes > get_settings().upload_max_bytes:
        size_mb = size_bytes // (1024 * 1024)  # whole: a size may be beyond any float
        raise UploadTooLarge(
            f"The file has {size_mb} MB, the limit is {limit_mb} MB. "
            "Export the take as FLAC: it sounds the same and is about half the size."
        )


def check_target(session: Session, actor: Actor, *, session_id: UUID | None) -> None:
    """Raise unless the caller may add files to the session."""
    if session_id is not None:
        get_session(session, actor, session_id=session_id, at_least=MemberRole.EDITOR)


def stage_file(
    actor: Actor, *, stream: BinaryIO, file_name: str | None, size_bytes: int, session_id: UUID | None
) -> Upload:
    """Check a file that has arrived and put it into storage; the row is not saved yet.

    Refuses before anything is stored; `record_upload` saves the row, `discard` undoes the storing.
    """
    name = check_file_name(file_name)
    check_size(size_bytes)
    with read_session() as session:
        check_target(session, actor, session_id=session_id)
    found = sniff(stream.read(HEAD_BYTES))
    if found is None:
        raise UploadTypeRefused
    kind, mime_type = found
    upload = Upload(
        id=new_id(),
        user_id=actor.user_id,
        session_id=session_id,
        file_name=name,
        file_size=size_bytes,
        mime_type=mime_type,
        kind=kind,
        sha256=_sha256_of(stream),
    )
    stream.seek(0)
    get_storage().put_stream(
        original_key(upload.id), stream, mime_type, max_bytes=get_settings().upload_max_bytes
    )
    return upload


def record_upload(uow: UnitOfWork, actor: Actor, *, upload: Upload) -> Upload:
    """Save a staged upload and have it made ready."""
    check_target(uow.session, actor, session_id=upload.session_id)
    uow.session.add(upload)
    uow.session.flush()
    uow.enqueue(PROCESS_UPLOAD, upload_id=str(upload.id))
    return upload


def discard(upload_id: UUID) -> None:
    """Remove what `stage_file` stored for a row that was not saved."""
    get_storage().delete_prefix(prefix_of(upload_id))


def get_upload(session: Session, actor: Actor, *, upload_id: UUID, for_update: bool = False) -> Upload:
    """An upload the caller may hear; raises `NotFound`."""
    upload = repository.find_upload(
        session, user_id=actor.user_id, upload_id=upload_id, for_update=for_update
    )
    if upload is None:
        raise NotFound("There is no such upload, or it belongs to a session you are not in.")
    return upload


def answer(upload: Upload) -> UploadAnswer:
    """The row with its stable path and, once ready, a signed link of one hour."""
    link = None
    if upload.status is UploadStatus.READY:
        name, mime_type = canonical_object(upload)
        stem = upload.file_name.rsplit(".", 1)[0] or "audio"
        link = get_storage().signed_url(
            prefix_of(upload.id) + name,
            file_name=f"{stem}.{mime_type.split('/')[1]}",
            content_type=mime_type,
        )
    metadata = {"fileName": upload.file_name, "mimeType": upload.mime_type, "fileSize": upload.file_size}
    return UploadAnswer(
        upload=UploadView.of(upload), url=f"/api/upload/{upload.id}", download_url=link, metadata=metadata
    )


def list_uploads(session: Session, actor: Actor, *, session_id: UUID, page: Page) -> UploadList:
    """Uploads of a session, newest first; raises `NotFound` for strangers."""
    get_session(session, actor, session_id=session_id)
    rows, cursor = repository.list_uploads(session, session_id=session_id, page=page)
    return UploadList(uploads=[UploadView.of(row) for row in rows], next_cursor=cursor)


def delete_upload(uow: UnitOfWork, actor: Actor, *, upload_id: UUID) -> None:
    """Remove an upload that no track uses; only its uploader or the session's owner may."""
    upload = repository.find_upload(uow.session, user_id=actor.user_id, upload_id=upload_id, for_update=True)
    if upload is None:
        raise NotFound("There is no such upload, or it belongs to a session you are not in.")
    if upload.session_id is not None:
        own = upload.user_id == actor.user_id
        least = MemberRole.EDITOR if own else MemberRole.OWNER
        get_session(uow.session, actor, session_id=upload.session_id, at_least=least)
    elif upload.user_id != actor.user_id:
        raise Forbidden("Only the person who sent this file can remove it.")
    if repository.is_used_by_track(uow.session, upload_id=upload_id):
        raise UploadInUse
    uow.session.delete(upload)
    uow.enqueue(DELETE_OBJECTS, prefix=prefix_of(upload_id))


def playable_key(upload: Upload, name: str) -> str:
    """Key of a derived object; raises `UploadNotReady` before it exists."""
    if upload.status is not UploadStatus.READY:
        raise UploadNotReady(upload.error or "")
    return prefix_of(upload.id) + name


def _sha256_of(stream: BinaryIO) -> str:
    stream.seek(0)
    digest = hashlib.sha256()
    while block := stream.read(COPY_BLOCK_BYTES):
        digest.update(block)
    return digest.hexdigest()
