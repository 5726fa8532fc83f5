"""Sign-in with an address and a password, and the session that it opens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import select, update

from omnisonic.platform.auth import http, identities
from omnisonic.platform.auth.errors import ProviderUnknown
from omnisonic.platform.auth.models import Account, AuthSession, User
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.ids import utc_now
from omnisonic.platform.models import AuditEntry
from omnisonic.platform.settings import Environment, Settings

SignIn = Callable[..., dict[str, Any]]
COOKIE = "omnisonic_session"


def whoami(browser: TestClient) -> Any:
    return browser.get("/api/auth/session").json()["user"]


def test_first_sign_in_makes_the_account(browser: TestClient, sign_in: SignIn) -> None:
    answer = browser.post(
        "/api/auth/callback/credentials", json={"email": " Ada@Example.COM", "password": "opensesame"}
    )

    assert answer.status_code == 200
    user = answer.json()["user"]
    assert (user["email"], user["displayName"], user["role"]) == ("ada@example.com", "ada", "member")
    assert user["emailVerifiedAt"] is None
    assert answer.headers["cache-control"] == "no-store"
    assert whoami(browser)["id"] == user["id"]


def test_second_sign_in_finds_it(new_browser: Callable[[], TestClient], sign_in: SignIn) -> None:
    first, second = sign_in(new_browser()), sign_in(new_browser(), "ADA@example.com")
    assert first["id"] == second["id"]


def test_cookie_is_out_of_reach_of_scripts(browser: TestClient) -> None:
    answer = browser.post("/api/auth/callback/credentials", json={"email": "a@example.com", "password": "x"})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie


def test_cookie_is_bound_to_the_host_on_https(
    browser: TestClient, configure: Callable[..., Settings]
) -> None:
    configure(PUBLIC_URL="https://studio.example.org")
    answer = browser.post("/api/auth/callback/credentials", json={"email": "a@example.com", "password": "x"})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"__Host-{COOKIE}=")
    assert "Secure" in cookie
    assert "Domain" not in cookie
    # The plain name, which a neighboring host could plant, is not looked at.
    secret = cookie.partition("=")[2].partition(";")[0]
    assert browser.get("/api/auth/session", headers={"Cookie": f"{COOKIE}={secret}"}).json()["user"] is None


def test_wrong_password_is_refused(new_browser: Callable[[], TestClient], sign_in: SignIn) -> None:
    sign_in(new_browser())
    answer = new_browser().post(
        "/api/auth/callback/credentials", json={"email": "ada@example.com", "password": "guess"}
    )
    assert answer.status_code == 401
    assert answer.json()["type"] == "/problems/wrong-credentials"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "body",
    [
        {"email": "ada@example.com"},
        {"email": "ada", "password": "x"},
        {"email": "ada@example.com", "password": ""},
        {"email": "a\r\nBcc: b@example.com", "password": "x"},
        {"email": "ada@example.com", "password": "x", "role": "admin"},
    ],
)
def test_bad_fields_are_refused(browser: TestClient, body: dict[str, str]) -> None:
    answer = browser.post("/api/auth/callback/credentials", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"]


def test_secrets_are_not_stored(browser: TestClient, sign_in: SignIn) -> None:
    sign_in(browser)
    with read_session() as session:
        auth_session = session.exec(select(AuthSession)).one()
        account = session.exec(select(Account)).one()
    secret = browser.cookies[COOKIE]
    assert secret not in auth_session.secret_sha256
    assert "opensesame" not in (account.password_hash or "")


def test_switched_off_it_is_not_there(browser: TestClient, configure: Callable[..., Settings]) -> None:
    configure(AUTH_ENABLE_CREDENTIALS="false")
    answer = browser.post("/api/auth/callback/credentials", json={"email": "a@example.com", "password": "x"})
    assert answer.status_code == 404
    offered = [one["id"] for one in browser.get("/api/auth/providers").json()["providers"]]
    assert offered == ["github", "google", "discord"]


def test_never_in_production(
    app: FastAPI, configure: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    production = configure().model_copy(update={"omnisonic_env": Environment.PRODUCTION})
    assert production.auth_enable_credentials
    monkeypatch.setattr(identities, "get_settings", lambda: production)
    answer = TestClient(app).post(
        "/api/auth/callback/credentials", json={"email": "a@example.com", "password": "x"}
    )
    assert answer.status_code == 404
    with pytest.raises(ProviderUnknown), unit_of_work() as uow:
        identities.sign_in_credentials(uow, email="ada@example.com", password="x")


def test_sign_out_ends_the_session(browser: TestClient, sign_in: SignIn) -> None:
    sign_in(browser)
    secret = browser.cookies[COOKIE]
    assert browser.post("/api/auth/signout").json() == {"ok": True}
    assert whoami(browser) is None
    replayed = browser.get("/api/auth/session", headers={"Cookie": f"{COOKIE}={secret}"})
    assert replayed.json()["user"] is None
    assert browser.post("/api/auth/signout").json() == {"ok": True}


def test_signing_in_again_ends_the_browsers_former_session(browser: TestClient, sign_in: SignIn) -> None:
    sign_in(browser)
    former = browser.cookies[COOKIE]
    sign_in(browser, "grace@example.com")
    assert whoami(browser)["email"] == "grace@example.com"
    assert browser.cookies[COOKIE] != former
    assert browser.get("/api/auth/session", headers={"Cookie": f"{COOKIE}={former}"}).json()["user"] is None


def test_revoked_expired_and_disabled_are_nobody(browser: TestClient, sign_in: SignIn) -> None:
    sign_in(browser)
    now = utc_now()
    changes: list[tuple[Any, dict[str, Any], dict[str, Any]]] = [
        (AuthSession, {"revoked_at": now}, {"revoked_at": None}),
        (AuthSession, {"expires_at": now}, {"expires_at": now + timedelta(days=1)}),
        (User, {"disabled_at": now}, {"disabled_at": None}),
    ]
    for table, away, back in changes:
        with unit_of_work() as uow:
            uow.session.execute(update(table).values(**away))
        assert whoami(browser) is None, away
        assert browser.get("/api/tokens").status_code == 401
        with unit_of_work() as uow:
            uow.session.execute(update(table).values(**back))
        assert whoami(browser) is not None, back


def test_disabled_account_cannot_sign_in(new_browser: Callable[[], TestClient], sign_in: SignIn) -> None:
    sign_in(new_browser())
    with unit_of_work() as uow:
        uow.session.execute(update(User).values(disabled_at=utc_now()))
    answer = new_browser().post(
        "/api/auth/callback/credentials", json={"email": "ada@example.com", "password": "opensesame"}
    )
    assert answer.status_code == 403
    assert answer.json()["type"] == "/problems/account-disabled"


def test_expiry_slides_with_use_but_is_not_written_each_time(browser: TestClient, sign_in: SignIn) -> None:
    sign_in(browser)
    long_ago = utc_now() - timedelta(days=20)
    with unit_of_work() as uow:
        values = {"last_seen_at": long_ago, "expires_at": long_ago + timedelta(days=30)}
        uow.session.execute(update(AuthSession).values(**values))

    whoami(browser)
    with read_session() as session:
        first = session.exec(select(AuthSession)).one()
    whoami(browser)
    with read_session() as session:
        second = session.exec(select(AuthSession)).one()

    assert first.expires_at > utc_now() + timedelta(days=29)
    assert second.last_seen_at == first.last_seen_at


def test_guessing_is_slowed_down(new_browser: Callable[[], TestClient], sign_in: SignIn) -> None:
    sign_in(new_browser())
    browser = new_browser()
    body = {"email": "ada@example.com", "password": "guess"}
    answers = [browser.post("/api/auth/callback/credentials", json=body)]
    assert answers[0].status_code == 401
    while answers[-1].status_code == 401 and len(answers) < 100:
        answers.append(browser.post("/api/auth/callback/credentials", json=body))
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1
    right = {"email": "ada@example.com", "password": "opensesame"}
    assert browser.post("/api/auth/callback/credentials", json=right).status_code == 429


def test_without_redis_nobody_may_guess(browser: TestClient, configure: Callable[..., Settings]) -> None:
    configure(REDIS_URL="redis://127.0.0.1:1/0")
    answer = browser.post("/api/auth/callback/credentials", json={"email": "a@example.com", "password": "x"})
    assert answer.status_code == 503
    assert answer.json()["type"] == "/problems/sign-in-unavailable"


def test_audit_names_who_signed_in_and_out(browser: TestClient, sign_in: SignIn) -> None:
    user = sign_in(browser)
    browser.post("/api/auth/signout")
    with read_session() as session:
        entries = session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.action, str(entry.actor_id)) for entry in entries] == [
        ("signed-in", user["id"]),
        ("signed-out", user["id"]),
    ]


def test_sockets_find_the_actor_by_the_same_header(browser: TestClient, sign_in: SignIn) -> None:
    user = sign_in(browser)
    header = f"theme=dark; {COOKIE}={browser.cookies[COOKIE]}; other=1"
    with read_session() as session:
        actor = http.find_actor_by_cookie_header(session, header)
        assert http.find_actor_by_cookie_header(session, None) is None
        assert http.find_actor_by_cookie_header(session, f"{COOKIE}=forged") is None
        assert http.find_actor_by_cookie_header(session, f"x{COOKIE}={browser.cookies[COOKIE]}") is None
    assert actor is not None
    assert str(actor.user_id) == user["id"]
