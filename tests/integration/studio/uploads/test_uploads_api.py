"""Uploads over REST: taken, made ready, refused with a reason, kept from strangers."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.ids import utc_now
from omnisonic.platform.storage import get_storage
from omnisonic.studio.uploads import lifecycle
from omnisonic.studio.uploads.models import Upload, UploadStatus
from tests.integration.studio.conftest import Person, create_session, invite, sine_wav, upload, uuid_of

RunJobs = Callable[[], int]


def stored_objects() -> list[str]:
    """Every key in storage."""
    return sorted(found.key for found in get_storage().list(""))


def row_of(upload_id: str) -> Upload:
    """The upload's row."""
    with read_session() as session:
        return session.get_one(Upload, uuid_of(upload_id))


@pytest.mark.parametrize(
    ("rate_hz", "channels", "width"), [(44_100, 1, 2), (48_000, 2, 2), (96_000, 2, 3), (8_000, 1, 2)]
)
def test_a_take_becomes_canonical_audio(
    mara: Person, run_jobs: RunJobs, rate_hz: int, channels: int, width: int
) -> None:
    session = create_session(mara)
    content = sine_wav(rate_hz=rate_hz, channels=channels, width=width, seconds=4)
    sent = upload(mara, session["id"], content)
    assert sent.status_code == 201
    body = sent.json()["upload"]
    assert (body["status"], body["kind"], body["sha256"]) == (
        "received",
        "audio",
        hashlib.sha256(content).hexdigest(),
    )
    run_jobs()
    ready = mara.get(f"/api/upload/{body['id']}").json()
    assert ready["upload"]["status"] == "ready", ready["upload"]["error"]
    assert ready["upload"]["durationSamples"] == 192_000
    assert (ready["upload"]["sampleRate"], ready["upload"]["channels"]) == (rate_hz, channels)
    assert -40 < ready["upload"]["lufs"] < 0
    audio = mara.get(f"/api/upload/{body['id']}/audio")
    assert audio.headers["content-type"] == "audio/flac"
    assert audio.content[:4] == b"fLaC"
    assert audio.headers["etag"] == f'"{hashlib.sha256(audio.content).hexdigest()}"'


def test_ranges_and_validators(mara: Person, run_jobs: RunJobs) -> None:
    upload_id = upload(mara, None, sine_wav()).json()["upload"]["id"]
    run_jobs()
    path = f"/api/upload/{upload_id}/audio"
    whole = mara.get(path)
    part = mara.get(path, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert mara.get(path, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    assert mara.get(path, headers={"Range": "bytes=99999999-"}).status_code == 416


def test_peaks_are_audiowaveform_files(mara: Person, run_jobs: RunJobs) -> None:
    upload_id = upload(mara, None, sine_wav(channels=2)).json()["upload"]["id"]
    run_jobs()
    answer = mara.get(f"/api/upload/{upload_id}/peaks", params={"level": 256})
    version, flags, rate, per_pixel, length, channels = struct.unpack("<iIiiII", answer.content[:24])
    assert (version, flags, rate, per_pixel, channels) == (2, 1, 48_000, 256, 2)
    assert len(answer.content) == 24 + length * channels * 2
    assert mara.get(f"/api/upload/{upload_id}/peaks", params={"level": 300}).status_code == 422


def test_the_original_comes_back_as_an_attachment(mara: Person, run_jobs: RunJobs) -> None:
    content = sine_wav()
    upload_id = upload(mara, None, content, name="Стык №1.wav").json()["upload"]["id"]
    run_jobs()
    answer = mara.get(f"/api/upload/{upload_id}/original")
    assert answer.content == content
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "content", "status", "slug"),
    [
        ("empty.wav", b"", 422, "upload-empty"),
        ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "upload-type-refused"),
        ("list.wav", b"ffconcat version 1.0\nfile /etc/hostname\n", 415, "upload-type-refused"),
        ("play.wav", b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n", 415, "upload-type-refused"),
        ("page.mp3", b"<!doctype html><title>x</title>", 415, "upload-type-refused"),
        ("../../etc/passwd.wav", sine_wav(seconds=0.1), 422, "invalid-fields"),
        ("a\\b.wav", sine_wav(seconds=0.1), 422, "invalid-fields"),
        ("evil\u202egnp.wav", sine_wav(seconds=0.1), 422, "invalid-fields"),
    ],
)
def test_what_is_not_taken_is_refused_and_not_stored(
    mara: Person, name: str, content: bytes, status: int, slug: str
) -> None:
    answer = upload(mara, None, content, name=name)
    assert answer.status_code == status, answer.text
    assert answer.json()["type"] == f"/problems/{slug}"
    assert answer.json()["detail"]
    assert stored_objects() == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("\u0635\u0648\u062a \U0001f469\u200d\U0001f3a4.wav", None),  # Arabic, and an emoji joined of two
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0646\u0645.wav", None),  # Persian with its non-joiner
        ("\ufeffTake\u200e.wav", "Take.wav"),
    ],
)
def test_names_of_every_script_are_kept(mara: Person, name: str, kept: str | None) -> None:
    answer = upload(mara, None, sine_wav(seconds=0.1), name=name)
    assert answer.status_code == 201, answer.text
    assert answer.json()["upload"]["fileName"] == (kept or name)


