"""Balance levels: equal loudness with headroom, as a function and for somebody who dropped four files."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import expect

from tests.e2e.people import be_signed_in, call, open_new_session
from tests.e2e.player.sessions import guest
from tests.integration.studio.conftest import sine_wav
from tests.waiting import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

READY_TIMEOUT_MS = 60_000
STEP_DB = 0.1
HEADROOM_DBFS = 20 * math.log10(0.5)
BALANCE = """async (takes) => {
  const { balancedGains, goalLufs } = await import("/balance.js");
  const measured = takes.filter((take) => take.lufs !== null);
  const goal = measured.length ? goalLufs(measured) : null;
  return { gains: Object.fromEntries(balancedGains(takes)), goal };
}"""
OFFERED = """async (rows) => {
  const { isWorthOffering } = await import("/balance.js");
  const tracks = rows.map(({ gainDb }, index) => ({ id: `t${index}`, uploadId: `u${index}`, gainDb }));
  return isWorthOffering(tracks, Object.fromEntries(rows.map((row, index) => [`u${index}`, row])));
}"""
# Loudness of a take and how far its true peak lies above it; silence has no loudness.
TAKES = st.lists(
    st.tuples(st.none() | st.floats(-69, 3), st.floats(0, 25)),
    min_size=1,
    max_size=32,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(levels=TAKES)
def test_takes_become_equally_loud_with_headroom(
    bench: Page, levels: list[tuple[float | None, float]]
) -> None:
    takes = [
        {"id": str(number), "lufs": lufs, "truePeakDb": None if lufs is None else lufs + crest}
        for number, (lufs, crest) in enumerate(levels)
    ]
    found = bench.evaluate(BALANCE, takes)
    gains: dict[str, float] = found["gains"]
    measured = [take for take in takes if take["lufs"] is not None]

    assert set(gains) == {take["id"] for take in measured}, "silence is left alone"
    assert all(-60 <= gain <= 12 for gain in gains.values())
    if not measured:
        return
    goal = found["goal"]
    for take in measured:
        reached = float(take["lufs"]) + gains[str(take["id"])]
        if gains[str(take["id"])] < 12:
            assert goal - STEP_DB - 1e-6 <= reached <= goal + 1e-6
        else:
            assert reached <= goal + 1e-6, "as loud as its fader makes it"
    peaks_db = [float(take["truePeakDb"]) + gains[str(take["id"])] for take in measured]
    sum_db = 10 * math.log10(sum(10 ** (peak / 10) for peak in peaks_db))
    assert sum_db <= HEADROOM_DBFS + 1e-6
    is_at_a_limit = max(gains.values()) > 12 - STEP_DB - 1e-6 or sum_db > HEADROOM_DBFS - STEP_DB - 1e-6
    assert is_at_a_limit, "no quieter than it has to be"


def test_it_is_offered_only_where_it_helps(bench: Page) -> None:
    def offered(*rows: tuple[float | None, float, str]) -> bool:
        named = [{"lufs": lufs, "gainDb": gain_db, "status": status} for lufs, gain_db, status in rows]
        return bool(bench.evaluate(OFFERED, named))

    assert offered((-10, 0, "ready"), (-20, 0, "ready"))
    assert offered((-10, 0, "ready"), (-20, 0, "ready"), (None, 0, "rejected"))
    assert not offered((-10, 0, "ready"), (-18, 0, "ready")), "they are close"
    assert not offered((-10, 0, "ready"), (-20, -0.5, "ready")), "somebody has begun to mix"
    assert not offered((-10, 0, "ready"), (-20, 0, "ready"), (None, 0, "processing")), "one is still measured"
    assert not offered((-10, 0, "ready"), (None, 0, "ready")), "silence cannot be balanced"


def stored_gains(page: Page, session_id: str) -> dict[str, float]:
    """Fader values by upload, as the server has them."""
    tracks = call(page, "GET", f"/api/sessions/{session_id}/tracks")["tracks"]
    return {str(track["uploadId"]): float(track["gainDb"]) for track in tracks}


def partials_db(page: Page, session_id: str, frequencies_hz: list[int]) -> tuple[list[float], float]:
    """Levels of sines in the rendered mix, and its highest sample, in dBFS."""
    answer = page.evaluate("id => window.__omnisonic.renderOffline(id)", session_id)
    left = np.frombuffer(base64.b64decode(answer["channels"][0]), dtype="<f4")[:48_000]
    spectrum = np.abs(np.fft.rfft(left)) / len(left) * 2
    peak_db = float(20 * np.log10(np.abs(left).max()))
    return [float(20 * np.log10(spectrum[frequency])) for frequency in frequencies_hz], peak_db


def test_four_takes_far_apart_become_a_mix(
    new_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    page = new_context().new_page()
    be_signed_in(page, "mara@example.org")
    session_id = open_new_session(page)
    levels = {300: 0.9, 400: 0.16, 500: 0.018, 600: 0.0045}
    for frequency_hz, level in levels.items():
        take = sine_wav(seconds=1.5, frequency_hz=frequency_hz, level=level, width=3)
        (tmp_path / f"Take {frequency_hz}.wav").write_bytes(take)
    page.get_by_test_id("file-input").set_input_files([tmp_path / f"Take {name}.wav" for name in levels])
    offer = page.get_by_test_id("levels-offer")
    expect(offer).to_contain_text("46 LU", timeout=READY_TIMEOUT_MS)

    viewer = guest(new_context, page, session_id, "viewer")
    expect(viewer.get_by_test_id("play")).to_be_enabled()
    expect(viewer.get_by_test_id("levels-offer").or_(viewer.get_by_test_id("balance"))).to_have_count(0)

    page.get_by_test_id("levels-balance").click()
    expect(offer).to_have_count(0)
    expect(page.get_by_test_id("save-state")).to_have_attribute("data-state", "saved")
    balanced = stored_gains(page, session_id)
    uploads = call(page, "GET", f"/api/upload/list?sessionId={session_id}")["uploads"]
    loudness = [upload["lufs"] + balanced[upload["id"]] for upload in uploads]
    assert max(loudness) - min(loudness) <= STEP_DB + 1e-6
    heard, peak_db = partials_db(page, session_id, list(levels))
    assert max(heard) - min(heard) < 1
    assert peak_db < HEADROOM_DBFS

    page.keyboard.press("Control+z")
    _expect_gains(page, session_id, dict.fromkeys(balanced, 0.0))
    page.reload()
    expect(page.get_by_test_id("track-3")).to_be_visible()
    expect(offer).to_have_count(0)
    page.keyboard.press("b")
    _expect_gains(page, session_id, balanced)
    page.get_by_test_id("notice-action").click()
    _expect_gains(page, session_id, dict.fromkeys(balanced, 0.0))

    page.evaluate("localStorage.clear()")
    page.reload()
    page.get_by_test_id("levels-leave").click()
    expect(offer).to_have_count(0)
    page.reload()
    expect(page.get_by_test_id("track-3")).to_be_visible()
    expect(offer).to_have_count(0)
    assert set(stored_gains(page, session_id).values()) == {0.0}


def _expect_gains(page: Page, session_id: str, gains: dict[str, Any]) -> None:
    wait_until(lambda: stored_gains(page, session_id) == gains)
