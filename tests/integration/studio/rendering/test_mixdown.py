"""The promise preview = render: FFmpeg against the closed form, and what else an export owes."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen.flac import FLAC
from mutagen.mp3 import MP3
from mutagen.wave import WAVE

from omnisonic.studio.audio import reference_mix
from omnisonic.studio.audio.levels import linear_from_db, null_test_dbfs
from omnisonic.studio.audio.loudness import parse_target
from omnisonic.studio.audio.manifest import FadeCurve, ManifestClip, MixManifest, TrackMix, build_manifest
from omnisonic.studio.audio.true_peak import TruePeakMeter
from omnisonic.studio.rendering.errors import RenderCanceled, RenderRefused
from omnisonic.studio.rendering.mixdown import render_mix, render_mixes
from omnisonic.studio.rendering.report import build_certificate
from omnisonic.studio.rendering.request import RenderFormat, RenderLimits, RenderRequest, RenderTags
from tests.integration.studio.rendering.takes import noise, read_back, read_lufs, tone, write_canonical

FLOAT_WAV = RenderRequest(bit_depth=32)


class Mix:
    """Takes on disk and in memory, and the manifest over them."""

    def __init__(self, folder: Path, tracks: list[dict[str, Any]], *, master_gain_db: float = 0.0) -> None:
        self.audio = {str(n): values.pop("samples") for n, values in enumerate(tracks)}
        self.paths = {n: write_canonical(folder / f"take-{n}.flac", take) for n, take in self.audio.items()}
        mixes = [
            TrackMix(
                id=str(n),
                channels=self.audio[str(n)].shape[1],
                audio_sha256="0" * 64,
                duration_samples=len(self.audio[str(n)]),
                **values,
            )
            for n, values in enumerate(tracks)
        ]
        self.manifest: MixManifest = build_manifest(mixes, master_gain_db=master_gain_db)

    def reference(self) -> np.ndarray:
        return reference_mix.mix(self.manifest, self.audio)


@pytest.fixture
def work_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


clips = st.builds(
    ManifestClip,
    offset_samples=st.integers(0, 5000),
    trim_start_samples=st.integers(0, 900),
    trim_end_samples=st.integers(0, 900),
    fade_in_samples=st.integers(0, 6000),
    fade_out_samples=st.integers(0, 6000),
    fade_curve=st.sampled_from(FadeCurve),
)
tracks = st.fixed_dictionaries(
    {
        "samples": st.builds(noise, st.integers(0, 99), st.integers(2000, 9000), st.sampled_from([1, 2])),
        "gain_db": st.floats(-60, 6),
        "pan": st.floats(-1, 1),
        "muted": st.booleans(),
        "soloed": st.booleans(),
        "clips": st.lists(clips, min_size=1, max_size=3),
    }
)


@settings(max_examples=12, deadline=None)
@given(st.lists(tracks, min_size=1, max_size=4), st.floats(-12, 3))
def test_the_render_nulls_against_the_closed_form(
    values: list[dict[str, Any]], master_gain_db: float
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        mix = Mix(folder, [dict(value) for value in values], master_gain_db=master_gain_db)
        (folder / "work").mkdir()
        try:
            result = render_mix(mix.manifest, mix.paths, FLOAT_WAV, folder / "work")
        except RenderRefused:
            assert not np.any(mix.reference())
            return
        rendered = read_back(result.path)
        assert len(rendered) == result.frames == mix.manifest.length_samples
        assert null_test_dbfs(rendered, mix.reference()) <= -120


def test_an_impulse_lands_on_its_sample(tmp_path: Path, work_dir: Path) -> None:
    impulse = np.zeros((3000, 1))
    impulse[777] = 0.5
    mix = Mix(tmp_path, [{"samples": impulse, "clips": [ManifestClip(offset_samples=12_345)]}])
    rendered = read_back(render_mix(mix.manifest, mix.paths, FLOAT_WAV, work_dir).path)
    assert np.flatnonzero(rendered[:, 0]).tolist() == [12_345 + 777]
    assert rendered[12_345 + 777] == pytest.approx([0.5 * linear_from_db(-3.0103)] * 2, abs=1e-6)


def test_stems_sum_to_the_mix(tmp_path: Path, work_dir: Path) -> None:
    takes = [noise(seed, 8000, 2) for seed in range(3)]
    mix = Mix(tmp_path, [{"samples": take, "pan": 0.3 * n} for n, take in enumerate(takes)])
    whole = read_back(render_mix(mix.manifest, mix.paths, FLOAT_WAV, work_dir).path)
    total = np.zeros_like(whole)
    for track in mix.manifest.tracks:
        alone = [t.model_copy(update={"soloed": t.id == track.id}) for t in mix.manifest.tracks]
        stem = mix.manifest.model_copy(update={"tracks": tuple(alone)})
        total += read_back(render_mix(stem, mix.paths, FLOAT_WAV, work_dir).path)
    assert null_test_dbfs(total, whole) <= -120


def test_one_take_used_twice_is_heard_twice(tmp_path: Path, work_dir: Path) -> None:
    take = noise(1, 4000, 2)
    mix = Mix(tmp_path, [{"samples": take}, {"samples": take}])
    mix.paths["1"] = mix.paths["0"]
    rendered = read_back(render_mix(mix.manifest, mix.paths, FLOAT_WAV, work_dir).path)
    assert null_test_dbfs(rendered, 2 * take) <= -120


def test_every_format_has_its_length_and_says_what_it_holds(tmp_path: Path, work_dir: Path) -> None:
    mix = Mix(tmp_path, [{"samples": noise(3, 60_001, 2)}])
    requests = [
        RenderRequest(format=RenderFormat.WAV, bit_depth=16),
        RenderRequest(format=RenderFormat.WAV, bit_depth=24),
        RenderRequest(format=RenderFormat.FLAC, bit_depth=24),
        RenderRequest(format=RenderFormat.MP3),
        RenderRequest(format=RenderFormat.WAV, sample_rate_hz=44_100),
    ]
    wav16, wav24, flac, mp3, wav44 = render_mixes(mix.manifest, mix.paths, requests, work_dir)
    assert [len(read_back(r.path)) for r in (wav16, wav24, flac, mp3)] == [60_001] * 4
    assert len(read_back(wav44.path)) == wav44.frames == pytest.approx(60_001 * 44_100 / 48_000, abs=1)
    assert wav24.pcm_sha256 == flac.pcm_sha256 == mp3.pcm_sha256
    assert null_test_dbfs(read_back(wav24.path), mix.reference()) < -135
    # Triangular dither of two steps of 16 bit at most, and not the plain rounding.
    assert -100 < null_test_dbfs(read_back(wav16.path), mix.reference()) < -84


@pytest.mark.parametrize("edge", [slice(100), slice(-100, None)])
@pytest.mark.parametrize("rate_hz", [48_000, 44_100])
def test_the_report_of_an_mp3_is_that_of_its_file(
    tmp_path: Path, work_dir: Path, rate_hz: int, edge: slice
) -> None:
    take = 0.2 * noise(3, 100_003, 2)
    take[edge] *= 20  # the loudest samples are those that a wrong delay would cut off
    mix = Mix(tmp_path, [{"samples": take}])
    request = RenderRequest(format=RenderFormat.MP3, sample_rate_hz=rate_hz)
    mp3 = render_mix(mix.manifest, mix.paths, request, work_dir)
    delivered = read_back(mp3.path)
    assert len(delivered) == mp3.frames
    meter = TruePeakMeter(2)
    meter.add(delivered.astype(np.float32))
    assert mp3.loudness.true_peak_db == pytest.approx(meter.finish(), abs=1e-4)
    assert mp3.loudness.measured_lufs == pytest.approx(read_lufs(mp3.path), abs=0.01)


def test_the_same_mix_has_the_same_pcm(tmp_path: Path, work_dir: Path) -> None:
    mix = Mix(tmp_path, [{"samples": noise(n, 30_000, 2), "pan": 0.1 * n} for n in range(3)])
    request = RenderRequest(bit_depth=16, sample_rate_hz=44_100, loudness=parse_target("streaming"))
    hashes = {render_mix(mix.manifest, mix.paths, request, work_dir).pcm_sha256 for _ in range(3)}
    assert len(hashes) == 1


def test_samples_over_full_scale_are_kept_and_counted(tmp_path: Path, work_dir: Path) -> None:
    loud = np.full((5000, 2), 0.5)
    mix = Mix(tmp_path, [{"samples": loud, "gain_db": 7.0}])
    as_float, as_integer = render_mixes(mix.manifest, mix.paths, [FLOAT_WAV, RenderRequest()], work_dir)
    assert read_back(as_float.path).max() == pytest.approx(0.5 * linear_from_db(7), abs=1e-6)
    assert as_float.over_samples == as_integer.over_samples == 10_000
    assert as_float.loudness.reason is None
    assert "clipped" in str(as_integer.loudness.reason)
    assert read_back(as_integer.path).max() <= 1.0


@pytest.mark.parametrize("target", ["streaming", "apple", "broadcast"])
def test_the_target_is_met(tmp_path: Path, work_dir: Path, target: str) -> None:
    mix = Mix(tmp_path, [{"samples": tone(-23.0)}])
    request = RenderRequest(loudness=parse_target(target))
    report = render_mix(mix.manifest, mix.paths, request, work_dir).loudness
    assert report.measured_lufs == pytest.approx(request.loudness.lufs, abs=0.2)
    assert report.reason is None


def test_a_tone_of_minus_23_reads_minus_23(tmp_path: Path, work_dir: Path) -> None:
    mix = Mix(tmp_path, [{"samples": tone(-23.0)}])
    report = render_mix(mix.manifest, mix.paths, FLOAT_WAV, work_dir).loudness
    assert report.measured_lufs == pytest.approx(-23.0, abs=0.1)
    assert report.true_peak_db == pytest.approx(-23.0, abs=0.3)


def peaky() -> np.ndarray:
    take = tone(-26.0)
    take[24_000::24_000] = 0.7
    return take


def test_the_ceiling_holds_the_gain_back_and_says_so(tmp_path: Path, work_dir: Path) -> None:
    mix = Mix(tmp_path, [{"samples": peaky()}])
    request = RenderRequest(loudness=parse_target("streaming"))
    report = render_mix(mix.manifest, mix.paths, request, work_dir).loudness
    assert report.true_peak_db == pytest.approx(-1.0, abs=0.1)
    assert report.measured_lufs is not None
    assert report.measured_lufs < -15
    assert "instead of -14.0" in str(report.reason)


def test_the_limiter_reaches_the_target_below_the_ceiling(tmp_path: Path, work_dir: Path) -> None:
    mix = Mix(tmp_path, [{"samples": peaky()}])
    request = RenderRequest(bit_depth=32, loudness=parse_target("streaming"), limiter=True)
    result = render_mix(mix.manifest, mix.paths, request, work_dir)
    assert result.loudness.limited
    assert result.loudness.true_peak_db is not None
    assert result.loudness.true_peak_db <= -0.9
    assert result.loudness.measured_lufs == pytest.approx(-14, abs=0.2) or result.loudness.reason
    assert len(read_back(result.path)) == mix.manifest.length_samples


def test_silence_is_left_alone(tmp_path: Path, work_dir: Path) -> None:
    mix = Mix(tmp_path, [{"samples": np.zeros((48_000, 1))}])
    report = render_mix(
        mix.manifest, mix.paths, RenderRequest(loudness=parse_target("apple")), work_dir
    ).loudness
    assert (report.gain_db, report.measured_lufs, report.true_peak_db) == (0.0, None, None)
    assert "silent" in str(report.reason)


def test_tags_are_read_back_and_never_become_arguments(tmp_path: Path, work_dir: Path) -> None:
    mix = Mix(tmp_path, [{"samples": noise(1, 20_000, 2)}])
    title = "-i /etc/passwd =; Ünïcødé " + "x" * 4000
    tags = RenderTags(title=title, artist="-y", album="a=b", comment="draft", isrc="USRC17607839")
    requests = [RenderRequest(format=file_format, tags=tags) for file_format in RenderFormat]
    wav, mp3, flac = render_mixes(mix.manifest, mix.paths, requests, work_dir)
    for id3 in (WAVE(wav.path).tags, MP3(mp3.path).tags):
        assert [str(id3[frame]) for frame in ("TIT2", "TPE1", "TSRC")] == [title, "-y", "USRC17607839"]
    assert FLAC(flac.path)["isrc"] == ["USRC17607839"]
    assert FLAC(flac.path)["title"] == [title]
    assert len(read_back(wav.path)) == 20_000


def test_progress_rises_through_the_stages(tmp_path: Path, work_dir: Path) -> None:
    mix = Mix(tmp_path, [{"samples": noise(1, 200_000, 2)}])
    told: list[tuple[int, str]] = []
    render_mix(
        mix.manifest, mix.paths, RenderRequest(), work_dir, on_progress=lambda p, s: told.append((p, s))
    )
    assert [percent for percent, _ in told] == sorted(percent for percent, _ in told)
    assert told[0] == (0, "mixing")
    assert told[-1] == (95, "encoding")


@pytest.mark.parametrize("at_call", [1, 3])
def test_cancel_leaves_nothing(tmp_path: Path, work_dir: Path, at_call: int) -> None:
    mix = Mix(tmp_path, [{"samples": noise(1, 200_000, 2)}])
    calls = iter(range(1_000_000))
    with pytest.raises(RenderCanceled):
        render_mix(
            mix.manifest, mix.paths, RenderRequest(), work_dir, should_cancel=lambda: next(calls) >= at_call
        )
    assert list(work_dir.iterdir()) == []


def test_a_cancel_while_an_mp3_is_encoded_leaves_nothing(tmp_path: Path, work_dir: Path) -> None:
    mix = Mix(tmp_path, [{"samples": noise(1, 2_000_000, 2)}])
    stages: list[str] = []
    with pytest.raises(RenderCanceled):
        render_mix(
            mix.manifest,
            mix.paths,
            RenderRequest(format=RenderFormat.MP3),
            work_dir,
            on_progress=lambda _percent, stage: stages.append(stage),
            should_cancel=lambda: "encoding" in stages,
        )
    assert list(work_dir.iterdir()) == []


def test_what_cannot_be_rendered_says_what_to_do(tmp_path: Path, work_dir: Path) -> None:
    muted = Mix(tmp_path, [{"samples": noise(1, 3000, 2), "muted": True}])
    with pytest.raises(RenderRefused, match="Unmute"):
        render_mix(muted.manifest, muted.paths, RenderRequest(), work_dir)
    mix = Mix(tmp_path, [{"samples": noise(1, 96_000, 2)}])
    with pytest.raises(RenderRefused, match="limited to 1 s"):
        render_mix(mix.manifest, mix.paths, RenderRequest(), work_dir, limits=RenderLimits(max_duration_s=1))
    write_canonical(mix.paths["0"], noise(1, 95_999, 2))
    with pytest.raises(RenderRefused, match="does not fit"):
        render_mix(mix.manifest, mix.paths, RenderRequest(), work_dir)
    with pytest.raises(RenderRefused, match="16, 24 bit"):
        RenderRequest(format=RenderFormat.FLAC, bit_depth=32)
    assert list(work_dir.iterdir()) == []


def test_the_certificate_names_everything_and_no_path(tmp_path: Path, work_dir: Path) -> None:
    mix = Mix(tmp_path, [{"samples": noise(1, 20_000, 1)}])
    result = render_mix(mix.manifest, mix.paths, RenderRequest(), work_dir)
    certificate = build_certificate(
        mix.manifest, RenderRequest(), result, input_sha256={"0": "ab"}, contributors=[{"name": "Mo"}]
    )
    assert certificate["manifestSha256"] == mix.manifest.sha256()
    assert certificate["pcmSha256"] == result.pcm_sha256
    assert certificate["inputs"] == [{"trackId": "0", "sha256": "ab"}]
    assert str(tmp_path) not in str(certificate)
    assert "pan=" in certificate["graph"]
