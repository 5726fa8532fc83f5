"""rq-dashboard below /admin/queues, for admins only.

The dashboard knows no accounts and shows texts of failed jobs unescaped. So the door is ours, its pages
get a policy under which only their own scripts run, and jobs are read as JSON, never unpickled.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import rq_dashboard
import rq_dashboard.web
from a2wsgi import WSGIMiddleware
from flask import Flask, Response, abort, request
from rq import requeue_job
from rq.exceptions import NoSuchJobError
from rq.job import Job
from rq.worker import Worker
from starlette.responses import RedirectResponse
from starlette.responses import Response as StarletteResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth.authentication import authenticate
from omnisonic.platform.auth.next_path import sign_in_path
from omnisonic.platform.db import in_thread
from omnisonic.platform.errors import NotFound, NotSignedIn, OmnisonicError, ServiceUnavailable
from omnisonic.platform.problems import problem_response
from omnisonic.platform.queues import SERIALIZER
from omnisonic.platform.settings import get_settings
from omnisonic.platform.web.csp import CSP_HEADER, inline_script_hashes
from omnisonic.platform.web.headers import header, joined_header
from omnisonic.platform.web.plain_page import plain_page

PATH = "/admin/queues"
POLL_INTERVAL_MS = 5000
HEAD = (
    '<link rel="stylesheet" href="/css/theme.css"><link rel="stylesheet" href="/css/queues.css">'
    '<link rel="icon" href="/favicon.svg" type="image/svg+xml">'
)
BAR = (
    '<nav class="om-queues-bar" aria-label="Breadcrumb"><a href="/sessions"><img src="/favicon.svg" alt="">'
    'Omnisonic</a><a href="/admin">Admin</a><span aria-current="page">Queues</span></nav>'
)
THREADS = 4


class _JsonJob(Job):
    """Reads what our queues write."""

    @classmethod
    def fetch(cls, id: str, connection: Any = None, serializer: Any = None) -> Job:  # noqa: A002  (RQ's name)
        return super().fetch(id, connection=connection, serializer=serializer or SERIALIZER)


class _JsonWorker(Worker):
    """Lists workers whose jobs are JSON."""

    @classmethod
    def all(cls, *args: Any, **kwargs: Any) -> list[Any]:
        return Worker.all(*args, **{"serializer": SERIALIZER, **kwargs})


def create_dashboard() -> ASGIApp:
    """The dashboard behind the admin check; mount it at `PATH`."""
    return AdminOnly(_SameApp())


class AdminOnly:
    """Lets admins with a browser through; everyone else learns nothing."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer in the dashboard's place."""
        if scope["type"] != "http":
            return
        try:
            cookies = joined_header(scope, b"cookie", separator=";")
            actor = await in_thread(authenticate, cookie_header=cookies, authorization=None)
            answer = _refusal(scope, actor)
        except OmnisonicError as error:
            answer = _render(scope, error)
        await (answer or self.app)(scope, receive, send)


class _SameApp:
    """Makes the Flask application at the first request, when Redis's address is known."""

    def __init__(self) -> None:
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._app is None:
            self._app = WSGIMiddleware(make_flask_app(), workers=THREADS)
        await self._app(scope, receive, send)


def make_flask_app() -> Flask:
    """rq-dashboard on our Redis, reading JSON."""
    url = get_settings().redis_url
    if url is None:
        raise ServiceUnavailable("REDIS_URL is not set.")
    rq_dashboard.web.config.serializer = SERIALIZER
    rq_dashboard.web.Job = _JsonJob
    rq_dashboard.web.Worker = _JsonWorker
    rq_dashboard.web.requeue_job = partial(requeue_job, serializer=SERIALIZER)
    app = Flask("omnisonic_queues", static_folder=Path(rq_dashboard.__file__).parent / "static")
    app.config["RQ_DASHBOARD_REDIS_URL"] = url.get_secret_value()
    app.config["RQ_DASHBOARD_POLL_INTERVAL"] = POLL_INTERVAL_MS
    app.before_request(_refuse_unsafe_reads)
    app.after_request(_set_policy)
    app.after_request(_dress)  # the later one runs first: the policy is made of what is sent
    app.register_error_handler(NoSuchJobError, lambda _error: ("This job does not exist any more.", 404))
    app.register_blueprint(rq_dashboard.blueprint)
    rq_dashboard.web.setup_rq_connection(app)
    return app


def _refuse_unsafe_reads() -> None:
    # This one address of the dashboard acts on GET, which a link from anywhere could do.
    if request.endpoint == "rq_dashboard.requeue_all" and request.method != "POST":
        abort(405)


def _dress(response: Response) -> Response:
    """Our colors, and a way back; the dashboard's own templates stay as they are."""
    if response.mimetype == "text/html" and not response.is_streamed:
        html = response.get_data(as_text=True)
        html = html.replace("<title>RQ dashboard</title>", "<title>Queues · Omnisonic</title>", 1)
        html = html.replace("</head>", f"{HEAD}</head>", 1).replace("<body>", f"<body>{BAR}", 1)
        response.set_data(html)
    return response


def _set_policy(response: Response) -> Response:
    if response.mimetype == "text/html":
        scripts = sorted(inline_script_hashes(response.get_data(as_text=True)))
        # Its templates are compiled in the browser, hence `unsafe-eval`; what they insert stays inert.
        response.headers[CSP_HEADER] = "; ".join(
            (
                "default-src 'self'",
                f"script-src 'self' 'unsafe-eval' {' '.join(scripts)}",
                "style-src 'self' 'unsafe-inline'",
                "img-src 'self' data:",
                "object-src 'none'",
                "base-uri 'none'",
                "form-action 'self'",
                "frame-ancestors 'none'",
            )
        )
    return response


def _refusal(scope: Scope, actor: Actor | None) -> StarletteResponse | None:
    if actor is None:
        if scope["method"] == "GET" and _wants_page(scope):
            return RedirectResponse(sign_in_path(quote(scope["path"])), status_code=302)
        return _render(scope, NotSignedIn())
    return None if actor.role is Role.ADMIN else _render(scope, NotFound())


def _render(scope: Scope, error: OmnisonicError) -> StarletteResponse:
    if _wants_page(scope):
        return plain_page(error)
    return problem_response(error, instance=scope["path"])


def _wants_page(scope: Scope) -> bool:
    return "text/html" in (header(scope, b"accept") or "")
