"""Long takes: the browser reads and decodes the seconds it needs, and they are the same samples."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from omnisonic.studio.rendering.media import process_media
from tests.e2e.player.conftest import Sources
from tests.integration.studio.rendering.takes import write_take

if TYPE_CHECKING:
    from playwright.sync_api import Page

READ = """async ({lengthSamples, order}) => {
  const { FlacFile } = await import("/flac_file.js");
  const { decodeCanonical } = await import("/audio_cache.js");
  const whole = await decodeCanonical(await (await fetch("/audio.flac")).arrayBuffer());
  const file = new FlacFile("/audio.flac", { lengthSamples });
  await file.open();
  let worst = 0;
  for (const index of order) {
    const { content, samples } = await file.read(index);
    const piece = await decodeCanonical(content);
    if (piece.length !== samples) throw new Error(`${piece.length} samples instead of ${samples}`);
    for (let channel = 0; channel < whole.numberOfChannels; channel += 1) {
      const [own, all] = [piece.getChannelData(channel), whole.getChannelData(channel)];
      const start = index * file.pieceSamples;
      own.forEach((value, at) => { worst = Math.max(worst, Math.abs(value - all[start + at])); });
    }
  }
  return [file.pieceSamples, whole.length, worst];
}"""


def a_song(seconds: int, channels: int) -> np.ndarray:
    """Silence, then noise that swells, so that blocks differ much in size; shape (frames, channels)."""
    rng = np.random.default_rng(seconds)
    frames = seconds * 48_000 + 1234
    swell = np.linspace(0, 0.8, frames)[:, None] ** 3 * (np.arange(frames) > 5 * 48_000)[:, None]
    return np.asarray(rng.uniform(-1, 1, (frames, channels)) * swell)


@pytest.mark.parametrize(("channels", "order"), [(2, [0, 1, 2, 3]), (1, [3, 1]), (2, [2])])
def test_any_piece_decodes_to_the_samples_of_the_whole(
    bench: Page, sources: Sources, tmp_path: Path, channels: int, order: list[int]
) -> None:
    take = a_song(35, channels)
    result = process_media(write_take(tmp_path / "take.wav", take, "-c:a", "pcm_s24le"), tmp_path)
    assert result.audio_path is not None
    sources.files["/audio.flac"] = result.audio_path.read_bytes()

    piece_samples, whole, worst = bench.evaluate(READ, {"lengthSamples": len(take), "order": order})

    assert (whole, worst) == (len(take), 0)
    assert 9 * 48_000 < piece_samples < 11 * 48_000


def test_the_end_of_a_long_take_is_found_without_reading_what_is_before(
    bench: Page, sources: Sources, tmp_path: Path
) -> None:
    take = a_song(60, 1)
    result = process_media(write_take(tmp_path / "take.wav", take, "-c:a", "pcm_s24le"), tmp_path)
    assert result.audio_path is not None
    sources.files["/audio.flac"] = content = result.audio_path.read_bytes()
    bench.evaluate(READ, {"lengthSamples": len(take), "order": [4]})
    read = sources.bytes_sent - len(content)  # the whole was fetched once, to compare with
    assert read < len(content) / 2
