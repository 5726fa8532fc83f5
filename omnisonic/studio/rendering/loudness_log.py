"""Reads FFmpeg's `ebur128` through frame metadata: three decimals instead of the summary's one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from omnisonic.studio.audio.levels import db_from_linear
from omnisonic.studio.audio.loudness import SILENCE_LUFS, Loudness

_INTEGRATED = "lavfi.r128.I="
_RANGE = "lavfi.r128.LRA="
_TAIL_BYTES = 8192
_FRAMES_PER_OUTPUT = 20  # the meter's frames last 100 ms


def tap_loudness(stream: Any, file_name: str) -> Any:
    """A branch for a `null` output that meters what comes, to `file_name` in the child's folder.

    Without the filter's own true peak: ours costs a tenth (`audio.true_peak`).
    """
    metered = stream.filter("ebur128", metadata=1, framelog="verbose")
    logged = metered.filter("ametadata", mode="print", file=file_name)
    # What the `null` output gets is converted to 16 bits for nobody: one frame in two seconds keeps the
    # progress going.
    return logged.filter("aselect", f"not(mod(n,{_FRAMES_PER_OUTPUT}))")


def read_loudness(path: Path, *, true_peak_dbtp: float) -> Loudness:
    """The final values of a log written by `tap_loudness`, joined with a true peak."""
    with path.open("rb") as log:
        log.seek(0, 2)
        log.seek(max(0, log.tell() - _TAIL_BYTES))
        lines = log.read().decode(errors="replace").splitlines()
    lufs = _last(lines, _INTEGRATED)
    silent = lufs is None or lufs <= SILENCE_LUFS
    return Loudness(
        lufs=None if silent else lufs,
        lra_lu=None if silent else _last(lines, _RANGE),
        true_peak_db=true_peak_dbtp if true_peak_dbtp > db_from_linear(0.0) else None,
    )


def _last(lines: list[str], name: str) -> float | None:
    for line in reversed(lines):
        if line.startswith(name):
            return float(line.removeprefix(name))
    return None
