"""Requests that a browser sends with our cookie must come from our own pages."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from omnisonic.platform.errors import OriginRefused
from omnisonic.platform.logging import get_logger
from omnisonic.platform.problems import problem_response
from omnisonic.platform.web.headers import header, joined_header

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
SESSION_COOKIES = {"omnisonic_session", "__Host-omnisonic_session"}
log = get_logger(__name__)


class OriginCheck:
    """Refuses cross-site requests by `Origin` and `Sec-Fetch-Site`; no form tokens are needed.

    Source: Fetch Metadata (W3C) and the algorithm of Go's http.CrossOriginProtection, stricter in that a
    request with a cookie and neither header is refused.
    """

    def __init__(self, app: ASGIApp, *, allowed_origins: Iterable[str]) -> None:
        self.app = app
        self.allowed_origins = frozenset(allowed_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer 403 (also to the handshake of a socket)."""
        if scope["type"] not in {"http", "websocket"} or self._is_ours(scope):
            await self.app(scope, receive, send)
            return
        log.warning("origin_refused", origin=header(scope, b"origin"))
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})  # before accept: HTTP 403
            return
        await problem_response(OriginRefused(), instance=scope["path"])(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        origin = header(scope, b"origin")
        if scope["type"] == "websocket":
            return origin is None or self._is_allowed(scope, origin)
        if scope["method"] in SAFE_METHODS:
            return True
        if not has_session_cookie(scope) and header(scope, b"authorization") is not None:
            return True
        if origin is not None:
            return self._is_allowed(scope, origin)
        site = header(scope, b"sec-fetch-site")
        if site is not None:
            return site == "same-origin"
        return not has_session_cookie(scope)

    def _is_allowed(self, scope: Scope, origin: str) -> bool:
        if origin in self.allowed_origins:
            return True
        host = header(scope, b"host")
        return host is not None and urlsplit(origin).netloc == host


def has_session_cookie(scope: Scope) -> bool:
    """Whether the browser's sign-in came along."""
    cookies = joined_header(scope, b"cookie", separator=";") or ""
    return any(part.strip().partition("=")[0] in SESSION_COOKIES for part in cookies.split(";"))
