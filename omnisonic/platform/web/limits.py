"""The general budget of requests that each caller of the REST API has."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import Request, Response

from omnisonic.platform.auth.http import OptionalActor
from omnisonic.platform.rate_limit import address_key, check_rate

WINDOW_S = 60
ACCOUNT_LIMIT = 1200
ADDRESS_LIMIT = 300


def limit_requests(request: Request, response: Response, actor: OptionalActor) -> None:
    """Count the request for the account, else for the network address; raises `RateLimited`."""
    if actor is not None:
        state = check_rate("api", f"account:{actor.user_id}", ACCOUNT_LIMIT, WINDOW_S)
    else:
        state = check_rate("api", f"address:{client_key(request)}", ADDRESS_LIMIT, WINDOW_S)
    response.headers.update(state.headers())


def rate_limited(
    bucket: str, limit: int, window_s: int, *, fail_open: bool = True
) -> Callable[[Request, Response, OptionalActor], None]:
    """A FastAPI dependency: a budget of its own for one kind of request, as
    `dependencies=[Depends(rate_limited("upload", 60, 3600))]`.
    """

    def check(request: Request, response: Response, actor: OptionalActor) -> None:
        key = f"account:{actor.user_id}" if actor else f"address:{client_key(request)}"
        state = check_rate(bucket, key, limit, window_s, fail_open=fail_open)
        response.headers.update(state.headers())

    return check


def client_key(request: Request) -> str:
    """The budget key of where the request came from, behind the trusted proxies."""
    return address_key(request.client.host if request.client else "")
