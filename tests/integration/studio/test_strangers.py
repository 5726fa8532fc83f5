"""Whatever id a stranger tries, on any route: the answer is as if there were nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from omnisonic.platform.actor import Scope
from omnisonic.platform.auth.tokens import create_token
from omnisonic.platform.db import unit_of_work
from tests.integration.studio.conftest import Person, create_session, sine_wav, upload

RunJobs = Callable[[], int]
STUDIO_PREFIXES = ("/api/sessions/", "/api/upload/", "/api/export/")
VALID_BODIES: dict[str, Any] = {
    "create_track": {"uploadId": "{upload_id}"},
    "update_track": {"version": 1, "gainDb": -6},
    "update_session": {"version": 1, "name": "Mine now"},
    "create_invite": {"role": "editor"},
    "change_member_role": {"role": "viewer"},
    "change_split_sheet": {
        "version": 1,
        "title": "Mine now",
        "shares": [{"userId": "00000000-0000-7000-8000-000000000000", "sharePpm": 1_000_000}],
    },
    "answer_split_sheet": {"version": 1, "sha256": "0" * 64, "answer": "accept"},
    "withdraw_split_sheet": {"version": 1},
}


@pytest.fixture
def ids(mara: Person, add_take: Callable[..., dict[str, Any]], run_jobs: RunJobs) -> dict[str, str]:
    """One of everything, all Mara's."""
    session = create_session(mara)
    track = add_take(mara, session["id"])
    export = mara.post("/api/export", {"sessionId": session["id"]}).json()
    run_jobs()
    invite = mara.post(f"/api/sessions/{session['id']}/invites", {}).json()["invite"]
    sheet = mara.post(f"/api/sessions/{session['id']}/split-sheet").json()
    return {
        "session_id": session["id"],
        "sheet_id": sheet["id"],
        "track_id": track["id"],
        "upload_id": track["uploadId"],
        "export_id": export["exportId"],
        "invite_id": invite["id"],
        "user_id": str(mara.actor.user_id),
    }


def operations(person: Person) -> list[tuple[str, str, str]]:
    """Method, path template and operation id of every studio route that names something by id."""
    document = person.get("/openapi.json").json()
    found = [
        (method, path, operation["operationId"])
        for path, methods in document["paths"].items()
        if path.startswith(STUDIO_PREFIXES) and "{" in path
        for method, operation in methods.items()
    ]
    assert len(found) >= 22, "the routes of the studio are described"
    return found


def test_every_route_hides_what_belongs_to_others(mara: Person, teo: Person, ids: dict[str, str]) -> None:
    before = _picture(mara, ids)
    for method, template, operation_id in operations(mara):
        path = template.format(**ids)
        body = VALID_BODIES.get(operation_id)
        if body is not None:
            body = {
                key: ids.get(value.strip("{}"), value) if isinstance(value, str) else value
                for key, value in body.items()
            }
        answer = teo.client.request(method, path, json=body)
        assert answer.status_code == 404, f"{method} {template}: {answer.status_code} {answer.text[:200]}"
        assert answer.json()["type"] == "/problems/not-found", template
        assert "Northern" not in answer.text
    assert _picture(mara, ids) == before


def test_no_route_takes_a_token_for_something_else(mara: Person, ids: dict[str, str]) -> None:
    with unit_of_work() as uow:
        _, secret = create_token(uow, mara.actor, name="reader", scopes={Scope.GRAPH_READ})
    program = TestClient(mara.client.app, headers={"Authorization": f"Bearer {secret}"})
    for method, template, _ in operations(mara):
        answer = program.request(method, template.format(**ids))
        assert answer.status_code == 403, f"{method} {template}: {answer.status_code}"
        assert "`studio`" in answer.json()["detail"], template


def test_ids_in_queries_and_bodies_are_no_way_around(mara: Person, teo: Person, ids: dict[str, str]) -> None:
    own = create_session(teo)
    attempts = [
        teo.get("/api/sessions", params={"id": ids["session_id"]}),
        teo.get("/api/upload", params={"id": ids["upload_id"]}),
        teo.get("/api/upload/list", params={"sessionId": ids["session_id"]}),
        teo.client.delete("/api/upload/delete", params={"id": ids["upload_id"]}),
        teo.get("/api/export", params={"id": ids["export_id"]}),
        teo.get("/api/export", params={"sessionId": ids["session_id"]}),
        teo.post("/api/export", {"sessionId": ids["session_id"]}),
        teo.post(f"/api/sessions/{own['id']}/tracks", {"uploadId": ids["upload_id"]}),
        teo.get(f"/api/sessions/{own['id']}/tracks/{ids['track_id']}"),
        teo.patch(f"/api/sessions/{own['id']}/tracks/{ids['track_id']}", {"version": 1, "pan": 1}),
        teo.delete(f"/api/sessions/{own['id']}/tracks/{ids['track_id']}"),
        teo.delete(f"/api/sessions/{own['id']}/invites/{ids['invite_id']}"),
        teo.delete(f"/api/sessions/{own['id']}/members/{ids['user_id']}"),
        upload(teo, ids["session_id"], sine_wav(seconds=0.1)),
        teo.post(
            "/api/upload/multipart",
            {"fileName": "a.wav", "fileSize": 9, "mimeType": "audio/wav", "sessionId": ids["session_id"]},
        ),
        teo.get("/api/presence", params={"roomId": ids["session_id"]}),
        teo.post(
            "/api/presence",
            {"roomId": ids["session_id"], "memberId": str(teo.actor.user_id), "displayName": "Teo"},
        ),
        teo.post(f"/api/sessions/{ids['session_id']}/ticket"),
    ]
    assert [answer.status_code for answer in attempts] == [404] * len(attempts)


def test_without_sign_in_nothing_is_answered(mara: Person, ids: dict[str, str]) -> None:
    with TestClient(mara.client.app, base_url="http://localhost:3000") as nobody:
        for method, template, _ in operations(mara):
            answer = nobody.request(method, template.format(**ids))
            assert answer.status_code == 401, f"{method} {template}: {answer.status_code}"


def _picture(person: Person, ids: dict[str, str]) -> list[Any]:
    session = f"/api/sessions/{ids['session_id']}"
    paths = [session, f"{session}/tracks", f"{session}/members", f"{session}/invites"]
    return [person.get(path).json() for path in paths]