def test_a_file_over_the_limit_is_refused_with_the_hint(mara: Person, configure: Any, tmp_path: Path) -> None:
    configure(UPLOAD_MAX_FILE_SIZE_MB=1, STORAGE_LOCAL_DIR=tmp_path / "storage")
    answer = upload(mara, None, sine_wav(seconds=12))
    assert answer.status_code == 413
    assert "FLAC" in answer.json()["detail"]
    announced = mara.post(
        "/api/upload/multipart", {"fileName": "a.wav", "fileSize": 2_000_000, "mimeType": "audio/wav"}
    )
    assert announced.status_code == 413
    assert stored_objects() == []


def _truncated() -> bytes:
    return sine_wav(seconds=3)[:100_000]


def _silent_hours() -> bytes:
    import av

    path = Path("/tmp") / f"bomb-{utc_now().timestamp()}.flac"
    try:
        with av.open(str(path), "w") as target:
            stream = target.add_stream("flac", rate=8_000, layout="mono")
            frame = av.AudioFrame(format="s16", layout="mono", samples=8_000 * 60)
            frame.sample_rate = 8_000
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
            for minute in range(40):
                frame.pts = minute * 8_000 * 60
                target.mux(stream.encode(frame))
            target.mux(stream.encode(None))
        return path.read_bytes()
    finally:
        path.unlink(missing_ok=True)


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (_truncated, "breaks off"),
        (_silent_hours, "too long"),
        (lambda: b"RIFF\x24\x00\x00\x00WAVEjunk" + bytes(100), ""),
        (lambda: b"fLaC" + bytes(60), ""),
        (lambda: b"\x89PNG\r\n\x1a\n" + bytes(60), "picture"),
    ],
)
def test_what_cannot_be_used_is_rejected_with_its_reason(
    mara: Person, run_jobs: RunJobs, make: Callable[[], bytes], word: str
) -> None:
    upload_id = upload(mara, None, make()).json()["upload"]["id"]
    run_jobs()
    row = mara.get(f"/api/upload/{upload_id}").json()["upload"]
    assert row["status"] == "rejected"
    assert word in row["error"]
    assert len(row["error"]) > 30, "says what to do"
    assert stored_objects() == []
    assert mara.get(f"/api/upload/{upload_id}/audio").status_code == 409


def test_the_same_key_stores_one_file(mara: Person) -> None:
    content = sine_wav()
    headers = {"Idempotency-Key": "take-1"}
    first = upload(mara, None, content, **headers)
    again = upload(mara, None, content, **headers)
    assert first.json()["upload"]["id"] == again.json()["upload"]["id"]
    assert len(stored_objects()) == 1
    assert upload(mara, None, sine_wav(frequency_hz=220), **headers).status_code == 409
    assert len(stored_objects()) == 1


def test_a_file_in_parts(mara: Person, run_jobs: RunJobs) -> None:
    content = sine_wav(seconds=100, rate_hz=48_000, channels=1)
    session = create_session(mara)
    begun = mara.post(
        "/api/upload/multipart",
        {
            "fileName": "long.wav",
            "fileSize": len(content),
            "mimeType": "audio/wav",
            "sha256": hashlib.sha256(content).hexdigest(),
            "sessionId": session["id"],
        },
    ).json()
    assert len(begun["parts"]) == 2
    for part in begun["parts"][:1]:
        _put_part(mara, part["url"], content[: begun["partSize"]])
    early = mara.post(f"/api/upload/multipart/{begun['id']}/complete")
    assert (early.status_code, early.json()["type"]) == (409, "/problems/upload-incomplete")
    state = mara.get(f"/api/upload/multipart/{begun['id']}").json()
    assert state["received"] == [1]
    _put_part(mara, state["parts"][1]["url"], content[begun["partSize"] :])
    done = mara.post(f"/api/upload/multipart/{begun['id']}/complete")
    assert done.status_code == 200, done.text
    again = mara.post(f"/api/upload/multipart/{begun['id']}/complete")
    assert again.json()["upload"]["id"] == done.json()["upload"]["id"] == begun["id"]
    run_jobs()
    assert row_of(begun["id"]).status is UploadStatus.READY


def _put_part(person: Person, url: str, content: bytes) -> None:
    path = url.split("://", 1)[1].split("/", 1)[1] if "://" in url else url.lstrip("/")
    answer = person.client.put(f"/{path}", content=content)
    assert answer.status_code in (200, 201, 204), answer.text


def test_an_aborted_upload_leaves_nothing(mara: Person) -> None:
    begun = mara.post(
        "/api/upload/multipart", {"fileName": "a.wav", "fileSize": 1000, "mimeType": "audio/wav"}
    ).json()
    assert mara.delete(f"/api/upload/multipart/{begun['id']}").json() == {"ok": True}
    assert mara.get(f"/api/upload/multipart/{begun['id']}").status_code == 404
    assert stored_objects() == []


