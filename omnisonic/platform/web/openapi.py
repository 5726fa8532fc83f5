"""What the API description adds to what the routes say themselves: problems and ways to sign in."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from omnisonic.platform.problems import MEDIA_TYPE

PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "A problem (RFC 9457). Every `type` is explained at its own address.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}
PROBLEM_SCHEMA: dict[str, Any] = {
    "title": "Problem",
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance", "correlationId"],
    "properties": {
        "type": {"type": "string", "description": "`/problems/<slug>`: what kind of refusal this is."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What happened and what to do."},
        "instance": {"type": "string", "description": "The path that was asked for."},
        "correlationId": {"type": "string", "description": "Quote this to the operator."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {name: {"type": "string"} for name in ("field", "code", "message")},
            },
        },
        "current": {"description": "On a conflict: the thing as it is now."},
    },
}
SECURITY_SCHEMES: dict[str, Any] = {
    "token": {"type": "http", "scheme": "bearer", "description": "An API token, made under Settings."},
    "browser": {
        "type": "apiKey",
        "in": "cookie",
        "name": "omnisonic_session",
        "description": "The cookie of a signed-in browser; `__Host-omnisonic_session` on https.",
    },
}


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI 3.1 document of `app`, the same whenever it is made from the same routes."""
    document = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=app.description,
        routes=app.routes,
    )
    components = document.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
    components["securitySchemes"] = SECURITY_SCHEMES
    document["security"] = [{"token": []}, {"browser": []}, {}]
    return document
