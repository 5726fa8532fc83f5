"""The object store dies in the middle of a render: the export is tried once more, or says that it gave up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from omnisonic.platform.errors import ServiceUnavailable
from omnisonic.platform.settings import Settings
from omnisonic.studio.exports import lifecycle
from tests.integration.platform.storage.conftest import ACCESS_KEY, BUCKET, SECRET_KEY, S3Server
from tests.integration.studio.conftest import Person, create_session
from workers.mixdown import render_export

AddTake = Callable[..., dict[str, Any]]
RunJobs = Callable[[], int]


@pytest.fixture
def store(tmp_path: Path, mara: Person, configure: Callable[..., Settings]) -> Iterator[S3Server]:
    """An S3 server of this test's own, in place of the folder that `mara` has."""
    server = S3Server(tmp_path)
    server.start()
    configure(
        STORAGE_TYPE="minio",
        MINIO_ENDPOINT=server.endpoint,
        MINIO_ACCESS_KEY=ACCESS_KEY,
        MINIO_SECRET_KEY=SECRET_KEY,
        MINIO_BUCKET_NAME=BUCKET,
    )
    yield server
    server.stop()


@pytest.fixture
def lost_while_rendering(
    mara: Person, store: S3Server, add_take: AddTake, monkeypatch: pytest.MonkeyPatch
) -> str:
    """The id of an export whose first render fetched its takes and then had no store any more."""
    session_id = create_session(mara)["id"]
    add_take(mara, session_id)
    export_id = str(mara.post("/api/export", {"sessionId": session_id}).json()["exportId"])
    credits_of = lifecycle.credits_of

    def die(**asked: Any) -> Any:
        store.stop()
        return credits_of(**asked)

    with monkeypatch.context() as patched:
        patched.setattr(lifecycle, "credits_of", die)
        with pytest.raises(ServiceUnavailable):
            render_export(export_id)
    waiting = mara.get(f"/api/export/{export_id}").json()["export"]
    assert (waiting["status"], waiting["progress"]) == ("pending", 0)
    assert "object store is not reachable" in waiting["errorMessage"]
    return export_id


@pytest.mark.slow
def test_a_store_that_comes_back_gets_the_export(
    mara: Person, store: S3Server, lost_while_rendering: str, run_jobs: RunJobs
) -> None:
    store.start()
    run_jobs()
    export = mara.get(f"/api/export/{lost_while_rendering}").json()["export"]
    assert (export["status"], export["progress"], export["errorMessage"]) == ("completed", 100, None)
    content = mara.get(f"/api/export/{lost_while_rendering}/download").content
    assert (content[:4], len(content)) == (b"RIFF", export["fileSize"])


@pytest.mark.slow
def test_a_store_that_stays_away_ends_the_export_with_a_reason(
    mara: Person, lost_while_rendering: str
) -> None:
    with pytest.raises(ServiceUnavailable):
        render_export(lost_while_rendering)
    export = mara.get(f"/api/export/{lost_while_rendering}").json()["export"]
    assert export["status"] == "failed"
    assert "Nothing is wrong with your mix" in export["errorMessage"]
    assert mara.get(f"/api/export/{lost_while_rendering}/download").status_code == 409
