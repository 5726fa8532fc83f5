"""Writes `docs/api/graphql.md` from the schema, the limits and the close codes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLScalarType,
)

from graph_service import limits
from graph_service.schema import schema
from graph_service.sockets.frames import CloseCode
from omnisonic.core import graph_errors
from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.settings import Settings

INTRO = Path(__file__).with_name("reference.md")
ERRORS = """
## Errors

Every error has `extensions.code` and `extensions.correlationId` (the id of the request in the logs);
refused fields are in `extensions.errors`, the row in the way is `extensions.current`. The codes are those
of [REST](errors.md), `unauthenticated` for no valid credential, and:
"""
CLOSE_REASONS = {
    CloseCode.TOO_BIG: "a message is larger than allowed",
    CloseCode.RESTARTING: "the service restarts: connect again",
    CloseCode.OVERLOADED: "too slow, too many messages, or too many sockets of this account",
    CloseCode.BAD_FRAME: "a message does not follow the protocol",
    CloseCode.UNAUTHORIZED: "`subscribe` before `connection_ack`",
    CloseCode.FORBIDDEN: "the token or session is not valid, or no longer; or its rights changed",
    CloseCode.BAD_SUBPROTOCOL: "another sub-protocol, or none",
    CloseCode.INIT_TIMEOUT: "no `connection_init` in time",
    CloseCode.DUPLICATE_ID: "an operation with this id runs already",
    CloseCode.TOO_MANY_INITS: "a second `connection_init`",
}
KINDS: tuple[type[OmnisonicError], ...] = (
    graph_errors.QuerySyntax,
    graph_errors.QueryInvalid,
    graph_errors.QueryTooComplex,
    graph_errors.OperationTimedOut,
    graph_errors.TooManyOperations,
    graph_errors.SlowConsumer,
    graph_errors.NotAcceptable,
)


def render_graphql() -> str:
    """The document."""
    return "".join([INTRO.read_text(encoding="utf-8"), _limits(), _errors(), _close_codes(), *_types()])


def _limits() -> str:
    rows = [
        ("request body, message", f"{limits.BODY_MAX_BYTES // 1024} KiB"),
        ("tokens of a document", f"{limits.TOKENS_MAX:,}"),
        ("levels", str(limits.DEPTH_MAX)),
        ("aliases", str(limits.ALIASES_MAX)),
        ("fields, fragments written out", f"{limits.FIELDS_MAX:,}"),
        (
            f"objects: the sum of each `first` × what is below it (other lists count {limits.LIST_ESTIMATE})",
            f"{limits.COST_MAX:,}",
        ),
        ("`first`", str(limits.PAGE_MAX)),
        ("time of one operation", f"{limits.OPERATION_TIMEOUT_S:g} s"),
        (
            "operations of a network address without credentials",
            f"{limits.STRANGER_OPERATIONS} in {limits.BUDGET_WINDOW_S} s, then 429 with `Retry-After`",
        ),
        (
            "operations of an account, by its cookie and all of its tokens together",
            f"{_per_minute():,} in {limits.BUDGET_WINDOW_S} s (`GRAPH_OPERATIONS_PER_MINUTE`), then the same",
        ),
        ("`connection_init` after", f"{limits.Pace().init_s:g} s"),
        ("running operations of a socket", str(limits.OPERATIONS_PER_SOCKET)),
        ("results of a subscription not yet read", str(limits.SUBSCRIPTION_QUEUE_MAX)),
        (
            "sockets, running operations of an account",
            f"{limits.SOCKETS_PER_USER:,}, {limits.OPERATIONS_PER_USER:,}",
        ),
    ]
    table = "".join(f"| {what} | {limit} |\n" for what, limit in rows)
    return f"\n## Limits\n\n| what | limit |\n|---|---|\n{table}"


def _per_minute() -> int:
    budget: int = Settings.model_fields["graph_operations_per_minute"].default
    return budget


def _errors() -> str:
    rows = "".join(f"| `{kind.slug}` | {kind.title}. {kind.advice} |\n" for kind in KINDS)
    return f"{ERRORS}\n| code | meaning |\n|---|---|\n{rows}"


def _close_codes() -> str:
    rows = "".join(f"| {int(code)} | {reason} |\n" for code, reason in CLOSE_REASONS.items())
    return f"\n## Close codes\n\n| code | why |\n|---|---|\n{rows}"


def _types() -> list[str]:
    kinds = schema.graphql_schema.type_map
    order = ["Query", "Mutation", "Subscription"]
    names = [name for name in sorted(kinds) if not name.startswith("__") and name not in order]
    parts = ["\n## Operations\n"]
    parts += [_object(kinds[name], level=3) for name in order]
    parts.append("\n## Types\n")
    parts += [_object(kinds[name], level=3) for name in names if _is_shown(kinds[name])]
    return parts


def _is_shown(kind: Any) -> bool:
    return not isinstance(kind, GraphQLScalarType) or kind.name in {"DateTime", "JSON", "BigInt"}


def _object(kind: Any, *, level: int) -> str:
    head = f"\n{'#' * level} {kind.name}\n{_line(kind.description)}\n"
    if isinstance(kind, GraphQLEnumType):
        return head + ", ".join(f"`{name}`" for name in kind.values) + "\n"
    if not isinstance(kind, GraphQLObjectType | GraphQLInputObjectType):
        return head
    rows = "".join(
        f"| `{name}{_arguments(field)}` | `{field.type}` | {_line(field.description)} |\n"
        for name, field in kind.fields.items()
    )
    return f"{head}\n| field | type | |\n|---|---|---|\n{rows}"


def _arguments(field: Any) -> str:
    if not isinstance(field, GraphQLField) or not field.args:
        return ""
    return f"({', '.join(f'{name}: {argument.type}' for name, argument in field.args.items())})"


def _line(text: str | None) -> str:
    return " ".join((text or "").split())
