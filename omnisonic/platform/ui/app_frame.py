"""What every page shares below its own content: styles, head, error boundary, failures."""

from __future__ import annotations

from collections.abc import Callable

import reflex as rx
from reflex.event import EventSpec

from omnisonic.platform.logging import get_logger
from omnisonic.platform.ui.boundary import boundary, connection_lost
from omnisonic.platform.ui.notices import warn

STYLESHEETS = tuple(
    f"/css/{name}.css"
    for name in (
        "theme",
        "base",
        "controls",
        "layout",
        "content",
        "site",
        "studio",
        "catalog",
        "licenses",
        "royalties",
        "insight",
    )
)
HEAD = [
    rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
    rx.el.link(
        rel="preload",
        href="/fonts/inter-latin-wght-normal.woff2",
        custom_attrs={"as": "font", "crossOrigin": "anonymous"},
        type="font/woff2",
    ),
    rx.el.meta(name="theme-color", content="#18191b", media="(prefers-color-scheme: dark)"),
    rx.el.meta(name="theme-color", content="#ffffff", media="(prefers-color-scheme: light)"),
    rx.el.script(src="/omnisonic.js", defer=True),
]
APP_WRAPS: dict[tuple[int, str], Callable[[bool], rx.Component | None]] = {
    (55, "ErrorBoundary"): lambda _: boundary(
        title="This page broke",
        words="Nothing you saved is lost. Reload it; if it breaks again, tell the operator what you did.",
    ),
    (5, "Overlay"): lambda is_stateful: rx.connection_banner(connection_lost()) if is_stateful else None,
}

log = get_logger(__name__)


def answer_failure(exception: Exception) -> EventSpec:  # Reflex evaluates this name itself
    """Log what a handler did not expect, and say so on the page without details."""
    log.error("event_failed", exc_info=exception)
    return warn("Something went wrong on our side", "Nothing was changed. Try again in a moment.")
