"""One id per request, in every log line, in the answer, and in what the request sets in motion."""

from __future__ import annotations

import re
import time

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars, get_contextvars

from omnisonic.platform.ids import new_id
from omnisonic.platform.logging import get_logger
from omnisonic.platform.web.headers import header

SAFE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
# W3C Trace Context §3.2.2; an all-zero trace or parent id is invalid.
TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
QUIET_PATHS = ("/healthz", "/health/", "/_health", "/ping", "/assets/", "/docs/assets/", "/external/")
SECRET_PATHS = ("/s/",)  # their last part is a key
log = get_logger(__name__)


class Correlation:
    """Binds `correlation_id`, `traceparent`, `method` and `path`, and writes the access line."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the request inside its log context."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        with bound_contextvars(**_context_of(scope)):
            if scope["type"] == "websocket":
                await self.app(scope, receive, send)
            else:
                await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        status = 0

        async def stamp(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = get_contextvars()["correlation_id"]
            await send(message)

        try:
            await self.app(scope, receive, stamp)
        finally:
            if not scope["path"].startswith(QUIET_PATHS):
                duration_ms = round((time.perf_counter() - started) * 1000, 1)
                log.info("request", status=status, route=_route(scope), duration_ms=duration_ms)


def _context_of(scope: Scope) -> dict[str, str]:
    context = {"path": _shown_path(scope["path"])}
    if scope["type"] == "http":
        context["method"] = scope["method"]
    trace = TRACEPARENT.fullmatch(header(scope, b"traceparent") or "")
    if trace:
        context["traceparent"] = trace.group(0)
    asked = header(scope, b"x-request-id") or ""
    if SAFE_ID.fullmatch(asked):
        context["correlation_id"] = asked
    else:
        context["correlation_id"] = trace.group(1) if trace else str(new_id())
    return context


def _shown_path(path: str) -> str:
    for prefix in SECRET_PATHS:
        if path.startswith(prefix):
            return f"{prefix}…"
    return path


def _route(scope: Scope) -> str:
    return str(getattr(scope.get("route"), "path", "") or "-")
