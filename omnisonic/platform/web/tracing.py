"""A span for every request, under the service that answers it."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from omnisonic.platform.telemetry import SpanKind, fail, span
from omnisonic.platform.web.correlation import QUIET_PATHS

API_PATHS = ("/api/", "/v1/", "/storage/", "/openapi.json", "/docs")
PRESENCE_PATH = "/api/presence"
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class Tracing:
    """Opens the server span; its name is the method and the route, never an address with ids in it."""

    def __init__(self, app: ASGIApp, *, service: str | None = None) -> None:
        self.app = app
        self.service = service  # None: by path, for the process that answers for several

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the request inside its span."""
        if scope["type"] != "http" or scope["path"].startswith(QUIET_PATHS):
            await self.app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in METHODS else "_OTHER"
        with span(
            method,
            kind=SpanKind.SERVER,
            service=self.service or _service_of(scope["path"]),
            http__request__method=method,
            url__scheme=scope.get("scheme"),
        ) as opened:

            async def watch(message: Message) -> None:
                if message["type"] == "http.response.start":
                    opened.set_attribute("http.response.status_code", message["status"])
                    if message["status"] >= 500:
                        fail(opened, str(message["status"]))
                await send(message)

            try:
                await self.app(scope, receive, watch)
            finally:
                route = getattr(scope.get("route"), "path", None)
                if route:
                    opened.update_name(f"{method} {route}")
                    opened.set_attribute("http.route", route)


def _service_of(path: str) -> str:
    if path == PRESENCE_PATH or path.startswith(f"{PRESENCE_PATH}/"):
        return "studio-web-api-presence"
    return "studio-web-api" if path.startswith(API_PATHS) else "studio-web"
