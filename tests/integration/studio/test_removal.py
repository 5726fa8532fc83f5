"""What nobody can reach any more goes, and nothing else."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from omnisonic.platform.db import unit_of_work
from omnisonic.platform.ids import new_id, utc_now
from omnisonic.platform.storage import get_storage
from omnisonic.studio.removal import delete_unknown_objects, purge_removed_sessions
from tests.integration.studio.conftest import Person, create_session

RunJobs = Callable[[], int]


def stored() -> set[str]:
    """The first two parts of every key in storage."""
    return {"/".join(found.key.split("/")[:2]) for found in get_storage().list("")}


def test_a_session_put_away_long_ago_goes_with_its_exports(
    mara: Person, add_take: Callable[..., dict[str, Any]], run_jobs: RunJobs
) -> None:
    away, kept = create_session(mara), create_session(mara)
    exports = []
    for session in (away, kept):
        add_take(mara, session["id"])
        exports.append(mara.post("/api/export", {"sessionId": session["id"]}).json()["exportId"])
    run_jobs()
    mara.delete(f"/api/sessions/{away['id']}")
    for days, purged in ((29, 0), (31, 1), (31, 0)):
        with unit_of_work() as uow:
            assert purge_removed_sessions(uow, now=utc_now() + timedelta(days=days)) == purged
    run_jobs()
    assert f"exports/{exports[0]}" not in stored()
    assert f"exports/{exports[1]}" in stored()
    assert mara.post(f"/api/sessions/{away['id']}/restore").status_code == 404
    assert mara.get(f"/api/export/{exports[1]}/download").status_code == 200


def test_objects_without_a_row_go_after_their_time(
    mara: Person, add_take: Callable[..., dict[str, Any]]
) -> None:
    track = add_take(mara, create_session(mara)["id"])
    lost = new_id()
    for key in (f"uploads/{lost}/original", f"exports/{lost}/1/mix.wav"):
        get_storage().put_stream(key, io.BytesIO(b"lost"), "audio/wav", max_bytes=10)
    assert delete_unknown_objects(now=utc_now() + timedelta(days=1)) == 0
    assert delete_unknown_objects(now=utc_now() + timedelta(days=3)) == 2
    assert stored() == {f"uploads/{track['uploadId']}"}
