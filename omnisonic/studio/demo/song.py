"""The demo song "Northern Lights": four stems of one minute at 92 beats per minute, in A minor.

Am9 – Fmaj7 – C – G over 22 bars: chords alone, then bass and drums, the melody, a break, the melody again,
and an ending. Everything comes from one seed, so each installation plays the same song.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from omnisonic.studio.demo import instruments
from omnisonic.studio.demo.instruments import RATE_HZ
from omnisonic.studio.demo.space import add_echo, add_reverb, room_response

TITLE = "Northern Lights"
TEMPO_BPM = 92
BARS = 22
SEED = 20_260_621

Stereo = npt.NDArray[np.float64]

_BEAT_S = 60 / TEMPO_BPM
_BAR_S = 4 * _BEAT_S
_TAIL_S = 3.0
_CHORDS = ((57, 64, 67, 71, 72), (53, 60, 64, 69, 72), (55, 60, 64, 67, 74), (55, 59, 62, 67, 74))
_ROOTS = (33, 29, 36, 31)
# Two phrases of four bars as (beat, note, beats).
_CALL = (
    (0, 76, 1.5), (1.5, 74, 0.5), (2, 72, 1), (3, 71, 1), (4, 69, 2), (6.5, 72, 0.5), (7, 74, 1),
    (8, 76, 1.5), (9.5, 79, 0.5), (10, 76, 1), (11, 74, 1), (12, 74, 2.5), (14.5, 71, 0.5), (15, 69, 1),
)  # fmt: skip
_ANSWER = (
    (0, 81, 1.5), (1.5, 79, 0.5), (2, 76, 1), (3, 74, 1), (4, 76, 1), (5, 72, 2), (7, 69, 1),
    (8, 72, 1), (9, 74, 1), (10, 76, 1.5), (11.5, 79, 0.5), (12, 74, 3.5),
)  # fmt: skip


@dataclass(frozen=True)
class Stem:
    """One track of the song: samples of shape (frames, 2) in -1…1, and where it sits in the mix."""

    name: str
    samples: Stereo
    gain_db: float
    pan: float
    color: str


def compose_song() -> list[Stem]:
    """The four stems, equally long; the same samples on every call."""
    rng = np.random.default_rng(SEED)
    room = room_response(rng, decay_s=1.9)
    return [
        Stem("Drums", _level(_drums(rng, room), -6.5), gain_db=-1.0, pan=0.0, color="#e4572e"),
        Stem("Bass", _level(_bass(rng), -14.5), gain_db=-2.0, pan=0.0, color="#2e86ab"),
        Stem("Chords", _level(_chords(room), -11.0), gain_db=-2.0, pan=-0.1, color="#7a5cff"),
        Stem("Lead", _level(_lead(rng, room), -13.0), gain_db=-3.0, pan=0.15, color="#f2b134"),
    ]


def _silence() -> Stereo:
    return np.zeros((round((BARS * _BAR_S + _TAIL_S) * RATE_HZ), 2))


def _place(stem: Stereo, sound: npt.NDArray[np.float64], at_s: float, *, left: float, right: float) -> None:
    start = max(0, round(at_s * RATE_HZ))
    cut = sound[: len(stem) - start]
    stem[start : start + len(cut), 0] += left * cut
    stem[start : start + len(cut), 1] += right * cut


def _place_stereo(stem: Stereo, sound: Stereo, at_s: float) -> None:
    start = round(at_s * RATE_HZ)
    cut = sound[: len(stem) - start]
    stem[start : start + len(cut)] += cut


def _drums(rng: np.random.Generator, room: Stereo) -> Stereo:
    dry, snares = _silence(), _silence()
    kick = instruments.kick()
    snare_hits = [instruments.snare(rng) for _ in range(4)]
    for bar in _sections(first=4, breaks=(12, 13), last=20):
        start_s = bar * _BAR_S
        for beat in (0, 2.5) if bar % 2 else (0, 2, 3.75):
            _place(dry, kick, start_s + beat * _BEAT_S, left=0.95, right=0.95)
        for beat in (1, 3):
            late_s = 0.006 + rng.normal(0, 0.003)
            level = rng.uniform(0.8, 0.9)
            hit = snare_hits[rng.integers(len(snare_hits))]
            _place(snares, hit, start_s + beat * _BEAT_S + late_s, left=level, right=level)
        _hats(dry, rng, start_s, opens=bar % 4 == 3)
    kit = dry + add_reverb(snares, room, wet=0.22)
    return np.asarray(np.tanh(1.8 * kit))


def _hats(stem: Stereo, rng: np.random.Generator, start_s: float, *, opens: bool) -> None:
    for eighth in range(8):
        swing_s = 0.055 * _BEAT_S if eighth % 2 else 0.0
        at_s = start_s + eighth * _BEAT_S / 2 + swing_s + rng.normal(0, 0.0025)
        ring_s = 0.3 if opens and eighth == 7 else rng.uniform(0.045, 0.07)
        level = (0.5 if eighth % 2 == 0 else 0.33) * rng.uniform(0.8, 1.1)
        _place(stem, instruments.hat(rng, open_s=ring_s), at_s, left=0.7 * level, right=level)


def _bass(rng: np.random.Generator) -> Stereo:
    stem = _silence()
    pattern = ((0, 0, 1.4), (1.5, 0, 0.45), (2, 7, 0.9), (3, 12, 0.4), (3.5, 7, 0.45))
    for bar in _sections(first=2, breaks=(12,), last=21):
        for beat, interval, beats in pattern:
            at_s = bar * _BAR_S + beat * _BEAT_S + rng.normal(0, 0.003)
            level = rng.uniform(0.8, 1.0)
            note = instruments.bass(_ROOTS[bar % 4] + interval, beats * _BEAT_S)
            _place(stem, note, at_s, left=level, right=level)
    ending = instruments.bass(_ROOTS[0], _BAR_S)
    _place(stem, ending, 21 * _BAR_S, left=0.9, right=0.9)
    return stem


def _chords(room: Stereo) -> Stereo:
    stem = _silence()
    usual = [_chord(notes, _BAR_S * 1.12) for notes in _CHORDS]
    for bar in range(BARS - 1):
        _place_stereo(stem, usual[bar % len(usual)], bar * _BAR_S)
    _place_stereo(stem, _chord(_CHORDS[0], _BAR_S * 1.5), (BARS - 1) * _BAR_S)
    return add_reverb(stem, room, wet=0.3)


def _chord(notes: tuple[int, ...], duration_s: float) -> Stereo:
    """Each note twice, a little apart in pitch and place: the chorus that makes it wide."""
    sound = np.zeros((len(instruments.seconds(duration_s)), 2))
    for voice, note in enumerate(notes):
        spread = 0.75 * (voice / (len(notes) - 1) - 0.5)
        for side, cents in ((-1, -5.0), (1, 5.0)):
            voiced = instruments.pad(note, duration_s, detune_cents=cents, phase=0.9 * voice + side)
            place = spread + 0.35 * side
            _place(sound, voiced, 0.0, left=0.5 - place / 2, right=0.5 + place / 2)
    return sound


def _lead(rng: np.random.Generator, room: Stereo) -> Stereo:
    stem = _silence()
    for first_bar, phrase in ((4, _CALL), (8, _ANSWER), (14, _CALL), (18, _ANSWER)):
        for beat, note, beats in phrase:
            at_s = (4 * first_bar + beat) * _BEAT_S + rng.normal(0.004, 0.004)
            level = rng.uniform(0.82, 1.0)
            _place(stem, instruments.lead(note, beats * _BEAT_S * 1.05), at_s, left=level, right=level)
    echoed = add_echo(stem, delay_s=0.75 * _BEAT_S, feedback=0.5, wet=0.22)
    return add_reverb(echoed, room, wet=0.25)


def _sections(*, first: int, breaks: tuple[int, ...], last: int) -> list[int]:
    return [bar for bar in range(first, last) if bar not in breaks]


def _level(samples: Stereo, peak_db: float) -> Stereo:
    """Scale to a sample peak and round to 24 bits, so that a file of it holds the very same values."""
    peak = np.max(np.abs(samples))
    scaled = samples / peak * 10 ** (peak_db / 20)
    return np.asarray(np.round(scaled * (1 << 23)) / (1 << 23))
