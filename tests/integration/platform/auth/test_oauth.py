"""Sign-in through providers: the whole way, and every way that it must not go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import redis
from fastapi.testclient import TestClient
from sqlmodel import select, update

from omnisonic.platform.auth.errors import explain_sign_in_error
from omnisonic.platform.auth.models import Account, User
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.ids import utc_now
from omnisonic.platform.settings import Settings

PROVIDERS = ["github", "google", "discord"]
Consent = Callable[..., str]


def query_of(location: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def whoami(browser: TestClient) -> Any:
    return browser.get("/api/auth/session").json()["user"]


def error_of(answer: Any) -> str:
    """The slug that the sign-in page gets; it must be one that the page can explain."""
    assert answer.status_code == 303
    location = answer.headers["location"]
    assert urlsplit(location).path == "/signin"
    assert "omnisonic_session=" not in answer.headers.get("set-cookie", "")
    slug = query_of(location)["error"]
    assert explain_sign_in_error(slug) is not None
    return slug


@pytest.mark.parametrize("provider", PROVIDERS)
def test_whole_way(browser: TestClient, consent: Consent, provider: str) -> None:
    back = consent(browser, provider, next_path="/sessions/1?tab=mix")
    answer = browser.get(back)

    assert answer.status_code == 303
    assert answer.headers["location"] == "/sessions/1?tab=mix"
    user = whoami(browser)
    assert user["email"] == "ada@example.com"
    assert user["emailVerifiedAt"] is not None
    assert user["role"] == "member"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_same_person_comes_back_to_the_same_account(
    new_browser: Callable[[], TestClient], consent: Consent, provider: str
) -> None:
    ids = set()
    for _ in range(2):
        browser = new_browser()
        browser.get(consent(browser, provider))
        ids.add(whoami(browser)["id"])
    assert len(ids) == 1


@pytest.mark.parametrize("provider", PROVIDERS)
def test_leaves_with_pkce_and_state_and_hides_the_verifier(browser: TestClient, provider: str) -> None:
    answer = browser.get(f"/api/auth/signin/{provider}")
    asked = query_of(answer.headers["location"])
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert len(asked["state"]) >= 43
    assert ("nonce" in asked) == (provider == "google")
    assert asked["redirect_uri"] == f"http://localhost:3000/api/auth/callback/{provider}"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "code_verifier" not in answer.headers["location"]


@pytest.mark.parametrize("host", ["localhost:3000", "127.0.0.1:3000"])
def test_both_spellings_of_this_machine_come_back_to_themselves(browser: TestClient, host: str) -> None:
    answer = browser.get("/api/auth/signin/github", headers={"Host": host})
    assert query_of(answer.headers["location"])["redirect_uri"].startswith(f"http://{host}/")


def test_a_forged_host_changes_nothing(browser: TestClient) -> None:
    answer = browser.get("/api/auth/signin/github", headers={"Host": "evil.example"})
    assert query_of(answer.headers["location"])["redirect_uri"].startswith("http://localhost:3000/")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_declining_ends_at_the_sign_in_page(
    browser: TestClient, consent: Consent, oauth_server: Any, provider: str
) -> None:
    oauth_server.declines = True
    answer = browser.get(consent(browser, provider, next_path="/exports", action="deny"))
    assert error_of(answer) == "sign-in-denied"
    if provider != "google":  # its refusal does not repeat the state
        assert query_of(answer.headers["location"])["next"] == "/exports"
    assert whoami(browser) is None


@pytest.mark.parametrize("query", ["error=server_error", "state={state}", "state={state}&code=" + "a" * 3000])
def test_answers_without_a_usable_code_are_refused(browser: TestClient, query: str) -> None:
    state = query_of(browser.get("/api/auth/signin/github").headers["location"])["state"]
    answer = browser.get("/api/auth/callback/github?" + query.format(state=state))
    assert error_of(answer) == "provider-failed"


def test_wrong_state_is_refused(browser: TestClient, consent: Consent) -> None:
    back = consent(browser, "github")
    code = query_of(back)["code"]
    assert error_of(browser.get(f"/api/auth/callback/github?code={code}&state=forged")) == "sign-in-expired"
    assert error_of(browser.get(f"/api/auth/callback/github?code={code}")) == "sign-in-expired"
    assert whoami(browser) is None


def test_state_works_once(browser: TestClient, consent: Consent) -> None:
    back = consent(browser, "github")
    browser.get(back)
    browser.post("/api/auth/signout")
    assert error_of(browser.get(back)) == "sign-in-expired"
    assert whoami(browser) is None


def test_state_belongs_to_the_browser_that_left(
    new_browser: Callable[[], TestClient], consent: Consent
) -> None:
    attacker, victim = new_browser(), new_browser()
    back = consent(attacker, "github")
    assert error_of(victim.get(back)) == "sign-in-expired"
    assert whoami(victim) is None


def test_state_belongs_to_its_provider(browser: TestClient, consent: Consent) -> None:
    back = consent(browser, "github").replace("/callback/github", "/callback/discord")
    assert error_of(browser.get(back)) == "sign-in-expired"


def test_two_tabs_can_sign_in_at_once(browser: TestClient, consent: Consent) -> None:
    first, second = consent(browser, "github"), consent(browser, "discord")
    assert browser.get(second).headers["location"] == "/sessions"
    assert browser.get(first).headers["location"] == "/sessions"


def test_stolen_code_is_useless_without_the_verifier(
    new_browser: Callable[[], TestClient], consent: Consent
) -> None:
    victim, attacker = new_browser(), new_browser()
    code = query_of(consent(victim, "github"))["code"]
    state = query_of(consent(attacker, "github"))["state"]
    answer = attacker.get(f"/api/auth/callback/github?code={code}&state={state}")
    assert error_of(answer) == "provider-failed"


def test_id_token_of_another_sign_in_is_refused(
    new_browser: Callable[[], TestClient], consent: Consent
) -> None:
    # The provider of this test does not check PKCE, so only the nonce can tell the two apart.
    victim, attacker = new_browser(), new_browser()
    code = query_of(consent(victim, "google"))["code"]
    state = query_of(consent(attacker, "google"))["state"]
    answer = attacker.get(f"/api/auth/callback/google?code={code}&state={state}")
    assert error_of(answer) == "provider-failed"
    assert whoami(attacker) is None


def test_broken_provider_is_told_apart(browser: TestClient, consent: Consent, oauth_server: Any) -> None:
    back = consent(browser, "discord")
    oauth_server.is_broken = True
    assert error_of(browser.get(back)) == "provider-failed"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/%2f/evil.example",
        "/%5cevil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "sessions",
        "",
        "/signin?next=/signin",
        "/" + "a" * 2000,
    ],
)
def test_next_never_leaves_this_site(browser: TestClient, consent: Consent, target: str) -> None:
    answer = browser.get(consent(browser, "github", next_path=target))
    assert answer.headers["location"] == "/sessions"


def test_unconfirmed_address_opens_nothing(browser: TestClient, consent: Consent) -> None:
    assert error_of(browser.get(consent(browser, "google", sub="unconfirmed"))) == "address-unverified"
    with read_session() as session:
        assert session.exec(select(User)).all() == []


@pytest.mark.parametrize("provider", ["github", "discord"])
def test_unconfirmed_address_opens_nothing_elsewhere(
    browser: TestClient, consent: Consent, ada: Any, provider: str
) -> None:
    ada.verified = False
    assert error_of(browser.get(consent(browser, provider))) == "address-unverified"


def test_confirmed_addresses_on_both_sides_are_one_account(
    new_browser: Callable[[], TestClient], consent: Consent
) -> None:
    ids = set()
    for provider in PROVIDERS:
        browser = new_browser()
        browser.get(consent(browser, provider))
        ids.add(whoami(browser)["id"])
    assert len(ids) == 1
    with read_session() as session:
        assert sorted(session.exec(select(Account.provider)).all()) == sorted(PROVIDERS)


def test_an_account_with_an_unconfirmed_address_is_not_joined(
    new_browser: Callable[[], TestClient], consent: Consent, sign_in: Callable[..., Any]
) -> None:
    squatter, owner = new_browser(), new_browser()
    sign_in(squatter, "ada@example.com")
    assert error_of(owner.get(consent(owner, "github"))) == "account-not-linked"
    assert whoami(owner) is None


def test_password_is_not_joined_to_a_providers_account(
    new_browser: Callable[[], TestClient], consent: Consent
) -> None:
    owner, other = new_browser(), new_browser()
    owner.get(consent(owner, "github"))
    answer = other.post("/api/auth/callback/credentials", json={"email": "ada@example.com", "password": "x"})
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/account-not-linked"


def test_disabled_account_is_refused(browser: TestClient, consent: Consent) -> None:
    browser.get(consent(browser, "github"))
    with unit_of_work() as uow:
        uow.session.execute(update(User).values(disabled_at=utc_now()))
    for provider in ("github", "discord"):
        assert error_of(browser.get(consent(browser, provider))) == "account-disabled"


def test_unknown_provider_is_not_found(browser: TestClient) -> None:
    for path in ("/api/auth/signin/myspace", "/api/auth/callback/myspace"):
        answer = browser.get(path)
        assert answer.status_code == 404
        assert answer.json()["type"] == "/problems/provider-unknown"


def test_without_redis_sign_in_says_so(browser: TestClient, configure: Callable[..., Settings]) -> None:
    configure(REDIS_URL="redis://127.0.0.1:1/0")
    answer = browser.get(f"/api/auth/signin/github?next={quote('/exports')}")
    assert error_of(answer) == "sign-in-unavailable"


def test_attempt_is_forgotten_after_ten_minutes(browser: TestClient, redis_client: redis.Redis) -> None:
    browser.get("/api/auth/signin/github")
    (key,) = redis_client.keys("signin:*")
    assert 0 < redis_client.ttl(key) <= 600


def test_only_set_up_providers_are_offered(
    app: Any, browser: TestClient, configure: Callable[..., Settings]
) -> None:
    app.dependency_overrides.clear()
    configure(GOOGLE_CLIENT_ID="id", GOOGLE_CLIENT_SECRET="secret", GITHUB_CLIENT_ID="half")
    offered = browser.get("/api/auth/providers").json()["providers"]
    assert offered == [
        {"id": "google", "name": "Google"},
        {"id": "credentials", "name": "Email and password"},
    ]
