"""Pages that need sign-in do not even load without it; their handlers check again."""

from __future__ import annotations

from starlette.datastructures import URL
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth.authentication import authenticate
from omnisonic.platform.auth.next_path import sign_in_path
from omnisonic.platform.db import in_thread
from omnisonic.platform.errors import NotFound, OmnisonicError
from omnisonic.platform.web.headers import joined_header
from omnisonic.platform.web.plain_page import plain_page

PROTECTED = (
    "/sessions",
    "/join",
    "/exports",
    "/catalog",
    "/licenses",
    "/imports",
    "/royalties",
    "/trends",
    "/analytics",
    "/entities",
    "/tagging",
    "/feeds",
    "/alerts",
    "/settings",
    "/admin",
)
ADMIN_ONLY = ("/admin",)
CHECKED_ELSEWHERE = ("/admin/queues",)  # behind its own check, which also covers its JSON and actions


class PageGate:
    """Sends a direct load of a protected page to /signin, and hides the operators' pages from others."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer in the page's place."""
        answer = await self._answer(scope) if _is_gated(scope) else None
        await (answer or self.app)(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response | None:
        cookies = joined_header(scope, b"cookie", separator=";")
        try:
            actor = await in_thread(authenticate, cookie_header=cookies, authorization=None)
        except OmnisonicError as error:
            return _page(error)
        if actor is None:
            url = URL(scope=scope)
            here = url.path + (f"?{url.query}" if url.query else "")
            return RedirectResponse(
                sign_in_path(here), status_code=302, headers={"Cache-Control": "no-store"}
            )
        if is_below(scope["path"], ADMIN_ONLY) and not _is_admin(actor):
            return _page(NotFound())
        return None


def is_below(path: str, roots: tuple[str, ...]) -> bool:
    """Whether `path` is one of the roots or lies below it."""
    return any(path == root or path.startswith(f"{root}/") for root in roots)


def _is_gated(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
        return False
    return is_below(scope["path"], PROTECTED) and not is_below(scope["path"], CHECKED_ELSEWHERE)


def _is_admin(actor: Actor) -> bool:
    return actor.role is Role.ADMIN


def _page(error: OmnisonicError) -> HTMLResponse:
    return plain_page(error)
