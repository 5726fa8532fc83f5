"""The explorer for people: GraphiQL from our own address, without any inline script."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from omnisonic.platform.embedded import explorer
from omnisonic.platform.settings import Settings, get_settings
from omnisonic.platform.web.csp import CSP_HEADER, page_policy

PATH = "/graphql/explorer"
START = Path(__file__).with_name("explorer_start.js")
SERVED = {name: explorer.FOLDER / name for _, _, name, _ in explorer.FILES} | {"start.js": START}
SCRIPTS = ("react.min.js", "react-dom.min.js", "graphiql.min.js", "start.js")
STYLE = (
    "html,body,#explorer{height:100%;margin:0}noscript{font:1rem/1.6 system-ui;padding:2rem;display:block}"
)


def page() -> Response:
    """The explorer, or where to read on when its files were never built."""
    settings = get_settings()
    headers = {CSP_HEADER: page_policy([], settings), "Cache-Control": "no-store", "Vary": "Accept"}
    return HTMLResponse(_document(socket_address(settings)), headers=headers)


async def serve_file(request: Request) -> Response:
    """One of the explorer's own files."""
    file = SERVED.get(request.path_params["name"])
    if file is None or not file.is_file():
        raise HTTPException(404)
    return FileResponse(file, headers={"Cache-Control": "max-age=3600"})


def socket_address(settings: Settings) -> str:
    """Where browsers reach the subscriptions."""
    if settings.graph_socket_url:
        return settings.graph_socket_url
    parts = urlsplit(settings.public_url)
    scheme = "wss" if parts.scheme == "https" else "ws"
    return f"{scheme}://{parts.hostname}:{settings.graph_ws_port}/graphql"


@lru_cache(maxsize=4)
def _document(sockets: str) -> str:
    scripts = "".join(f'<script src="{PATH}/{name}" defer></script>' for name in SCRIPTS)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Omnisonic GraphQL</title>'
        '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
        f'<link rel="stylesheet" href="{PATH}/graphiql.min.css"><style>{STYLE}</style></head><body>'
        f'<div id="explorer" data-endpoint="/graphql" data-subscriptions="{escape(sockets)}"></div>'
        "<noscript>The explorer needs JavaScript. The schema is in docs/api/schema.graphql.</noscript>"
        f"{scripts}</body></html>"
    )
