"""Split sheets over REST: proposed, discussed, changed, accepted by all, locked and logged."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select

from omnisonic.core.catalog.models import Contributor
from omnisonic.core.ledger.models import LeafKind, LogRecord, PendingLeaf
from omnisonic.platform.db import read_session
from omnisonic.platform.errors import VersionConflict
from omnisonic.studio.split_sheets import panel
from tests.integration.studio.conftest import (
    Person,
    announced_events,
    create_session,
    invite,
    uuid_of,
)


@pytest.fixture
def session_id(mara: Person, teo: Person) -> str:
    """A session of Mara's in which Teo may only listen."""
    session_id = str(create_session(mara)["id"])
    invite(mara, teo, session_id, role="viewer")
    return session_id


def sheet_path(session_id: str, rest: str = "") -> str:
    """Where the sheet of a session is."""
    return f"/api/sessions/{session_id}/split-sheet{rest}"


def answer(person: Person, sheet: dict[str, Any], how: str = "accept", word: str | None = None) -> Any:
    """Answer the version of a sheet that this person has seen."""
    body = {"version": sheet["version"], "sha256": sheet["sha256"], "answer": how, "word": word}
    return person.post(sheet_path(sheet["sessionId"], "/answers"), body)


def shares(*parts: tuple[Person, int]) -> list[dict[str, Any]]:
    """Parts in ppm as a request has them."""
    return [{"userId": str(person.actor.user_id), "sharePpm": ppm} for person, ppm in parts]


def test_everyone_agrees_and_it_is_final(mara: Person, teo: Person, session_id: str) -> None:
    path = sheet_path(session_id)
    assert mara.get(path).json() == {"sheet": None, "earlier": []}
    assert teo.post(path, {}).status_code == 403, "who may only listen proposes nothing"
    sheet = mara.post(path).json()
    assert [(one["name"], one["sharePpm"]) for one in sheet["shares"]] == [
        ("Mara", 500_000),
        ("Teo", 500_000),
    ]
    again = mara.post(path, {})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/sheet-proposed")
    assert again.json()["current"]["id"] == sheet["id"]

    assert answer(mara, sheet).json()["waitingFor"] == [str(teo.actor.user_id)]
    assert answer(teo, sheet, "ask").status_code == 422, "a wish needs a word"
    asked = answer(teo, sheet, "ask", "I wrote the chorus.").json()
    assert asked["answers"][-1]["word"] == "I wrote the chorus."

    change = {"version": 1, "title": "Lights", "shares": shares((mara, 333_333), (teo, 666_667))}
    changed = mara.client.put(path, json=change).json()
    assert (changed["version"], len(changed["waitingFor"])) == (2, 2)
    assert changed["sha256"] != sheet["sha256"]
    late = answer(teo, sheet)
    assert (late.status_code, late.json()["type"]) == (409, "/problems/version-conflict")
    assert late.json()["current"]["sha256"] == changed["sha256"]
    assert mara.client.put(path, json=change).status_code == 409, "the version of another editor"
    assert answer(teo, {**changed, "sha256": sheet["sha256"]}).status_code == 409

    assert answer(teo, changed).json()["status"] == "proposed"
    locked = answer(mara, changed, word="Fair.").json()
    assert (locked["status"], locked["waitingFor"]) == ("locked", [])
    assert all(one["acceptedAt"] and one["contributorId"] for one in locked["shares"])
    assert answer(mara, changed).json()["status"] == "locked", "a second click changes nothing"
    assert len(mara.get(path).json()["sheet"]["answers"]) == 4
    for refused in (mara.client.put(path, json={**change, "version": 2}), answer(teo, changed, "ask", "No")):
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/no-sheet-proposed")
    versions = teo.get(sheet_path(session_id, f"/{locked['id']}/versions")).json()["versions"]
    said = [(one["version"], one["title"], [part["sharePpm"] for part in one["shares"]]) for one in versions]
    assert said == [(2, "Lights", [333_333, 666_667]), (1, sheet["title"], [500_000, 500_000])]
    assert [one["sha256"] for one in versions] == [locked["sha256"], sheet["sha256"]]
    assert (locked["proofUrl"], locked["isProvable"]) == (f"/log/proof/{locked['leafHash']}", False)
    assert "split-sheet.changed" in {kind for _, kind in announced_events()}
    _check_the_leaf(locked)

    pdf = teo.get(sheet_path(session_id, f"/{locked['id']}/pdf"))
    assert (pdf.status_code, pdf.content[:5]) == (200, b"%PDF-")
    following = mara.post(path, {"shares": shares((mara, 1_000_000))}).json()
    page = teo.get(path).json()
    assert (page["sheet"]["id"], page["earlier"][0]["id"]) == (following["id"], locked["id"])
    assert answer(teo, following).status_code == 403, "no share, no answer"
    assert mara.post(sheet_path(session_id, "/withdraw"), {"version": 1}).json()["status"] == "withdrawn"
    assert teo.get(path).json()["sheet"]["id"] == locked["id"]


