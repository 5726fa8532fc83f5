"""Waveform overviews and the true peak, against direct arithmetic."""

from __future__ import annotations

import itertools
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from omnisonic.studio.audio.peaks import LEVELS, PeakBuilder, pack_levels, read_levels
from omnisonic.studio.audio.true_peak import PackedTruePeakMeter, TruePeakMeter, interpolation_kernel
from omnisonic.studio.rendering.pcm_meter import PcmCodec, decode_pcm


@settings(max_examples=25, deadline=None)
@given(
    frames=st.integers(0, 40_000),
    channels=st.integers(1, 2),
    cuts=st.lists(st.integers(0, 40_000), max_size=6),
    seed=st.integers(0, 99),
)
def test_every_level_holds_the_extremes(frames: int, channels: int, cuts: list[int], seed: int) -> None:
    samples = np.random.default_rng(seed).integers(-128, 128, (frames, channels)).astype(np.int8)
    builder = PeakBuilder(channels, sample_rate_hz=48_000)
    edges = [0, *sorted(min(cut, frames) for cut in cuts), frames]
    for start, end in itertools.pairwise(edges):
        builder.add(samples[start:end])
    levels = read_levels(pack_levels(builder.finish()))
    assert [level.samples_per_pixel for level in levels] == list(LEVELS)
    for level in levels:
        size = level.samples_per_pixel
        assert len(level.columns) == -(-frames // size)
        for column in range(len(level.columns)):
            part = samples[column * size : (column + 1) * size]
            assert level.columns[column, :, 0].tolist() == part.min(axis=0).tolist()
            assert level.columns[column, :, 1].tolist() == part.max(axis=0).tolist()


def test_the_header_is_that_of_audiowaveform() -> None:
    builder = PeakBuilder(2, sample_rate_hz=48_000)
    builder.add(np.array([[1, -2]] * 256 + [[3, 4]], np.int8))
    content = builder.finish()[0].to_dat()
    assert struct.unpack_from("<iIiiII", content) == (2, 1, 48_000, 256, 2, 2)
    assert list(struct.unpack_from("<8b", content, 24)) == [1, 1, -2, -2, 3, 3, 4, 4]


@pytest.mark.parametrize("cut", [1, 23, 25, 40])
def test_a_cut_peaks_file_is_refused(cut: int) -> None:
    builder = PeakBuilder(1, sample_rate_hz=48_000)
    builder.add(np.zeros((5000, 1), np.int8))
    with pytest.raises(ValueError, match="peaks file"):
        read_levels(builder.finish()[0].to_dat()[:cut])


def measure(samples: np.ndarray, block: int) -> float:
    meter = TruePeakMeter(samples.shape[1])
    for start in range(0, len(samples), block):
        meter.add(samples[start : start + block].astype(np.float32))
    return meter.finish()


@pytest.mark.parametrize("frequency_hz", [997, 3_001, 6_000, 12_000, 15_500])
def test_the_peak_between_samples_is_found(frequency_hz: int) -> None:
    time_s = np.arange(48_000) / 48_000
    fade = np.clip(np.minimum(time_s, 1 - time_s) * 20, 0, 1)
    tone = 0.5 * fade * np.sin(2 * np.pi * frequency_hz * time_s + np.pi / 4)
    # EBU Tech 3341, section 2.10: +0.2/-0.4 dB.
    assert measure(tone[:, None], 1000) == pytest.approx(-6.02, abs=0.2)


@settings(max_examples=20, deadline=None)
@given(block=st.integers(1, 7000), seed=st.integers(0, 99))
def test_how_blocks_are_cut_changes_nothing(block: int, seed: int) -> None:
    noise = np.random.default_rng(seed).normal(0, 0.2, (6000, 2))
    assert measure(noise, block) == pytest.approx(measure(noise, 6000), abs=1e-4)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 9_999),
    channels=st.integers(1, 2),
    bursts=st.lists(
        st.tuples(st.floats(0.001, 0.48), st.floats(0, 7), st.floats(0.4, 0.6)), min_size=1, max_size=6
    ),
)
def test_no_row_is_left_out_that_holds_the_peak(
    seed: int, channels: int, bursts: list[tuple[float, float, float]]
) -> None:
    tones = [level * np.sin(2 * np.pi * pitch * np.arange(400) + phase) for pitch, phase, level in bursts]
    samples = np.random.default_rng(seed).normal(0, 0.01, (400 * len(bursts), channels))
    samples[:, 0] += np.concatenate(tones)
    padded = np.pad(samples.astype(np.float32), ((40, 400), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, 32, axis=0)
    points = windows @ interpolation_kernel().T
    expected = max(np.abs(points).max(), np.abs(padded).max())
    assert measure(samples, 700) == pytest.approx(20 * np.log10(expected), abs=1e-4)


def measure_packed(samples: np.ndarray, block: int, *, bits: int) -> tuple[float, float]:
    """The true peak of the integers, and of the same values as floats."""
    top = 1 << (bits - 1)
    words = np.clip(np.round(samples * top), -top, top - 1).astype("<i4")
    packed = np.ascontiguousarray(words[:, :, None].view(np.uint8)[:, :, : bits // 8]).reshape(len(words), -1)
    codec = {16: PcmCodec.S16, 24: PcmCodec.S24}[bits]
    meter = PackedTruePeakMeter(
        samples.shape[1], sample_bytes=bits // 8, decode=lambda content: decode_pcm(content, codec)
    )
    for start in range(0, len(packed), block):
        meter.add(packed[start : start + block].tobytes())
    return meter.finish(), measure(words / np.float32(top), block)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 9_999),
    channels=st.integers(1, 2),
    bits=st.sampled_from([16, 24]),
    block=st.integers(1, 7000),
    level_db=st.floats(-90, 0),
    spikes=st.integers(0, 3),
)
def test_integers_measure_as_their_floats_do(
    seed: int, channels: int, bits: int, block: int, level_db: float, spikes: int
) -> None:
    rng = np.random.default_rng(seed)
    samples = rng.normal(0, 10 ** (level_db / 20) / 4, (6000, channels))
    samples[rng.integers(0, 6000, spikes)] *= 3
    packed_db, float_db = measure_packed(samples, block, bits=bits)
    assert packed_db == pytest.approx(float_db, abs=1e-5)


def test_full_scale_in_integers_is_measured_at_both_ends() -> None:
    for sign in (1.0, -1.0):
        samples = np.zeros((1000, 2))
        samples[500:510] = sign
        packed_db, float_db = measure_packed(samples, 300, bits=24)
        assert packed_db == pytest.approx(float_db, abs=1e-5)
        assert packed_db > 0


def test_silence_has_no_peak() -> None:
    assert measure(np.zeros((100, 2)), 10) == float("-inf")
