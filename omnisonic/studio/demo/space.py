"""The room around the instruments: a reverb from decaying noise and a tempo echo."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from omnisonic.studio.demo.instruments import RATE_HZ, band

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
    needed = len(dry) + len(response) - 1
    size = min(step << (needed // step).bit_length() for step in (1, 3, 5))
    spectrum = np.fft.rfft(dry, size, axis=0) * np.fft.rfft(response, size, axis=0)
    return np.asarray(dry + wet * np.fft.irfft(spectrum, size, axis=0)[: len(dry)])


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
