"""From sign-in to the downloaded mix without a pointer: every stop is visible, none is a trap."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.people import EXPORT_TIMEOUT_MS, PASSWORD, watch_console
from tests.integration.studio.conftest import sine_wav

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

STOPS_MAX = 60
READY_TIMEOUT_MS = 60_000
# The focused element with what shows that it is: an outline or a shadow of its own or of the label around it.
FOCUSED = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const shows = (one) => {
    const style = getComputedStyle(one);
    const hasOutline = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    return hasOutline || style.boxShadow !== 'none';
  };
  const around = [element, element.parentElement, element.closest('label')].filter(Boolean);
  const thumb = element.matches('[type=range]');
  const box = element.getBoundingClientRect();
  return {
    name: element.dataset.testid || element.getAttribute('aria-label') || element.textContent.slice(0, 40),
    isShown: thumb || around.some(shows),
    isInSight: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""


def tab_to(page: Page, wanted: Locator, key: str = "Tab") -> list[str]:
    """Press Tab until `wanted` has the focus; every stop on the way must be seen. Returns their names."""
    expect(wanted).to_be_visible()
    names: list[str] = []
    for _ in range(STOPS_MAX):
        if wanted.evaluate("element => element === document.activeElement"):
            return names
        page.keyboard.press(key)
        stop = page.evaluate(FOCUSED)
        if stop is None:
            continue  # between the last element and the first there is the browser's own bar
        assert stop["isShown"], f"the focus on {stop['name']} cannot be seen"
        assert stop["isInSight"], f"the focus on {stop['name']} is out of sight"
        names.append(stop["name"])
    raise AssertionError(f"not reached within {STOPS_MAX} stops: {names}")


def test_sign_in_upload_mix_export_and_download_by_keys_alone(page: Page, tmp_path: Path) -> None:
    complaints = watch_console(page)
    keys = page.keyboard
    page.on("filechooser", lambda _: None)  # from now on choosers open for the test, not on the screen
    page.goto("/signin?next=/sessions")
    tab_to(page, page.get_by_test_id("email"))
    keys.type("keyboard-journey@example.org")
    tab_to(page, page.get_by_test_id("password"))
    keys.type(PASSWORD)
    keys.press("Enter")
    page.wait_for_url(re.compile(r"/sessions/?$"))

    tab_to(page, page.get_by_test_id("new-session").or_(page.get_by_test_id("first-session")).first)
    keys.press("Enter")
    page.wait_for_url(re.compile(r"/sessions/[0-9a-f-]{36}"))

    take = tmp_path / "Lead vocal.wav"
    take.write_bytes(sine_wav(rate_hz=48_000, seconds=20, frequency_hz=330))
    tab_to(page, page.get_by_test_id("browse"))
    with page.expect_file_chooser() as chooser:
        keys.press("Enter")
    chooser.value.set_files(take)
    row = page.get_by_test_id("track-0")
    expect(row).to_have_attribute("data-audio", "ready", timeout=READY_TIMEOUT_MS)

    gain, pan = row.get_by_test_id("track-gain"), row.get_by_test_id("track-pan")
    mute, solo = row.get_by_test_id("track-mute"), row.get_by_test_id("track-solo")
    tab_to(page, mute)
    keys.press("Space")
    expect(mute).to_have_attribute("aria-pressed", "true")
    keys.press("Space")
    stops = tab_to(page, pan)
    assert stops.index("track-solo") < stops.index("track-gain") < stops.index("track-pan")
    keys.press("PageDown")
    expect(pan).to_have_attribute("aria-valuetext", "25 percent left")
    tab_to(page, gain, key="Shift+Tab")
    keys.press("PageDown")
    expect(gain).to_have_attribute("aria-valuetext", "-3.0 decibels")
    tab_to(page, solo, key="Shift+Tab")
    keys.press("s")
    expect(solo).to_have_attribute("aria-pressed", "true")

    play = page.get_by_test_id("play")
    tab_to(page, play)
    keys.press("Space")
    expect(play).to_have_attribute("data-state", "playing")
    keys.press("Space")
    expect(play).to_have_attribute("data-state", "stopped")
    expect(page.get_by_test_id("save-state")).to_have_attribute("data-state", "saved")

    tab_to(page, page.get_by_test_id("export-start"))
    keys.press("Enter")
    download = page.get_by_test_id("export-download").first
    expect(download).to_be_visible(timeout=EXPORT_TIMEOUT_MS)
    tab_to(page, download)
    with page.expect_download() as started:
        keys.press("Enter")
    assert started.value.suggested_filename.endswith(".wav")
    assert complaints == []
