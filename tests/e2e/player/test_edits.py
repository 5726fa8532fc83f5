"""Mix edits in the browser: two people at one track, a lost connection, a look without a say, undo, keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.e2e.people import new_session, sign_in
from tests.integration.studio.conftest import sine_wav
from tests.waiting import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

READY_TIMEOUT_MS = 60_000


def call(page: Page, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Ask the REST API as the person of this page."""
    origin = page.url.split("/sessions")[0]
    answer = page.request.fetch(path, method=method, data=body, headers={"Origin": origin})
    assert answer.ok, answer.text()
    return answer.json()


def control(page: Page, testid: str) -> Any:
    """A control of the first track."""
    return page.get_by_test_id("track-0").get_by_test_id(testid)


def stored_track(page: Page, session_id: str) -> dict[str, Any]:
    """The first track as the server has it."""
    tracks = call(page, "GET", f"/api/sessions/{session_id}/tracks")["tracks"]
    return dict(tracks[0])


@pytest.fixture
def mara(new_context: Callable[..., BrowserContext], tmp_path: Path) -> tuple[Page, str]:
    """The owner in a session with one take that is ready to be heard."""
    page = new_context().new_page()
    sign_in(page, "mara@example.org")
    session_id = new_session(page)
    take = tmp_path / "Bass_DI.wav"
    take.write_bytes(sine_wav(rate_hz=48_000, seconds=4, frequency_hz=110))
    page.get_by_test_id("file-input").set_input_files(take)
    expect(page.get_by_test_id("track-0")).to_have_attribute("data-audio", "ready", timeout=READY_TIMEOUT_MS)
    return page, session_id


def guest(new_context: Callable[..., BrowserContext], owner: Page, session_id: str, role: str) -> Page:
    """Somebody else, invited with a role, in the same session."""
    url = call(owner, "POST", f"/api/sessions/{session_id}/invites", {"role": role})["invite"]["url"]
    page = new_context().new_page()
    sign_in(page, f"{role}@example.org")
    page.wait_for_url(re.compile(r"//[^/]+/sessions/?$"))
    call(page, "POST", "/api/invites/accept", {"secret": url.rstrip("/").split("/")[-1]})
    page.goto(f"/sessions/{session_id}")
    expect(page.get_by_test_id("track-0")).to_be_visible()
    return page


def test_two_people_at_one_track_lose_nothing(
    mara: tuple[Page, str], new_context: Callable[..., BrowserContext]
) -> None:
    page, session_id = mara
    teo = guest(new_context, page, session_id, "editor")

    control(page, "track-gain").fill("-12.5")
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
    expect(page.get_by_test_id("time")).to_have_text("0:04.0")
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
