"""The content security policy, with the hashes of the inline scripts that the build made."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

from omnisonic.platform.settings import Settings, get_settings, origin_of

CSP_HEADER = "Content-Security-Policy"
NOTHING_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def inline_script_hashes(html: str) -> set[str]:
    """CSP sources (`'sha256-…'`) of the inline scripts of a document (CSP Level 3 §2.3.1)."""
    parser = _InlineScripts()
    parser.feed(html)
    parser.close()
    return {_source(script) for script in parser.found}


def script_hashes_below(folder: Path) -> list[str]:
    """The sources for every HTML file of a built front end, sorted."""
    found: set[str] = set()
    for file in sorted(folder.rglob("*.html")):
        found |= inline_script_hashes(file.read_text(encoding="utf-8"))
    return sorted(found)


def policy_for_document(html: str) -> str:
    """The policy for one document that we made ourselves."""
    return page_policy(sorted(inline_script_hashes(html)), get_settings())


def page_policy(script_sources: Iterable[str], settings: Settings) -> str:
    """The policy of a page: our own address, gateway, the graph's sockets, object store, and nothing else.

    Styles need `unsafe-inline`: components set style attributes while they run.
    """
    directives = {
        "default-src": ["'self'"],
        "script-src": ["'self'", *script_sources],
        "style-src": ["'self'", "'unsafe-inline'"],
        "connect-src": ["'self'", *_socket_sources(settings), *_storage_sources(settings)],
        "media-src": ["'self'", "blob:", *_storage_sources(settings)],
        "worker-src": ["'self'", "blob:"],
        "img-src": ["'self'", "data:", "blob:", "https:"],
        "font-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())


def _socket_sources(settings: Settings) -> list[str]:
    # `'self'` covers same-origin sockets only in browsers that follow CSP Level 3, so they are named.
    origins = {_as_socket(origin) for origin in settings.allowed_origins}
    hosts = {urlsplit(origin) for origin in settings.allowed_origins}
    for public_url, port in (
        (settings.gateway_public_url, settings.gateway_port),
        (settings.graph_ws_public_url, settings.graph_ws_port),
    ):
        if public_url:
            origins.add(_as_socket(origin_of(public_url)))
        else:
            origins |= {_as_socket(f"{host.scheme}://{host.hostname}:{port}") for host in hosts}
    return sorted(origins)


def _storage_sources(settings: Settings) -> list[str]:
    if settings.storage_type == "s3" and not settings.storage_public_endpoint:
        bucket = settings.s3_bucket_name or ""
        region = settings.s3_region
        return [
            f"https://{bucket}.s3.amazonaws.com",
            f"https://{bucket}.s3.{region}.amazonaws.com",
            f"https://s3.{region}.amazonaws.com",
        ]
    endpoint = settings.storage_public_endpoint
    if endpoint is None and settings.storage_type == "minio":
        endpoint = settings.minio_endpoint
    return [origin_of(endpoint)] if endpoint else []


def _as_socket(origin: str) -> str:
    return origin.replace("https://", "wss://", 1).replace("http://", "ws://", 1)


def _source(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


class _InlineScripts(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[str] = []
        self._parts: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script" and "src" not in dict(attrs):
            self._parts = []

    def handle_data(self, data: str) -> None:
        if self._parts is not None:
            self._parts.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and self._parts is not None:
            self.found.append("".join(self._parts))
            self._parts = None
