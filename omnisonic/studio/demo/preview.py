"""The demo song as visitors hear it before they sign in: four small files and their waveforms.

`python -m omnisonic.studio.demo.preview` writes them to `assets/demo`; they are committed, because every
installation serves the same.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import numpy.typing as npt

from omnisonic.studio.audio.levels import linear_from_db
from omnisonic.studio.audio.pan_law import pan_matrix
from omnisonic.studio.demo.instruments import RATE_HZ
from omnisonic.studio.demo.song import TITLE, Stem, compose_song
from omnisonic.studio.rendering.ffmpeg_binary import find_ffmpeg

FOLDER = Path(__file__).parents[3] / "assets" / "demo"
BIT_RATES = {"Drums": "48k", "Bass": "32k", "Chords": "48k", "Lead": "40k"}
PEAK_POINTS = 400


def write_preview(folder: Path = FOLDER) -> None:
    """Compose, encode to Opus at the levels of the mix, and write `song.json` beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    stems = compose_song()
    entries = []
    for stem in stems:
        key = stem.name.lower()
        sound = mixed(stem)
        _encode(sound, folder / f"{key}.ogg", bit_rate=BIT_RATES[stem.name])
        url = f"/demo/{key}.ogg"
        entries.append({"key": key, "name": stem.name, "url": url, "peaks": peaks_of(sound)})
    duration_s = round(len(stems[0].samples) / RATE_HZ, 3)
    song = {"title": TITLE, "durationSeconds": duration_s, "stems": entries}
    (folder / "song.json").write_text(json.dumps(song, separators=(",", ":")) + "\n", encoding="utf-8")


def mixed(stem: Stem) -> npt.NDArray[np.float64]:
    """The stem at its level and place in the mix, shape (frames, 2)."""
    return stem.samples @ np.asarray(pan_matrix(2, stem.pan)).T * linear_from_db(stem.gain_db)


def peaks_of(sound: npt.NDArray[np.float64]) -> list[float]:
    """The loudest value of each of 400 equal stretches; each stem fills most of its lane."""
    loudest = np.abs(sound).max(axis=1)
    heights = np.array([stretch.max() for stretch in np.array_split(loudest, PEAK_POINTS)])
    fill = 0.7 + 0.3 * heights.max()
    return [round(float(height), 3) for height in heights / max(heights.max(), 1e-9) * fill]


def _encode(sound: npt.NDArray[np.float64], target: Path, *, bit_rate: str) -> None:
    command = [
        find_ffmpeg().path, "-v", "error", "-y",
        "-f", "f32le", "-ar", str(RATE_HZ), "-ac", "2", "-i", "pipe:0",
        "-c:a", "libopus", "-b:a", bit_rate, "-vbr", "constrained", "-map_metadata", "-1",
        "-fflags", "+bitexact", "-flags:a", "+bitexact", str(target),
    ]  # fmt: skip
    subprocess.run(command, input=sound.astype("<f4").tobytes(), check=True)


if __name__ == "__main__":
    write_preview()
