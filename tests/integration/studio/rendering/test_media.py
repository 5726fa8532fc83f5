"""What becomes of an upload, and what is refused with a reason."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from omnisonic.studio.audio.peaks import read_levels
from omnisonic.studio.rendering import errors
from omnisonic.studio.rendering.media import MediaLimits, process_media
from omnisonic.studio.rendering.probe import MediaKind, read_canonical
from tests.integration.studio.conftest import sine_wav
from tests.integration.studio.rendering.takes import noise, read_back, run_plain, tone, write_take


@pytest.fixture
def work_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("channels", [1, 2])
def test_a_48_khz_take_keeps_every_bit(tmp_path: Path, work_dir: Path, channels: int) -> None:
    take = noise(1, 50_001, channels)
    source = write_take(tmp_path / "take.wav", take, "-c:a", "pcm_s24le")
    result = process_media(source, work_dir)
    assert result.audio_path is not None
    assert result.peaks_path is not None
    assert np.array_equal(read_back(result.audio_path, channels=channels), take)
    assert read_canonical(result.audio_path).duration_samples == result.duration_samples == 50_001
    words = (np.round(take * (1 << 23)).astype("<i4")).reshape(-1).view(np.uint8).reshape(-1, 4)
    assert result.pcm_sha256 == hashlib.sha256(words[:, :3].tobytes()).hexdigest()
    finest = read_levels(result.peaks_path.read_bytes())[0]
    tops = np.floor(take * 128).astype(int)
    assert finest.columns[7].tolist() == [
        [tops[1792:2048, c].min(), tops[1792:2048, c].max()] for c in range(channels)
    ]
    assert sorted(path.name for path in work_dir.iterdir()) == ["audio.flac", "peaks.dat"]


@pytest.mark.parametrize(("rate_hz", "channels"), [(44_100, 1), (96_000, 2), (8_000, 2), (192_000, 1)])
def test_other_rates_are_resampled(tmp_path: Path, work_dir: Path, rate_hz: int, channels: int) -> None:
    take = np.repeat(np.sin(np.arange(rate_hz) * 2 * np.pi * 997 / rate_hz)[:, None] * 0.5, channels, axis=1)
    source = write_take(tmp_path / "take.wav", take, "-c:a", "pcm_s24le", rate_hz=rate_hz)
    result = process_media(source, work_dir)
    assert (result.source_sample_rate_hz, result.channels, result.duration_samples) == (
        rate_hz,
        channels,
        48_000,
    )
    assert result.audio_path is not None
    ideal = np.sin(np.arange(48_000) * 2 * np.pi * 997 / 48_000) * 0.5
    middle = slice(4_000, 44_000)
    heard = read_back(result.audio_path, channels=channels)
    assert np.abs(heard[middle, 0] - ideal[middle]).max() < 1e-5


@pytest.mark.parametrize(
    ("name", "codec", "rate_hz"),
    [("a.wav", "pcm_u8", 8_000), ("b.wav", "pcm_s24le", 96_000), ("c.ogg", "libvorbis", 44_100)],
)
def test_every_canonical_file_has_blocks_of_one_size(
    tmp_path: Path, work_dir: Path, name: str, codec: str, rate_hz: int
) -> None:
    source = write_take(tmp_path / name, noise(5, rate_hz, 1) * 0.3, "-c:a", codec, rate_hz=rate_hz)
    result = process_media(source, work_dir)
    assert result.audio_path is not None
    info = result.audio_path.read_bytes()[8:12]  # STREAMINFO: smallest and largest block
    assert (int.from_bytes(info[:2]), int.from_bytes(info[2:])) == (4096, 4096)


def test_a_short_test_tone_is_not_taken_for_video(tmp_path: Path, work_dir: Path) -> None:
    source = tmp_path / "content"
    source.write_bytes(sine_wav(seconds=0.1, frequency_hz=1000))  # FFmpeg left alone reads MPEG-TS into this
    assert process_media(source, work_dir).duration_samples == 4800


def test_loudness_of_a_reference_tone(tmp_path: Path, work_dir: Path) -> None:
    result = process_media(write_take(tmp_path / "tone.wav", tone(-23), "-c:a", "pcm_s24le"), work_dir)
    assert result.loudness is not None
    assert result.loudness.lufs == pytest.approx(-23, abs=0.1)
    assert result.loudness.true_peak_db == pytest.approx(-23, abs=0.3)


@pytest.mark.parametrize("name", ["a.flac", "a.mp3", "a.m4a", "a.ogg", "a.opus", "a.aiff", "a.aac", "a.webm"])
def test_every_format_is_read(tmp_path: Path, work_dir: Path, name: str) -> None:
    result = process_media(write_take(tmp_path / name, tone(-12)), work_dir)
    assert result.kind is MediaKind.AUDIO
    assert result.duration_samples == pytest.approx(3 * 48_000, abs=2_500)


def test_a_video_keeps_its_sound(tmp_path: Path, work_dir: Path) -> None:
    source = tmp_path / "clip.mp4"
    run_plain("-f", "lavfi", "-i", "testsrc=s=64x64:r=5:d=2", "-f", "lavfi", "-i", "sine=d=2", str(source))
    result = process_media(source, work_dir)
    assert (result.kind, result.mime_type) == (MediaKind.VIDEO, "video/mp4")
    assert result.duration_samples == 96_000


def test_a_picture_is_written_again(tmp_path: Path, work_dir: Path) -> None:
    source = tmp_path / "cover.wav"
    Image.new("RGB", (4000, 50), "red").save(source, "PNG")
    result = process_media(source, work_dir)
    assert result.kind is MediaKind.IMAGE
    assert result.artwork_path is not None
    with Image.open(result.artwork_path) as artwork:
        assert (artwork.format, artwork.size[0]) == ("JPEG", 3000)


def plain(content: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(content) and None


def cut(options: tuple[str, ...], name: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        whole = write_take(path.with_name(name), noise(1, 96_000, 2), *options).read_bytes()
        path.write_bytes(whole[: len(whole) * 6 // 10])

    return write


def silent_hour(path: Path) -> None:
    run_plain("-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono", "-t", "3600", "-f", "flac", str(path))


def silent_hour_unannounced(path: Path) -> None:
    silent_hour(path)
    content = bytearray(path.read_bytes())
    content[21] &= 0xF0  # the 36 bits of STREAMINFO that count the samples
    content[22:26] = bytes(4)
    path.write_bytes(content)


def float_over(path: Path) -> None:
    run_plain("-f", "lavfi", "-i", "sine=d=1,volume=20", "-c:a", "pcm_f32le", "-f", "wav", str(path))


def six_channels(path: Path) -> None:
    run_plain("-f", "lavfi", "-i", "sine=d=1", "-ac", "6", "-f", "wav", str(path))


def film_without_sound(path: Path) -> None:
    run_plain("-f", "lavfi", "-i", "testsrc=s=64x64:r=5:d=1", "-f", "mp4", str(path))


REFUSED: list[tuple[str, Callable[[Path], object], type[errors.MediaRejected]]] = [
    ("zero bytes", plain(b""), errors.EmptyFile),
    ("playlist", plain(b"ffconcat version 1.0\nfile other.wav\n"), errors.UnknownFormat),
    ("HLS", plain(b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nother.wav\n"), errors.UnknownFormat),
    ("SVG", plain(b'<svg xmlns="http://www.w3.org/2000/svg"/>'), errors.UnknownFormat),
    ("text", plain(b"hello"), errors.UnknownFormat),
    ("broken picture", plain(b"\x89PNG\r\n\x1a\n" + b"x" * 99), errors.BadImage),
    ("half a WAV", cut(("-c:a", "pcm_s24le"), "whole.wav"), errors.Truncated),
    ("half a FLAC", cut((), "whole.flac"), errors.Truncated),
    ("half an MP3", cut((), "whole.mp3"), errors.Truncated),
    ("half an M4A", cut((), "whole.m4a"), errors.Truncated),
    ("half an Ogg", cut((), "whole.ogg"), errors.Truncated),
    ("a silent hour", silent_hour, errors.TooLong),
    ("an unannounced hour", silent_hour_unannounced, errors.TooLong),
    ("above full scale", float_over, errors.OverFullScale),
    ("six channels", six_channels, errors.TooManyChannels),
    ("film without sound", film_without_sound, errors.NoAudio),
]


@pytest.mark.parametrize(
    ("write", "error"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_refused_with_a_reason(
    tmp_path: Path, work_dir: Path, write: Callable[[Path], object], error: type[errors.MediaRejected]
) -> None:
    write_take(tmp_path / "other.wav", tone(-20, duration_s=0.5))
    source = tmp_path / "take.wav"
    write(source)
    with pytest.raises(error) as refusal:
        process_media(source, work_dir, MediaLimits(max_duration_s=60))
    assert len(refusal.value.detail) > 40
    assert str(tmp_path) not in refusal.value.detail


@pytest.mark.parametrize("edge", [6_100, 14_000])
def test_a_picture_with_too_many_pixels_is_not_decoded(tmp_path: Path, work_dir: Path, edge: int) -> None:
    source = tmp_path / "bomb.png"
    Image.new("1", (edge, edge)).save(source, "PNG")
    with pytest.raises(errors.BadImage, match="Scale it down"):
        process_media(source, work_dir)


def test_reading_can_be_stopped(tmp_path: Path, work_dir: Path) -> None:
    source = write_take(tmp_path / "take.wav", noise(1, 480_000, 2), "-c:a", "pcm_s24le")
    with pytest.raises(errors.RenderCanceled):
        process_media(source, work_dir, should_cancel=lambda: True)
