"""Someone else's session, opened by its address: nothing of it is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.people import be_signed_in, open_new_session, rename_session, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext


def test_a_strangers_session_page_is_empty(new_context: Callable[..., BrowserContext]) -> None:
    owner = new_context().new_page()
    be_signed_in(owner, "owner@example.org")
    session_id = open_new_session(owner)
    rename_session(owner, session_id, "Secret song")

    stranger = new_context().new_page()
    sign_in(stranger, "stranger@example.org", then=f"/sessions/{session_id}")
    expect(stranger.get_by_test_id("session-missing")).to_be_visible()
    assert "Secret song" not in stranger.content()
    stranger.goto("/sessions")
    expect(stranger.get_by_test_id("no-sessions")).to_be_visible()
    stranger.goto("/join/not-an-invitation")
    expect(stranger.get_by_test_id("join-refused")).to_be_visible()
