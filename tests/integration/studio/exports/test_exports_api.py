"""Exports over REST: asked for, rendered by the real job, fetched, stopped, refused."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import av
import numpy as np
import pytest

from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.errors import ServiceUnavailable
from omnisonic.platform.ids import utc_now
from omnisonic.platform.storage import get_storage
from omnisonic.studio.audio.manifest import parse_manifest
from omnisonic.studio.exports import lifecycle
from omnisonic.studio.exports.models import Export, ExportStage, ExportStatus
from tests.integration.studio.conftest import (
    Person,
    create_session,
    invite,
    sine_wav,
    upload,
    uuid_of,
)
from tests.integration.studio.contract_mix import contract_mix
from workers.mixdown import render_export

AddTake = Callable[..., dict[str, Any]]
RunJobs = Callable[[], int]


def ask(person: Person, session_id: str, **fields: Any) -> dict[str, Any]:
    """Request an export; returns the answer."""
    response = person.post("/api/export", {"sessionId": session_id, **fields})
    assert response.status_code == 202, response.text
    answer: dict[str, Any] = response.json()
    return answer


def samples_of(content: bytes) -> np.ndarray:
    """Decoded audio, shape (frames, channels), float64."""
    with av.open(io.BytesIO(content)) as source:
        frames = [frame.to_ndarray() for frame in source.decode(audio=0)]
        stream = source.streams.audio[0]
        is_planar = stream.format.is_planar
        channels = stream.channels
    joined = (
        np.concatenate(frames, axis=1).T
        if is_planar
        else np.concatenate([frame.reshape(-1, channels) for frame in frames])
    )
    scale = {"f": 1.0, "i": float(np.iinfo(joined.dtype).max + 1) if joined.dtype.kind == "i" else 1.0}
    return joined.astype(np.float64) / scale[joined.dtype.kind]


@pytest.fixture
def session_id(mara: Person, add_take: AddTake) -> str:
    """Three takes of three kinds, with levels, places and offsets."""
    session = create_session(mara)
    session_id = str(session["id"])
    add_take(mara, session_id, sine_wav(rate_hz=44_100, seconds=1.0), gainDb=-3.5, pan=-0.4)
    add_take(
        mara,
        session_id,
        sine_wav(channels=2, frequency_hz=330, seconds=1.2),
        gainDb=2,
        pan=0.7,
        offsetSamples=12_345,
        fadeInSamples=480,
        fadeOutSamples=4_800,
    )
    add_take(
        mara,
        session_id,
        sine_wav(rate_hz=96_000, width=3, channels=2, frequency_hz=110, seconds=0.8),
        gainDb=-1,
        offsetSamples=777,
        trimStartSamples=1_000,
        trimEndSamples=500,
    )
    return session_id


def test_the_float_export_is_the_mix(mara: Person, session_id: str, run_jobs: RunJobs) -> None:
    manifest = mara.get(f"/api/sessions/{session_id}/manifest").json()
    export_id = ask(mara, session_id, bitDepth=32)["exportId"]
    run_jobs()
    answer = mara.get(f"/api/export/{export_id}").json()
    assert answer["status"] == "completed", answer["export"]["errorMessage"]
    rendered = samples_of(mara.get(f"/api/export/{export_id}/download").content)
    tracks = mara.get(f"/api/sessions/{session_id}/tracks").json()["tracks"]
    takes = {
        track["id"]: samples_of(mara.get(f"/api/upload/{track['uploadId']}/audio").content)
        for track in tracks
    }
    expected = contract_mix(manifest, takes)
    assert rendered.shape == expected.shape == (manifest["lengthSamples"], 2)
    difference = np.max(np.abs(rendered - expected))
    assert 20 * np.log10(difference + 1e-12) < -120


def test_the_answer_has_the_shape_of_the_contract(mara: Person, session_id: str, run_jobs: RunJobs) -> None:
    answer = ask(mara, session_id)
    assert answer["status"] == "pending"
    assert answer["url"] == f"/api/export/{answer['exportId']}"
    assert (answer["export"]["format"], answer["export"]["bitDepth"]) == ("wav", 24)
    run_jobs()
    done = mara.get("/api/export", params={"id": answer["exportId"]}).json()["export"]
    assert (done["progress"], done["stage"]) == (100, "done")
    assert done["fileSize"] > 1000
    assert len(done["pcmSha256"]) == len(done["manifestSha256"]) == 64
    assert done["loudness"]["target"] == "as-mixed"
    assert done["loudness"]["gainDb"] == 0
    assert done["startedAt"] <= done["completedAt"]
    link = done["fileUrl"].split("://", 1)[-1]
    path = "/" + link.split("/", 1)[1]
    whole = mara.client.get(path)
    assert whole.status_code == 200
    assert len(whole.content) == done["fileSize"]


@pytest.mark.parametrize(
    "fields",
    [
        {"format": "mp3"},
        {"format": "flac"},
        {"format": "flac", "bitDepth": 16},
        {"bitDepth": 16, "sampleRate": 44_100},
        {"format": "mp3", "sampleRate": 44_100},
    ],
)
def test_every_format_has_the_length_of_the_mix(
    mara: Person, session_id: str, run_jobs: RunJobs, fields: dict[str, Any]
) -> None:
    length = mara.get(f"/api/sessions/{session_id}/manifest").json()["lengthSamples"]
    export_id = ask(mara, session_id, **fields)["exportId"]
    run_jobs()
    frames = len(samples_of(mara.get(f"/api/export/{export_id}/download").content))
    rate_hz = fields.get("sampleRate", 48_000)
    assert abs(frames - length * rate_hz / 48_000) <= (2000 if fields.get("format") == "mp3" else 1)


def test_a_loudness_goal_is_reached(mara: Person, run_jobs: RunJobs, add_take: AddTake) -> None:
    session = create_session(mara)
    add_take(mara, session["id"], sine_wav(seconds=4, channels=2, level=0.1))
    export_id = ask(mara, session["id"], loudness="streaming")["exportId"]
    run_jobs()
    loudness = mara.get(f"/api/export/{export_id}").json()["export"]["loudness"]
    assert abs(loudness["measuredLufs"] + 14) <= 0.2, loudness
    assert loudness["truePeakDb"] <= -0.9


def test_a_goal_beyond_the_ceiling_says_so(mara: Person, run_jobs: RunJobs, add_take: AddTake) -> None:
    session = create_session(mara)
    click = sine_wav(seconds=0.05, level=0.9)[44:]
    quiet = sine_wav(seconds=4, level=0.02)
    content = quiet[: 44 + 48_000] + click + quiet[44 + 48_000 + len(click) :]
    add_take(mara, session["id"], content)
    export_id = ask(mara, session["id"], loudness={"lufs": -10})["exportId"]
    run_jobs()
    loudness = mara.get(f"/api/export/{export_id}").json()["export"]["loudness"]
    assert loudness["target"] == {"lufs": -10}
    assert loudness["measuredLufs"] < -10.2
    assert loudness["truePeakDb"] <= -0.9
    assert loudness["reason"]


def test_the_certificate_lets_anyone_check(mara: Person, session_id: str, run_jobs: RunJobs) -> None:
    export_id = ask(mara, session_id)["exportId"]
    assert mara.get(f"/api/export/{export_id}/certificate").status_code == 409
    run_jobs()
    certificate = mara.get(f"/api/export/{export_id}/certificate").json()
    row = mara.get(f"/api/export/{export_id}").json()["export"]
    assert certificate["pcmSha256"] == row["pcmSha256"]
    assert parse_manifest(certificate["manifest"]).sha256() == certificate["manifestSha256"]
    assert {entry["sha256"] for entry in certificate["inputs"]} == {
        track["audioSha256"] for track in certificate["manifest"]["tracks"]
    }
    assert certificate["contributors"] == [{"name": "Mara"}]


def test_what_is_exported_is_frozen_at_the_request(mara: Person, session_id: str, run_jobs: RunJobs) -> None:
    export_id = ask(mara, session_id)["exportId"]
    track = mara.get(f"/api/sessions/{session_id}/tracks").json()["tracks"][0]
    mara.patch(f"/api/sessions/{session_id}/tracks/{track['id']}", {"version": 1, "muted": True})
    run_jobs()
    certificate = mara.get(f"/api/export/{export_id}/certificate").json()
    assert not any(frozen["muted"] for frozen in certificate["manifest"]["tracks"])


def test_an_empty_or_silent_session_is_refused(mara: Person, run_jobs: RunJobs, add_take: AddTake) -> None:
    session = create_session(mara)
    empty = mara.post("/api/export", {"sessionId": session["id"]})
    assert (empty.status_code, empty.json()["type"]) == (409, "/problems/nothing-to-export")
    add_take(mara, session["id"], muted=True)
    muted = mara.post("/api/export", {"sessionId": session["id"]})
    assert (muted.status_code, muted.json()["type"]) == (409, "/problems/nothing-to-export")
    assert "muted" in muted.json()["detail"]


def test_a_track_still_processing_is_named(mara: Person) -> None:
    session = create_session(mara)
    upload_id = upload(mara, session["id"], sine_wav(), name="Bass.wav").json()["upload"]["id"]
    mara.post(f"/api/sessions/{session['id']}/tracks", {"uploadId": upload_id})
    refused = mara.post("/api/export", {"sessionId": session["id"]})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/tracks-not-ready")
    assert "“Bass”" in refused.json()["detail"]


def test_a_mix_beyond_the_limit_is_refused(mara: Person, add_take: AddTake) -> None:
    session = create_session(mara)
    add_take(mara, session["id"], offsetSamples=48_000 * 600)
    refused = mara.post("/api/export", {"sessionId": session["id"]})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/mix-too-long")


@pytest.mark.parametrize(
    "fields",
    [
        {"format": "ogg"},
        {"format": "flac", "bitDepth": 32},
        {"bitDepth": 20},
        {"sampleRate": 96_000},
        {"loudness": "loud"},
        {"loudness": {"lufs": 0}},
        {"kind": "master"},
        {"stems": True},
    ],
)
def test_unknown_wishes_are_refused(mara: Person, session_id: str, fields: dict[str, Any]) -> None:
    refused = mara.post("/api/export", {"sessionId": session_id, **fields})
    assert refused.status_code == 422
    assert refused.json()["errors"]


def test_only_the_owner_exports_and_stops(
    mara: Person, teo: Person, session_id: str, run_jobs: RunJobs
) -> None:
    assert teo.post("/api/export", {"sessionId": session_id}).status_code == 404
    invite(mara, teo, session_id)
    assert teo.post("/api/export", {"sessionId": session_id}).status_code == 403
    export_id = ask(mara, session_id)["exportId"]
    assert teo.post(f"/api/export/{export_id}/cancel").status_code == 403
    run_jobs()
    assert teo.get(f"/api/export/{export_id}/download").status_code == 200


def test_two_at_a_time(mara: Person, session_id: str) -> None:
    ask(mara, session_id)
    ask(mara, session_id, format="mp3")
    refused = mara.post("/api/export", {"sessionId": session_id})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/too-many-exports")


def test_a_waiting_export_is_stopped_at_once(mara: Person, session_id: str, run_jobs: RunJobs) -> None:
    export_id = ask(mara, session_id)["exportId"]
    assert mara.post(f"/api/export/{export_id}/cancel").json()["status"] == "canceled"
    run_jobs()
    assert mara.get(f"/api/export/{export_id}").json()["status"] == "canceled"
    assert mara.get(f"/api/export/{export_id}/download").status_code == 409
    assert not any(found.key.startswith("exports/") for found in get_storage().list(""))


def test_a_rendering_export_is_stopped_at_the_next_look(mara: Person, session_id: str) -> None:
    export_id = uuid_of(ask(mara, session_id)["exportId"])
    claimed = lifecycle.claim_export(export_id=export_id)
    assert claimed is not None
    assert lifecycle.beat_export(export_id=export_id, attempt=1)
    mara.post(f"/api/export/{export_id}/cancel")
    assert not lifecycle.beat_export(export_id=export_id, attempt=1)
    lifecycle.cancel_claimed(export_id=export_id, attempt=1)
    assert mara.get(f"/api/export/{export_id}").json()["status"] == "canceled"


def test_one_worker_renders_an_export(mara: Person, session_id: str) -> None:
    export_id = uuid_of(ask(mara, session_id)["exportId"])
    assert lifecycle.claim_export(export_id=export_id) is not None
    assert lifecycle.claim_export(export_id=export_id) is None


def test_a_file_that_came_after_the_stop_is_not_wanted(mara: Person, session_id: str) -> None:
    export_id = uuid_of(ask(mara, session_id)["exportId"])
    lifecycle.claim_export(export_id=export_id)
    mara.post(f"/api/export/{export_id}/cancel")
    late = lifecycle.Rendered("exports/late/mix.wav", 1, "0" * 64, loudness={}, certificate={})
    assert not lifecycle.complete_export(export_id=export_id, attempt=1, rendered=late)
    assert mara.get(f"/api/export/{export_id}").json()["status"] == "processing"


def test_a_dead_worker_is_replaced_once_and_yields_the_same_pcm(
    mara: Person, session_id: str, run_jobs: RunJobs
) -> None:
    reference = ask(mara, session_id)["exportId"]
    run_jobs()
    export_id = uuid_of(ask(mara, session_id)["exportId"])
    first = lifecycle.claim_export(export_id=export_id)
    assert first is not None
    lifecycle.report_progress(export=first, progress=40, stage=ExportStage.MIXING)
    with unit_of_work() as uow:
        late = utc_now() + timedelta(seconds=61)
        assert lifecycle.requeue_stale_exports(uow, now=late, stale_after_s=60) == 1
    run_jobs()
    pcm = [mara.get(f"/api/export/{one}").json()["export"]["pcmSha256"] for one in (reference, export_id)]
    assert pcm[0] == pcm[1] is not None


def test_a_living_export_is_left_alone(mara: Person, session_id: str) -> None:
    export_id = uuid_of(ask(mara, session_id)["exportId"])
    claimed = lifecycle.claim_export(export_id=export_id)
    assert claimed is not None
    with unit_of_work() as uow:
        assert lifecycle.requeue_stale_exports(uow, now=utc_now(), stale_after_s=60) == 0
        almost = utc_now() + timedelta(seconds=50)
        assert lifecycle.requeue_stale_exports(uow, now=almost, stale_after_s=60) == 0
    assert lifecycle.claim_export(export_id=export_id) is None
    assert lifecycle.beat_export(export_id=export_id, attempt=claimed.attempt)


def test_a_second_death_fails_with_a_reason(mara: Person, session_id: str) -> None:
    export_id = uuid_of(ask(mara, session_id)["exportId"])
    for _ in range(2):
        assert lifecycle.claim_export(export_id=export_id) is not None
        with unit_of_work() as uow:
            late = utc_now() + timedelta(seconds=61)
            lifecycle.requeue_stale_exports(uow, now=late, stale_after_s=60)
    with read_session() as session:
        row = session.get_one(Export, export_id)
    assert (row.status, row.error_slug) == (ExportStatus.FAILED, "render-interrupted")
    assert "export again" in (row.error_message or "")


def test_a_job_lost_with_its_queue_is_found(mara: Person, session_id: str) -> None:
    export_id = uuid_of(ask(mara, session_id)["exportId"])
    with unit_of_work() as uow:
        waiting = utc_now() + timedelta(seconds=170)
        assert lifecycle.requeue_stale_exports(uow, now=waiting, stale_after_s=60) == 0
        late = utc_now() + timedelta(seconds=181)
        assert lifecycle.requeue_stale_exports(uow, now=late, stale_after_s=60) == 1
    assert lifecycle.claim_export(export_id=export_id) is not None


def test_a_missing_take_fails_with_its_reason(mara: Person, session_id: str, run_jobs: RunJobs) -> None:
    export_id = ask(mara, session_id)["exportId"]
    get_storage().delete_prefix("uploads/")
    run_jobs()
    row = mara.get(f"/api/export/{export_id}").json()["export"]
    assert row["status"] == "failed"
    assert "removed" in row["errorMessage"]


def test_a_fault_of_the_store_is_tried_again_then_said(
    mara: Person, session_id: str, run_jobs: RunJobs
) -> None:
    export_id = ask(mara, session_id)["exportId"]
    for found in list(get_storage().list("uploads/")):
        get_storage().put_stream(found.key, io.BytesIO(b"bit rot"), "audio/flac", max_bytes=100)
    for expected in ("pending", "failed"):
        with pytest.raises(ServiceUnavailable):
            render_export(export_id)
        row = mara.get(f"/api/export/{export_id}").json()["export"]
        assert (row["status"], bool(row["errorMessage"])) == (expected, True)
