"""What people do in the browser, in the words of the pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.waiting import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Page

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}  # what a browser says of the requests of a page
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


def call(page: Page, method: str, path: str, body: Any = None, **sent: Any) -> Any:
    """Ask the REST API as the person of this page; JSON of the answer."""
    answer = page.request.fetch(path, method=method, data=body, headers=SAME_ORIGIN, **sent)
    assert answer.ok, answer.text()
    return answer.json()


def be_signed_in(page: Page, email: str) -> None:
    """Sign in with development credentials, without the form and its two page loads."""
    call(page, "POST", "/api/auth/callback/credentials", {"email": email, "password": PASSWORD})


def sign_in(page: Page, email: str, *, then: str = "/sessions") -> None:
    """Be signed in and open a page."""
    be_signed_in(page, email)
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


def open_new_session(page: Page) -> str:
    """Make a session over REST and open it; returns its id once the studio is there."""
    session_id: str = call(page, "POST", "/api/sessions", {"name": "Untitled session"})["session"]["id"]
    page.goto(f"/sessions/{session_id}")
    expect(page.get_by_test_id("join").or_(page.get_by_test_id("leave"))).to_be_visible()
    return session_id


def rename_session(page: Page, session_id: str, name: str) -> None:
    """Give the open session a name; returns once it is stored, for leaving at once may be faster."""
    field = page.get_by_test_id("session-name")
    field.fill(name)
    field.press("Enter")
    stored = f"/api/sessions/{session_id}"
    wait_until(lambda: call(page, "GET", stored)["session"]["name"] == name)


def new_session(page: Page) -> str:
    """Make a session from the list; returns its id once the studio is open."""
    page.get_by_test_id("new-session").or_(page.get_by_test_id("first-session")).first.click()
    page.wait_for_url(re.compile(r"/sessions/[0-9a-f-]{36}"))
    expect(page.get_by_test_id("join").or_(page.get_by_test_id("leave"))).to_be_visible()
    return page.url.split("/sessions/")[1][:36]
