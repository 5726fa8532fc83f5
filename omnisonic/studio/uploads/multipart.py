"""Uploads in parts: the browser sends each part straight to storage and resumes after a dropped line."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import NotFound
from omnisonic.platform.ids import new_id
from omnisonic.platform.storage import get_storage
from omnisonic.studio.uploads import repository
from omnisonic.studio.uploads.errors import UploadIncomplete, UploadTypeRefused
from omnisonic.studio.uploads.jobs import PROCESS_UPLOAD
from omnisonic.studio.uploads.models import MultipartUpload, Upload
from omnisonic.studio.uploads.names import check_file_name
from omnisonic.studio.uploads.schemas import MultipartAnswer, MultipartCreate, PartLink
from omnisonic.studio.uploads.service import check_size, check_target, discard, get_upload, original_key
from omnisonic.studio.uploads.sniff import HEAD_BYTES, sniff

PART_SIZE_BYTES = 8 * 1024 * 1024
ABANDONED_AFTER = timedelta(hours=24)


def begin(uow: UnitOfWork, actor: Actor, *, request: MultipartCreate) -> MultipartAnswer:
    """Announce a file; answers where to PUT each part."""
    name = check_file_name(request.file_name)
    check_size(request.file_size)
    check_target(uow.session, actor, session_id=request.session_id)
    upload_id = new_id()
    row = MultipartUpload(
        id=upload_id,
        user_id=actor.user_id,
        session_id=request.session_id,
        file_name=name,
        file_size=request.file_size,
        mime_type=request.mime_type,
        sha256=request.sha256,
        part_size=PART_SIZE_BYTES,
        storage_upload_id=get_storage().create_multipart(original_key(upload_id), request.mime_type),
    )
    uow.session.add(row)
    uow.session.flush()
    return _answer(row, received=[])


def state(uow: UnitOfWork, actor: Actor, *, upload_id: UUID) -> MultipartAnswer:
    """Which parts have arrived, with fresh links for all of them."""
    row = _find(uow, actor, upload_id=upload_id)
    parts = get_storage().list_parts(original_key(row.id), row.storage_upload_id)
    return _answer(row, received=[part.number for part in parts])


def complete(uow: UnitOfWork, actor: Actor, *, upload_id: UUID) -> Upload:
    """Put the parts together and have the file made ready; repeating the call answers the same upload.

    Raises `UploadIncomplete` when parts are missing or the bytes differ from what was announced, and
    `UploadTypeRefused` (nothing stays stored) when the content is of no kind taken here.
    """
    # The row first: a call at the same moment waits for its lock and then finds the finished upload.
    row = repository.find_multipart(uow.session, user_id=actor.user_id, upload_id=upload_id)
    if row is None:
        return get_upload(uow.session, actor, upload_id=upload_id)
    check_target(uow.session, actor, session_id=row.session_id)
    storage, key = get_storage(), original_key(row.id)
    if storage.stat(key) is None:  # a crash after completing leaves the object; then only the row is missing
        parts = storage.list_parts(key, row.storage_upload_id)
        if sum(part.size for part in parts) != row.file_size:
            raise UploadIncomplete
        storage.complete_multipart(key, row.storage_upload_id, parts)
    upload = _verified(row)
    uow.session.delete(row)
    uow.session.add(upload)
    uow.session.flush()
    uow.enqueue(PROCESS_UPLOAD, upload_id=str(upload.id))
    return upload


def abort(uow: UnitOfWork, actor: Actor, *, upload_id: UUID) -> None:
    """Forget an upload in parts and what has arrived of it."""
    _drop(uow, _find(uow, actor, upload_id=upload_id))


def abort_abandoned(uow: UnitOfWork, *, now: datetime, limit: int = 100) -> int:
    """Abort uploads in parts that nobody completed for a day; the number of them."""
    rows = repository.list_stale_multiparts(uow.session, older_than=now - ABANDONED_AFTER, limit=limit)
    for row in rows:
        _drop(uow, row)
    return len(rows)


def _verified(row: MultipartUpload) -> Upload:
    storage, key = get_storage(), original_key(row.id)
    digest, head, size_bytes = hashlib.sha256(), b"", 0
    for block in storage.read(key):
        head = head or block[:HEAD_BYTES]
        digest.update(block)
        size_bytes += len(block)
    found = sniff(head)
    if found is None or size_bytes != row.file_size or row.sha256 not in (None, digest.hexdigest()):
        discard(row.id)
        if found is None:
            raise UploadTypeRefused
        raise UploadIncomplete("The bytes are not those that were announced. Send the file again.")
    kind, mime_type = found
    return Upload(
        id=row.id,
        user_id=row.user_id,
        session_id=row.session_id,
        file_name=row.file_name,
        file_size=size_bytes,
        mime_type=mime_type,
        kind=kind,
        sha256=digest.hexdigest(),
    )


def _find(uow: UnitOfWork, actor: Actor, *, upload_id: UUID) -> MultipartUpload:
    row = repository.find_multipart(uow.session, user_id=actor.user_id, upload_id=upload_id)
    if row is None:
        raise NotFound("There is no such upload in parts, or it was completed or aborted.")
    return row


def _drop(uow: UnitOfWork, row: MultipartUpload) -> None:
    get_storage().abort_multipart(original_key(row.id), row.storage_upload_id)
    discard(row.id)
    uow.session.delete(row)


def _answer(row: MultipartUpload, *, received: list[int]) -> MultipartAnswer:
    storage, key = get_storage(), original_key(row.id)
    sizes = _part_sizes(row.file_size, row.part_size)
    parts = [
        PartLink(n=n, url=storage.sign_part(key, row.storage_upload_id, n, size_bytes=size))
        for n, size in enumerate(sizes, start=1)
    ]
    return MultipartAnswer(id=row.id, part_size=row.part_size, parts=parts, received=received)


def _part_sizes(file_size: int, part_size: int) -> list[int]:
    count = ceil(file_size / part_size)
    return [part_size] * (count - 1) + [file_size - part_size * (count - 1)]
