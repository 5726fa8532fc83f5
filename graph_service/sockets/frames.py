"""Frames of `graphql-transport-ws` (graphql-ws PROTOCOL.md): what comes in, what goes out. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from graph_service.limits import ID_MAX_CHARS
from graph_service.operations import Request

PROTOCOL = "graphql-transport-ws"
ACK = '{"type":"connection_ack"}'


class CloseCode(IntEnum):
    """Why a socket is closed; those from 4400 on are the protocol's own."""

    TOO_BIG = 1009
    RESTARTING = 1012
    OVERLOADED = 1013
    BAD_FRAME = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403
    BAD_SUBPROTOCOL = 4406
    INIT_TIMEOUT = 4408
    DUPLICATE_ID = 4409
    TOO_MANY_INITS = 4429


class BadFrame(Exception):
    """The frame does not follow the protocol; the message is the reason to close with (4400)."""


@dataclass(frozen=True)
class Init:
    """`connection_init` and the credential that it may carry."""

    authorization: str | None


@dataclass(frozen=True)
class Ping:
    """`ping` with its payload, which the answer repeats."""

    payload: dict[str, Any] | None


@dataclass(frozen=True)
class Pong:
    """`pong`: the client is there."""


@dataclass(frozen=True)
class Subscribe:
    """`subscribe`: run this operation under this id."""

    id: str
    request: Request


@dataclass(frozen=True)
class Complete:
    """`complete`: send no more for this id."""

    id: str


Frame = Init | Ping | Pong | Subscribe | Complete


def read_frame(message: str | bytes) -> Frame:
    """A client's frame. Raises `BadFrame`."""
    if isinstance(message, bytes):
        raise BadFrame("Binary frames are not taken")
    try:
        found = json.loads(message)
    except (ValueError, RecursionError) as error:
        raise BadFrame("Not JSON") from error
    if not isinstance(found, dict):
        raise BadFrame("Not an object")
    kind, payload = found.get("type"), found.get("payload")
    if kind in {"connection_init", "ping", "pong"}:
        if payload is not None and not isinstance(payload, dict):
            raise BadFrame("The payload is not an object")
        return _connection_frame(str(kind), payload)
    if kind == "subscribe":
        return Subscribe(_id(found), _request(payload))
    if kind == "complete":
        return Complete(_id(found))
    raise BadFrame("Unknown type")


def next_frame(operation_id: str, payload_json: str) -> str:
    """One result; the payload is made once for all who get it."""
    return f'{{"id":{json.dumps(operation_id)},"type":"next","payload":{payload_json}}}'


def error_frame(operation_id: str, errors: list[dict[str, Any]]) -> str:
    """The operation failed before it ran, or cannot go on; nothing more comes for this id."""
    return encode({"id": operation_id, "type": "error", "payload": errors})


def complete_frame(operation_id: str) -> str:
    """The operation is over."""
    return encode({"id": operation_id, "type": "complete"})


def pong_frame(payload: dict[str, Any] | None) -> str:
    """The answer to a ping."""
    return encode({"type": "pong", "payload": payload} if payload is not None else {"type": "pong"})


def encode(body: Any) -> str:
    """JSON that every WebSocket client can read: lone surrogates stay escaped."""
    return json.dumps(body, separators=(",", ":"), allow_nan=False)


def _connection_frame(kind: str, payload: dict[str, Any] | None) -> Frame:
    if kind == "pong":
        return Pong()
    if kind == "ping":
        return Ping(payload)
    for name, value in (payload or {}).items():
        if name.lower() == "authorization" and value is not None:
            if not isinstance(value, str):
                raise BadFrame("`authorization` is not text")
            return Init(value)
    return Init(None)


def _id(found: dict[str, Any]) -> str:
    value = found.get("id")
    if not isinstance(value, str) or not 0 < len(value) <= ID_MAX_CHARS:
        raise BadFrame(f"`id` must be text of 1 to {ID_MAX_CHARS} characters")
    return value


def _request(payload: Any) -> Request:
    if not isinstance(payload, dict):
        raise BadFrame("The payload is not an object")
    query, name = payload.get("query"), payload.get("operationName")
    variables, extensions = payload.get("variables"), payload.get("extensions")
    if not isinstance(query, str):
        raise BadFrame("`query` is not text")
    if name is not None and not isinstance(name, str):
        raise BadFrame("`operationName` is not text")
    for value in (variables, extensions):
        if value is not None and not isinstance(value, dict):
            raise BadFrame("`variables` and `extensions` must be objects")
    return Request(query, name, variables or {})
