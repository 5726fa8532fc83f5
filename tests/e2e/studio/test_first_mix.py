"""The main journey: make a session, join from two browsers, upload, mix, export, download the same sound."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import numpy as np
from playwright.sync_api import expect

from tests.e2e.people import EXPORT_TIMEOUT_MS, new_session, sign_in, sign_in_by_form, watch_console
from tests.integration.studio.conftest import sine_wav

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page


def write_takes(folder: Path) -> list[Path]:
    """Three takes: 44.1 kHz mono, 48 kHz stereo, 96 kHz 24-bit stereo."""
    takes = {
        "Vocal.wav": sine_wav(rate_hz=44_100, seconds=3, frequency_hz=523),
        "Keys.wav": sine_wav(rate_hz=48_000, channels=2, seconds=4, frequency_hz=262),
        "Drums.wav": sine_wav(rate_hz=96_000, channels=2, width=3, seconds=2, frequency_hz=90),
    }
    for name, content in takes.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in takes]


def rendered_by_the_browser(page: Page, session_id: str) -> np.ndarray:
    """Chromium's OfflineAudioContext render of the session's manifest, shape (frames, 2)."""
    answer = page.evaluate("id => window.__omnisonic.renderOffline(id)", session_id)
    channels = [np.frombuffer(base64.b64decode(part), dtype="<f4") for part in answer["channels"]]
    return np.stack(channels, axis=1).astype(np.float64)


def samples_of_float_wav(content: bytes) -> np.ndarray:
    """Samples of a 32-bit float WAV, shape (frames, 2)."""
    with av.open(io.BytesIO(content)) as source:
        frames = [frame.to_ndarray().reshape(-1, 2) for frame in source.decode(audio=0)]
    return np.concatenate(frames).astype(np.float64)


def test_from_nothing_to_the_file(new_context: Callable[..., BrowserContext], tmp_path: Path) -> None:
    mara = new_context().new_page()
    complaints = watch_console(mara)
    sign_in_by_form(mara, "mara@example.org")
    session_id = new_session(mara)

    mara.get_by_test_id("join").click()
    expect(mara.get_by_test_id("member-count")).to_have_text("1")
    link = _invite(mara)

    teo = new_context().new_page()
    teo_complaints = watch_console(teo)
    sign_in_by_form(teo, "teo@example.org", then=re.sub(r"^https?://[^/]+", "", link))
    teo.wait_for_url(re.compile(session_id))
    teo.get_by_test_id("join").click()
    expect(teo.get_by_test_id("member-count")).to_have_text("2")
    expect(mara.get_by_test_id("member-count")).to_have_text("2")

    mara.get_by_test_id("file-input").set_input_files(write_takes(tmp_path))
    for page in (mara, teo):
        expect(page.get_by_test_id("track-gain")).to_have_count(3, timeout=60_000)
    _wait_until_ready(mara)

    _mix(mara)
    expect(mara.get_by_test_id("save-state")).to_have_attribute("data-state", "saved")
    assert _levels(teo, session_id) == _levels(mara, session_id)

    _export_float_wav(mara)
    with mara.expect_download() as started:
        mara.get_by_test_id("export-download").first.click()
    downloaded = samples_of_float_wav(Path(started.value.path()).read_bytes())
    previewed = rendered_by_the_browser(mara, session_id)
    assert downloaded.shape == previewed.shape
    assert np.max(np.abs(previewed)) > 0.05, "there is something to hear"
    assert 20 * np.log10(np.max(np.abs(downloaded - previewed)) + 1e-12) < -100

    teo.get_by_test_id("leave").click()
    expect(mara.get_by_test_id("member-count")).to_have_text("1", timeout=20_000)
    assert complaints == []
    assert teo_complaints == []


def test_the_mix_plays(new_context: Callable[..., BrowserContext], tmp_path: Path) -> None:
    page = new_context().new_page()
    sign_in(page, "player@example.org")
    new_session(page)
    take = tmp_path / "Long.wav"
    take.write_bytes(sine_wav(rate_hz=48_000, seconds=60))  # it plays for longer than anything here takes
    page.get_by_test_id("file-input").set_input_files(take)
    expect(page.get_by_test_id("track-0")).to_have_attribute("data-audio", "ready", timeout=60_000)
    before = page.get_by_test_id("time").inner_text()
    page.get_by_test_id("play").click()
    expect(page.get_by_test_id("time")).not_to_have_text(before)
    page.keyboard.press("Space")
    page.get_by_test_id("to-start").click()
    expect(page.get_by_test_id("time")).to_have_text(before)


def _invite(page: Page) -> str:
    page.get_by_test_id("share").click()
    page.get_by_test_id("make-invite").click()
    link = page.get_by_test_id("invite-url")
    expect(link).to_be_visible()
    url = str(link.input_value())
    page.keyboard.press("Escape")
    return url


def _wait_until_ready(page: Page) -> None:
    expect(page.get_by_test_id("track-gain")).to_have_count(3, timeout=60_000)
    for place in range(3):
        track = page.get_by_test_id(f"track-{place}")
        expect(track).to_have_attribute("data-audio", "ready", timeout=60_000)


def _mix(page: Page) -> None:
    gain = page.get_by_test_id("track-gain").nth(0)
    gain.focus()
    for _ in range(6):
        page.keyboard.press("ArrowDown")
    pan = page.get_by_test_id("track-pan").nth(1)
    pan.focus()
    for _ in range(7):
        page.keyboard.press("ArrowRight")
    offset = page.get_by_test_id("track-offset").nth(2)
    offset.fill("0.75")
    offset.press("Enter")
    expect(page.get_by_test_id("save-state")).to_have_attribute("data-state", "saved")


def _levels(page: Page, session_id: str) -> list[Any]:
    manifest: dict[str, Any] = page.evaluate(
        "id => fetch(`/api/sessions/${id}/manifest`).then(answer => answer.json())", session_id
    )
    mix = [(t["gainDb"], t["pan"], t["clips"][0]["offsetSamples"]) for t in manifest["tracks"]]
    assert any(gain < 0 for gain, _, _ in mix)
    assert any(pan > 0 for _, pan, _ in mix)
    assert 36_000 in [offset for _, _, offset in mix]
    return mix


def _export_float_wav(page: Page) -> None:
    page.get_by_test_id("export-quality").select_option("32-48000")
    page.get_by_test_id("export-start").click()
    expect(page.get_by_test_id("export-download").first).to_be_visible(timeout=EXPORT_TIMEOUT_MS)
