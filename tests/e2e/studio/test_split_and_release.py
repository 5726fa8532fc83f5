"""Two members agree on their shares live, the last one locks the sheet, and the mix is released."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.people import EXPORT_TIMEOUT_MS, be_signed_in, open_new_session, sign_in_by_form, watch_console
from tests.integration.studio.conftest import sine_wav

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

ISRC = "QZ-ABC-26-00731"


def test_shares_are_agreed_on_and_released(
    new_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    ines, kofi = new_context().new_page(), new_context().new_page()
    complaints, others = watch_console(ines), watch_console(kofi)
    be_signed_in(ines, "ines@example.org")
    open_new_session(ines)
    take = tmp_path / "Take.wav"
    take.write_bytes(sine_wav(rate_hz=48_000, seconds=1, frequency_hz=440))
    ines.get_by_test_id("file-input").set_input_files(take)
    _join(ines, kofi)

    _propose(ines, "40", "60")
    expect(kofi.get_by_test_id("splits-wanted")).to_be_visible()
    kofi.get_by_test_id("tab-splits").click()
    kofi.get_by_test_id("split-ask").click()
    kofi.get_by_test_id("split-word").fill("Half each?")
    kofi.get_by_test_id("split-ask-send").click()
    expect(ines.get_by_text("Half each?")).to_be_visible()

    ines.get_by_test_id("split-change").click()
    ines.get_by_test_id("split-evenly").click()
    ines.get_by_test_id("split-save").click()
    expect(kofi.get_by_test_id("split-moved-on")).to_contain_text("version 2")
    expect(kofi.get_by_test_id("split-happening").first).to_contain_text("40\xa0% → 50\xa0%")
    ines.get_by_test_id("split-accept").click()
    expect(ines.get_by_test_id("split-waiting")).to_contain_text("kofi")

    ines.get_by_test_id("tab-export").click()
    ines.get_by_test_id("kind-release").click(force=True)
    expect(ines.get_by_test_id("need-sheet")).to_have_attribute("data-met", "false")
    expect(ines.get_by_test_id("export-start")).to_be_disabled()
    ines.get_by_test_id("export-isrc").fill(ISRC[:-1])
    ines.get_by_test_id("export-isrc").blur()
    expect(ines.get_by_test_id("isrc-problem")).to_be_visible()
    ines.get_by_test_id("export-isrc").fill(ISRC)
    ines.get_by_test_id("export-isrc").blur()
    expect(ines.get_by_test_id("isrc-free")).to_contain_text(ISRC)

    expect(kofi.get_by_test_id("split-accept")).to_contain_text("lock")
    kofi.get_by_test_id("split-accept").click()
    expect(kofi.get_by_test_id("split-locked")).to_be_visible()
    expect(kofi.get_by_test_id("proof-later")).to_be_visible()

    expect(ines.get_by_test_id("need-sheet")).to_have_attribute("data-met", "true")
    ines.get_by_test_id("export-start").click()
    recording = ines.get_by_test_id("release-recording")
    expect(recording).to_be_visible(timeout=EXPORT_TIMEOUT_MS)
    expect(ines.get_by_test_id("release-isrc")).to_have_text(ISRC)
    recording.click()
    ines.wait_for_url(re.compile("/catalog/recordings/"))
    expect(ines.get_by_text(ISRC).first).to_be_visible()
    assert complaints == others == []


def _join(owner: Page, guest: Page) -> None:
    owner.get_by_test_id("share").click()
    owner.get_by_test_id("make-invite").click()
    link = owner.get_by_test_id("invite-url").input_value()
    owner.keyboard.press("Escape")
    sign_in_by_form(guest, "kofi@example.org", then=re.sub(r"^https?://[^/]+", "", link))
    guest.wait_for_url(re.compile(r"/sessions/[0-9a-f-]{36}"))


def _propose(page: Page, *percents: str) -> None:
    page.get_by_test_id("tab-splits").click()
    page.get_by_test_id("split-propose").click()
    page.get_by_test_id("split-percent").first.fill("99")
    expect(page.get_by_test_id("split-save")).to_be_disabled()
    for place, percent in enumerate(percents):
        page.get_by_test_id("split-percent").nth(place).fill(percent)
    page.get_by_test_id("split-save").click()
    expect(page.get_by_test_id("split-waiting")).to_be_visible()
