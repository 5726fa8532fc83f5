"""Playback as it happens: pieces that come while it plays join; a seek gives up what is far away."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from omnisonic.studio.rendering.media import process_media
from tests.e2e.player.conftest import Sources
from tests.integration.studio.rendering.takes import write_take

if TYPE_CHECKING:
    from playwright.sync_api import Page

# The engine plays into an offline context, whose clock waits: pieces arrive at the same moments every time.
# The take is a ramp: every sample tells which one it is. Answers the rendered samples of the left channel.
PLAY = """async ({pieceSamples, songSamples, stepSamples, aheadPieces, seekAt, seekTo}) => {
  const { Engine } = await import("/engine.js");
  const { Take } = await import("/take.js");
  const context = new OfflineAudioContext(2, songSamples + 4800, 48000);
  const resume = context.resume.bind(context);
  context.resume = async () => {}; // the engine asks for it once, before the clock runs
  const take = new Take({ lengthSamples: songSamples, channels: 2 });
  take.pieceSamples = pieceSamples;
  const engine = new Engine({ onState() {}, onMove() {} });
  engine.context = context;
  const whole = { offsetSamples: 0, trimStartSamples: 0, trimEndSamples: 0 };
  const clip = { ...whole, fadeInSamples: 0, fadeOutSamples: 0 };
  const track = { id: "t", gainDb: 0, pan: 0, muted: false, soloed: false, clips: [clip] };
  engine.update({ tracks: [track], lengthSamples: songSamples, masterGainDb: 0 }, new Map([["t", take]]));
  const deliver = () => {
    const first = take.pieceAt(engine.position);
    for (let index = first; index < Math.min(first + aheadPieces, take.pieceCount); index += 1) {
      if (take.bufferOf(index)) continue;
      const start = index * pieceSamples;
      const length = Math.min(pieceSamples, songSamples - start);
      const buffer = new AudioBuffer({ length, numberOfChannels: 2, sampleRate: 48000 });
      const ramp = Float32Array.from({ length }, (_, at) => (start + at + 1) / 2 ** 24);
      buffer.copyToChannel(ramp, 0);
      buffer.copyToChannel(ramp, 1);
      take.add(index, buffer);
    }
    engine.feed();
  };
  for (let frame = stepSamples; frame < songSamples; frame += stepSamples) {
    context.suspend(frame / 48000).then(() => {
      if (frame === seekAt) engine.seek(seekTo);
      deliver();
      return resume();
    });
  }
  deliver();
  await engine.play();
  const rendered = await context.startRendering();
  clearInterval(engine.run?.timer);
  return [...rendered.getChannelData(0)].map((value) => Math.round(value * 2 ** 24));
}"""
LOAD = """async ({lengthSamples}) => {
  const { AudioCache } = await import("/audio_cache.js");
  const changed = () => window.dispatchEvent(new Event("changed"));
  const heard = { onChange: changed, onPiece: changed, onBytes() {} };
  const cache = new AudioCache({ urlOf: () => "/audio.flac", ...heard });
  const clip = { offsetSamples: 0, trimStartSamples: 0, trimEndSamples: 0 };
  const row = { uploadId: "u", isHeard: true, durationSamples: lengthSamples, clips: [clip] };
  const upload = { id: "u", durationSamples: lengthSamples, channels: 1 };
  window.cache = cache;
  window.seek = (position) => { cache.move({ position, lengthSamples }); return [...cache.loading.keys()]; };
  window.isReady = (position) => cache.isReady(row, position);
  window.isWhole = () => cache.takeOf("u").buffers.size === cache.takeOf("u").pieceCount;
  cache.want([row], { u: upload }, { position: 0, lengthSamples });
}"""
SONG = 48_000
BLOCK = 128  # the offline clock stops at whole blocks


def play(bench: Page, **changes: Any) -> np.ndarray:
    """Number of the take's sample that is heard at each frame; 0 is silence."""
    given = {"pieceSamples": 4800, "songSamples": SONG, "stepSamples": 3 * BLOCK * 4, "aheadPieces": 2}
    return np.array(bench.evaluate(PLAY, {**given, "seekAt": -1, "seekTo": 0, **changes}))


@pytest.mark.parametrize("piece_samples", [4800, 4801, 9999])
def test_pieces_that_come_while_it_plays_join_without_a_gap(bench: Page, piece_samples: int) -> None:
    heard = play(bench, pieceSamples=piece_samples)
    begin = int(np.flatnonzero(heard)[0])
    assert begin == pytest.approx(0.04 * 48_000, abs=1)
    assert np.array_equal(heard[begin : begin + SONG], np.arange(1, SONG + 1))
    assert not heard[begin + SONG :].any()


def test_after_a_seek_the_pieces_of_the_new_place_join(bench: Page) -> None:
    step = 3 * BLOCK * 4
    heard = play(bench, stepSamples=step, seekAt=10 * step, seekTo=30_000)
    again = 10 * step + int(0.04 * 48_000)
    assert np.array_equal(heard[again : again + 18_000], np.arange(30_001, SONG + 1))
    assert not heard[again + 18_000 :].any()


def test_a_seek_gives_up_the_pieces_that_are_not_wanted_now(
    bench: Page, sources: Sources, tmp_path: Path
) -> None:
    frames = 120 * 48_000
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (frames, 1))
    result = process_media(write_take(tmp_path / "take.wav", noise, "-c:a", "pcm_s16le"), tmp_path)
    assert result.audio_path is not None
    sources.files["/audio.flac"] = result.audio_path.read_bytes()
    sources.hold_after_bytes = 12 * 1024  # the head comes, the pieces are on their way
    bench.evaluate(LOAD, {"lengthSamples": frames})
    bench.wait_for_function("cache.loading.size === 3")
    assert bench.evaluate("seek(0)") == ["u:0", "u:1", "u:2"]

    assert bench.evaluate("seek(6 * 48000)") == ["u:0", "u:1", "u:2"], "near enough to be worth waiting for"
    assert bench.evaluate(f"seek({61 * 48_000})") == ["u:6", "u:7", "u:8"]

    sources.release.set()
    bench.wait_for_function(f"isReady({61 * 48_000})")
    bench.wait_for_function("isWhole()")  # what was given up comes later
