"""The frame of the pages: who is signed in, search from the keyboard, ways out, sound on one click."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.people import be_signed_in, open_new_session, rename_session, sign_in, watch_console
from tests.integration.studio.conftest import sine_wav

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page

NewContext = Callable[..., "BrowserContext"]
NAME = "Kestrel – 夜の録音"


def test_pages_without_account_know_who_is_signed_in(page: Page) -> None:
    page.goto("/about")
    expect(page.get_by_test_id("to-signin")).to_be_visible()
    be_signed_in(page, "framed@example.org")
    for path in ("/about", "/problems/not-found", "/no/such/page"):
        page.goto(path)
        expect(page.get_by_test_id("to-own-sessions")).to_be_visible()
        expect(page.get_by_test_id("to-signin")).to_have_count(0)


def test_a_problem_gives_advice_first_and_leads_back(page: Page) -> None:
    sign_in(page, "lost@example.org", then="/exports")
    expect(page.get_by_test_id("no-exports")).to_be_visible()
    page.goto("/problems/not-found")
    advice, kind = page.get_by_test_id("problem-advice"), page.locator("dl")
    expect(advice).to_be_visible()
    assert _top(advice) < _top(page.get_by_test_id("go-back")) < _top(kind)
    page.get_by_test_id("go-back").click()
    expect(page).to_have_url(re.compile(r"/(sessions|exports)/?$"))


def test_the_palette_finds_pages_and_own_sessions(page: Page) -> None:
    complaints = watch_console(page)
    be_signed_in(page, "keyboard@example.org")
    session_id = open_new_session(page)
    rename_session(page, session_id, NAME)
    page.goto("/settings")
    expect(page.get_by_test_id("display-name")).to_be_visible()
    page.keyboard.press("/")
    expect(page.get_by_test_id("palette-input")).to_be_focused()
    expect(page.locator("dialog[open] [data-testid=notices]:popover-open")).to_have_count(1)  # not behind it
    page.keyboard.type("expo")
    expect(page.get_by_test_id("palette-row")).to_have_text(["Exports"])
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/exports/?$"))
    expect(page.get_by_test_id("no-exports")).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("夜の")
    expect(page.get_by_test_id("palette-row")).to_have_text([NAME])
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(session_id))
    assert complaints == []


def test_a_phone_reaches_every_page(new_context: NewContext) -> None:
    page = new_context(viewport={"width": 375, "height": 812}).new_page()
    sign_in(page, "pocket@example.org")
    page.get_by_test_id("bottom-more").click()
    page.get_by_test_id("more-settings").click()
    expect(page.get_by_test_id("display-name")).to_be_visible()
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_a_first_visit_makes_sound_on_one_click(page: Page) -> None:
    sign_in(page, "newcomer@example.org")
    page.get_by_test_id("demo-play").click()
    expect(page.get_by_test_id("demo-time")).not_to_have_text("0:00 / 1:00", timeout=20_000)


def test_a_card_opens_its_session_and_plays_it(page: Page, tmp_path: Path) -> None:
    be_signed_in(page, "impatient@example.org")
    session_id = open_new_session(page)
    take = tmp_path / "Keys.wav"
    take.write_bytes(sine_wav(rate_hz=48_000, channels=2, seconds=30, frequency_hz=262))
    page.get_by_test_id("file-input").set_input_files([take])
    expect(page.get_by_test_id("upload-item")).to_have_attribute("data-state", "ready", timeout=60_000)
    page.get_by_test_id("rail-sessions").click()
    page.get_by_test_id("play-session").click()
    expect(page).to_have_url(re.compile(f"{session_id}$"))
    expect(page.get_by_test_id("play")).to_have_attribute("data-state", "playing", timeout=20_000)


def _top(place: Locator) -> float:
    box = place.bounding_box()
    assert box is not None
    return float(box["y"])