def test_an_upload_in_use_stays(mara: Person, add_take: Callable[..., dict[str, Any]]) -> None:
    session = create_session(mara)
    track = add_take(mara, session["id"])
    assert mara.delete(f"/api/upload/{track['uploadId']}").json()["type"] == "/problems/upload-in-use"
    mara.delete(f"/api/sessions/{session['id']}/tracks/{track['id']}")
    assert mara.delete(f"/api/upload/{track['uploadId']}").status_code == 200


def test_a_removed_upload_takes_its_objects_along(mara: Person, run_jobs: RunJobs) -> None:
    upload_id = upload(mara, None, sine_wav()).json()["upload"]["id"]
    run_jobs()
    assert stored_objects() != []
    mara.delete(f"/api/upload/{upload_id}")
    run_jobs()
    assert stored_objects() == []


def test_members_hear_what_others_uploaded(mara: Person, teo: Person, run_jobs: RunJobs) -> None:
    session = create_session(mara)
    upload_id = upload(mara, session["id"], sine_wav()).json()["upload"]["id"]
    run_jobs()
    assert teo.get(f"/api/upload/{upload_id}/audio").status_code == 404
    invite(mara, teo, session["id"], role="viewer")
    assert teo.get(f"/api/upload/{upload_id}/audio").status_code == 200
    assert teo.delete(f"/api/upload/{upload_id}").status_code == 403
    assert len(teo.get("/api/upload/list", params={"sessionId": session["id"]}).json()["uploads"]) == 1


def test_a_viewer_sends_no_files(mara: Person, teo: Person) -> None:
    session_id = create_session(mara)["id"]
    invite(mara, teo, session_id, role="editor")
    described = {"fileName": "a.wav", "fileSize": 1000, "mimeType": "audio/wav", "sessionId": session_id}
    begun = teo.post("/api/upload/multipart", described).json()
    _put_part(teo, begun["parts"][0]["url"], bytes(1000))
    mara.patch(f"/api/sessions/{session_id}/members/{teo.actor.user_id}", {"role": "viewer"})
    assert upload(teo, session_id, sine_wav()).status_code == 403
    assert teo.post("/api/upload/multipart", described).status_code == 403
    assert teo.post(f"/api/upload/multipart/{begun['id']}/complete").status_code == 403
    assert stored_objects() == []


def test_an_upload_lost_with_its_queue_is_found(mara: Person) -> None:
    upload(mara, None, sine_wav())
    with unit_of_work() as uow:
        waiting = utc_now() + timedelta(seconds=61)
        assert lifecycle.requeue_stale_uploads(uow, now=waiting, stale_after_s=60) == 0
        late = utc_now() + timedelta(seconds=181)
        assert lifecycle.requeue_stale_uploads(uow, now=late, stale_after_s=60) == 1


def test_a_dead_workers_upload_is_tried_once_more_then_rejected(mara: Person, run_jobs: RunJobs) -> None:
    upload_id = uuid_of(upload(mara, None, sine_wav()).json()["upload"]["id"])
    for _ in range(2):
        assert lifecycle.claim_upload(upload_id=upload_id) is not None
        assert lifecycle.claim_upload(upload_id=upload_id) is None
        with unit_of_work() as uow:
            late = utc_now() + timedelta(seconds=61)
            assert lifecycle.requeue_stale_uploads(uow, now=late, stale_after_s=60) == 1
    row = row_of(str(upload_id))
    assert (row.status, row.error_slug) == (UploadStatus.REJECTED, "processing-failed")


def test_a_living_workers_upload_is_left_alone(mara: Person) -> None:
    upload_id = uuid_of(upload(mara, None, sine_wav()).json()["upload"]["id"])
    claimed = lifecycle.claim_upload(upload_id=upload_id)
    assert claimed is not None
    with unit_of_work() as uow:
        assert lifecycle.requeue_stale_uploads(uow, now=utc_now(), stale_after_s=60) == 0
    assert lifecycle.beat_upload(upload_id=upload_id, attempt=1)
    assert not lifecycle.beat_upload(upload_id=upload_id, attempt=2)


def test_orphans_are_removed_after_their_time(mara: Person, run_jobs: RunJobs) -> None:
    session = create_session(mara)
    orphan = upload(mara, None, sine_wav()).json()["upload"]["id"]
    kept = upload(mara, session["id"], sine_wav()).json()["upload"]["id"]
    run_jobs()
    with unit_of_work() as uow:
        assert lifecycle.delete_orphaned_uploads(uow, now=utc_now() + timedelta(days=29)) == 0
        assert lifecycle.delete_orphaned_uploads(uow, now=utc_now() + timedelta(days=31)) == 1
    run_jobs()
    with read_session() as db_session:
        assert [str(row.id) for row in db_session.exec(select(Upload))] == [kept]
    assert not any(orphan in key for key in stored_objects())
