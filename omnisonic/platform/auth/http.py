"""FastAPI dependencies that tell a route who is asking."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Response

from omnisonic.platform.actor import Actor, Scope, require_actor
from omnisonic.platform.auth.authentication import (
    authenticate,
    cookie_name,
    find_actor_by_bearer,
    find_actor_by_cookie_header,
    is_https,
)
from omnisonic.platform.errors import Forbidden

# The longest that browsers keep a cookie (RFC 6265bis §5.5); the row's sliding expiry is what decides.
COOKIE_MAX_AGE_S = 400 * 24 * 3600

__all__ = [
    "BrowserActor",
    "GraphReader",
    "GraphWriter",
    "OptionalActor",
    "SignedInActor",
    "StudioActor",
    "clear_session_cookie",
    "find_actor_by_bearer",
    "find_actor_by_cookie_header",
    "set_session_cookie",
]


def _optional_actor(request: Request) -> Actor | None:
    return authenticate(
        cookie_header=request.headers.get("cookie"), authorization=request.headers.get("authorization")
    )


OptionalActor = Annotated[Actor | None, Depends(_optional_actor)]


def _signed_in_actor(actor: OptionalActor) -> Actor:
    return require_actor(actor)


SignedInActor = Annotated[Actor, Depends(_signed_in_actor)]


def _studio_actor(actor: SignedInActor) -> Actor:
    actor.require_scope(Scope.STUDIO)
    return actor


StudioActor = Annotated[Actor, Depends(_studio_actor)]


def _graph_reader(actor: SignedInActor) -> Actor:
    actor.require_scope(Scope.GRAPH_READ)
    return actor


GraphReader = Annotated[Actor, Depends(_graph_reader)]


def _graph_writer(actor: SignedInActor) -> Actor:
    actor.require_scope(Scope.GRAPH_WRITE)
    return actor


GraphWriter = Annotated[Actor, Depends(_graph_writer)]


def _royalties_reader(actor: SignedInActor) -> Actor:
    actor.require_scope(Scope.ROYALTIES_READ)
    return actor


RoyaltiesReader = Annotated[Actor, Depends(_royalties_reader)]


def _royalties_writer(actor: SignedInActor) -> Actor:
    actor.require_scope(Scope.ROYALTIES_WRITE)
    return actor


RoyaltiesWriter = Annotated[Actor, Depends(_royalties_writer)]


def _insight_reader(actor: SignedInActor) -> Actor:
    actor.require_scope(Scope.INSIGHT_READ)
    return actor


InsightReader = Annotated[Actor, Depends(_insight_reader)]


def _insight_writer(actor: SignedInActor) -> Actor:
    actor.require_scope(Scope.INSIGHT_WRITE)
    return actor


InsightWriter = Annotated[Actor, Depends(_insight_writer)]


def _browser_actor(actor: SignedInActor) -> Actor:
    if actor.scopes is not None:
        raise Forbidden("A token cannot change the account itself. Sign in with a browser for that.")
    return actor


BrowserActor = Annotated[Actor, Depends(_browser_actor)]
"""Signed in with a browser: tokens may not make tokens or change rights."""


def set_session_cookie(response: Response, secret: str) -> None:
    """Hand a browser its secret; scripts cannot read it."""
    response.set_cookie(
        cookie_name(),
        secret,
        max_age=COOKIE_MAX_AGE_S,
        path="/",
        secure=is_https(),
        httponly=True,
        samesite="lax",
    )


def clear_session_cookie(response: Response) -> None:
    """Make the browser forget its secret."""
    response.delete_cookie(cookie_name(), path="/", secure=is_https(), httponly=True, samesite="lax")
