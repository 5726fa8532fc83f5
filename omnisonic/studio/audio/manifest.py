"""The mix manifest, version 1: the one document that decides how a session sounds.

All positions are integer samples at 48 kHz. Drawing, playing and rendering read this and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic.alias_generators import to_camel

from omnisonic.studio.audio.canonical_json import canonical_bytes, sha256_hex

SAMPLE_RATE_HZ = 48_000
GAIN_MIN_DB, GAIN_MAX_DB = -60.0, 12.0
MAX_TRACKS = 32
MAX_CLIPS_PER_TRACK = 64
MAX_POSITION_SAMPLES = 6 * 3600 * SAMPLE_RATE_HZ


class ManifestError(ValueError):
    """The manifest is not one we can play; `field` names the part, the message says what it accepts."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}" if name else message)
        self.field = name


class FadeCurve(StrEnum):
    """Shape of a fade of n samples at sample k: k/n, or sin(kπ/2n)."""

    LINEAR = "linear"
    EQUAL_POWER = "equal-power"


class _Document(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True, allow_inf_nan=False
    )


class ManifestClip(_Document):
    """A stretch of a track's audio: where it starts, what is cut from each end, how it fades."""

    offset_samples: int = Field(0, ge=0, le=MAX_POSITION_SAMPLES, strict=True)
    trim_start_samples: int = Field(0, ge=0, le=MAX_POSITION_SAMPLES, strict=True)
    trim_end_samples: int = Field(0, ge=0, le=MAX_POSITION_SAMPLES, strict=True)
    fade_in_samples: int = Field(0, ge=0, le=MAX_POSITION_SAMPLES, strict=True)
    fade_out_samples: int = Field(0, ge=0, le=MAX_POSITION_SAMPLES, strict=True)
    fade_curve: FadeCurve = FadeCurve.LINEAR


class ManifestTrack(_Document):
    """One canonical audio file in the mix, with its level and place in the stereo picture."""

    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    channels: Literal[1, 2]
    audio_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    gain_db: float = Field(0.0, ge=GAIN_MIN_DB, le=GAIN_MAX_DB)
    pan: float = Field(0.0, ge=-1.0, le=1.0)
    muted: bool = False
    soloed: bool = False
    clips: tuple[ManifestClip, ...] = Field(min_length=1, max_length=MAX_CLIPS_PER_TRACK)

    @field_validator("gain_db", "pan")
    @classmethod
    def _positive_zero(cls, value: float) -> float:
        return value + 0.0  # -0.0 and 0.0 sound the same and must hash the same


class MixManifest(_Document):
    """Version 1 under the law `webaudio-1`; see `docs` of the contract for each field."""

    version: Literal[1] = 1
    pan_law: Literal["webaudio-1"] = "webaudio-1"
    sample_rate: Literal[48_000] = 48_000
    length_samples: int = Field(ge=0, le=2 * MAX_POSITION_SAMPLES, strict=True)
    master_gain_db: float = Field(0.0, ge=GAIN_MIN_DB, le=GAIN_MAX_DB)
    tracks: tuple[ManifestTrack, ...] = Field((), max_length=MAX_TRACKS)

    @field_validator("master_gain_db")
    @classmethod
    def _positive_zero(cls, value: float) -> float:
        return value + 0.0

    @field_validator("tracks")
    @classmethod
    def _ids_are_unique(cls, tracks: tuple[ManifestTrack, ...]) -> tuple[ManifestTrack, ...]:
        if len({track.id for track in tracks}) != len(tracks):
            raise ValueError("two tracks have the same id")
        return tracks

    def to_json(self) -> dict[str, Any]:
        """The document with its public camelCase names."""
        return self.model_dump(mode="json", by_alias=True)

    def canonical_bytes(self) -> bytes:
        """The bytes that are hashed (RFC 8785)."""
        return canonical_bytes(self.to_json())

    def sha256(self) -> str:
        """SHA-256 of `canonical_bytes`, in hex."""
        return sha256_hex(self.canonical_bytes())


@dataclass(frozen=True, kw_only=True)
class TrackMix:
    """What a track contributes to a manifest, with the length of its canonical audio."""

    id: str
    channels: int
    audio_sha256: str
    duration_samples: int
    gain_db: float = 0.0
    pan: float = 0.0
    muted: bool = False
    soloed: bool = False
    clips: Sequence[ManifestClip] = field(default_factory=lambda: (ManifestClip(),))


