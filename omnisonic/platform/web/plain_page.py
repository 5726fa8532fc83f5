"""A page for refusals that happen before the front end could load."""

from __future__ import annotations

from html import escape

from starlette.responses import HTMLResponse

from omnisonic.platform.errors import OmnisonicError

STYLESHEETS = ("theme", "base", "controls", "site", "plain")


def plain_page(error: OmnisonicError) -> HTMLResponse:
    """The refusal for people, in the looks of the house, with its status and ways out; it needs no script."""
    styles = "".join(f'<link rel="stylesheet" href="/css/{name}.css">' for name in STYLESHEETS)
    again = '<a class="ui-button ui-button-primary" href="">Try again</a>' if error.status >= 500 else ""
    kind = "outline" if again else "primary"
    document = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(error.title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="/favicon.svg" type="image/svg+xml">{styles}</head><body class="ui-plain">'
        '<a class="ui-brand" href="/"><img src="/favicon.svg" alt="">Omnisonic</a>'
        f"<main><h1>{escape(error.title)}</h1><p>{escape(error.detail)}</p>"
        f'<div class="ui-row ui-row-wrap">{again}'
        f'<a class="ui-button ui-button-{kind}" href="/sessions">Your sessions</a>'
        '<a class="ui-button ui-button-outline" href="/">Start page</a></div></main></body></html>'
    )
    return HTMLResponse(document, status_code=error.status, headers={"Cache-Control": "no-store"})
