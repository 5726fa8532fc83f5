"""Which media type an answer gets (GraphQL over HTTP §5.3, RFC 9110 §12.5.1). Pure."""

from __future__ import annotations

from collections.abc import Iterable

GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"
HTML = "text/html"
ACCEPT_MAX_CHARS = 1_000


def choose(accept: str | None, offered: Iterable[str]) -> str | None:
    """The offered type that the client likes best, the earlier one of equals; None: it takes none of them."""
    ranges = _ranges(accept)
    best: tuple[float, str] | None = None
    for kind in offered:
        quality = _quality(kind, ranges)
        if quality > 0 and (best is None or quality > best[0]):
            best = (quality, kind)
    return best[1] if best else None


def _ranges(accept: str | None) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in (accept or "*/*")[:ACCEPT_MAX_CHARS].lower().split(","):
        kind, *parameters = (piece.strip() for piece in part.split(";"))
        if kind:
            found[kind] = max(found.get(kind, 0.0), _q(parameters))
    return found


def _quality(kind: str, ranges: dict[str, float]) -> float:
    main = kind.partition("/")[0]
    for candidate in (kind, f"{main}/*", "*/*"):  # the most specific one decides
        if candidate in ranges:
            return ranges[candidate]
    return 0.0


def _q(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0
