"""Whom we talk to when reverse proxies stand in front."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from omnisonic.platform.web.headers import header, joined_header


class TrustedProxies:
    """Takes the client's address and scheme from the headers that `hops` known proxies add.

    Each proxy appends the address it saw to X-Forwarded-For, so the entry `hops` from the right is the
    first that no client can invent. Without proxies the headers are ignored.
    """

    def __init__(self, app: ASGIApp, *, hops: int) -> None:
        self.app = app
        self.hops = hops

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Correct the scope and pass on."""
        if self.hops and scope["type"] in {"http", "websocket"}:
            scope = {**scope, **_seen_from_outside(scope, self.hops)}
        await self.app(scope, receive, send)


def forwarded_address(chain: str | None, hops: int) -> str | None:
    """The address in X-Forwarded-For that the outermost of `hops` known proxies has seen, if any."""
    parts = [stripped for part in (chain or "").split(",") if (stripped := part.strip())]
    return parts[-min(hops, len(parts))] if hops and parts else None


def _seen_from_outside(scope: Scope, hops: int) -> dict[str, object]:
    corrected: dict[str, object] = {}
    address = forwarded_address(joined_header(scope, b"x-forwarded-for"), hops)
    if address is not None:
        corrected["client"] = (address, 0)
    scheme = (header(scope, b"x-forwarded-proto") or "").split(",")[-1].strip()
    if scheme in {"http", "https"}:
        socket = scope["type"] == "websocket"
        corrected["scheme"] = scheme.replace("http", "ws") if socket else scheme
    return corrected
