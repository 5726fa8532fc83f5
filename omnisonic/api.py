"""The REST application: every slice's routes under one error shape, described at /openapi.json."""

from __future__ import annotations

from typing import Any

from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Match, Route

from omnisonic import __version__, proof_file_api, search_api
from omnisonic.core.catalog import api as catalog_api
from omnisonic.core.catalog import linked_api
from omnisonic.core.imports import api as imports_api
from omnisonic.core.ledger import api as ledger_api
from omnisonic.core.ledger import verifier_api
from omnisonic.core.ledger.standing import check_ledger
from omnisonic.core.licenses import api as licenses_api
from omnisonic.core.royalties import (
    changes_api,
    claims_api,
    cycles_api,
    disputes_api,
    exchange_rates_api,
    payouts_api,
    statements_api,
    usage_api,
    what_if_api,
)
from omnisonic.insight.alerts import api as alerts_api
from omnisonic.insight.analytics import api as analytics_api
from omnisonic.insight.analytics import news_api
from omnisonic.insight.demo import api as demo_api
from omnisonic.insight.feeds import api as feeds_api
from omnisonic.insight.follows import api as follows_api
from omnisonic.insight.ingest_jobs import api as ingest_jobs_api
from omnisonic.insight.saved_views import api as saved_views_api
from omnisonic.insight.tagging import api as tagging_api
from omnisonic.insight.trends import api as trends_api
from omnisonic.platform import health, queues_dashboard
from omnisonic.platform.auth import api as auth_api
from omnisonic.platform.errors import MethodNotAllowed, NotFound
from omnisonic.platform.problems import install_problems, problem_response
from omnisonic.platform.readiness import add_check
from omnisonic.platform.storage import api as storage_links
from omnisonic.platform.web.docs_page import install_docs
from omnisonic.platform.web.limits import limit_requests
from omnisonic.platform.web.null_characters import refuse_null_characters
from omnisonic.platform.web.openapi import PROBLEM_RESPONSES, describe
from omnisonic.studio.exports import api as exports_api
from omnisonic.studio.rooms import api as rooms_api
from omnisonic.studio.sessions import api as sessions_api
from omnisonic.studio.split_sheets import api as split_sheets_api
from omnisonic.studio.tracks import api as tracks_api
from omnisonic.studio.uploads import api as uploads_api

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
UNKNOWN_PATHS = (
    "/api",
    "/v1",
    "/api/{rest:path}",
    "/v1/{rest:path}",
    "/ingest/{rest:path}",
    "/log/{rest:path}",
    "/health/{rest:path}",
    "/healthz",
)
DESCRIPTION = "Sessions, tracks, uploads and exports. Errors are problem details (RFC 9457)."
ROUTERS = (
    auth_api.router,
    sessions_api.router,
    tracks_api.router,
    uploads_api.router,
    exports_api.router,
    split_sheets_api.router,
    rooms_api.router,
    licenses_api.router,
    catalog_api.router,
    linked_api.router,
    search_api.router,
    imports_api.router,
    usage_api.router,
    cycles_api.router,
    statements_api.router,
    exchange_rates_api.router,
    payouts_api.router,
    disputes_api.router,
    claims_api.router,
    changes_api.router,
    what_if_api.router,
    proof_file_api.router,  # before the proofs, whose path would take its own
    ledger_api.router,
    verifier_api.router,
    alerts_api.router,
    analytics_api.router,
    news_api.router,
    trends_api.router,
    follows_api.router,
    saved_views_api.router,
    feeds_api.router,
    tagging_api.router,
    ingest_jobs_api.router,
    demo_api.router,
)


def create_api() -> FastAPI:
    """The FastAPI application with all routes; Reflex mounts its pages behind them."""
    app = FastAPI(
        title="Omnisonic",
        version=__version__,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_operation_id,
    )
    add_check("ledger", check_ledger)
    app.include_router(health.router, responses=PROBLEM_RESPONSES)
    app.include_router(storage_links.router)
    checks = [Depends(limit_requests), Depends(refuse_null_characters)]
    for router in ROUTERS:
        app.include_router(router, dependencies=checks, responses=PROBLEM_RESPONSES)
    install_docs(app)
    _mount_dashboard(app)
    install_problems(app)
    _answer_unknown_paths(app)
    app.openapi = lambda: _cached_description(app)  # type: ignore[method-assign]
    return app


def _mount_dashboard(app: FastAPI) -> None:
    path = queues_dashboard.PATH

    async def add_slash(_request: Request) -> Response:
        return RedirectResponse(f"{path}/")

    app.add_route(path, add_slash, methods=["GET"], include_in_schema=False)
    app.mount(path, queues_dashboard.create_dashboard(), name="queues")


def _operation_id(route: APIRoute) -> str:
    return route.name


def _cached_description(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        app.openapi_schema = describe(app)
    return app.openapi_schema


def _answer_unknown_paths(app: FastAPI) -> None:
    # Without these a wrong API path would fall through to the pages mounted behind and answer HTML.
    known: list[BaseRoute] = list(app.routes)

    async def unknown(request: Request) -> Response:
        allowed = [method for method in METHODS if _has_route(known, request, method)]
        if not allowed:
            return problem_response(NotFound(), instance=request.url.path)
        return problem_response(
            MethodNotAllowed(), instance=request.url.path, headers={"Allow": ", ".join(allowed)}
        )

    for path in UNKNOWN_PATHS:
        app.router.routes.append(Route(path, unknown, methods=[*METHODS, "OPTIONS"], include_in_schema=False))


def _has_route(known: list[BaseRoute], request: Request, method: str) -> bool:
    scope = {**request.scope, "method": method}
    return any(route.matches(scope)[0] is Match.FULL for route in known)
