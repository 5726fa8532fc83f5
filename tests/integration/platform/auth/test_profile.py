"""The caller's own account: name and sign-ins."""

from __future__ import annotations

from uuid import UUID

import pytest

from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth import profile
from omnisonic.platform.auth.authentication import authenticate, cookie_name
from omnisonic.platform.auth.browser_sessions import open_session
from omnisonic.platform.auth.models import User
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.errors import InvalidFields, NotFound

pytestmark = pytest.mark.usefixtures("db", "redis_client")


def someone(email: str = "mara@example.org") -> tuple[Actor, str]:
    """An account with one signed-in browser, and the cookie of it."""
    with unit_of_work() as uow:
        user = User(email=email, display_name="mara")
        uow.session.add(user)
        uow.session.flush()
        secret = open_session(uow, user, provider="credentials", user_agent="Firefox/140 (Linux)")
    actor = authenticate(cookie_header=f"{cookie_name()}={secret}", authorization=None)
    assert actor is not None
    return actor, secret


def sign_ins_of(actor: Actor) -> list[UUID]:
    with read_session() as session:
        return [row.id for row in profile.list_sign_ins(session, actor)]


def test_rename_tidies_the_name() -> None:
    actor, _ = someone()
    with unit_of_work() as uow:
        profile.rename(uow, actor, display_name="  Mara \n Ilić ")
    with read_session() as session:
        assert profile.get_profile(session, actor).display_name == "Mara Ilić"


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "Mara\u202e"])
def test_rename_refuses_what_nobody_can_read(name: str) -> None:
    actor, _ = someone()
    with pytest.raises(InvalidFields), unit_of_work() as uow:
        profile.rename(uow, actor, display_name=name)


def test_ended_sign_in_is_signed_out() -> None:
    actor, secret = someone()
    (sign_in,) = sign_ins_of(actor)
    with unit_of_work() as uow:
        profile.end_sign_in(uow, actor, sign_in_id=sign_in)
    assert sign_ins_of(actor) == []
    assert authenticate(cookie_header=f"{cookie_name()}={secret}", authorization=None) is None


def test_nobody_ends_the_sign_in_of_another() -> None:
    actor, secret = someone()
    other, _ = someone("teo@example.org")
    with pytest.raises(NotFound), unit_of_work() as uow:
        profile.end_sign_in(uow, other, sign_in_id=sign_ins_of(actor)[0])
    assert authenticate(cookie_header=f"{cookie_name()}={secret}", authorization=None) is not None


def test_admin_is_missing_until_there_is_one() -> None:
    actor, _ = someone()
    with read_session() as session:
        assert profile.is_admin_missing(session)
    with unit_of_work() as uow:
        profile.get_profile(uow.session, actor).role = Role.ADMIN
    with read_session() as session:
        assert not profile.is_admin_missing(session)
