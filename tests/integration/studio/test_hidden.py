"""What nobody may reach: contents of removed sessions, and what others keep to themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from omnisonic.platform.db import read_session
from omnisonic.platform.pagination import Page
from omnisonic.studio.exports.service import list_all_exports
from tests.integration.studio.conftest import Person, create_session, sine_wav, upload

AddTake = Callable[..., dict[str, Any]]


@pytest.fixture
def paths(mara: Person, add_take: AddTake) -> dict[str, str]:
    """A session of Mara's with a track and an export; its readable paths by name."""
    session_id = create_session(mara)["id"]
    track = add_take(mara, session_id)
    export_id = mara.post("/api/export", {"sessionId": session_id}).json()["exportId"]
    return {
        "session": f"/api/sessions/{session_id}",
        "tracks": f"/api/sessions/{session_id}/tracks",
        "manifest": f"/api/sessions/{session_id}/manifest",
        "members": f"/api/sessions/{session_id}/members",
        "audio": f"/api/upload/{track['uploadId']}/audio",
        "uploads": f"/api/upload/list?sessionId={session_id}",
        "export": f"/api/export/{export_id}",
        "exports": f"/api/export?sessionId={session_id}",
        "presence": f"/api/presence?roomId={session_id}",
    }


def test_a_removed_session_hides_all_that_is_in_it(mara: Person, paths: dict[str, str]) -> None:
    assert {name: mara.get(path).status_code for name, path in paths.items()} == dict.fromkeys(paths, 200)
    mara.delete(paths["session"])
    assert {name: mara.get(path).status_code for name, path in paths.items()} == dict.fromkeys(paths, 404)
    mara.post(f"{paths['session']}/restore")
    assert {name: mara.get(path).status_code for name, path in paths.items()} == dict.fromkeys(paths, 200)


def test_the_list_over_all_sessions_holds_ones_own_exports(
    mara: Person, teo: Person, paths: dict[str, str]
) -> None:
    found = {}
    with read_session() as session:
        for person in (mara, teo):
            rows, _ = list_all_exports(session, person.actor, page=Page())
            found[person.actor.display_name] = [f"/api/export/{row.export.id}" for row in rows]
    assert found == {"Mara": [paths["export"]], "Teo": []}


def test_a_take_without_a_session_is_its_uploaders_alone(mara: Person, teo: Person) -> None:
    upload_id = upload(mara, None, sine_wav()).json()["upload"]["id"]
    assert mara.get(f"/api/upload/{upload_id}").status_code == 200
    assert teo.get(f"/api/upload/{upload_id}").status_code == 404
    assert teo.delete(f"/api/upload/{upload_id}").status_code == 404


def test_a_file_arriving_in_parts_is_its_senders_alone(mara: Person, teo: Person) -> None:
    body = {"fileName": "a.wav", "fileSize": 1000, "mimeType": "audio/wav"}
    path = f"/api/upload/multipart/{mara.post('/api/upload/multipart', body).json()['id']}"
    assert teo.get(path).status_code == 404
    assert teo.post(f"{path}/complete").status_code == 404
    assert teo.delete(path).status_code == 404
    assert mara.get(path).status_code == 200


def test_a_stranger_cannot_be_present(mara: Person, teo: Person) -> None:
    session_id = create_session(mara)["id"]
    beat = {"roomId": session_id, "memberId": str(teo.actor.user_id), "displayName": "Teo"}
    assert teo.post("/api/presence", beat).status_code == 404
    assert mara.get(f"/api/presence?roomId={session_id}").json()["members"] == []
