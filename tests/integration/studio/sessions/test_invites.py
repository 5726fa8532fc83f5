"""Invitations that no longer hold, belong elsewhere, or come at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlmodel import select

from omnisonic.platform.auth.models import User
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.ids import utc_now
from omnisonic.studio.sessions import members
from omnisonic.studio.sessions.models import MemberRole, SessionInvite, SessionMember
from tests.integration.studio.conftest import Person, create_session, invite, uuid_of


def make_secret(owner: Person, session_id: str) -> str:
    """The secret of a new invitation."""
    made = owner.post(f"/api/sessions/{session_id}/invites", {}).json()["invite"]
    return str(made["url"]).rsplit("/", 1)[1]


def test_an_expired_invitation_no_longer_works(mara: Person, teo: Person) -> None:
    secret = make_secret(mara, create_session(mara)["id"])
    with unit_of_work() as uow:
        uow.session.exec(select(SessionInvite)).one().expires_at = utc_now() - timedelta(seconds=1)
    assert teo.post("/api/invites/accept", {"secret": secret}).status_code == 404


def test_a_removed_session_takes_no_one_in(mara: Person, teo: Person) -> None:
    session_id = create_session(mara)["id"]
    secret = make_secret(mara, session_id)
    mara.delete(f"/api/sessions/{session_id}")
    assert teo.post("/api/invites/accept", {"secret": secret}).status_code == 404
    mara.post(f"/api/sessions/{session_id}/restore")
    assert teo.get(f"/api/sessions/{session_id}").status_code == 404


def test_an_owner_withdraws_only_their_own_sessions_invitations(mara: Person, teo: Person) -> None:
    theirs, own = create_session(mara)["id"], create_session(teo)["id"]
    made = mara.post(f"/api/sessions/{theirs}/invites", {}).json()["invite"]
    assert teo.delete(f"/api/sessions/{own}/invites/{made['id']}").status_code == 404
    assert len(mara.get(f"/api/sessions/{theirs}/invites").json()["invites"]) == 1


def test_members_neither_see_nor_withdraw_invitations_nor_give_roles(mara: Person, teo: Person) -> None:
    session_id = create_session(mara)["id"]
    made = mara.post(f"/api/sessions/{session_id}/invites", {}).json()["invite"]
    invite(mara, teo, session_id)
    path = f"/api/sessions/{session_id}"
    assert teo.get(f"{path}/invites").status_code == 403
    assert teo.delete(f"{path}/invites/{made['id']}").status_code == 403
    change = teo.patch(f"{path}/members/{teo.actor.user_id}", {"role": "viewer"})
    assert change.status_code == 403


def test_only_the_owner_brings_a_session_back(mara: Person, teo: Person) -> None:
    session_id = create_session(mara)["id"]
    invite(mara, teo, session_id)
    mara.delete(f"/api/sessions/{session_id}")
    assert teo.post(f"/api/sessions/{session_id}/restore").status_code == 404


def test_a_full_session_takes_no_one_else(mara: Person, teo: Person) -> None:
    session_id = create_session(mara)["id"]
    with unit_of_work() as uow:
        for number in range(members.MEMBERS_MAX - 1):
            user = User(email=f"m{number}@example.org", display_name=f"M{number}")
            uow.session.add(user)
            uow.session.flush()
            uow.session.add(
                SessionMember(session_id=uuid_of(session_id), user_id=user.id, role=MemberRole.VIEWER)
            )
    refused = teo.post("/api/invites/accept", {"secret": make_secret(mara, session_id)})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/session-full")


def test_accepting_twice_at_once_joins_once(mara: Person, teo: Person) -> None:
    for _ in range(5):
        session_id = create_session(mara)["id"]
        secret = make_secret(mara, session_id)
        with ThreadPoolExecutor(6) as pool:
            bodies = [{"secret": secret}] * 6
            answers = list(pool.map(lambda body: teo.post("/api/invites/accept", body), bodies))
        assert [answer.status_code for answer in answers] == [200] * 6
        assert mara.get(f"/api/sessions/{session_id}").json()["session"]["memberCount"] == 2
