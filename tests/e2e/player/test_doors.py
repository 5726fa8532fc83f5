"""What is seen by whoever is inside when a door closes: a role, a membership, the session, the sign-in."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.people import PASSWORD, call
from tests.e2e.player.sessions import control, guest, stored_track

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

REFRESHED = re.compile(r"/api/(sessions\?id=|sessions/[^/]+/tracks$|upload/list)")  # the session anew


def account_id(page: Page) -> str:
    """Whose page this is."""
    return str(call(page, "GET", "/api/auth/session")["user"]["id"])


def test_a_guest_becomes_a_viewer_and_is_then_removed_while_inside(
    mara: tuple[Page, str], new_context: Callable[..., BrowserContext]
) -> None:
    page, session_id = mara
    teo = guest(new_context, page, session_id, "editor")
    teo.get_by_test_id("join").click()
    expect(teo.get_by_test_id("member-count")).to_have_text("1")
    member = f"/api/sessions/{session_id}/members/{account_id(teo)}"

    call(page, "PATCH", member, {"role": "viewer"})
    expect(control(teo, "track-gain")).to_be_disabled()
    expect(teo.get_by_test_id("notice")).to_contain_text("no longer change the mix")
    expect(teo.get_by_test_id("browse")).to_have_count(0)

    call(page, "DELETE", member)
    expect(teo.get_by_test_id("session-gone")).to_contain_text("you are no longer a member")
    expect(teo.get_by_test_id("track-0")).to_have_count(0)
    expect(teo.get_by_test_id("play")).to_have_count(0)


def test_a_session_deleted_under_a_guest_says_so(
    mara: tuple[Page, str], new_context: Callable[..., BrowserContext]
) -> None:
    page, session_id = mara
    teo = guest(new_context, page, session_id, "editor")
    teo.get_by_test_id("join").click()
    expect(teo.get_by_test_id("member-count")).to_have_text("1")
    call(page, "DELETE", f"/api/sessions/{session_id}")
    expect(teo.get_by_test_id("session-gone")).to_contain_text("Its owner removed it.")


def test_who_never_joined_learns_of_a_removal_from_the_first_edit(
    mara: tuple[Page, str], new_context: Callable[..., BrowserContext]
) -> None:
    page, session_id = mara
    teo = guest(new_context, page, session_id, "editor")
    teo.route("**/api/presence?*", lambda route: route.abort())  # who asks for the roster is told as well
    call(page, "DELETE", f"/api/sessions/{session_id}")
    teo.route(REFRESHED, lambda route: route.fulfill(status=503, headers={"Retry-After": "1"}), times=3)
    control(teo, "track-gain").fill("-3")
    expect(teo.get_by_test_id("session-gone")).to_contain_text("Its owner removed it.")


def test_signing_out_in_another_tab_ends_the_room_and_loses_no_edit(mara: tuple[Page, str]) -> None:
    page, session_id = mara
    page.get_by_test_id("join").click()
    expect(page.get_by_test_id("leave")).to_be_visible()
    other = page.context.new_page()
    other.goto("/settings")
    other.get_by_test_id("sign-out").click()
    expect(page.get_by_test_id("signed-out")).to_be_visible(timeout=20_000)

    control(page, "track-gain").fill("-7")
    expect(page.get_by_test_id("save-state")).to_have_attribute("data-state", "signed-out")
    with page.context.expect_page() as opened:
        page.get_by_test_id("signed-out").get_by_role("link").click()
    again = opened.value
    again.get_by_test_id("email").fill("mara@example.org")
    again.get_by_test_id("password").fill(PASSWORD)
    again.get_by_test_id("signin-submit").click()
    again.wait_for_url(re.compile(rf"//[^/]+/sessions/{session_id}"))
    again.close()

    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_test_id("signed-out")).to_have_count(0)
    expect(page.get_by_test_id("save-state")).to_have_attribute("data-state", "saved")
    expect(page.get_by_test_id("leave")).to_be_visible()
    assert stored_track(page, session_id)["gainDb"] == -7
