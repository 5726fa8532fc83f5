"""The HTTP side as an ASGI application: /graphql, the explorer's files, and the health of the process."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from graph_service import graphiql
from graph_service.http import GraphEndpoint
from graph_service.limits import BODY_MAX_BYTES
from omnisonic.platform.embedded import explorer
from omnisonic.platform.health import live, version
from omnisonic.platform.problems import UnknownErrors
from omnisonic.platform.security_headers import SecurityHeaders
from omnisonic.platform.settings import Settings, origin_of
from omnisonic.platform.web.body_limit import BodyLimit
from omnisonic.platform.web.correlation import Correlation
from omnisonic.platform.web.origin_check import OriginCheck
from omnisonic.platform.web.proxy import TrustedProxies
from omnisonic.platform.web.tracing import Tracing

GRAPH_PATH = "/graphql"
SENT_HEADERS = ["authorization", "content-type", "x-request-id", "traceparent"]
CORS_MAX_AGE_S = 3600


def create_app(
    endpoint: GraphEndpoint, settings: Settings, *, ready: Callable[[], dict[str, bool]]
) -> ASGIApp:
    """The application behind its middleware; `ready` tells what it needs and whether that is there."""

    async def graphql(request: Request) -> Response:
        return await endpoint.handle(request)

    async def health(_: Request) -> Response:
        return JSONResponse((await live()).model_dump())

    async def readiness(_: Request) -> Response:
        checks = ready()
        is_ready = all(checks.values())
        return JSONResponse({"ok": is_ready, "checks": checks}, 200 if is_ready else 503)

    async def about(_: Request) -> Response:
        return JSONResponse((await version()).model_dump(mode="json", by_alias=True))

    app: ASGIApp = Starlette(
        routes=[
            Route(GRAPH_PATH, _AnyMethod(graphql)),
            Route(f"{graphiql.PATH}/{{name}}", graphiql.serve_file),
            Route("/healthz", health),
            Route("/health/live", health),
            Route("/health/ready", readiness),
            Route("/health/version", about),
        ]
    )
    app = CORSMiddleware(
        app,
        allow_origins=settings.allowed_origins,
        allow_methods=["GET", "POST"],
        allow_headers=SENT_HEADERS,
        allow_credentials=True,
        max_age=CORS_MAX_AGE_S,
    )
    app = OriginCheck(app, allowed_origins=graph_origins(settings))
    app = BodyLimit(app, body_max_bytes=BODY_MAX_BYTES)
    app = UnknownErrors(app)
    app = SecurityHeaders(app, settings=settings, build_dir=explorer.FOLDER)
    app = Correlation(Tracing(app, service="graph-api"))
    return TrustedProxies(app, hops=settings.trusted_proxy_hops)


def graph_origins(settings: Settings) -> list[str]:
    """Pages that may use cookies here: the site's own, and the explorer on this service's address."""
    origins = list(settings.allowed_origins)
    if settings.graph_public_url:
        origins.append(origin_of(settings.graph_public_url))
    else:
        hosts = [urlsplit(origin) for origin in settings.allowed_origins]
        origins += [f"{host.scheme}://{host.hostname}:{settings.graph_port}" for host in hosts]
    return list(dict.fromkeys(origins))


class _AnyMethod:
    """Passes every method on: the endpoint itself answers 405 in its own form."""

    def __init__(self, endpoint: Callable[[Request], object]) -> None:
        self._endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._endpoint(Request(scope, receive))  # type: ignore[misc]
        await response(scope, receive, send)
