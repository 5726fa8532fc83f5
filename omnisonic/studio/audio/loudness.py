"""Loudness targets and the one decision they need: which static gain, and why not more."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Any

CEILING_DBTP = -1.0
SILENCE_LUFS = -70.0
CUSTOM_MIN_LUFS, CUSTOM_MAX_LUFS = -40.0, -5.0
TOLERANCE_LU = 0.2


class LoudnessPreset(StrEnum):
    """Named goals; see `PRESET_LUFS` for their numbers."""

    AS_MIXED = "as-mixed"
    STREAMING = "streaming"
    APPLE = "apple"
    BROADCAST = "broadcast"


PRESET_LUFS = {
    LoudnessPreset.STREAMING: -14.0,
    LoudnessPreset.APPLE: -16.0,
    LoudnessPreset.BROADCAST: -23.0,
}


@dataclass(frozen=True)
class LoudnessTarget:
    """Where the loudness should end; `lufs` is None for a mix that is left as it is."""

    name: str
    lufs: float | None


@dataclass(frozen=True)
class Loudness:
    """A measurement after ITU-R BS.1770 and EBU R 128; None where the audio is silent."""

    lufs: float | None
    lra_lu: float | None
    true_peak_db: float | None

    @property
    def is_silent(self) -> bool:
        """Whether nothing passes the absolute gate of -70 LUFS."""
        return self.lufs is None


@dataclass(frozen=True)
class GainDecision:
    """The static gain to apply, whether the ceiling holds it back, and the reason in words."""

    gain_db: float
    capped: bool
    reason: str | None


def parse_target(value: Any) -> LoudnessTarget:
    """Read `as-mixed|streaming|apple|broadcast` or `{"lufs": -18}`.

    Raises `ValueError` saying what is accepted.
    """
    if isinstance(value, str) and value in set(LoudnessPreset):
        preset = LoudnessPreset(value)
        return LoudnessTarget(preset.value, PRESET_LUFS.get(preset))
    if isinstance(value, dict) and set(value) == {"lufs"}:
        lufs = value["lufs"]
        is_number = isinstance(lufs, (int, float)) and not isinstance(lufs, bool)
        if is_number and CUSTOM_MIN_LUFS <= lufs <= CUSTOM_MAX_LUFS:
            return LoudnessTarget("custom", float(lufs))
    raise ValueError(
        "loudness is one of as-mixed, streaming, apple, broadcast, "
        f'or {{"lufs": N}} with N from {CUSTOM_MIN_LUFS:g} to {CUSTOM_MAX_LUFS:g}'
    )


def decide_gain(
    measured: Loudness, target: LoudnessTarget, *, ceiling_dbtp: float = CEILING_DBTP
) -> GainDecision:
    """One static gain towards the target; the ceiling wins over the target unless a limiter follows."""
    if target.lufs is None:
        return GainDecision(0.0, capped=False, reason=None)
    if measured.lufs is None or measured.true_peak_db is None:
        return GainDecision(0.0, capped=False, reason="The mix is silent, so its loudness was left alone.")
    wanted_db = target.lufs - measured.lufs
    allowed_db = ceiling_dbtp - measured.true_peak_db
    if wanted_db <= allowed_db or not isfinite(allowed_db):
        return GainDecision(wanted_db, capped=False, reason=None)
    reached = measured.lufs + allowed_db
    return GainDecision(
        allowed_db,
        capped=True,
        reason=(
            f"{reached:.1f} LUFS instead of {target.lufs:.1f}, to keep your peaks below "
            f"{ceiling_dbtp:.0f} dBTP. "
            "Turn on the limiter, or tame the loudest peaks in the mix, to get closer."
        ),
    )
