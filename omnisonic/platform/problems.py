"""Renders every refusal as RFC 9457 problem details, in one shape, whoever raised it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import get_contextvars

from omnisonic.platform.errors import (
    Conflict,
    Forbidden,
    InvalidFields,
    Malformed,
    MethodNotAllowed,
    NotFound,
    NotSignedIn,
    OmnisonicError,
    ServiceUnavailable,
    TooLarge,
    TooManyRequests,
    UnsupportedType,
)
from omnisonic.platform.logging import get_logger
from omnisonic.platform.rate_limit import RateLimited
from omnisonic.platform.web.validation import explain_validation

MEDIA_TYPE = "application/problem+json"
BY_STATUS: dict[int, type[OmnisonicError]] = {
    kind.status: kind
    for kind in (
        Malformed,
        NotSignedIn,
        Forbidden,
        NotFound,
        MethodNotAllowed,
        Conflict,
        TooLarge,
        UnsupportedType,
        InvalidFields,
        TooManyRequests,
        ServiceUnavailable,
    )
}
log = get_logger(__name__)


def problem_body(error: OmnisonicError, *, instance: str) -> dict[str, Any]:
    """The members of RFC 9457 §3.1 and ours: `correlationId`, `errors?`, `current?`."""
    body: dict[str, Any] = {
        "type": f"/problems/{error.slug}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "instance": instance,
        "correlationId": str(get_contextvars().get("correlation_id", "")),
    }
    if error.errors:
        body["errors"] = [
            {"field": one.field, "code": one.code, "message": one.message} for one in error.errors
        ]
    if error.current is not None:
        body["current"] = jsonable_encoder(error.current)
    return body


def problem_response(
    error: OmnisonicError, *, instance: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """The answer that a client gets for `error`; `instance` is the path that was asked for."""
    sent = {"Cache-Control": "no-store", **(headers or {})}
    if error.retry_after_s is not None:
        sent["Retry-After"] = str(max(1, error.retry_after_s))
    if isinstance(error, RateLimited):
        sent.update(error.state.headers())
    if isinstance(error, NotSignedIn):
        sent.setdefault("WWW-Authenticate", "Bearer")
    return JSONResponse(
        problem_body(error, instance=instance), error.status, headers=sent, media_type=MEDIA_TYPE
    )


def install_problems(app: FastAPI) -> None:
    """Make `app` answer every exception with a problem."""
    app.add_exception_handler(OmnisonicError, _expected)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_middleware(UnknownErrors)


class UnknownErrors:
    """Answers what nobody foresaw with a bare 500 and logs it with its traceback, once."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass through; render a problem when the inner application breaks before it answered."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception:
            log.exception("request_failed", path=scope["path"])
            if started:
                raise  # the client must notice that the answer is cut short
            answer = problem_response(OmnisonicError(), instance=scope["path"])
            await answer(scope, receive, send)


def from_http_exception(error: HTTPException) -> OmnisonicError:
    """Our error for one that a library raised with a bare status."""
    kind = BY_STATUS.get(error.status_code)
    if kind is None:
        kind = Malformed if error.status_code < 500 else OmnisonicError
    return kind()


def _expected(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, OmnisonicError)  # noqa: S101  (how the handler is registered)
    if error.status >= 500:
        log.warning("request_refused", slug=error.slug, detail=error.detail, path=request.url.path)
    return problem_response(error, instance=request.url.path)


def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101  (how the handler is registered)
    return problem_response(explain_validation(error.errors()), instance=request.url.path)


def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101  (how the handler is registered)
    return problem_response(from_http_exception(error), instance=request.url.path, headers=error.headers)
