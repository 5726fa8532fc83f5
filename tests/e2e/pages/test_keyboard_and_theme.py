"""Pages without a mouse, and the choice between light and dark."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.people import be_signed_in, open_new_session, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

NewContext = Callable[..., "BrowserContext"]
BACKGROUND = "getComputedStyle(document.querySelector('.ui-app, .ui-site')).backgroundColor"
DARK, LIGHT = "rgb(17, 17, 19)", "rgb(249, 249, 251)"


def test_first_stop_of_the_keyboard_skips_to_the_content(page: Page) -> None:
    page.goto("/about")
    expect(page.get_by_test_id("to-api")).to_be_visible()
    page.keyboard.press("Tab")
    skip = page.locator("a.ui-skip")
    expect(skip).to_be_focused()
    assert skip.evaluate("link => getComputedStyle(link).outlineWidth") == "2px"
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


def test_theme_follows_the_system_until_chosen_and_is_kept(new_context: NewContext) -> None:
    page = new_context(color_scheme="light").new_page()
    page.goto("/")
    expect(page.get_by_test_id("demo-play")).to_be_enabled()
    assert page.evaluate(BACKGROUND) == LIGHT
    page.get_by_test_id("theme-toggle").click()
    page.wait_for_function(f"{BACKGROUND} === '{DARK}'")
    page.reload()
    page.wait_for_function(f"{BACKGROUND} === '{DARK}'")


def test_studio_is_dark_until_light_is_chosen(new_context: NewContext) -> None:
    page = new_context(color_scheme="light").new_page()
    sign_in(page, "evening@example.org")
    page.wait_for_function(f"{BACKGROUND} === '{LIGHT}'")
    open_new_session(page)
    page.wait_for_function(f"{BACKGROUND} === '{DARK}'")
    page.get_by_test_id("theme-toggle").click()
    page.wait_for_function(f"{BACKGROUND} === '{LIGHT}'")


def test_dialog_opens_and_closes_by_keyboard_and_keeps_focus(page: Page) -> None:
    be_signed_in(page, "keys@example.org")
    open_new_session(page)
    page.get_by_test_id("share").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_test_id("share-dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("Tab")
    assert dialog.evaluate("element => element.contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_test_id("share")).to_be_focused()


def test_demo_song_plays_mutes_and_seeks_for_visitors(page: Page) -> None:
    page.goto("/")
    page.get_by_test_id("hear-demo").click()
    expect(page.get_by_test_id("demo-time")).not_to_have_text("0:00 / 1:00", timeout=20_000)
    bass = page.get_by_test_id("demo-stem-bass")
    bass.click()
    expect(bass).to_have_attribute("aria-pressed", "false")
    page.get_by_test_id("demo-play").click()
    page.get_by_test_id("demo-seek").fill("30")
    expect(page.get_by_test_id("demo-time")).to_have_text("0:30 / 1:00")
