"""A session with a take in it, and somebody else who comes to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.e2e.people import be_signed_in, call

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page


def control(page: Page, testid: str) -> Any:
    """A control of the first track."""
    return page.get_by_test_id("track-0").get_by_test_id(testid)


def stored_track(page: Page, session_id: str) -> dict[str, Any]:
    """The first track as the server has it."""
    tracks = call(page, "GET", f"/api/sessions/{session_id}/tracks")["tracks"]
    return dict(tracks[0])


def guest(new_context: Callable[..., BrowserContext], owner: Page, session_id: str, role: str) -> Page:
    """Somebody else, invited with a role, in the same session."""
    url = call(owner, "POST", f"/api/sessions/{session_id}/invites", {"role": role})["invite"]["url"]
    page = new_context().new_page()
    be_signed_in(page, f"{role}@example.org")
    call(page, "POST", "/api/invites/accept", {"secret": url.rstrip("/").split("/")[-1]})
    page.goto(f"/sessions/{session_id}")
    expect(page.get_by_test_id("track-0")).to_be_visible()
    return page
