"""The browser's mix equals the closed form: Chromium's OfflineAudioContext against 64-bit arithmetic."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pytest

from omnisonic.studio.audio.manifest import FadeCurve, ManifestClip, TrackMix, build_manifest
from omnisonic.studio.audio.peaks import PeakBuilder, pack_levels
from omnisonic.studio.audio.reference_mix import mix

if TYPE_CHECKING:
    from playwright.sync_api import Page

Audio = dict[str, npt.NDArray[np.float32]]

NULL_LIMIT_DBFS = -100.0
RENDER = """async ({manifest, audio, pieceSamples}) => {
  const { renderOffline } = await import("/graph.js");
  const { Take, wholeTake } = await import("/take.js");
  const floats = (text) => new Float32Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  const bufferOf = (channels) => {
    const buffer = new AudioBuffer(
      { length: channels[0].length, numberOfChannels: channels.length, sampleRate: 48000 });
    channels.forEach((channel, index) => buffer.copyToChannel(channel, index));
    return buffer;
  };
  const takes = new Map(Object.entries(audio).map(([id, texts]) => {
    const channels = texts.map(floats);
    if (!pieceSamples) return [id, wholeTake(bufferOf(channels))];
    const take = new Take({ lengthSamples: channels[0].length, channels: channels.length });
    take.pieceSamples = pieceSamples;
    for (let index = 0; index < take.pieceCount; index += 1) {
      const cut = (channel) => channel.slice(index * pieceSamples, (index + 1) * pieceSamples);
      take.buffers.set(index, bufferOf(channels.map(cut)));
    }
    return [id, take];
  }));
  const { left, right } = await renderOffline(manifest, takes);
  const text = (samples) => {
    let letters = "";
    for (const byte of new Uint8Array(samples.buffer)) letters += String.fromCharCode(byte);
    return btoa(letters);
  };
  return [text(left), text(right)];
}"""
PARSE = """async (text) => {
  const { parsePeaks, overviewExtremes } = await import("/peaks.js");
  const overviews = parsePeaks(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  const first = (one) => overviewExtremes(one, 0, one.samplesPerPoint);
  return overviews.map((one) => [one.samplesPerPoint, one.length, first(one)]);
}"""


def _random_track(rng: np.random.Generator, index: int, audio: Audio) -> TrackMix:
    channels = int(rng.integers(1, 3))
    frames = int(rng.integers(6_000, 30_000))
    track_id = f"t{index}"
    audio[track_id] = rng.uniform(-0.9, 0.9, (frames, channels)).astype(np.float32)
    clips = [
        ManifestClip(
            offset_samples=int(rng.integers(0, 60_000)),
            trim_start_samples=int(rng.integers(0, 1_500)),
            trim_end_samples=int(rng.integers(0, 1_500)),
            fade_in_samples=int(rng.choice([0, 1, rng.integers(2, 3_000)])),
            fade_out_samples=int(rng.choice([0, 1, rng.integers(2, 3_000)])),
            fade_curve=FadeCurve(rng.choice(list(FadeCurve))),
        )
        for _ in range(int(rng.integers(1, 3)))
    ]
    return TrackMix(
        id=track_id,
        channels=channels,
        audio_sha256="0" * 64,
        duration_samples=frames,
        gain_db=float(np.round(rng.uniform(-30, 6), 1)),
        pan=float(rng.choice([0.0, -1.0, 1.0, np.round(rng.uniform(-1, 1), 2)])),
        muted=bool(rng.random() < 0.15),
        soloed=bool(rng.random() < 0.1),
        clips=tuple(clips),
    )


def _encoded(audio: Audio) -> dict[str, list[str]]:
    return {
        track_id: [base64.b64encode(np.ascontiguousarray(channel).tobytes()).decode() for channel in frames.T]
        for track_id, frames in audio.items()
    }


@pytest.mark.parametrize("piece_samples", [0, 997, 4096])
@pytest.mark.parametrize("seed", range(8))
def test_any_mix_sounds_as_the_manifest_says(bench: Page, seed: int, piece_samples: int) -> None:
    rng = np.random.default_rng(seed)
    audio: Audio = {}
    tracks = [_random_track(rng, index, audio) for index in range(5)]
    manifest = build_manifest(tracks, master_gain_db=float(np.round(rng.uniform(-6, 3), 1)))

    given = {"manifest": manifest.to_json(), "audio": _encoded(audio), "pieceSamples": piece_samples}
    channels = bench.evaluate(RENDER, given)

    rendered = np.stack([np.frombuffer(base64.b64decode(text), "<f4") for text in channels], axis=1)
    expected = mix(manifest, audio)
    assert rendered.shape == expected.shape == (manifest.length_samples, 2)
    error = np.abs(rendered - expected).max()
    assert 20 * np.log10(error + 1e-12) <= NULL_LIMIT_DBFS


def test_waveforms_written_by_the_worker_are_read(bench: Page) -> None:
    builder = PeakBuilder(2, sample_rate_hz=48_000)
    frames = np.zeros((5_000, 2), np.int8)
    frames[100, 1], frames[200, 0] = 96, -64
    builder.add(frames)
    content = pack_levels(builder.finish())

    overviews = bench.evaluate(PARSE, base64.b64encode(content).decode())

    assert [(size, length) for size, length, _ in overviews] == [(256, 20), (1024, 5), (4096, 2), (16384, 1)]
    assert all(extremes == [-0.5, 0.75] for _, _, extremes in overviews)
