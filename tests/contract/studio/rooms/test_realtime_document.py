"""`docs/api/realtime.md` names every close code, every client frame and every limit that the code has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from omnisonic.studio.rooms import frames, limits

DOCUMENT = (Path(__file__).resolve().parents[4] / "docs/api/realtime.md").read_text()
LIBRARY_CODES = {1009}  # closed by the WebSocket library itself


def test_the_close_codes_are_those_of_the_code() -> None:
    documented = {int(code) for code in re.findall(r"^\| (\d{4}) \|", DOCUMENT, re.MULTILINE)}
    assert documented == {code.value for code in limits.CloseCode} | LIBRARY_CODES


def test_the_client_frames_are_those_of_the_code() -> None:
    table = DOCUMENT.split("## From the client")[1].split("##")[0]
    assert set(re.findall(r"^\| `([a-z.]+)` \|", table, re.MULTILINE)) == set(frames.CLIENT_FRAMES)


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (limits.FRAME_MAX_BYTES // 1024, "{} KiB and"),
        (limits.FRAMES_PER_SECOND, "and {} a second"),
        (limits.CURSOR_MAX_BYTES // 1024, "anything up to {} KiB"),
        (limits.QUEUE_MAX_FRAMES, "more than {} frames"),
        (limits.CONNECTIONS_PER_MEMBER, "more than {} sockets"),
        (int(limits.Pace().grace_s), "{} more seconds"),
        (round(1 / limits.Pace().tick_s), "at most {} a second and room"),
        (round(1 / limits.Pace().tick_s / 2), "at most {} a second of each sender and track"),
    ],
)
def test_the_limits_are_those_of_the_code(limit: int, words: str) -> None:
    assert words.format(limit) in DOCUMENT.replace("\n", " ")
