"""GraphQL over HTTP: https://graphql.github.io/graphql-over-http/draft/ (2025), without batching."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from graph_service.budgets import count_operation
from graph_service.errors import refusal
from graph_service.graphiql import page as graphiql_page
from graph_service.negotiation import GRAPHQL_RESPONSE, HTML, JSON, choose
from graph_service.operations import Operations, Payload, Rejected, Request
from omnisonic.core.graph_errors import NotAcceptable
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.authentication import authenticate
from omnisonic.platform.errors import Malformed, MethodNotAllowed, OmnisonicError, UnsupportedType
from omnisonic.platform.rate_limit import RateLimited, RateState

METHODS = "GET, POST, OPTIONS"
NO_STORE = {"Cache-Control": "no-store", "Vary": "Accept, Authorization, Cookie, Origin"}


class GraphEndpoint:
    """Answers requests to /graphql."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations
        self._idle = asyncio.Event()
        self._idle.set()
        self._running = 0

    async def handle(self, http: HttpRequest) -> Response:
        """One request."""
        self._running += 1
        self._idle.clear()
        try:
            return await self._answer(http)
        finally:
            self._running -= 1
            if self._running == 0:
                self._idle.set()

    async def drain(self, *, within_s: float) -> None:
        """Return when nothing is being answered any more, at the latest after `within_s`."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), within_s)

    async def _answer(self, http: HttpRequest) -> Response:
        accept = http.headers.get("accept")
        if http.method == "GET" and "query" not in http.query_params and _is_person(accept):
            return graphiql_page()
        media_type = choose(accept, (JSON, GRAPHQL_RESPONSE))
        if media_type is None:
            return _answer({"errors": [refusal(NotAcceptable())]}, 406, JSON)
        try:
            request = await read_request(http)
            actor, budget = await self._admit(http)
        except OmnisonicError as error:
            headers = error.state.headers() if isinstance(error, RateLimited) else {}
            return _reject(Rejected.because(error, is_well_formed=False), media_type, headers)
        try:
            payload = await self._run(request, actor, is_get=http.method == "GET")
        except Rejected as rejected:
            return _reject(rejected, media_type, budget.headers())
        return _answer(payload, 200, media_type, budget.headers())

    async def _run(self, request: Request, actor: Actor | None, *, is_get: bool) -> Payload:
        prepared = self._operations.prepare(request, actor, is_get=is_get)
        if prepared.kind.value == "subscription":
            raise Rejected.because(Malformed("Subscriptions need a WebSocket (graphql-transport-ws)."))
        return await self._operations.run(prepared, actor)

    async def _admit(self, http: HttpRequest) -> tuple[Actor | None, RateState]:
        """Who asks, and what is left of their budget."""
        cookie, authorization = http.headers.get("cookie"), http.headers.get("authorization")
        address = http.client.host if http.client else ""

        def admit() -> tuple[Actor | None, RateState]:
            is_known = cookie is not None or authorization is not None
            actor = authenticate(cookie_header=cookie, authorization=authorization) if is_known else None
            return actor, count_operation(actor, address)

        return await self._operations.database.run(admit)


async def read_request(http: HttpRequest) -> Request:
    """The parameters of a request. Raises `OmnisonicError` when it is no GraphQL request."""
    if http.method == "GET":
        return _checked(_from_url(http.url.query))
    if http.method != "POST":
        raise MethodNotAllowed(f"This address takes {METHODS}.")
    kind, _, parameters = http.headers.get("content-type", "").partition(";")
    if kind.strip().lower() != JSON:
        raise UnsupportedType(f"Send the request as `{JSON}`.")
    if "charset" in parameters.lower() and "utf-8" not in parameters.lower().replace('"', ""):
        raise UnsupportedType("Send the request in UTF-8.")
    try:
        found = json.loads(await http.body())
    except (ValueError, RecursionError) as error:
        raise Malformed("The body is not JSON in UTF-8, or nests too deeply.") from error
    except ClientDisconnect as error:
        raise Malformed("The body ended early.") from error
    if isinstance(found, list):
        raise Malformed("Batches are not taken here: send one operation, as an object.")
    return _checked(found)


def _from_url(query: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()
    }
    for name in ("variables", "extensions"):
        if found.get(name):
            try:
                found[name] = json.loads(found[name])
            except (ValueError, RecursionError) as error:
                raise Malformed(f"`{name}` is not JSON.") from error
        else:
            found.pop(name, None)
    found["operationName"] = found.get("operationName") or None
    return found


def _checked(found: Any) -> Request:
    if not isinstance(found, dict):
        raise Malformed("Send an object with `query`.")
    query, name = found.get("query"), found.get("operationName")
    variables, extensions = found.get("variables"), found.get("extensions")
    if not isinstance(query, str) or not query:
        raise Malformed("`query` must be the text of a GraphQL document.")
    if name is not None and not isinstance(name, str):
        raise Malformed("`operationName` must be text.")
    if variables is not None and not isinstance(variables, dict):
        raise Malformed("`variables` must be an object.")
    if extensions is not None and not isinstance(extensions, dict):
        raise Malformed("`extensions` must be an object.")
    return Request(query, name, variables or {})


def _reject(rejected: Rejected, media_type: str, told: Mapping[str, str] | None = None) -> Response:
    # Legacy clients expect 200 for everything that is a GraphQL request, whatever came of it (§6.4.1).
    is_legacy = media_type == JSON and rejected.is_well_formed and rejected.status != 405
    headers = dict(told or {})
    if rejected.status == 405:
        headers["Allow"] = "POST"
    if rejected.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if (wait_s := rejected.errors[0]["extensions"].get("retryAfterSeconds")) is not None:
        headers["Retry-After"] = str(wait_s)
    status = 200 if is_legacy else rejected.status
    return _answer({"errors": rejected.errors}, status, media_type, headers)


def _answer(
    payload: Payload, status: int, media_type: str, headers: dict[str, str] | None = None
) -> Response:
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Response(
        body.encode("utf-8", "replace"),
        status,
        headers={**NO_STORE, **(headers or {})},
        media_type=f"{media_type}; charset=utf-8",
    )


def _is_person(accept: str | None) -> bool:
    return choose(accept, (JSON, GRAPHQL_RESPONSE, HTML)) == HTML
