"""Sessions over REST: made, changed, put away, shared."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.integration.studio.conftest import Person, announced_events, create_session, invite

REMOVED = "/problems/session-removed"


def test_a_new_session_belongs_to_its_maker(mara: Person) -> None:
    session = create_session(mara)
    assert session["ownerName"] == "Mara"
    assert session["role"] == "owner"
    assert (session["trackCount"], session["memberCount"], session["version"]) == (0, 1, 1)
    assert session["createdAt"].endswith("Z")


def test_a_session_without_a_name_gets_one(mara: Person) -> None:
    assert mara.post("/api/sessions").json()["session"]["name"] == "Untitled session"


def test_the_list_is_newest_first_and_paged(mara: Person) -> None:
    names = [create_session(mara, f"Mix {n}")["name"] for n in range(5)]
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        page = mara.get("/api/sessions", params={"limit": 2, "cursor": cursor}).json()
        seen += [session["name"] for session in page["sessions"]]
        cursor = page["nextCursor"]
    assert seen == names[::-1]


def test_the_alias_for_programs_answers_the_same(mara: Person) -> None:
    created = mara.post("/v1/sessions", {"name": "By program"})
    assert created.status_code == 201
    assert mara.get("/v1/sessions").json() == mara.get("/api/sessions").json()


def test_a_stale_change_is_refused_with_the_present_row(mara: Person) -> None:
    session = create_session(mara)
    path = f"/api/sessions/{session['id']}"
    assert mara.patch(path, {"name": "First", "version": 1}).json()["session"]["version"] == 2
    stale = mara.patch(path, {"name": "Second", "version": 1})
    assert stale.status_code == 409
    assert stale.json()["type"] == "/problems/version-conflict"
    assert stale.json()["current"]["name"] == "First"


def test_of_many_changes_of_one_version_exactly_one_wins(mara: Person) -> None:
    session = create_session(mara)
    path = f"/api/sessions/{session['id']}"
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: mara.patch(path, {"name": f"N{n}", "version": 1}), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7


def test_changes_are_announced_to_the_room(mara: Person) -> None:
    session = create_session(mara)
    mara.patch(f"/api/sessions/{session['id']}", {"masterGainDb": -3, "version": 1})
    assert (f"room:{session['id']}", "session.changed") in announced_events()


def test_a_removed_session_is_gone_and_can_be_brought_back(mara: Person, teo: Person) -> None:
    path = f"/api/sessions/{create_session(mara)['id']}"
    assert mara.delete(path).json() == {"ok": True}
    said = [mara.get(path), mara.get(f"{path}/tracks")]
    assert [(answer.status_code, answer.json()["type"]) for answer in said] == [(404, REMOVED)] * 2
    assert teo.get(path).json()["type"] == "/problems/not-found"
    assert mara.get("/api/sessions").json()["sessions"] == []
    assert mara.post(f"{path}/restore").status_code == 200
    assert mara.get(path).status_code == 200


def test_bad_fields_are_named(mara: Person) -> None:
    for body, field in [
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"nme": "x"}, "nme"),
    ]:
        answer = mara.post("/api/sessions", body)
        assert answer.status_code == 422, body
        assert field in [error["field"] for error in answer.json()["errors"]]


def test_the_same_key_makes_one_session(mara: Person) -> None:
    first = mara.post("/api/sessions", {"name": "Once"}, headers={"Idempotency-Key": "k1"})
    again = mara.post("/api/sessions", {"name": "Once"}, headers={"Idempotency-Key": "k1"})
    other = mara.post("/api/sessions", {"name": "Twice"}, headers={"Idempotency-Key": "k1"})
    assert first.json() == again.json()
    assert other.status_code == 409
    assert len(mara.get("/api/sessions").json()["sessions"]) == 1


def test_an_invitation_lets_someone_in_with_its_role(mara: Person, teo: Person) -> None:
    session = create_session(mara)
    path = f"/api/sessions/{session['id']}"
    assert teo.get(path).status_code == 404
    invite(mara, teo, session["id"], role="viewer")
    assert teo.get(path).json()["session"]["role"] == "viewer"
    assert teo.patch(path, {"name": "Mine now", "version": 1}).status_code == 403
    assert [m["displayName"] for m in teo.get(f"{path}/members").json()["members"]] == ["Mara", "Teo"]


def test_a_withdrawn_invitation_no_longer_works(mara: Person, teo: Person) -> None:
    path = f"/api/sessions/{create_session(mara)['id']}/invites"
    made = mara.post(path, {}).json()["invite"]
    assert mara.delete(f"{path}/{made['id']}").status_code == 200
    refused = teo.post("/api/invites/accept", {"secret": made["url"].rsplit("/", 1)[1]})
    assert refused.status_code == 404
    assert refused.json()["type"] == "/problems/invite-not-valid"


def test_a_removed_member_is_a_stranger_again(mara: Person, teo: Person) -> None:
    session = create_session(mara)
    invite(mara, teo, session["id"])
    path = f"/api/sessions/{session['id']}"
    assert mara.delete(f"{path}/members/{teo.actor.user_id}").status_code == 200
    assert teo.get(path).status_code == 404
    assert mara.delete(f"{path}/members/{mara.actor.user_id}").status_code == 409


def test_only_the_owner_invites_and_removes(mara: Person, teo: Person) -> None:
    session = create_session(mara)
    invite(mara, teo, session["id"])
    path = f"/api/sessions/{session['id']}"
    assert teo.post(f"{path}/invites", {}).status_code == 403
    assert teo.delete(f"{path}/members/{mara.actor.user_id}").status_code == 403
    assert teo.delete(path).status_code == 403
