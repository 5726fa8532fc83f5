"""The room around the instruments: a reverb from decaying noise and a tempo echo."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from omnisonic.studio.demo.instruments import RATE_HZ, band

_BLOCK_FRAMES = 1 << 18

Stereo = npt.NDArray[np.float64]


def room_response(rng: np.random.Generator, *, decay_s: float) -> Stereo:
    """Impulse response of a smooth room, shape (frames, 2), of unit energy per side."""
    frames = round(decay_s * 1.4 * RATE_HZ)
    time_s = np.arange(frames) / RATE_HZ
    fade = np.exp(-6.9 * time_s / decay_s) * np.clip(time_s / 0.012, 0, 1)
    sides = [band(rng.standard_normal(frames), 220, 6500) * fade for _ in range(2)]
    return np.stack([side / np.sqrt(np.sum(side**2)) for side in sides], axis=1)


def add_reverb(dry: Stereo, response: Stereo, *, wet: float) -> Stereo:
    """Dry sound plus its convolution with the room, cut to the length of the dry one."""
    room = np.ascontiguousarray(response.T)
    hop = _BLOCK_FRAMES - room.shape[1] + 1
    spectrum = np.fft.rfft(room, _BLOCK_FRAMES)
    result = np.concatenate([dry, np.zeros((_BLOCK_FRAMES, 2))])
    for start in range(0, len(dry), hop):  # overlap-add: blocks that fit the cache
        block = np.ascontiguousarray(dry[start : start + hop].T)
        convolved = np.fft.irfft(np.fft.rfft(block, _BLOCK_FRAMES) * spectrum, _BLOCK_FRAMES)
        result[start : start + _BLOCK_FRAMES] += wet * convolved.T
    return result[: len(dry)]


def add_echo(dry: Stereo, *, delay_s: float, feedback: float, wet: float) -> Stereo:
    """A ping-pong echo: each repeat changes sides and is quieter."""
    result = dry.copy()
    repeat = dry
    for number in range(1, 5):
        delay = round(number * delay_s * RATE_HZ)
        if delay >= len(dry):
            break
        repeat = repeat[:, ::-1]
        result[delay:] += wet * feedback ** (number - 1) * repeat[: len(dry) - delay]
    return result
