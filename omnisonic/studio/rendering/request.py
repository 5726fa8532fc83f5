"""What an export asks for and what it gets back."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from omnisonic.studio.audio.loudness import LoudnessTarget, parse_target
from omnisonic.studio.rendering.errors import RenderRefused
from omnisonic.studio.rendering.pcm_meter import PcmCodec
from omnisonic.studio.rendering.process import ProcessBounds

SAMPLE_RATES_HZ = (48_000, 44_100)


class RenderFormat(StrEnum):
    """Container and codec of the delivered file."""

    WAV = "wav"
    MP3 = "mp3"
    FLAC = "flac"

    @property
    def mime_type(self) -> str:
        """Content type to serve the file with."""
        return {"wav": "audio/wav", "mp3": "audio/mpeg", "flac": "audio/flac"}[self.value]


class RenderStage(StrEnum):
    """What the render is doing, in a musician's words."""

    MIXING = "mixing"
    MEASURING = "measuring"
    ENCODING = "encoding"


_BIT_DEPTHS = {RenderFormat.WAV: {16, 24, 32}, RenderFormat.FLAC: {16, 24}, RenderFormat.MP3: {16, 24, 32}}


@dataclass(frozen=True, kw_only=True)
class RenderTags:
    """What the delivered file says about itself."""

    title: str | None = None
    artist: str | None = None
    album: str | None = None
    comment: str | None = None
    isrc: str | None = None


@dataclass(frozen=True, kw_only=True)
class RenderRequest:
    """One delivered file. MP3 is 320 kbit/s, and ignores `bit_depth`; 32 bit is float WAV."""

    format: RenderFormat = RenderFormat.WAV
    bit_depth: int = 24
    sample_rate_hz: int = 48_000
    loudness: LoudnessTarget = field(default_factory=lambda: parse_target("as-mixed"))
    limiter: bool = False
    tags: RenderTags = RenderTags()

    def __post_init__(self) -> None:
        """Raise `RenderRefused` for a combination that no file format holds."""
        if self.bit_depth not in _BIT_DEPTHS[self.format]:
            allowed = ", ".join(map(str, sorted(_BIT_DEPTHS[self.format])))
            raise RenderRefused(f"{self.format.upper()} comes in {allowed} bit; choose one of these.")
        if self.sample_rate_hz not in SAMPLE_RATES_HZ:
            raise RenderRefused("The sample rate is 48000 or 44100 Hz; choose one of these.")

    @property
    def pcm_codec(self) -> PcmCodec:
        """PCM that is hashed: that of the file, and for MP3 the 24-bit master before the encoder."""
        if self.format is RenderFormat.MP3:
            return PcmCodec.S24
        return {16: PcmCodec.S16, 24: PcmCodec.S24, 32: PcmCodec.F32}[self.bit_depth]


@dataclass(frozen=True, kw_only=True)
class RenderLimits:
    """What one render may be and cost."""

    max_duration_s: float = 600.0
    wall_clock_s: float = 1800.0
    address_space_bytes: int = 8 << 30

    def process_bounds(self, length_samples: int) -> ProcessBounds:
        """Bounds of each child; no file is larger than the float mix with a little room."""
        return ProcessBounds(
            wall_clock_s=self.wall_clock_s,
            address_space_bytes=self.address_space_bytes,
            file_size_bytes=length_samples * 8 * 2 + (16 << 20),
        )


@dataclass(frozen=True, kw_only=True)
class LoudnessReport:
    """How loud the delivered file is and what was done about it."""

    target: str
    target_lufs: float | None
    measured_lufs: float | None
    lra_lu: float | None
    true_peak_db: float | None
    gain_db: float
    limited: bool
    reason: str | None

    def to_json(self) -> dict[str, Any]:
        """Public camelCase form."""
        return {
            "target": self.target if self.target != "custom" else {"lufs": self.target_lufs},
            "measuredLufs": _rounded(self.measured_lufs),
            "lraLu": _rounded(self.lra_lu),
            "truePeakDb": _rounded(self.true_peak_db),
            "gainDb": _rounded(self.gain_db),
            "limited": self.limited,
            "reason": self.reason,
        }


@dataclass(frozen=True, kw_only=True)
class RenderResult:
    """A delivered file. `over_samples` counts samples of the mix beyond ±1 after its gain."""

    path: Path
    size_bytes: int
    mime_type: str
    frames: int
    sample_rate_hz: int
    pcm_sha256: str
    loudness: LoudnessReport
    over_samples: int
    ffmpeg_version: str
    graph: str


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
