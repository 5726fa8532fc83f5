"""Uploads in parts: the browser sends each part straight to storage and resumes after a dropped line."""

from __future__ import annotations

import hashlib
import time
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork, read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.errors import Busy, Conflict, NotFound, ServiceUnavailable
from omnisonic.platform.ids import new_id, utc_now
from omnisonic.platform.storage import get_storage
from omnisonic.studio.uploads import repository
from omnisonic.studio.uploads.errors import UploadDiffers, UploadIncomplete, UploadTypeRefused
from omnisonic.studio.uploads.jobs import PROCESS_UPLOAD, REMOVE_PARTS
from omnisonic.studio.uploads.models import MultipartUpload, Upload
from omnisonic.studio.uploads.names import check_file_name
from omnisonic.studio.uploads.schemas import MultipartAnswer, MultipartCreate, PartLink
from omnisonic.studio.uploads.service import check_size, check_target, discard, get_upload, original_key
from omnisonic.studio.uploads.sniff import HEAD_BYTES, sniff

PART_SIZE_BYTES = 8 * 1024 * 1024
ABANDONED_AFTER = timedelta(hours=24)
CLAIM_LASTS = timedelta(minutes=1)  # after a crash; two calls at once are safe, only twice the work
CLAIM_POLL_S, CLAIM_PATIENCE_S = 0.2, 20.0
ENDED = "There is no such upload in parts, or it was completed or aborted."


