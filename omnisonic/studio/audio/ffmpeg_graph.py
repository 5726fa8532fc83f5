"""The manifest as an FFmpeg filter graph. Builds text only; running it is `studio.rendering`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ffmpeg

from omnisonic.studio.audio.levels import linear_from_db
from omnisonic.studio.audio.manifest import (
    SAMPLE_RATE_HZ,
    FadeCurve,
    ManifestClip,
    ManifestError,
    ManifestTrack,
    MixManifest,
    clip_length,
    heard_tracks,
)
from omnisonic.studio.audio.pan_law import pan_matrix

# Read nothing but the named local file, and only as what it is: a playlist could name other files.
CANONICAL_INPUT = {"protocol_whitelist": "file,pipe", "format_whitelist": "flac", "f": "flac"}
_QUEUE_PACKETS = 8
_CURVES = {FadeCurve.LINEAR: "tri", FadeCurve.EQUAL_POWER: "qsin"}


def build_mix_graph(manifest: MixManifest, paths: Mapping[str, str], *, durations: Mapping[str, int]) -> Any:
    """Stream of the stereo float mix, exactly `lengthSamples` long, from canonical files by track id.

    Raises `ManifestError` when no track is heard: silence is never what was meant.
    """
    heard = heard_tracks(manifest)
    if not heard:
        raise ManifestError("tracks", "no track is heard; unmute at least one")
    # One input per clip: a shared decoder would have to buffer all audio between two far apart clips.
    clips = [(track, clip) for track in heard for clip in track.clips]
    streams = [
        _clip_stream(
            track, clip, source=_input(paths[track.id], number), duration_samples=durations[track.id]
        )
        for number, (track, clip) in enumerate(clips)
    ]
    mixed = streams[0]
    if len(streams) > 1:
        mixed = ffmpeg.filter(
            streams, "amix", inputs=len(streams), normalize=0, duration="longest", dropout_transition=0
        )
    mixed = _gain(mixed, manifest.master_gain_db)
    mixed = mixed.filter("apad", whole_len=manifest.length_samples)
    return mixed.filter("atrim", end_sample=manifest.length_samples)


def graph_text(*outputs: Any) -> str:
    """The `-filter_complex` text of outputs, for the render certificate (holds no paths)."""
    arguments: list[str] = ffmpeg.get_args(ffmpeg.merge_outputs(*outputs))
    return arguments[arguments.index("-filter_complex") + 1]


def _input(path: str, number: int) -> Any:
    # ffmpeg-python takes equal inputs for one input; the queue's size tells two uses of a file apart.
    return ffmpeg.input(path, thread_queue_size=_QUEUE_PACKETS + number, **CANONICAL_INPUT).audio


def _clip_stream(track: ManifestTrack, clip: ManifestClip, *, source: Any, duration_samples: int) -> Any:
    stream = source.filter("aformat", sample_fmts="fltp", sample_rates=SAMPLE_RATE_HZ)
    stream = _trim(stream, clip, duration_samples=duration_samples)
    stream = _fade(stream, clip, length_samples=clip_length(clip, duration_samples))
    stream = _gain(stream, track.gain_db)
    # `pan` through args=: ffmpeg-python over-escapes the equal signs of positional arguments.
    stream = stream.filter("pan", args=_pan_text(track.channels, track.pan))
    if clip.offset_samples:
        stream = stream.filter("adelay", f"{clip.offset_samples}S", all=1)
    return stream


def _trim(stream: Any, clip: ManifestClip, *, duration_samples: int) -> Any:
    if not clip.trim_start_samples and not clip.trim_end_samples:
        return stream
    trimmed = stream.filter(
        "atrim", start_sample=clip.trim_start_samples, end_sample=duration_samples - clip.trim_end_samples
    )
    return trimmed.filter("asetpts", "N/SR/TB")


def _fade(stream: Any, clip: ManifestClip, *, length_samples: int) -> Any:
    curve = _CURVES[clip.fade_curve]
    if clip.fade_in_samples:
        stream = stream.filter("afade", t="in", ss=0, ns=clip.fade_in_samples, curve=curve)
    if clip.fade_out_samples:
        start = length_samples - clip.fade_out_samples
        stream = stream.filter("afade", t="out", ss=start, ns=clip.fade_out_samples, curve=curve)
    return stream


def _gain(stream: Any, gain_db: float) -> Any:
    if gain_db == 0:
        return stream
    return stream.filter("volume", volume=f"{linear_from_db(gain_db):.17g}", precision="float")


def _pan_text(channels: int, pan: float) -> str:
    rows = [
        "+".join(f"{gain:.17f}*c{source}" for source, gain in enumerate(row))
        for row in pan_matrix(channels, pan)
    ]
    return f"stereo|c0={rows[0]}|c1={rows[1]}"
