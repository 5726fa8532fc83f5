"""Exports that become releases: agreed on, rendered by the real job, registered once with everything."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from mutagen.wave import WAVE
from sqlmodel import Session, col, select

from omnisonic.core.catalog.models import Contribution, Contributor, Recording, RecordingCredit, Work
from omnisonic.core.ledger.models import LeafKind, LogRecord
from omnisonic.core.releases.models import IsrcReservation, Release
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.ids import utc_now
from omnisonic.platform.settings import Settings
from omnisonic.studio.audio.canonical_json import canonical_bytes, sha256_hex
from omnisonic.studio.exports import lifecycle
from omnisonic.studio.exports.readiness import LOCKED_SHEET, NO_SHEET, release_readiness
from tests.integration.studio.conftest import Person, create_session, invite, uuid_of
from workers.mixdown import render_export

AddTake = Callable[..., dict[str, Any]]
RunJobs = Callable[[], int]
Configure = Callable[..., Settings]


def agree(session_id: str, *people: Person) -> dict[str, Any]:
    """A locked sheet with equal parts, proposed by the first."""
    path = f"/api/sessions/{session_id}/split-sheet"
    sheet: dict[str, Any] = people[0].post(path).json()
    seen = {"version": sheet["version"], "sha256": sheet["sha256"], "answer": "accept"}
    for person in people:
        sheet = person.post(f"{path}/answers", seen).json()
    assert sheet["status"] == "locked", sheet
    return sheet


def ask(person: Person, session_id: str, **fields: Any) -> Any:
    """Ask for a release."""
    return person.post("/api/export", {"sessionId": session_id, "kind": "release", **fields})


def readiness(person: Person, session_id: str) -> tuple[bool, str, bool, str | None]:
    """What the checklist of a release says."""
    with read_session() as session:
        found = release_readiness(session, person.actor, session_id=uuid_of(session_id))
    return found.is_agreed, found.sheet_words, found.is_mixed, found.isrc_prefix


@pytest.fixture
def song(mara: Person, teo: Person, add_take: AddTake, configure: Configure) -> str:
    """A session with a take and two members."""
    configure(ISRC_PREFIX="QZABC", EXPORT_MAX_ACTIVE=8)
    session_id = str(create_session(mara)["id"])
    add_take(mara, session_id)
    invite(mara, teo, session_id)
    return session_id


def test_a_song_is_agreed_on_and_released(mara: Person, teo: Person, song: str, run_jobs: RunJobs) -> None:
    assert readiness(mara, song) == (False, NO_SHEET, True, "QZABC")
    refused = ask(mara, song)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/split-sheet-needed")
    sheet = agree(song, mara, teo)
    assert readiness(teo, song) == (True, LOCKED_SHEET, True, "QZABC")
    assert ask(teo, song).status_code == 403, "only the owner exports"
    asked = ask(mara, song).json()["export"]
    isrc = f"QZABC{utc_now():%y}00001"
    assert (asked["release"]["isrc"], asked["release"]["workId"]) == (isrc, None)
    run_jobs()
    done = mara.get(f"/api/export/{asked['id']}").json()["export"]
    assert done["status"] == "completed", done["errorMessage"]
    released = done["release"]
    assert (released["isrc"], released["isProvable"]) == (isrc, False)
    assert released["proofUrl"] == f"/log/proof/{released['leafHash']}"

    tags = WAVE(io.BytesIO(mara.get(f"/api/export/{asked['id']}/download").content)).tags
    assert (str(tags["TSRC"]), str(tags["TIT2"])) == (isrc, "Northern Lights")
    certificate = mara.get(f"/api/export/{asked['id']}/certificate").json()
    assert certificate["release"] == {
        "isrc": isrc,
        "sheetId": sheet["id"],
        "sheetSha256": sheet["sha256"],
        "title": "Northern Lights",
    }
    assert released["certificateSha256"] == sha256_hex(canonical_bytes(certificate))
    with read_session() as session:
        _check_catalog(session, released, sheet)
        _check_leaf(session, done, sheet)

    render_export(asked["id"])  # as a worker that was killed after the commit and comes back
    again = ask(mara, song).json()["exportId"]
    run_jobs()
    second = mara.get(f"/api/export/{again}").json()["export"]["release"]
    assert (second["isrc"], second["workId"]) == (f"QZABC{utc_now():%y}00002", released["workId"])
    with read_session() as session:
        assert len(session.exec(select(Release)).all()) == 2
        assert len(session.exec(select(Contribution)).all()) == 2, "the same sheet changes no shares"
        assert session.exec(select(IsrcReservation)).all() == []
    draft = mara.post("/api/export", {"sessionId": song, "isrc": "USRC17607839"})
    assert draft.status_code == 422


def _check_catalog(session: Session, released: dict[str, Any], sheet: dict[str, Any]) -> None:
    recording = session.get_one(Recording, uuid_of(released["recordingId"]))
    assert (recording.isrc, recording.primary_artist) == (released["isrc"], "Mara & Teo")
    assert (recording.title, str(recording.work_id)) == ("Northern Lights", released["workId"])
    assert recording.duration_ms == 1000
    assert session.exec(select(Work.title)).all() == ["Northern Lights"]
    shares = session.exec(
        select(Contributor.user_id, Contribution.share_ppm, Contribution.valid_from)
        .join(Contribution, col(Contribution.contributor_id) == col(Contributor.id))
        .order_by(Contributor.name)
    ).all()
    assert [(str(user), ppm) for user, ppm, _ in shares] == [
        (one["userId"], 500_000) for one in sheet["shares"]
    ]
    assert {start.isoformat()[:19] for _, _, start in shares} == {f"{sheet['lockedAt'][:10]}T00:00:00"}
    credited = session.exec(select(RecordingCredit.credited_as).order_by(col(RecordingCredit.position)))
    assert credited.all() == ["Mara", "Teo"]


def _check_leaf(session: Session, done: dict[str, Any], sheet: dict[str, Any]) -> None:
    record = session.exec(select(LogRecord).where(LogRecord.kind == LeafKind.RELEASE)).one()
    assert bytes(record.leaf_hash).hex() == done["release"]["leafHash"]
    facts = json.loads(record.leaf)["facts"]
    assert [one["ppm"] for one in facts.pop("shares")] == ["500000", "500000"]
    assert facts == {
        "certificate": done["release"]["certificateSha256"],
        "isrc": done["release"]["isrc"],
        "pcm": done["pcmSha256"],
        "recording": done["release"]["recordingId"],
        "sheet": sheet["sha256"],
        "work": done["release"]["workId"],
    }


def test_eight_at_once_and_those_that_end_without_a_file(
    mara: Person, teo: Person, song: str, configure: Configure
) -> None:
    agree(song, mara, teo)
    ids = [str(ask(mara, song).json()["exportId"]) for _ in range(8)]
    assert mara.post(f"/api/export/{ids[0]}/cancel").json()["status"] == "canceled"
    replaced = ask(mara, song).json()["export"]
    assert replaced["release"]["isrc"].endswith("00001"), "what the canceled one had kept"
    ids[0] = str(replaced["id"])
    certificate = {"frames": 48_000, "sampleRate": 48_000}
    rendered = lifecycle.Rendered("exports/none", 1, "0" * 64, {}, certificate)

    def complete(export_id: str) -> bool:
        claimed = lifecycle.claim_export(export_id=uuid_of(export_id))
        assert claimed is not None
        return lifecycle.complete_export(export_id=claimed.id, attempt=claimed.attempt, rendered=rendered)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(complete, ids))
    with read_session() as session:
        isrcs = session.exec(select(Release.isrc).order_by(Release.isrc)).all()
        works = set(session.exec(select(Release.work_id)).all())
    assert [isrc[-5:] for isrc in isrcs] == [f"{number:05}" for number in range(1, 9)]
    assert len(works) == 1, "releases of one song are recordings of one work"


def test_a_number_registered_meanwhile_fails_the_release_and_leaves_nothing(
    mara: Person, teo: Person, song: str, run_jobs: RunJobs, configure: Configure
) -> None:
    configure(ISRC_PREFIX=None)
    agree(song, mara, teo)
    needed = ask(mara, song)
    assert (needed.status_code, needed.json()["type"]) == (422, "/problems/isrc-needed")
    export_id = ask(mara, song, isrc="US-RC1-76-07839").json()["exportId"]
    with unit_of_work() as uow:
        uow.session.add(Recording(title="Meanwhile", primary_artist="Ana", isrc="USRC17607839"))
    run_jobs()
    failed = mara.get(f"/api/export/{export_id}").json()["export"]
    assert (failed["status"], failed["release"]) == ("failed", None)
    assert "Meanwhile" in failed["errorMessage"]
    with read_session() as session:
        assert [*session.exec(select(Release.id)), *session.exec(select(Work.id))] == []
    mara.post(f"/api/sessions/{song}/split-sheet")
    assert ask(mara, song).json()["type"] == "/problems/split-sheet-needed", "a newer sheet is on the table"


def test_an_interrupted_release_keeps_its_number(
    mara: Person, teo: Person, song: str, run_jobs: RunJobs
) -> None:
    agree(song, mara, teo)
    export_id = ask(mara, song).json()["exportId"]
    lifecycle.claim_export(export_id=uuid_of(export_id))
    with unit_of_work() as uow:
        late = utc_now() + timedelta(seconds=61)
        assert lifecycle.requeue_stale_exports(uow, now=late, stale_after_s=60) == 1
    run_jobs()
    done = mara.get(f"/api/export/{export_id}").json()["export"]
    assert (done["status"], done["release"]["isrc"][-5:]) == ("completed", "00001")
