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
    """Open a protected page, sign in with development credentials, arrive there."""
    page.goto(then)
    expect(page).to_have_url(re.compile(r"/signin/?\?next="))
    page.get_by_test_id("email").fill(email)
    page.get_by_test_id("password").fill(PASSWORD)
    page.get_by_test_id("signin-submit").click()
    expect(page).to_have_url(re.compile("^https?://[^/]+" + re.escape(then.split("?")[0])))


def new_session(page: Page) -> str:
    """Make a session from the list; returns its id once the studio is open."""
    page.get_by_test_id("new-session").or_(page.get_by_test_id("first-session")).first.click()
    page.wait_for_url(re.compile(r"/sessions/[0-9a-f-]{36}"))
    expect(page.get_by_test_id("join").or_(page.get_by_test_id("leave"))).to_be_visible()
    return page.url.split("/sessions/")[1][:36]