def parse_manifest(document: Mapping[str, Any]) -> MixManifest:
    """Read a manifest from its JSON form; raises `ManifestError` naming the field."""
    try:
        return MixManifest.model_validate(document)
    except ValidationError as error:
        raise _as_manifest_error(error) from None


def build_manifest(tracks: Iterable[TrackMix], *, master_gain_db: float = 0.0) -> MixManifest:
    """Freeze a mix. Fades longer than their clip become as long as the clip, so no reader has to guess.

    Raises `ManifestError` for values out of range and for trims that leave nothing.
    """
    mixes = list(tracks)
    for mix in mixes:
        for clip in mix.clips:
            check_clip(clip, mix.duration_samples)
    try:
        return MixManifest(
            length_samples=length_samples(mixes),
            master_gain_db=master_gain_db,
            tracks=tuple(_manifest_track(mix) for mix in mixes),
        )
    except ValidationError as error:
        raise _as_manifest_error(error) from None


def length_samples(tracks: Iterable[TrackMix]) -> int:
    """Length N of the mix: the largest clip end of all tracks, muted ones too."""
    return max(
        (clip_end(clip, track.duration_samples) for track in tracks for clip in track.clips), default=0
    )


def clip_length(clip: ManifestClip, duration_samples: int) -> int:
    """Samples that a clip plays of audio that is `duration_samples` long."""
    return duration_samples - clip.trim_start_samples - clip.trim_end_samples


def clip_end(clip: ManifestClip, duration_samples: int) -> int:
    """First sample of the mix after the clip."""
    return clip.offset_samples + clip_length(clip, duration_samples)


def check_clip(clip: ManifestClip, duration_samples: int) -> None:
    """Raise `ManifestError` when the trims leave nothing of the audio."""
    if clip_length(clip, duration_samples) < 1:
        raise ManifestError(
            "trimStartSamples",
            f"the trims cut away all of the audio ({duration_samples} samples); leave at least one sample",
        )


def heard_tracks(manifest: MixManifest) -> tuple[ManifestTrack, ...]:
    """Tracks in the mix: if any is soloed the soloed and not muted ones, else the not muted ones."""
    any_solo = any(track.soloed for track in manifest.tracks)
    return tuple(t for t in manifest.tracks if not t.muted and (t.soloed or not any_solo))


def check_durations(manifest: MixManifest, durations: Mapping[str, int]) -> None:
    """Raise `ManifestError` unless the manifest fits audio of these lengths (samples by track id)."""
    ends = [0]
    for track in manifest.tracks:
        if track.id not in durations:
            raise ManifestError("tracks", f"there is no audio for track {track.id}")
        for clip in track.clips:
            check_clip(clip, durations[track.id])
            if max(clip.fade_in_samples, clip.fade_out_samples) > clip_length(clip, durations[track.id]):
                raise ManifestError("fadeInSamples", "a fade is longer than its clip")
            ends.append(clip_end(clip, durations[track.id]))
    if max(ends) != manifest.length_samples:
        raise ManifestError(
            "lengthSamples", f"is {manifest.length_samples}, but the last clip ends at {max(ends)}"
        )


def _manifest_track(mix: TrackMix) -> ManifestTrack:
    return ManifestTrack.model_validate(
        {
            "id": mix.id,
            "channels": mix.channels,
            "audioSha256": mix.audio_sha256,
            "gainDb": mix.gain_db,
            "pan": mix.pan,
            "muted": mix.muted,
            "soloed": mix.soloed,
            "clips": tuple(_fit_fades(clip, mix.duration_samples) for clip in mix.clips),
        }
    )


def _fit_fades(clip: ManifestClip, duration_samples: int) -> ManifestClip:
    length = clip_length(clip, duration_samples)
    return clip.model_copy(
        update={
            "fade_in_samples": min(clip.fade_in_samples, length),
            "fade_out_samples": min(clip.fade_out_samples, length),
        }
    )


def _as_manifest_error(error: ValidationError) -> ManifestError:
    first = error.errors(include_url=False, include_input=False)[0]
    return ManifestError(".".join(str(part) for part in first["loc"]), str(first["msg"]))
