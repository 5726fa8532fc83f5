"""What the studio says while something is in the way, and that it stops saying so once nothing is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.people import sign_in
from tests.e2e.player.sessions import control

if TYPE_CHECKING:
    from playwright.sync_api import Page, WebSocketRoute

RECONNECT_TIMEOUT_MS = 30_000
# What a Socket.IO server says that lets nobody in: a line that merely closes is noticed after 20 seconds.
TURNED_AWAY = (
    '0{"sid":"none","upgrades":[],"pingInterval":9000,"pingTimeout":9000,"maxPayload":1000}',
    '44{"message":"away"}',
)


def test_a_silent_mix_is_refused_until_something_sounds(mara: tuple[Page, str]) -> None:
    page, _ = mara
    control(page, "track-mute").click()
    expect(page.get_by_test_id("save-state")).to_have_attribute("data-state", "saved")
    page.get_by_test_id("export-start").click()
    refusal = page.get_by_test_id("export-problem")
    expect(refusal).to_contain_text("Every track is muted")

    control(page, "track-mute").click()
    expect(refusal).to_have_count(0)


def test_a_phone_says_who_is_soloed_and_clears_it(mara: tuple[Page, str]) -> None:
    page, _ = mara
    page.set_viewport_size({"width": 375, "height": 667})
    solo = control(page, "track-solo")
    solo.click()
    expect(page.get_by_test_id("solo-note")).to_contain_text("Solo: Bass DI")
    page.get_by_test_id("solo-clear").click()
    expect(page.get_by_test_id("solo-note")).to_have_count(0)
    expect(solo).to_have_attribute("aria-pressed", "false")


@pytest.mark.slow
def test_a_lost_connection_is_said_and_its_return_ends_it(page: Page) -> None:
    lines: list[WebSocketRoute] = []
    is_cut = False

    def connect(line: WebSocketRoute) -> None:
        if is_cut:
            for packet in TURNED_AWAY:
                line.send(packet)
            return
        lines.append(line)
        line.connect_to_server()

    page.route_web_socket(re.compile("/_event"), connect)
    sign_in(page, "line@example.org")
    expect(page.get_by_test_id("new-session").or_(page.get_by_test_id("first-session")).first).to_be_visible()
    expect(page.get_by_test_id("offline")).to_have_count(0)

    is_cut = True
    for line in lines:
        line.close()
    expect(page.get_by_test_id("offline")).to_be_visible(timeout=RECONNECT_TIMEOUT_MS)

    is_cut = False
    expect(page.get_by_test_id("offline")).to_have_count(0, timeout=RECONNECT_TIMEOUT_MS)
