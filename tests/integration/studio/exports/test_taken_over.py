"""Renders that end early: a worker told to stop gives its row back, one that was replaced changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

import workers.media
import workers.rq_worker
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.ids import utc_now
from omnisonic.studio.exports import lifecycle
from omnisonic.studio.uploads.models import Upload, UploadStatus
from tests.integration.studio.conftest import Person, create_session, sine_wav, upload, uuid_of
from workers.media import process_upload
from workers.mixdown import render_export

AddTake = Callable[..., dict[str, Any]]
RunJobs = Callable[[], int]


def ask(person: Person, add_take: AddTake) -> str:
    """The id of a waiting export."""
    session_id = create_session(person)["id"]
    add_take(person, session_id)
    return str(person.post("/api/export", {"sessionId": session_id}).json()["exportId"])


@pytest.fixture
def stop_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any, str], None]:
    """Have the worker told to stop at the moment it calls a function."""

    def arrange(module: Any, name: str) -> None:
        function = getattr(module, name)

        def told_to_stop(*args: Any, **kwargs: Any) -> Any:
            monkeypatch.setattr(workers.rq_worker, "_shutdown_requested", True)
            return function(*args, **kwargs)

        monkeypatch.setattr(module, name, told_to_stop)

    return arrange


def test_a_stopping_worker_gives_its_render_back(
    mara: Person, add_take: AddTake, stop_at: Callable[[Any, str], None]
) -> None:
    export_id = ask(mara, add_take)
    stop_at(lifecycle, "credits_of")
    render_export(export_id)
    assert mara.get(f"/api/export/{export_id}").json()["status"] == "pending"


def test_a_stopping_worker_gives_its_upload_back(mara: Person, stop_at: Callable[[Any, str], None]) -> None:
    upload_id = upload(mara, None, sine_wav()).json()["upload"]["id"]
    stop_at(workers.media, "_sha256")
    process_upload(upload_id)
    with read_session() as session:
        row = session.get_one(Upload, uuid_of(upload_id))
    assert (row.status, row.attempt) == (UploadStatus.RECEIVED, 0)


def test_a_replaced_worker_leaves_the_other_ones_file(
    mara: Person, add_take: AddTake, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_id = ask(mara, add_take)
    complete = lifecycle.complete_export

    def replaced_before(**fields: Any) -> bool:
        monkeypatch.setattr(lifecycle, "complete_export", complete)
        with unit_of_work() as uow:
            late = utc_now() + timedelta(seconds=61)
            assert lifecycle.requeue_stale_exports(uow, now=late, stale_after_s=60) == 1
        render_export(export_id)
        return complete(**fields)

    monkeypatch.setattr(lifecycle, "complete_export", replaced_before)
    render_export(export_id)
    assert mara.get(f"/api/export/{export_id}").json()["status"] == "completed"
    assert mara.get(f"/api/export/{export_id}/download").status_code == 200
