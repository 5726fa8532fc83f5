"""A page for refusals that happen before the front end could load."""

from __future__ import annotations

from html import escape

from starlette.responses import HTMLResponse

from omnisonic.platform.errors import OmnisonicError

STYLE = (
    ":root{color-scheme:light dark}body{font:16px/1.6 system-ui,sans-serif;display:grid;place-items:center;"
    "min-height:100vh;margin:0;padding:1rem;text-align:center}h1{font-size:1.5rem;margin:0 0 .5rem}"
)


def plain_page(error: OmnisonicError) -> HTMLResponse:
    """The refusal for people, with its status and a way home; it needs no script."""
    document = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(error.title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body><main>'
        f"<h1>{escape(error.title)}</h1><p>{escape(error.detail)}</p>"
        '<p><a href="/">Home</a></p></main></body></html>'
    )
    return HTMLResponse(document, status_code=error.status, headers={"Cache-Control": "no-store"})
