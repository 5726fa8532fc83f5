"""The manifest as closed-form arithmetic in 64-bit floats: the yardstick for every engine."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from omnisonic.studio.audio.levels import linear_from_db
from omnisonic.studio.audio.manifest import (
    FadeCurve,
    ManifestClip,
    MixManifest,
    check_durations,
    clip_length,
    heard_tracks,
)
from omnisonic.studio.audio.pan_law import pan_matrix

Samples = npt.NDArray[np.float64]


def mix(manifest: MixManifest, audio: Mapping[str, npt.NDArray[np.floating]]) -> Samples:
    """Mix canonical audio (by track id, shape (frames, channels)) to stereo, shape (N, 2).

    Order: trim, fades, gain, pan, offset, sum, master. Raises `ManifestError` when audio does not fit.
    """
    check_durations(manifest, {track_id: len(samples) for track_id, samples in audio.items()})
    total = np.zeros((manifest.length_samples, 2))
    for track in heard_tracks(manifest):
        matrix = pan_matrix(track.channels, track.pan).T * linear_from_db(track.gain_db)
        for clip in track.clips:
            played = cut_clip(clip, audio[track.id]) @ matrix
            total[clip.offset_samples : clip.offset_samples + len(played)] += played
    return total * linear_from_db(manifest.master_gain_db)


def cut_clip(clip: ManifestClip, samples: npt.NDArray[np.floating]) -> Samples:
    """The trimmed and faded samples of one clip; overlapping fades multiply."""
    length = clip_length(clip, len(samples))
    cut = samples[clip.trim_start_samples : clip.trim_start_samples + length].astype(np.float64)
    if clip.fade_in_samples:
        cut[: clip.fade_in_samples] *= fade_ramp(clip.fade_in_samples, clip.fade_curve)[:, None]
    if clip.fade_out_samples:
        # k counts the samples that are left, so the last one is 1/n and the one after it would be 0.
        ramp = fade_ramp(clip.fade_out_samples, clip.fade_curve, start=1)[::-1]
        cut[length - clip.fade_out_samples :] *= ramp[:, None]
    return cut


def fade_ramp(length_samples: int, curve: FadeCurve, *, start: int = 0) -> Samples:
    """Gains for k = start … start + n - 1: k/n, or sin(kπ/2n)."""
    position = np.arange(start, start + length_samples) / length_samples
    return position if curve is FadeCurve.LINEAR else np.sin(position * np.pi / 2)
