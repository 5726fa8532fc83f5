"""The closed form itself, against numbers worked out by hand."""

from __future__ import annotations

from math import cos, pi, sin, sqrt

import numpy as np
import pytest

from omnisonic.studio.audio.levels import db_from_linear, linear_from_db, null_test_dbfs
from omnisonic.studio.audio.manifest import FadeCurve, ManifestClip, TrackMix, build_manifest
from omnisonic.studio.audio.pan_law import pan_matrix
from omnisonic.studio.audio.reference_mix import fade_ramp, mix

SHA = "0" * 64


def test_centered_mono_is_three_decibels_down_on_each_side() -> None:
    assert pan_matrix(1, 0.0) == pytest.approx(np.full((2, 1), sqrt(0.5)))
    assert db_from_linear(float(pan_matrix(1, 0.0)[0, 0])) == pytest.approx(-3.0103, abs=1e-4)


def test_centered_stereo_is_left_alone() -> None:
    assert pan_matrix(2, 0.0) == pytest.approx(np.eye(2), abs=1e-15)


@pytest.mark.parametrize(
    ("pan", "expected"),
    [
        (-1.0, [[1, 1], [0, 0]]),
        (1.0, [[0, 0], [1, 1]]),
        (-0.5, [[1, cos(pi / 4)], [0, sin(pi / 4)]]),
        (0.25, [[cos(pi / 8), 0], [sin(pi / 8), 1]]),
    ],
)
def test_stereo_folds_the_far_side_in(pan: float, expected: list[list[float]]) -> None:
    assert pan_matrix(2, pan) == pytest.approx(np.array(expected), abs=1e-15)


def test_ramps_start_at_nothing_and_stop_before_one() -> None:
    assert fade_ramp(4, FadeCurve.LINEAR) == pytest.approx([0, 0.25, 0.5, 0.75])
    assert fade_ramp(2, FadeCurve.EQUAL_POWER) == pytest.approx([0, sin(pi / 4)])


def test_each_step_in_its_order() -> None:
    audio = np.arange(1.0, 11.0)[:, None] / 10
    clip = ManifestClip(
        offset_samples=3, trim_start_samples=2, trim_end_samples=1, fade_in_samples=2, fade_out_samples=4
    )
    track = TrackMix(
        id="a", channels=1, audio_sha256=SHA, duration_samples=10, gain_db=-6, pan=-1, clips=[clip]
    )
    result = mix(build_manifest([track], master_gain_db=2), {"a": audio})
    played = np.array([0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]) * [0, 0.5, 1, 1, 0.75, 0.5, 0.25]
    assert result.shape == (10, 2)
    assert result[:3].max() == 0
    assert result[3:, 0] == pytest.approx(played * linear_from_db(-6) * linear_from_db(2))
    assert abs(result[:, 1]).max() < 1e-15


def test_overlapping_fades_multiply() -> None:
    clip = ManifestClip(fade_in_samples=4, fade_out_samples=4)
    track = TrackMix(id="a", channels=2, audio_sha256=SHA, duration_samples=4, clips=[clip])
    result = mix(build_manifest([track]), {"a": np.ones((4, 2))})
    assert result[:, 0] == pytest.approx([0, 0.25 * 0.75, 0.5 * 0.5, 0.75 * 0.25])


def test_a_missing_sample_is_no_rounding_matter() -> None:
    with pytest.raises(ValueError, match="cannot null"):
        null_test_dbfs(np.zeros((3, 2)), np.zeros((4, 2)))
    assert null_test_dbfs(np.array([0.1]), np.array([0.0])) == pytest.approx(-20)
