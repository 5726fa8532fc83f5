"""Mix edits in the browser: two people at one track, a lost connection, a look without a say, undo, keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.player.sessions import control, guest, stored_track
from tests.waiting import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page


def test_two_people_at_one_track_lose_nothing(
    mara: tuple[Page, str], new_context: Callable[..., BrowserContext]
) -> None:
    page, session_id = mara
    teo = guest(new_context, page, session_id, "editor")

    control(page, "track-gain").fill("-12.5")
    wait_until(lambda: stored_track(page, session_id)["gainDb"] == -12.5)
    control(teo, "track-pan").fill("0.25")  # Teo has not joined: his version is the old one by now
    for someone in (page, teo):
        expect(someone.get_by_test_id("save-state")).to_have_attribute("data-state", "saved")

    track = stored_track(page, session_id)
    assert (track["gainDb"], track["pan"]) == (-12.5, 0.25)
    expect(control(teo, "track-gain")).to_have_value("-12.5")


def test_edits_made_offline_are_saved_later(mara: tuple[Page, str]) -> None:
    page, session_id = mara
    page.context.set_offline(True)
    control(page, "track-gain").fill("-20")
    expect(page.get_by_test_id("save-state")).to_have_attribute("data-state", "offline")
    assert control(page, "track-gain").input_value() == "-20"

    page.context.set_offline(False)

    expect(page.get_by_test_id("save-state")).to_have_attribute("data-state", "saved")
    assert stored_track(page, session_id)["gainDb"] == -20


def test_a_viewer_listens_and_changes_nothing(
    mara: tuple[Page, str], new_context: Callable[..., BrowserContext]
) -> None:
    page, session_id = mara
    viewer = guest(new_context, page, session_id, "viewer")

    expect(control(viewer, "track-gain")).to_be_disabled()
    expect(control(viewer, "track-mute")).to_be_disabled()
    expect(control(viewer, "track-menu")).to_have_count(0)
    expect(viewer.get_by_test_id("browse")).to_have_count(0)
    expect(viewer.get_by_test_id("play")).to_be_enabled()


def test_the_mix_by_keyboard(mara: tuple[Page, str]) -> None:
    page, session_id = mara
    gain = control(page, "track-gain")
    gain.focus()
    page.keyboard.press("PageDown")
    page.keyboard.press("ArrowLeft")
    expect(gain).to_have_attribute("aria-valuetext", "-3.5 decibels")
    page.keyboard.press("m")
    expect(control(page, "track-mute")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("m")
    page.get_by_role("slider", name="Clip Bass DI").focus()
    page.keyboard.press("Control+ArrowRight")
    expect(control(page, "track-offset")).to_have_value("0.1")
    page.keyboard.press("Control+z")
    expect(control(page, "track-offset")).to_have_value("0")

    page.get_by_test_id("track-0").focus()
    page.keyboard.press("Space")
    expect(page.get_by_test_id("play")).to_have_attribute("data-state", "playing")
    page.keyboard.press("End")
    expect(page.get_by_test_id("play")).to_have_attribute("data-state", "stopped")
    expect(page.get_by_test_id("time")).to_have_text("0:12.0")
    page.keyboard.press("?")
    expect(page.get_by_test_id("key-list")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("save-state")).to_have_attribute("data-state", "saved")
    assert stored_track(page, session_id)["gainDb"] == -3.5


def test_leaving_at_once_saves_the_last_move(mara: tuple[Page, str]) -> None:
    page, session_id = mara
    control(page, "track-pan").fill("-0.5")
    page.goto("/sessions")
    wait_until(lambda: stored_track(page, session_id)["pan"] == -0.5)


def test_a_removed_track_comes_back(mara: tuple[Page, str]) -> None:
    page, session_id = mara
    control(page, "track-gain").fill("-6")
    control(page, "track-menu").click()
    control(page, "track-remove").click()
    expect(page.get_by_test_id("drop-zone")).to_be_visible()

    page.get_by_test_id("notice-action").click()

    expect(control(page, "track-gain")).to_have_value("-6")
    assert stored_track(page, session_id)["name"] == "Bass DI"