def _check_the_leaf(locked: dict[str, Any]) -> None:
    with read_session() as session:
        record = session.exec(select(LogRecord).where(LogRecord.kind == LeafKind.SPLIT)).one()
        assert session.exec(select(PendingLeaf.row_id)).one() == record.id
        people = session.exec(select(Contributor).order_by(Contributor.name)).all()
    facts = json.loads(record.leaf)["facts"]
    assert bytes(record.leaf_hash).hex() == locked["leafHash"]
    assert facts["sheet"] == locked["sha256"]
    assert [one["ppm"] for one in facts["shares"]] == ["333333", "666667"]
    assert "Mara" not in bytes(record.leaf).decode()
    assert {one["party"] for one in facts["accepted"]} == {one["party"] for one in facts["shares"]}
    linked = [(one.name, str(one.user_id)) for one in people]
    assert linked == [(one["name"], one["userId"]) for one in locked["shares"]]


def test_what_is_no_sheet_is_refused(
    mara: Person, teo: Person, make_person: Callable[[str], Person], session_id: str
) -> None:
    path, stranger = sheet_path(session_id), make_person("Nils")
    for parts, slug in (
        (shares((mara, 500_000), (teo, 499_999)), "split-total"),
        (shares((mara, 500_000), (teo, 500_001)), "split-total"),
        (shares((mara, 500_000), (mara, 500_000)), "split-total"),
        (shares((mara, 500_000), (stranger, 500_000)), "split-party"),
        ([{"userId": str(mara.actor.user_id)}], "invalid-fields"),
        ([{"userId": str(mara.actor.user_id), "percent": "99.99999"}], "invalid-fields"),
    ):
        refused = mara.post(path, {"shares": parts})
        assert (refused.status_code, refused.json()["type"]) == (422, f"/problems/{slug}"), parts
    parts = [{"userId": str(mara.actor.user_id), "percent": "33.3333", "role": "mixer", "name": "M. Ara"}]
    parts += [{"userId": str(teo.actor.user_id), "percent": "66.6667"}]
    sheet = mara.post(path, {"shares": parts, "title": "Song <b>&", "note": "a\nb"}).json()
    assert [one["sharePpm"] for one in sheet["shares"]] == [333_333, 666_667]
    assert mara.get(sheet_path(session_id, f"/{sheet['id']}/pdf")).content[:5] == b"%PDF-"

    assert stranger.get(path).status_code == answer(stranger, sheet).status_code == 404
    left = mara.delete(f"/api/sessions/{session_id}/members/{teo.actor.user_id}")
    assert left.status_code in (200, 204), left.text
    assert answer(teo, sheet).status_code == 404
    assert answer(mara, sheet).json()["status"] == "proposed", "nobody accepts for someone who left"
    assert [one["isMember"] for one in mara.get(path).json()["sheet"]["shares"]] == [True, False]


def test_the_contributor_that_an_account_is_stays_the_same(mara: Person) -> None:
    for name in ("First", "Second"):
        session_id = str(create_session(mara, name)["id"])
        locked = answer(mara, mara.post(sheet_path(session_id)).json()).json()
        assert locked["status"] == "locked"
    with read_session() as session:
        owners = session.exec(select(Contributor.user_id)).all()
    assert owners == [uuid_of(str(mara.actor.user_id))]


def test_the_panel_starts_its_editor_on_what_there_is(mara: Person, teo: Person, session_id: str) -> None:
    room, me, other = uuid_of(session_id), mara.actor.user_id, str(teo.actor.user_id)
    blank = panel.start_editor(mara.actor, room, is_equal=False)
    assert (blank.version, [row["sharePpm"] for row in blank.rows]) == (0, [500_000, 500_000])
    assert panel.fetch_panel(teo.actor, room).may_propose is False, "who may only listen proposes nothing"
    rows = [{**blank.rows[0], "sharePpm": 250_000}, {**blank.rows[1], "sharePpm": 750_000}]
    panel.propose(mara.actor, room, rows, "Lights", "  ", 0)
    panel.propose(mara.actor, room, rows, "Lights", "Fair?", 1)
    with pytest.raises(VersionConflict):
        panel.propose(mara.actor, room, rows, "Mine", "", 1)

    left = mara.delete(f"/api/sessions/{session_id}/members/{other}")
    assert left.status_code in (200, 204)
    shown = panel.fetch_panel(mara.actor, room)
    assert (shown.sheet.left, shown.sheet.happenings[0].changes) == ("Teo", ["Note: “Fair?”"])
    again = panel.start_editor(mara.actor, room, is_equal=False)
    assert (again.version, again.note) == (2, "Fair?")
    assert [(row["userId"], row["isMember"]) for row in again.rows] == [(str(me), True), (other, False)]
    panel.withdraw(mara.actor, room, 2)
    shown = panel.fetch_panel(mara.actor, room)
    assert (shown.sheet.id, shown.earlier[0].words[:9]) == ("", "Withdrawn")
