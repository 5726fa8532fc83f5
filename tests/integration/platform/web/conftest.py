"""Applications behind the whole middleware, and accounts for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth.authentication import cookie_name
from omnisonic.platform.auth.browser_sessions import open_session
from omnisonic.platform.auth.models import User
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.middleware import wrap
from tests.rest import rest_api

ORIGIN = "http://localhost:3000"


@pytest.fixture
def make_user(db: None) -> Callable[..., tuple[Actor, str]]:
    """Create an account; returns its actor and the secret of a browser session."""

    def make(name: str = "Mara", *, role: Role = Role.MEMBER) -> tuple[Actor, str]:
        with unit_of_work() as uow:
            user = User(email=f"{name.lower()}@example.org", display_name=name, role=role)
            uow.session.add(user)
            uow.session.flush()
            secret = open_session(uow, user, provider="credentials")
        return Actor(user.id, name, user.email, role), secret

    return make


@pytest.fixture
def anyone(db: None, redis_client: Any, storage: Any) -> Iterator[TestClient]:
    """A client without sign-in, in front of the whole middleware and the REST application."""
    with TestClient(
        wrap(rest_api()), base_url=ORIGIN, follow_redirects=False, raise_server_exceptions=False
    ) as client:
        yield client


@pytest.fixture
def browser_of(anyone: TestClient) -> Callable[[str], TestClient]:
    """A browser with a session cookie."""

    def make(secret: str) -> TestClient:
        return TestClient(
            anyone.app,
            base_url=ORIGIN,
            cookies={cookie_name(): secret},
            follow_redirects=False,
            raise_server_exceptions=False,
        )

    return make
