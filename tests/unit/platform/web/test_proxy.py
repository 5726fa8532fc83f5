"""Only what our own proxies wrote is believed."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from starlette.types import Receive, Scope, Send

from omnisonic.platform.web.proxy import TrustedProxies


def seen(hops: int, *headers: tuple[str, str], kind: str = "http") -> dict[str, Any]:
    noted: dict[str, Any] = {}

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        noted.update(scope)

    scope = {
        "type": kind,
        "scheme": "http" if kind == "http" else "ws",
        "client": ("10.0.0.9", 4711),
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }
    anyio.run(TrustedProxies(app, hops=hops), scope, None, None)
    return noted


@pytest.mark.parametrize(
    ("hops", "forwarded", "client"),
    [
        (0, "203.0.113.5", "10.0.0.9"),
        (1, "203.0.113.5", "203.0.113.5"),
        (1, "6.6.6.6, 203.0.113.5", "203.0.113.5"),
        (2, "6.6.6.6, 203.0.113.5, 10.0.0.2", "203.0.113.5"),
        (2, "203.0.113.5", "203.0.113.5"),
        (1, " , ", "10.0.0.9"),
    ],
)
def test_the_entry_that_a_client_cannot_invent_is_taken(hops: int, forwarded: str, client: str) -> None:
    assert seen(hops, ("x-forwarded-for", forwarded))["client"][0] == client


def test_repeated_headers_are_one_list() -> None:
    scope = seen(1, ("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "203.0.113.5"))
    assert scope["client"][0] == "203.0.113.5"


def test_the_scheme_is_what_the_last_proxy_saw() -> None:
    assert seen(1, ("x-forwarded-proto", "https"))["scheme"] == "https"
    assert seen(1, ("x-forwarded-proto", "https"), kind="websocket")["scheme"] == "wss"
    assert seen(1, ("x-forwarded-proto", "javascript"))["scheme"] == "http"
    assert seen(0, ("x-forwarded-proto", "https"))["scheme"] == "http"
