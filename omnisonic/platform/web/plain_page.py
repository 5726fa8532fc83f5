"""Pages without the front end: refusals before it could load, and answers to links in mail."""

from __future__ import annotations

from html import escape

from starlette.responses import HTMLResponse

from omnisonic.platform.errors import OmnisonicError

STYLESHEETS = ("theme", "base", "controls", "site", "plain")


def plain_page(error: OmnisonicError) -> HTMLResponse:
    """The refusal for people, in the looks of the house, with its status and ways out; it needs no script."""
    again = '<a class="ui-button ui-button-primary" href="">Try again</a>' if error.status >= 500 else ""
    kind = "outline" if again else "primary"
    ways = (
        f'{again}<a class="ui-button ui-button-{kind}" href="/sessions">Your sessions</a>'
        '<a class="ui-button ui-button-outline" href="/">Start page</a>'
    )
    return _page(error.title, error.detail, ways, status=error.status)


def question_page(title: str, text: str, *, button: str) -> HTMLResponse:
    """A question whose answer is a POST to the same address: opening a link changes nothing by itself."""
    form = (
        '<form method="post"><button class="ui-button ui-button-primary" type="submit" '
        f'data-testid="answer">{escape(button)}</button></form>'
    )
    return _page(title, text, form, status=200)


def told_page(title: str, text: str) -> HTMLResponse:
    """What was done, with a way on."""
    return _page(title, text, '<a class="ui-button ui-button-primary" href="/">Start page</a>', status=200)


def _page(title: str, text: str, ways: str, *, status: int) -> HTMLResponse:
    styles = "".join(f'<link rel="stylesheet" href="/css/{name}.css">' for name in STYLESHEETS)
    document = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="/favicon.svg" type="image/svg+xml">{styles}</head><body class="ui-plain">'
        '<a class="ui-brand" href="/"><img src="/favicon.svg" alt="">Omnisonic</a>'
        f"<main><h1>{escape(title)}</h1><p>{escape(text)}</p>"
        f'<div class="ui-row ui-row-wrap">{ways}</div></main></body></html>'
    )
    return HTMLResponse(document, status_code=status, headers={"Cache-Control": "no-store"})
