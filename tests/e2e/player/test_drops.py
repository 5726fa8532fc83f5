"""Files dropped on the page: the good become tracks, the bad say why and go away when told."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.e2e.people import be_signed_in, open_new_session
from tests.integration.studio.conftest import sine_wav

if TYPE_CHECKING:
    from playwright.sync_api import Page

READY_TIMEOUT_MS = 60_000
OVER_LIMIT_BYTES = 105 * 1024 * 1024
SINGER = "\u0635\u0648\u062a \U0001f469\u200d\U0001f3a4.wav"
DROP = """({files, target}) => {
  const carried = new DataTransfer();
  for (const { name, type, text, size } of files) {
    const bytes = size ? new Uint8Array(size) : Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    carried.items.add(new File([bytes], name, { type }));
  }
  const element = document.querySelector(target);
  for (const name of ["dragenter", "dragover", "drop"]) {
    element.dispatchEvent(new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer: carried }));
  }
}"""

DRAG = """(name) => {
  const carried = new DataTransfer();
  carried.items.add(new File(["x"], "Take.wav", { type: "audio/wav" }));
  const dragged = { bubbles: true, cancelable: true, dataTransfer: carried };
  document.body.dispatchEvent(new DragEvent(name, dragged));
}"""


def a_file(name: str, content: bytes = b"", *, kind: str = "audio/wav", size: int = 0) -> dict[str, Any]:
    """A file as the page will get it; `size` makes one of zeros."""
    return {"name": name, "type": kind, "text": base64.b64encode(content).decode(), "size": size}


def test_good_files_become_tracks_and_bad_ones_say_why(page: Page) -> None:
    be_signed_in(page, "drops@example.org")
    open_new_session(page)
    expect(page.get_by_test_id("drop-zone")).to_be_visible()
    overlay = page.get_by_test_id("drop-overlay")
    page.evaluate(DRAG, "dragenter")
    expect(overlay).to_be_visible()
    page.evaluate(DRAG, "dragleave")
    expect(overlay).to_have_count(0)
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    files = [
        a_file("Kick_01.wav", sine_wav(seconds=0.1, frequency_hz=1000)),
        a_file(SINGER, sine_wav(seconds=1)),
        a_file("words.wav", b"ffconcat version 1.0\nfile 'other.wav'\n"),
        a_file("logo.svg", svg, kind="image/svg+xml"),
        a_file("renamed.wav", svg, kind=""),
        a_file("empty.wav"),
        a_file("long.wav", size=OVER_LIMIT_BYTES),
    ]
    page.evaluate(DROP, {"files": files, "target": "header"})
    expect(overlay).to_have_count(0)

    rejected = page.locator("[data-testid=upload-item][data-state=rejected]")
    expect(rejected).to_have_count(5, timeout=READY_TIMEOUT_MS)
    item = page.get_by_test_id("upload-item")
    reasons = {
        "words.wav": "not audio",
        "logo.svg": "picture",
        "renamed.wav": "not audio",
        "empty.wav": "empty",
        "long.wav": "FLAC",
    }
    for name, reason in reasons.items():
        expect(item.filter(has_text=name)).to_contain_text(reason)
    for index in range(2):
        expect(page.get_by_test_id(f"track-{index}")).to_have_attribute(
            "data-audio", "ready", timeout=READY_TIMEOUT_MS
        )
    names = [field.input_value() for field in page.get_by_test_id("track-name").all()]
    assert sorted(names) == sorted(["Kick 01", SINGER.removesuffix(".wav")])

    item.filter(has_text="logo.svg").get_by_test_id("upload-dismiss").click()
    expect(item.filter(has_text="logo.svg")).to_have_count(0)
    page.get_by_test_id("uploads-dismiss").click()
    expect(item).to_have_count(0)
