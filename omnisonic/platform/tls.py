"""TLS of requests that we send: certificates are read once, which costs far more than a request."""

from __future__ import annotations

import ssl
from functools import lru_cache
from typing import Literal

import httpx


@lru_cache(maxsize=1)
def client_tls() -> ssl.SSLContext:
    """Check the other side by the certificates of httpx."""
    return httpx.create_ssl_context(trust_env=False)


def tls_for(url: str) -> ssl.SSLContext | Literal[False]:
    """What `verify` of a request to this address is: without TLS there is nothing to read."""
    return client_tls() if url.lower().startswith("https:") else False
