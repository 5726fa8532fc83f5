"""Maintenance on real rows and objects: the dead are revived once, the old removed, and twice is as once."""

from __future__ import annotations

import io
import os
import signal
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import SQLModel, select

from omnisonic.platform.auth.models import AuthSession, User, VerificationToken
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.errors import NotFound
from omnisonic.platform.ids import new_id, utc_now
from omnisonic.platform.models import IdempotencyRecord, OutboxMessage, ScheduleRun
from omnisonic.platform.redis import get_redis
from omnisonic.platform.storage import Storage
from omnisonic.studio.uploads.jobs import PROCESS_UPLOAD, REMOVE_PARTS
from omnisonic.studio.uploads.models import MultipartUpload, Upload, UploadStatus
from omnisonic.studio.uploads.service import original_key
from tests.programs import WORKER, is_running, running
from tests.waiting import wait_until
from workers.maintenance import clean_up, delete_expired_rows, delete_orphans, sweep
from workers.media import remove_parts

from .conftest import Send, held

pytestmark = pytest.mark.usefixtures("db", "redis_client", "storage")

LONG_AGO = timedelta(days=400)


@pytest.fixture
def owner() -> UUID:
    user = User(email="ada@example.org", display_name="Ada")
    add(user)
    return user.id


def add(*rows: SQLModel) -> None:
    with unit_of_work() as uow:
        for row in rows:
            uow.session.add(row)
            uow.session.flush()


def make_upload(owner: UUID, *, age: timedelta = timedelta(0)) -> Upload:
    then = utc_now() - age
    upload = Upload(
        user_id=owner, file_name="a.wav", file_size=1, mime_type="audio/wav", created_at=then, updated_at=then
    )
    add(upload)
    return upload


def get_upload(upload_id: UUID) -> Upload:
    with read_session() as session:
        return session.exec(select(Upload).where(Upload.id == upload_id)).one()


def count(kind: type[SQLModel]) -> int:
    with read_session() as session:
        return len(session.exec(select(kind)).all())


def asked_jobs() -> list[str]:
    with read_session() as session:
        return [row.topic for row in session.exec(select(OutboxMessage)) if row.kind == "job"]


def test_a_job_killed_twice_is_tried_twice_and_then_says_so(owner: UUID, send: Send) -> None:
    upload = make_upload(owner, age=timedelta(hours=1))
    for attempt in (1, 2):
        with running(WORKER):
            send("process_slowly", upload_id=str(upload.id))
            seen = held(str(upload.id))
            assert get_upload(upload.id).attempt == attempt
            os.kill(int(seen["pid"]), signal.SIGKILL)
            wait_until(lambda seen=seen: not is_running(int(seen["pid"])))  # type: ignore[misc]
        forget_held(upload.id)
        assert get_upload(upload.id).status is UploadStatus.PROCESSING
        wait_until(lambda: is_swept(upload.id))
        expected = UploadStatus.RECEIVED if attempt == 1 else UploadStatus.REJECTED
        assert get_upload(upload.id).status is expected
    assert asked_jobs().count(PROCESS_UPLOAD.function) == 1
    assert get_upload(upload.id).error


def forget_held(upload_id: UUID) -> None:
    get_redis().delete(f"held:{upload_id}")


def is_swept(upload_id: UUID) -> bool:
    sweep(stale_after_s=0)
    return get_upload(upload_id).status is not UploadStatus.PROCESSING


def test_a_living_job_is_left_alone(owner: UUID, send: Send) -> None:
    upload = make_upload(owner, age=timedelta(hours=1))
    with running(WORKER):
        send("process_slowly", upload_id=str(upload.id))
        held(str(upload.id))
        first = get_upload(upload.id).heartbeat_at
        wait_until(lambda: get_upload(upload.id).heartbeat_at != first)
        sweep(stale_after_s=30)
    row = get_upload(upload.id)
    assert (row.status, row.attempt) == (UploadStatus.PROCESSING, 1)
    assert asked_jobs() == []


def test_orphans_go_with_their_objects_asked_for_once(owner: UUID, storage: Storage) -> None:
    old, fresh = make_upload(owner, age=LONG_AGO), make_upload(owner)
    delete_orphans()
    delete_orphans()
    with read_session() as session:
        assert [row.id for row in session.exec(select(Upload))] == [fresh.id]
        messages = session.exec(select(OutboxMessage)).all()
    assert [row.payload["args"] for row in messages] == [{"prefix": f"uploads/{old.id}/"}]


def expired_rows(owner: UUID, then: datetime) -> list[SQLModel]:
    digest = new_id().hex * 2
    return [
        IdempotencyRecord(
            user_id=owner, key=digest, fingerprint=digest, status=201, body={}, created_at=then
        ),
        AuthSession(user_id=owner, secret_sha256=digest, expires_at=then, last_seen_at=then),
        VerificationToken(purpose="confirm", email="a@b.c", secret_sha256=digest, expires_at=then),
        ScheduleRun(job="sweep", due_at=then),
    ]


def test_expired_rows_go_and_the_others_stay(owner: UUID) -> None:
    add(*expired_rows(owner, utc_now() - LONG_AGO), *expired_rows(owner, utc_now()))
    assert set(delete_expired_rows(utc_now()).values()) == {1}
    assert set(delete_expired_rows(utc_now()).values()) == {0}
    kinds = (IdempotencyRecord, AuthSession, VerificationToken, ScheduleRun)
    assert [count(kind) for kind in kinds] == [1, 1, 1, 1]


def test_abandoned_uploads_in_parts_are_aborted(owner: UUID, storage: Storage) -> None:
    keys = []
    for age in (LONG_AGO, timedelta(0)):
        upload_id = new_id()
        key = original_key(upload_id)
        storage_upload_id = storage.create_multipart(key, "audio/wav")
        keys.append((key, storage_upload_id))
        add(
            MultipartUpload(
                id=upload_id,
                user_id=owner,
                file_name="a.wav",
                file_size=1,
                mime_type="audio/wav",
                part_size=1,
                storage_upload_id=storage_upload_id,
                created_at=utc_now() - age,
            )
        )
    clean_up()
    clean_up()
    assert count(MultipartUpload) == 1
    assert asked_jobs() == [REMOVE_PARTS.function]
    with read_session() as session:
        remove_parts(**session.exec(select(OutboxMessage)).one().payload["args"])
    assert storage.list_parts(*keys[1]) == []
    assert not is_known(storage, *keys[0])


def is_known(storage: Storage, key: str, storage_upload_id: str) -> bool:
    try:
        storage.list_parts(key, storage_upload_id)
    except NotFound:
        return False
    return True


def test_maintenance_of_an_empty_installation_is_nothing(storage: Storage) -> None:
    storage.put_stream("uploads/x/original", io.BytesIO(b"x"), "audio/wav", 1)
    for job in (sweep, delete_orphans, clean_up):
        job()
        job()
    assert asked_jobs() == []
    assert storage.stat("uploads/x/original") is not None
