"""Headers that tell browsers what our answers may do."""

from __future__ import annotations

from functools import lru_cache
from http import HTTPStatus
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from omnisonic.platform.settings import Settings
from omnisonic.platform.web.csp import CSP_HEADER, NOTHING_POLICY, page_policy, script_hashes_below

PAGE_TYPES = ("text/html", "text/javascript", "application/javascript")  # a worker has its script's policy
IMAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
HSTS = "max-age=31536000"  # this host only: its neighbors are not ours to decide for
MICROPHONE_PATHS = "/sessions/"
NO_DEVICES = "camera=(), geolocation=(), payment=(), usb=(), midi=(), display-capture=()"


class SecurityHeaders:
    """Adds the headers to every HTTP answer; a route's own Content-Security-Policy stays."""

    def __init__(self, app: ASGIApp, *, settings: Settings, build_dir: Path) -> None:
        self.app = app
        self.settings = settings
        self.build_dir = build_dir
        self.is_https = settings.public_url.startswith("https://")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, adding headers when the answer starts."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(scope, MutableHeaders(scope=message), status=message["status"])
            await send(message)

        await self.app(scope, receive, add)

    def _add(self, scope: Scope, headers: MutableHeaders, *, status: int) -> None:
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["X-Frame-Options"] = "DENY"
        microphone = "(self)" if scope["path"].startswith(MICROPHONE_PATHS) else "()"
        headers["Permissions-Policy"] = f"microphone={microphone}, {NO_DEVICES}"
        if self.is_https:
            headers["Strict-Transport-Security"] = HSTS
        # A 304 has no type to choose by, and its headers replace those of the page that the browser kept.
        if CSP_HEADER not in headers and status != HTTPStatus.NOT_MODIFIED:
            headers[CSP_HEADER] = self._policy(headers.get("content-type", ""))

    def _policy(self, content_type: str) -> str:
        if content_type.startswith(PAGE_TYPES):
            return page_policy(built_script_sources(self.build_dir), self.settings)
        return IMAGE_POLICY if content_type.startswith("image/") else NOTHING_POLICY


def built_script_sources(build_dir: Path) -> list[str]:
    """CSP sources of the front end's inline scripts, read again when a new build replaced it."""
    try:
        built_at_ns = (build_dir / "index.html").stat().st_mtime_ns
    except FileNotFoundError:  # the process serves only the API
        return []
    return _sources_of_build(build_dir, built_at_ns)


@lru_cache(maxsize=2)
def _sources_of_build(build_dir: Path, _built_at_ns: int) -> list[str]:
    return script_hashes_below(build_dir)
