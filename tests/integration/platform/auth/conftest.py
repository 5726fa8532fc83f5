"""The REST application on real servers, browsers for it, and providers on loopback."""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import flask
import httpx
import oidc_provider_mock
import pytest
import redis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import SecretStr
from werkzeug.serving import make_server

from omnisonic.platform.auth.oauth_api import installed_providers
from omnisonic.platform.auth.oauth_client import OAuthApp
from omnisonic.platform.auth.providers import Discord, GitHub, OpenIdConnect, Provider
from omnisonic.platform.settings import Settings
from tests.rest import rest_api

CLIENT = OAuthApp("omnisonic-test", SecretStr("client-secret"))


@dataclass
class Person:
    """Somebody who has an account at the loopback providers."""

    sub: str
    email: str
    verified: bool = True
    name: str = "Ada Example"


@dataclass
class OAuthServer:
    """GitHub's and Discord's endpoints on loopback; checks client, redirect address and PKCE."""

    person: Person
    declines: bool = False
    is_broken: bool = False
    url: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)

    def app(self) -> flask.Flask:
        """The endpoints."""
        app = flask.Flask("providers")
        for path in ("/login/oauth/authorize", "/oauth2/authorize"):
            app.add_url_rule(path, path, self.authorize)
        for path in ("/login/oauth/access_token", "/api/oauth2/token"):
            app.add_url_rule(path, path, self.exchange, methods=["POST"])
        app.add_url_rule("/user", "user", lambda: self.guarded(self.github_user()))
        app.add_url_rule("/user/emails", "emails", lambda: self.guarded(self.github_emails()))
        app.add_url_rule("/api/users/@me", "me", lambda: self.guarded(self.discord_user()))
        return app

    def authorize(self) -> Any:
        """The consent page, where the person answers at once."""
        asked = flask.request.args
        if asked["client_id"] != CLIENT.client_id or asked["code_challenge_method"] != "S256":
            return "invalid request", 400
        if self.declines:
            answer = {"error": "access_denied", "state": asked["state"]}
        else:
            code = secrets.token_urlsafe(16)
            self.codes[code] = dict(asked)
            answer = {"code": code, "state": asked["state"]}
        return flask.redirect(f"{asked['redirect_uri']}?{urlencode(answer)}")

    def exchange(self) -> Any:
        """Code for token; refuses a wrong secret, verifier or redirect address, and a second use."""
        if self.is_broken:
            return "<h1>Bad gateway</h1>", 502
        sent = flask.request.form
        asked = self.codes.pop(sent.get("code", ""), None)
        given = flask.request.authorization
        secret = given.password if given is not None else sent.get("client_secret")
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            asked is None
            or secret != CLIENT.client_secret.get_secret_value()
            or challenge != asked["code_challenge"]
            or sent.get("redirect_uri") != asked["redirect_uri"]
        ):
            return {"error": "bad_verification_code", "error_description": "The code is incorrect."}
        token = secrets.token_urlsafe(16)
        self.tokens.add(token)
        return {"access_token": token, "token_type": "bearer", "scope": asked["scope"]}

    def guarded(self, answer: Any) -> Any:
        """Only for a token that was given out."""
        token = flask.request.headers.get("Authorization", "").removeprefix("Bearer ")
        return flask.jsonify(answer) if token in self.tokens else ("Bad credentials", 401)

    def github_user(self) -> dict[str, Any]:
        """GET /user of GitHub."""
        number = int.from_bytes(self.person.sub.encode()[:6])
        return {"id": number, "login": self.person.sub, "name": self.person.name, "email": None}

    def github_emails(self) -> list[dict[str, Any]]:
        """GET /user/emails of GitHub: the primary one, and one that must not be taken."""
        return [
            {"email": "spare@example.com", "primary": False, "verified": True},
            {"email": self.person.email, "primary": True, "verified": self.person.verified},
        ]

    def discord_user(self) -> dict[str, Any]:
        """GET /users/@me of Discord."""
        return {
            "id": self.person.sub,
            "username": self.person.sub,
            "email": self.person.email,
            "verified": self.person.verified,
        }


@pytest.fixture
def ada() -> Person:
    """The person at the providers."""
    return Person("ada", "Ada@Example.com")


@pytest.fixture
def oauth_server(ada: Person) -> Iterator[OAuthServer]:
    """GitHub and Discord on loopback."""
    server = OAuthServer(ada)
    listener = make_server("127.0.0.1", 0, server.app(), threaded=True)
    server.url = f"http://127.0.0.1:{listener.server_port}"
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    listener.shutdown()
    thread.join()
    listener.server_close()


@pytest.fixture(scope="session")
def issuer() -> Iterator[str]:
    """A real OpenID Connect provider on loopback, with one person who is confirmed and one who is not."""
    people = [
        oidc_provider_mock.User(
            sub=sub, claims={"email": "ada@example.com", "email_verified": sub == "ada", "name": "Ada L."}
        )
        for sub in ("ada", "unconfirmed")
    ]
    with oidc_provider_mock.run_server_in_thread(user_claims=people, require_nonce=True) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def app(
    db: None,
    redis_client: redis.Redis,
    configure: Callable[..., Settings],
    oauth_server: OAuthServer,
    issuer: str,
) -> Iterator[FastAPI]:
    """The REST application with credentials and the three providers."""
    configure(AUTH_ENABLE_CREDENTIALS="true", OMNISONIC_ENV="test")
    app = rest_api()
    providers: dict[str, Provider] = {
        "github": GitHub(CLIENT, site=oauth_server.url, api=oauth_server.url),
        "google": OpenIdConnect(CLIENT, issuer=issuer),
        "discord": Discord(CLIENT, site=oauth_server.url),
    }
    app.dependency_overrides[installed_providers] = lambda: providers
    yield app
    app.dependency_overrides.clear()


@pytest.fixture
def new_browser(app: FastAPI) -> Callable[[], TestClient]:
    """Browsers with a cookie jar each; redirects are not followed."""
    return lambda: TestClient(app, follow_redirects=False)


@pytest.fixture
def browser(new_browser: Callable[[], TestClient]) -> TestClient:
    """One browser."""
    return new_browser()


def path_of(location: str) -> str:
    """Path and query of an address: where a browser would be on our site."""
    parts = urlsplit(location)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


@pytest.fixture
def consent() -> Callable[..., str]:
    """Go from our sign-in link through a provider; returns the path of ours that it sends back to."""

    def go(browser: TestClient, provider: str, *, next_path: str | None = None, **form: str) -> str:
        params = {"next": next_path} if next_path is not None else {}
        left = browser.get(f"/api/auth/signin/{provider}", params=params)
        assert left.status_code == 303, left.text
        url = left.headers["location"]
        is_form = provider == "google"
        answer = httpx.post(url, data=form or {"sub": "ada"}) if is_form else httpx.get(url)
        assert answer.status_code == 302, answer.text
        return path_of(answer.headers["location"])

    return go


@pytest.fixture
def sign_in() -> Callable[..., dict[str, Any]]:
    """Sign a browser in with an address and a password; returns the account."""

    def go(browser: TestClient, email: str = "ada@example.com") -> dict[str, Any]:
        body = {"email": email, "password": "opensesame"}
        answer = browser.post("/api/auth/callback/credentials", json=body)
        assert answer.status_code == 200, answer.text
        user: dict[str, Any] = answer.json()["user"]
        return user

    return go
