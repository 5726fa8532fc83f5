"""What clients get to read about an error: a message, its place, and `extensions.code`."""

from __future__ import annotations

from typing import Any

from fastapi.encoders import jsonable_encoder
from graphql import GraphQLError, GraphQLSyntaxError
from sqlalchemy.exc import OperationalError
from structlog.contextvars import get_contextvars

from omnisonic.core.graph_errors import QueryInvalid, QuerySyntax
from omnisonic.platform.errors import InvalidFields, NotSignedIn, OmnisonicError, ServiceUnavailable
from omnisonic.platform.logging import get_logger

FIELDS_IN_MESSAGE = 3

log = get_logger(__name__)


def code_of(error: OmnisonicError) -> str:
    """The `extensions.code` of a refusal: its slug, but the usual word of GraphQL for no credentials."""
    return "unauthenticated" if isinstance(error, NotSignedIn) else error.slug


def refusal(error: OmnisonicError) -> dict[str, Any]:
    """A refusal that concerns the request as a whole."""
    return {"message": _message(error), "extensions": _extensions(error)}


def error_json(error: GraphQLError) -> dict[str, Any]:
    """One entry of `errors` (GraphQL spec §7.1.4). Unexpected exceptions are logged and masked."""
    cause = _expected_cause(error)
    body: dict[str, Any] = {"message": _message(cause) if cause else error.message}
    if error.locations:
        body["locations"] = [{"line": one.line, "column": one.column} for one in error.locations]
    if error.path:
        body["path"] = error.path
    if cause:
        body["extensions"] = _extensions(cause)
    else:
        kind = QuerySyntax if isinstance(error, GraphQLSyntaxError) else QueryInvalid
        body["extensions"] = {"code": kind.slug, "correlationId": _correlation_id()}
    return body


def _message(error: OmnisonicError) -> str:
    """What happened; where that is said field by field, the fields themselves."""
    if error.errors and error.detail == type(error).advice:
        named = [f"{one.field}: {one.message}" if one.field else one.message for one in error.errors]
        return " ".join(named[:FIELDS_IN_MESSAGE])
    return error.detail


def _expected_cause(error: GraphQLError) -> OmnisonicError | None:
    cause: BaseException | None = error
    while isinstance(cause, GraphQLError):
        if cause.original_error is None:
            return None
        cause = cause.original_error
    if isinstance(cause, OmnisonicError):
        return cause
    if isinstance(cause, OperationalError) and cause.connection_invalidated:
        return ServiceUnavailable()
    if isinstance(cause, ValueError) and ("NUL" in str(cause) or isinstance(cause, UnicodeError)):
        return InvalidFields("Text cannot contain null characters or halves of surrogate pairs.")
    log.error("graphql_internal_error", path=error.path, exc_info=cause)
    internal = OmnisonicError()
    internal.detail = f"{OmnisonicError.title}. {OmnisonicError.advice}"
    return internal


def _extensions(error: OmnisonicError) -> dict[str, Any]:
    found: dict[str, Any] = {"code": code_of(error), "correlationId": _correlation_id()}
    if error.errors:
        found["errors"] = [
            {"field": one.field, "code": one.code, "message": one.message} for one in error.errors
        ]
    if error.current is not None:
        found["current"] = jsonable_encoder(error.current)
    if error.retry_after_s is not None:
        found["retryAfterSeconds"] = error.retry_after_s
    return found


def _correlation_id() -> str:
    return str(get_contextvars().get("correlation_id", ""))
