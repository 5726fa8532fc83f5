"""API tokens: made in a browser, used by programs, limited and revocable."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from sqlmodel import select, update

from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth.http import OptionalActor, SignedInActor, StudioActor
from omnisonic.platform.auth.models import ApiToken, User
from omnisonic.platform.auth.tokens import MAX_TOKENS
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.ids import utc_now
from omnisonic.platform.models import AuditEntry, IdempotencyRecord

NewBrowser = Callable[[], TestClient]
SignIn = Callable[..., dict[str, Any]]


@pytest.fixture
def program(app: FastAPI) -> TestClient:
    """A caller without cookies, and routes that tell who is asking."""
    probe = APIRouter()

    @probe.get("/probe/optional")
    def optional(actor: OptionalActor) -> str | None:
        return actor.email if actor else None

    @probe.get("/probe/signed-in")
    def signed_in(actor: SignedInActor) -> str:
        return actor.email

    @probe.get("/probe/studio")
    def studio(actor: StudioActor) -> list[str]:
        return sorted(actor.scopes or [])

    app.include_router(probe)
    return TestClient(app)


def make(browser: TestClient, **fields: Any) -> dict[str, Any]:
    answer = browser.post("/api/tokens", json={"name": "laptop", "scopes": ["studio"], **fields})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def test_token_works_and_is_shown_once(browser: TestClient, sign_in: SignIn, program: TestClient) -> None:
    sign_in(browser)
    made = make(browser)
    secret = made["secret"]

    assert secret.startswith("omni_")
    assert program.get("/probe/studio", headers=bearer(secret)).json() == ["studio"]
    listed = browser.get("/api/tokens").json()
    assert listed["nextCursor"] is None
    (shown,) = listed["tokens"]
    assert shown["prefix"] == secret[:12]
    assert shown["lastUsedAt"] is not None
    assert secret not in browser.get("/api/tokens").text
    with read_session() as session:
        assert secret not in session.exec(select(ApiToken.secret_sha256)).one()


def test_without_credentials_routes_refuse(program: TestClient) -> None:
    assert program.get("/probe/optional").json() is None
    for path in ("/probe/signed-in", "/probe/studio", "/api/tokens"):
        answer = program.get(path)
        assert answer.status_code == 401
        assert answer.json()["type"] == "/problems/not-signed-in"


@pytest.mark.parametrize(
    "header", ["Bearer omni_forged", "Bearer", "Bearer abc", "Basic b21uaV8=", "omni_x", ""]
)
def test_wrong_credentials_are_told_everywhere(program: TestClient, header: str) -> None:
    for path in ("/probe/optional", "/probe/signed-in"):
        assert program.get(path, headers={"Authorization": header}).status_code == 401


def test_wrong_token_beside_a_good_cookie_is_refused(
    browser: TestClient, sign_in: SignIn, program: TestClient
) -> None:
    sign_in(browser)
    assert browser.get("/probe/signed-in").status_code == 200
    assert browser.get("/probe/signed-in", headers=bearer("omni_forged")).status_code == 401


def test_revoked_expired_and_disabled_are_refused(
    browser: TestClient, sign_in: SignIn, program: TestClient
) -> None:
    sign_in(browser)
    secret = make(browser)["secret"]
    for table, away, back in (
        (ApiToken, {"revoked_at": utc_now()}, {"revoked_at": None}),
        (ApiToken, {"expires_at": utc_now()}, {"expires_at": utc_now() + timedelta(hours=1)}),
        (User, {"disabled_at": utc_now()}, {"disabled_at": None}),
    ):
        with unit_of_work() as uow:
            uow.session.execute(update(table).values(**away))
        assert program.get("/probe/signed-in", headers=bearer(secret)).status_code == 401, away
        with unit_of_work() as uow:
            uow.session.execute(update(table).values(**back))
        assert program.get("/probe/signed-in", headers=bearer(secret)).status_code == 200, back


def test_token_without_the_scope_is_forbidden(
    browser: TestClient, sign_in: SignIn, program: TestClient
) -> None:
    sign_in(browser)
    secret = make(browser)["secret"]
    with unit_of_work() as uow:
        uow.session.execute(update(ApiToken).values(scopes=["studio:later"]))
    assert program.get("/probe/signed-in", headers=bearer(secret)).status_code == 200
    answer = program.get("/probe/studio", headers=bearer(secret))
    assert answer.status_code == 403
    assert "studio" in answer.json()["detail"]


def test_token_follows_its_owners_role(browser: TestClient, sign_in: SignIn, app: FastAPI) -> None:
    sign_in(browser)
    secret = make(browser)["secret"]
    seen: list[Actor] = []

    @app.get("/role")
    def role(actor: SignedInActor) -> None:
        seen.append(actor)

    for given in (Role.ADMIN, Role.MEMBER):
        with unit_of_work() as uow:
            uow.session.execute(update(User).values(role=given))
        TestClient(app).get("/role", headers=bearer(secret))
    assert [actor.role for actor in seen] == [Role.ADMIN, Role.MEMBER]


def test_a_token_cannot_change_the_account(browser: TestClient, sign_in: SignIn, program: TestClient) -> None:
    sign_in(browser)
    made = make(browser)
    headers = bearer(made["secret"])
    body = {"name": "more", "scopes": ["studio"]}
    answers = [
        program.get("/api/tokens", headers=headers),
        program.post("/api/tokens", json=body, headers=headers),
        program.delete(f"/api/tokens/{made['token']['id']}", headers=headers),
        program.post("/api/auth/setup-code", json={"code": "x"}, headers=headers),
        program.post("/api/auth/confirmation", headers=headers),
    ]
    assert [answer.status_code for answer in answers] == [403] * len(answers)


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": "x" * 81},
        {"scopes": []},
        {"scopes": ["royalties:audit"]},
        {"expiresAt": "2020-01-01T00:00:00Z"},
        {"expiresAt": "2999-01-01T00:00:00"},
        {"userId": "0190"},
    ],
)
def test_bad_fields_are_refused(browser: TestClient, sign_in: SignIn, fields: dict[str, Any]) -> None:
    sign_in(browser)
    answer = browser.post("/api/tokens", json={"name": "laptop", "scopes": ["studio"], **fields})
    assert answer.status_code == 422
    assert answer.json()["errors"]


def test_expiry_is_kept(browser: TestClient, sign_in: SignIn) -> None:
    sign_in(browser)
    made = make(browser, expiresAt="2999-01-01T00:00:00Z")
    assert made["token"]["expiresAt"] == "2999-01-01T00:00:00Z"


@pytest.mark.parametrize("form", ["/api/tokens/{}", "/api/tokens?id={}"])
def test_revoke(browser: TestClient, sign_in: SignIn, program: TestClient, form: str) -> None:
    sign_in(browser)
    made = make(browser)
    path = form.format(made["token"]["id"])
    assert browser.delete(path).json() == {"ok": True}
    assert program.get("/probe/signed-in", headers=bearer(made["secret"])).status_code == 401
    assert browser.get("/api/tokens").json()["tokens"] == []
    assert browser.delete(path).status_code == 404


def test_strangers_cannot_see_or_revoke(
    new_browser: NewBrowser, sign_in: SignIn, program: TestClient
) -> None:
    owner, stranger = new_browser(), new_browser()
    sign_in(owner)
    sign_in(stranger, "eve@example.com")
    made = make(owner)
    assert stranger.get("/api/tokens").json()["tokens"] == []
    assert stranger.delete(f"/api/tokens/{made['token']['id']}").status_code == 404
    assert program.get("/probe/signed-in", headers=bearer(made["secret"])).status_code == 200


def test_fifty_are_enough(browser: TestClient, sign_in: SignIn) -> None:
    user = sign_in(browser)
    with unit_of_work() as uow:
        for number in range(MAX_TOKENS):
            uow.session.add(
                ApiToken(
                    user_id=user["id"],
                    name=str(number),
                    prefix="omni_",
                    secret_sha256=f"{number:064}",
                    scopes=[],
                )
            )
    answer = browser.post("/api/tokens", json={"name": "one more", "scopes": ["studio"]})
    assert answer.status_code == 409
    listed = browser.get("/api/tokens").json()["tokens"]
    assert len(listed) == MAX_TOKENS
    browser.delete(f"/api/tokens/{listed[0]['id']}")
    assert browser.post("/api/tokens", json={"name": "one", "scopes": ["studio"]}).status_code == 201


def test_repeated_request_makes_one_token_and_keeps_no_secret(browser: TestClient, sign_in: SignIn) -> None:
    sign_in(browser)
    body = {"name": "laptop", "scopes": ["studio"]}
    first, second = (
        browser.post("/api/tokens", json=body, headers={"Idempotency-Key": "k1"}).json() for _ in range(2)
    )
    assert first["token"] == second["token"]
    assert first["secret"] is not None
    assert second["secret"] is None
    with read_session() as session:
        assert first["secret"] not in str(session.exec(select(IdempotencyRecord)).one().body)
    other = browser.post("/api/tokens", json={**body, "name": "other"}, headers={"Idempotency-Key": "k1"})
    assert other.status_code == 409


def test_audit_names_what_was_made_and_revoked(browser: TestClient, sign_in: SignIn) -> None:
    sign_in(browser)
    made = make(browser)
    browser.delete(f"/api/tokens/{made['token']['id']}")
    with read_session() as session:
        entries = session.exec(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == ["signed-in", "token-created", "token-revoked"]
    assert made["secret"] not in str([entry.details for entry in entries])