def begin(actor: Actor, *, request: MultipartCreate) -> MultipartUpload:
    """Announce a file to the store; `record` saves the row, `forget` undoes the announcing."""
    name = check_file_name(request.file_name)
    check_size(request.file_size)
    with read_session() as session:
        check_target(session, actor, session_id=request.session_id)
    upload_id = new_id()
    return MultipartUpload(
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


def record(uow: UnitOfWork, actor: Actor, *, row: MultipartUpload) -> None:
    """Save an announced file."""
    check_target(uow.session, actor, session_id=row.session_id)
    uow.session.add(row)
    uow.session.flush()


def forget(row: MultipartUpload) -> None:
    """Undo the announcing of a file whose row was not saved."""
    get_storage().abort_multipart(original_key(row.id), row.storage_upload_id)


def plan(row: MultipartUpload) -> MultipartAnswer:
    """Where to PUT each part, before any has arrived."""
    return _answer(row, received=[])


def state(actor: Actor, *, upload_id: UUID) -> MultipartAnswer:
    """Which parts have arrived, with fresh links for all of them; raises `NotFound` once it has ended."""
    with unit_of_work() as uow:
        row = _find(uow, actor, upload_id=upload_id)
    parts = get_storage().list_parts(original_key(row.id), row.storage_upload_id)
    return _answer(row, received=[part.number for part in parts])


def resume(actor: Actor, *, upload_id: UUID) -> MultipartAnswer:
    """The state as `begin` answers it; without parts once it has ended, so that completing comes next."""
    try:
        return state(actor, upload_id=upload_id)
    except NotFound:
        return MultipartAnswer(id=upload_id, part_size=PART_SIZE_BYTES, parts=[])


def complete(actor: Actor, *, upload_id: UUID) -> Upload:
    """Put the parts together and have the file made ready; repeating the call answers the same upload.

    Claims the row, joins and reads the bytes outside of any transaction, then settles in a second one.
    Raises `UploadIncomplete` when parts are missing, `UploadDiffers` when the bytes are not those that were
    announced and `UploadTypeRefused` when they are of no kind taken here (after these two nothing stays
    stored), `Busy` while another call is at it.
    """
    row = _claim(actor, upload_id=upload_id)
    if row is None:
        with unit_of_work() as uow:
            return get_upload(uow.session, actor, upload_id=upload_id)
    try:
        _join(row)
        upload = _verified(row)
    except (UploadTypeRefused, UploadDiffers):
        _give_up(actor, upload_id=upload_id)
        raise
    except BaseException:
        _release(actor, upload_id=upload_id)
        raise
    if not _settle(actor, upload=upload):
        discard(upload_id)  # aborted meanwhile, perhaps before the parts were joined
        raise NotFound(ENDED)
    return upload


def abort(uow: UnitOfWork, actor: Actor, *, upload_id: UUID) -> None:
    """Forget an upload in parts and what has arrived of it."""
    _drop(uow, _find(uow, actor, upload_id=upload_id))


def abort_abandoned(uow: UnitOfWork, *, now: datetime, limit: int = 100) -> int:
    """Abort uploads in parts that nobody completed for a day; the number of them."""
    older_than = now - ABANDONED_AFTER
    rows = repository.list_stale_multiparts(uow.session, older_than=older_than, now=now, limit=limit)
    for row in rows:
        _drop(uow, row)
    return len(rows)


def remove_parts(upload_id: UUID, storage_upload_id: str) -> None:
    """Remove what arrived of an upload whose row is gone."""
    get_storage().abort_multipart(original_key(upload_id), storage_upload_id)
    discard(upload_id)


def _claim(actor: Actor, *, upload_id: UUID) -> MultipartUpload | None:
    """The row for this call alone, or None when there is none any more; waits for a call that has it."""
    give_up_s = time.monotonic() + CLAIM_PATIENCE_S
    while True:
        row, is_mine = _try_claim(actor, upload_id=upload_id)
        if row is None or is_mine:
            return row
        if time.monotonic() > give_up_s:
            raise Busy("The parts are being put together. Ask again in a moment.", retry_after_s=5)
        time.sleep(CLAIM_POLL_S)


@repeatable
def _try_claim(actor: Actor, *, upload_id: UUID) -> tuple[MultipartUpload | None, bool]:
    with unit_of_work() as uow:
        row = repository.find_multipart(uow.session, user_id=actor.user_id, upload_id=upload_id)
        if row is None:
            return None, False
        check_target(uow.session, actor, session_id=row.session_id)
        now = utc_now()
        if row.claimed_until is not None and row.claimed_until > now:
            return row, False
        row.claimed_until = now + CLAIM_LASTS
        return row, True


def _join(row: MultipartUpload) -> None:
    # Two calls can be here when a claim ran out: the slower one finds the parts gone and the object there.
    storage, key = get_storage(), original_key(row.id)
    if storage.stat(key) is not None:  # a crash after joining leaves the object; only the row was missing
        return
    try:
        parts = storage.list_parts(key, row.storage_upload_id)
        if sum(part.size for part in parts) != row.file_size:
            raise UploadIncomplete
        storage.complete_multipart(key, row.storage_upload_id, parts)
    except (NotFound, Conflict, ServiceUnavailable):
        if storage.stat(key) is None:
            raise


def _verified(row: MultipartUpload) -> Upload:
    digest, head, size_bytes = hashlib.sha256(), b"", 0
    for block in get_storage().read(original_key(row.id)):
        if len(head) < HEAD_BYTES:
            head += block[:HEAD_BYTES]
        digest.update(block)
        size_bytes += len(block)
    found = sniff(head[:HEAD_BYTES])
    if found is None:
        raise UploadTypeRefused
    if size_bytes != row.file_size or row.sha256 not in (None, digest.hexdigest()):
        raise UploadDiffers
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


@repeatable
def _settle(actor: Actor, *, upload: Upload) -> bool:
    """Turn the row into the upload; False when it was aborted. Taking the row away is what decides."""
    with unit_of_work() as uow:
        row = repository.find_multipart(uow.session, user_id=actor.user_id, upload_id=upload.id)
        if row is None:
            return repository.find_for_work(uow.session, upload_id=upload.id) is not None
        check_target(uow.session, actor, session_id=row.session_id)
        uow.session.delete(row)
        uow.session.add(upload)
        uow.session.flush()
        uow.enqueue(PROCESS_UPLOAD, upload_id=str(upload.id))
        return True


@repeatable
def _give_up(actor: Actor, *, upload_id: UUID) -> None:
    with unit_of_work() as uow:
        row = repository.find_multipart(uow.session, user_id=actor.user_id, upload_id=upload_id)
        if row is not None:
            _drop(uow, row)


@repeatable
def _release(actor: Actor, *, upload_id: UUID) -> None:
    with unit_of_work() as uow:
        row = repository.find_multipart(uow.session, user_id=actor.user_id, upload_id=upload_id)
        if row is not None:
            row.claimed_until = None


def _find(uow: UnitOfWork, actor: Actor, *, upload_id: UUID) -> MultipartUpload:
    row = repository.find_multipart(uow.session, user_id=actor.user_id, upload_id=upload_id)
    if row is None:
        raise NotFound(ENDED)
    return row


def _drop(uow: UnitOfWork, row: MultipartUpload) -> None:
    uow.session.delete(row)
    uow.enqueue(REMOVE_PARTS, upload_id=str(row.id), storage_upload_id=row.storage_upload_id)


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
