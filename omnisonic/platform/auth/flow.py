"""The time between leaving for a provider and coming back.

The attempt waits in Redis for ten minutes, is taken out at its first use, and belongs to the browser whose
HttpOnly cookie holds the other half.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import asdict, dataclass

from redis.exceptions import RedisError

from omnisonic.platform.auth.authentication import is_https, read_cookie
from omnisonic.platform.auth.errors import SignInExpired, SignInUnavailable
from omnisonic.platform.auth.oauth_client import Attempt
from omnisonic.platform.auth.secrets import digest_secret, new_secret
from omnisonic.platform.errors import ServiceUnavailable
from omnisonic.platform.redis import get_redis

FLOW_LIFETIME_S = 600
BROWSER_COOKIE = "omnisonic_signin"


@dataclass(frozen=True)
class Flow:
    """One sign-in under way."""

    provider: str
    browser_sha256: str
    next_path: str
    attempt: Attempt


def browser_cookie_name() -> str:
    """Name of the cookie that binds a sign-in to its browser."""
    return f"__Host-{BROWSER_COOKIE}" if is_https() else BROWSER_COOKIE


def browser_secret(cookie_header: str | None) -> str:
    """The browser's half: the one it has, so that two tabs can sign in at once, else a new one."""
    return read_cookie(cookie_header, browser_cookie_name()) or new_secret()


def start_flow(*, provider: str, browser: str, next_path: str, redirect_uri: str) -> Flow:
    """Remember a new attempt. Raises `SignInUnavailable` when Redis is away."""
    attempt = Attempt(
        state=new_secret(), nonce=new_secret(), code_verifier=new_secret(), redirect_uri=redirect_uri
    )
    flow = Flow(provider, digest_secret(browser), next_path, attempt)
    try:
        get_redis().set(_key(attempt.state), json.dumps(asdict(flow)), ex=FLOW_LIFETIME_S)
    except (RedisError, ServiceUnavailable) as error:
        raise SignInUnavailable from error
    return flow


def take_flow(*, provider: str, state: str | None, cookie_header: str | None) -> Flow:
    """The attempt of a `state`, once. Raises `SignInExpired` when it is not this browser's or provider's."""
    if not state:
        raise SignInExpired
    try:
        stored = get_redis().getdel(_key(state))
    except (RedisError, ServiceUnavailable) as error:
        raise SignInUnavailable from error
    if not isinstance(stored, str):
        raise SignInExpired
    fields = json.loads(stored)
    flow = Flow(**{**fields, "attempt": Attempt(**fields["attempt"])})
    browser = read_cookie(cookie_header, browser_cookie_name()) or ""
    if flow.provider != provider or not hmac.compare_digest(digest_secret(browser), flow.browser_sha256):
        raise SignInExpired
    return flow


def _key(state: str) -> str:
    return f"signin:{digest_secret(state)}"
