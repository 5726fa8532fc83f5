"""The steps that all OAuth 2.0 providers share: consent address, code exchange, reading answers."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.deprecate import AuthlibDeprecationWarning
from joserfc.errors import JoseError
from pydantic import SecretStr

from omnisonic.platform.auth.errors import ProviderFailed
from omnisonic.platform.logging import get_logger

with warnings.catch_warnings():
    # authlib prefers a fork of httpx; it works with httpx until its next major version.
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)
    from authlib.integrations.httpx_client import OAuth2Client

TIMEOUT_S = 10

log = get_logger(__name__)


@dataclass(frozen=True)
class Attempt:
    """The secrets of one sign-in; the browser sees `state` and `nonce`, never the verifier."""

    state: str
    nonce: str
    code_verifier: str
    redirect_uri: str


@dataclass(frozen=True)
class OAuthApp:
    """What a provider calls this installation."""

    client_id: str
    client_secret: SecretStr


def make_client(app: OAuthApp, attempt: Attempt, *, scope: str) -> Any:
    """An authlib client for one sign-in; it follows no redirects."""
    return OAuth2Client(
        app.client_id,
        app.client_secret.get_secret_value(),
        scope=scope,
        redirect_uri=attempt.redirect_uri,
        code_challenge_method="S256",
        timeout=TIMEOUT_S,
    )


def consent_url(client: Any, endpoint: str, attempt: Attempt, **extra: str) -> str:
    """Where to send the browser, with the state and the PKCE challenge (RFC 7636 §4.3)."""
    url, _ = client.create_authorization_url(
        endpoint, state=attempt.state, code_verifier=attempt.code_verifier, **extra
    )
    return str(url)


def exchange_code(client: Any, endpoint: str, code: str, attempt: Attempt) -> dict[str, Any]:
    """The token response for a code; the client keeps the token for `get_json`."""
    return dict(
        client.fetch_token(
            endpoint, grant_type="authorization_code", code=code, code_verifier=attempt.code_verifier
        )
    )


def get_json(client: Any, url: str, *, with_token: bool = True) -> Any:
    """The JSON at `url`; raises `httpx.HTTPError` or `ValueError`."""
    headers = {"Accept": "application/json"}
    answer = client.request("GET", url, headers=headers, withhold_token=not with_token)
    answer.raise_for_status()
    return answer.json()


@contextmanager
def provider_answers(provider: str) -> Iterator[None]:
    """Turn whatever is wrong with a provider's answer into `ProviderFailed`, with the cause in the log."""
    try:
        yield
    except (AuthlibBaseError, JoseError, httpx.HTTPError, KeyError, ValueError) as error:
        log.warning("provider_failed", provider=provider, error=type(error).__name__, reason=str(error)[:300])
        raise ProviderFailed from error
