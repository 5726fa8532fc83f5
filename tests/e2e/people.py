"""What people do in the browser, in the words of the pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Page

PASSWORD = "correct horse battery"
EXPORT_TIMEOUT_MS = 90_000


def watch_console(page: Page) -> list[str]:
    """Collects what the page complains about; the journeys end with none."""
    found: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            found.append(f"{message.type}: {message.text} ({message.location.get('url')})")

    page.on("console", note)
    page.on("pageerror", lambda error: found.append(f"exception: {error}"))
    return found


def sign_in(page: Page, email: str, *, then: str = "/sessions") -> None:
    """Sign in with development credentials, without the form and its two page loads, and open a page."""
    request = page.context.request
    asked = request.get("/api/auth/session")
    origin = asked.url.partition("/api/")[0]
    answer = request.post(
        "/api/auth/callback/credentials",
        data={"email": email, "password": PASSWORD},
        headers={"Origin": origin},
    )
    assert answer.ok, answer.text()
    page.goto(then)
    expect(page).to_have_url(_address_of(then))


def sign_in_by_form(page: Page, email: str, *, then: str = "/sessions") -> None:
    """Open a protected page, be sent to the form, fill it, arrive at the page."""
    page.goto(then)
    expect(page).to_have_url(re.compile(r"/signin/?\?next="))
    page.get_by_test_id("email").fill(email)
    page.get_by_test_id("password").fill(PASSWORD)
    page.get_by_test_id("signin-submit").click()
    expect(page).to_have_url(_address_of(then))


def _address_of(path: str) -> re.Pattern[str]:
    return re.compile("^https?://[^/]+" + re.escape(path.split("?")[0]))


def new_session(page: Page) -> str:
    """Make a session from the list; returns its id once the studio is open."""
    page.get_by_test_id("new-session").or_(page.get_by_test_id("first-session")).first.click()
    page.wait_for_url(re.compile(r"/sessions/[0-9a-f-]{36}"))
    expect(page.get_by_test_id("join").or_(page.get_by_test_id("leave"))).to_be_visible()
    return page.url.split("/sessions/")[1][:36]
