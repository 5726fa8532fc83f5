"""Roles: the first admin, giving and taking, the command line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select, update

from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth import cli
from omnisonic.platform.auth.authentication import find_actor_by_bearer
from omnisonic.platform.auth.models import User, VerificationToken
from omnisonic.platform.auth.roles import announce_setup_code, grant_role
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.errors import Conflict, Forbidden, InvalidFields, NotFound
from omnisonic.platform.ids import utc_now
from omnisonic.platform.models import AuditEntry
from omnisonic.platform.settings import Settings

NewBrowser = Callable[[], TestClient]
SignIn = Callable[..., dict[str, Any]]


def role_of(email: str) -> Role:
    with read_session() as session:
        return session.exec(select(User.role).where(User.email == email)).one()


def test_named_address_becomes_admin_with_credentials(
    new_browser: NewBrowser, sign_in: SignIn, configure: Callable[..., Settings]
) -> None:
    configure(ADMIN_EMAILS="Ada@Example.com, boss@example.com")
    assert sign_in(new_browser())["role"] == "admin"
    assert sign_in(new_browser(), "eve@example.com")["role"] == "member"


def test_named_address_becomes_admin_through_a_provider(
    browser: TestClient, consent: Callable[..., str], configure: Callable[..., Settings]
) -> None:
    configure(ADMIN_EMAILS="ada@example.com")
    browser.get(consent(browser, "github"))
    assert role_of("ada@example.com") is Role.ADMIN


def test_naming_counts_later_only_while_there_is_no_admin(
    new_browser: NewBrowser, sign_in: SignIn, configure: Callable[..., Settings]
) -> None:
    sign_in(new_browser())
    sign_in(new_browser(), "boss@example.com")
    configure(ADMIN_EMAILS="ada@example.com,boss@example.com")
    assert sign_in(new_browser())["role"] == "admin"
    assert sign_in(new_browser(), "boss@example.com")["role"] == "member"


def test_setup_code_makes_the_first_admin_once(new_browser: NewBrowser, sign_in: SignIn) -> None:
    first, second = new_browser(), new_browser()
    sign_in(first)
    sign_in(second, "eve@example.com")
    code, code_of_other_process = announce_setup_code(), announce_setup_code()
    assert code is not None
    assert code != code_of_other_process

    assert first.post("/api/auth/setup-code", json={"code": "AAAA-BBBB-CCCC-DDDD"}).status_code == 410
    typed = f" {code.lower().replace('-', ' ')} "
    answer = first.post("/api/auth/setup-code", json={"code": typed})
    assert answer.json()["user"]["role"] == "admin"

    for late in (code, code_of_other_process):
        assert second.post("/api/auth/setup-code", json={"code": late}).status_code == 410
    assert role_of("eve@example.com") is Role.MEMBER
    assert announce_setup_code() is None


def test_setup_code_needs_sign_in_and_expires(browser: TestClient, sign_in: SignIn) -> None:
    code = announce_setup_code()
    assert browser.post("/api/auth/setup-code", json={"code": code}).status_code == 401
    sign_in(browser)
    with unit_of_work() as uow:
        uow.session.execute(update(VerificationToken).values(expires_at=utc_now() - timedelta(seconds=1)))
    assert browser.post("/api/auth/setup-code", json={"code": code}).status_code == 410


def test_setup_code_cannot_be_guessed_fast(browser: TestClient, sign_in: SignIn) -> None:
    sign_in(browser)
    statuses = [
        browser.post("/api/auth/setup-code", json={"code": f"AAAA-{number:04}"}).status_code
        for number in range(12)
    ]
    assert statuses[0] == 410
    assert 429 in statuses


def test_without_a_database_there_is_no_code_and_no_crash(
    servers: Any, configure: Callable[..., Settings]
) -> None:
    configure(DATABASE_URL="postgresql://omni:pw@127.0.0.1:1/nowhere")
    assert announce_setup_code() is None


def test_setup_code_is_not_stored(db: None) -> None:
    code = announce_setup_code()
    assert code is not None
    with read_session() as session:
        stored = session.exec(select(VerificationToken)).one()
    assert code.replace("-", "") not in stored.secret_sha256
    assert stored.purpose == "setup-code"


def test_setup_code_does_not_confirm_an_address(browser: TestClient, sign_in: SignIn) -> None:
    sign_in(browser)
    code = announce_setup_code()
    answer = browser.post("/api/auth/confirmation/confirm", json={"token": str(code).replace("-", "")})
    assert answer.status_code == 410


def test_admin_gives_roles_and_others_do_not(new_browser: NewBrowser, sign_in: SignIn) -> None:
    ada, eve = sign_in(new_browser()), sign_in(new_browser(), "eve@example.com")
    cli.grant_role("ADA@example.com", "admin")
    admin = Actor(UUID(ada["id"]), "ada", "ada@example.com", role=Role.ADMIN)
    member = Actor(UUID(eve["id"]), "eve", "eve@example.com")
    with unit_of_work() as uow:
        grant_role(uow, admin, email="eve@example.com", role=Role.CURATOR)
    assert role_of("eve@example.com") is Role.CURATOR
    with pytest.raises(Forbidden), unit_of_work() as uow:
        grant_role(uow, member, email="eve@example.com", role=Role.ADMIN)
    assert role_of("eve@example.com") is Role.CURATOR


def test_last_admin_stays(new_browser: NewBrowser, sign_in: SignIn) -> None:
    sign_in(new_browser())
    sign_in(new_browser(), "eve@example.com")
    cli.grant_role("ada@example.com", "admin")
    with pytest.raises(Conflict):
        cli.grant_role("ada@example.com", "member")
    cli.grant_role("eve@example.com", "admin")
    cli.grant_role("ada@example.com", "member")
    assert (role_of("ada@example.com"), role_of("eve@example.com")) == (Role.MEMBER, Role.ADMIN)


def test_command_line_refuses_what_it_does_not_know(db: None) -> None:
    with pytest.raises(NotFound, match="Nobody has signed in"):
        cli.grant_role("ada@example.com", "admin")
    with pytest.raises(InvalidFields, match="analyst"):
        cli.grant_role("ada@example.com", "emperor")
    with pytest.raises(InvalidFields, match="@"):
        cli.grant_role("ada", "admin")
    with pytest.raises(NotFound):
        cli.create_token("ada@example.com", name="x", scopes=["studio"])
    with pytest.raises(InvalidFields, match="studio"):
        cli.create_token("ada@example.com", name="x", scopes=["everything"])


def test_command_line_makes_a_token(browser: TestClient, sign_in: SignIn) -> None:
    user = sign_in(browser)
    secret = cli.create_token("ada@example.com", name="cron", scopes=["studio"])
    with unit_of_work() as uow:
        actor = find_actor_by_bearer(uow.session, f"Bearer {secret}")
    assert actor is not None
    assert str(actor.user_id) == user["id"]
    assert browser.get("/api/tokens").json()["tokens"][0]["name"] == "cron"
    with pytest.raises(InvalidFields):
        cli.create_token("ada@example.com", name="none", scopes=[""])


def test_audit_says_who_changed_which_role(browser: TestClient, sign_in: SignIn) -> None:
    user = sign_in(browser)
    cli.grant_role("ada@example.com", "admin")
    cli.grant_role("ada@example.com", "admin")
    with read_session() as session:
        (entry,) = session.exec(select(AuditEntry).where(AuditEntry.action == "role-changed")).all()
    assert entry.actor_id is None
    assert entry.subject == f"user:{user['id']}"
    assert (entry.details["before"], entry.details["after"]) == ("member", "admin")
