"""What an upload is, found by reading it: never by its name or by what the sender claims."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import av
from mutagen import MutagenError
from mutagen.mp3 import MP3, BitrateMode

from omnisonic.studio.rendering.errors import EmptyFile, NoAudio, Truncated, UnknownFormat

# Demuxers that read one file and nothing else: no playlists, no `ffconcat`, no HLS, no subtitles, no SVG.
FORMAT_WHITELIST = "wav,flac,mp3,aac,mov,ogg,aiff,caf,matroska"
PROTOCOL_WHITELIST = "file,pipe"
INPUT_OPTIONS = {"protocol_whitelist": PROTOCOL_WHITELIST, "format_whitelist": FORMAT_WHITELIST}

_IMAGE_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
_AUDIO_SIGNATURES = {0: (b"RIFF", b"fLaC", b"OggS", b"FORM", b"caff"), 4: (b"ftyp",)}
# Left to guess, FFmpeg takes a short test tone in a WAV for MPEG-TS; what names itself is taken at its word.
_DEMUXERS = {b"RIFF": "wav", b"RF64": "wav", b"fLaC": "flac", b"OggS": "ogg", b"FORM": "aiff", b"caff": "caf"}
_STILL_CODECS = {"mjpeg", "png", "bmp", "gif", "webp", "tiff"}
_EXACT_FORMATS = {"wav", "flac", "aiff", "caf"}
_SECONDS_PER_AV_UNIT = 1e-6


class MediaKind(StrEnum):
    """What the content is."""

    AUDIO = "audio"
    IMAGE = "image"
    VIDEO = "video"


@dataclass(frozen=True, kw_only=True)
class ProbedAudio:
    """The first audio stream of a file as its header describes it; `declared_s` is None where it does not."""

    kind: MediaKind
    format_name: str
    codec_name: str
    sample_rate_hz: int
    channels: int
    is_float_pcm: bool
    declared_s: float | None
    mime_type: str

    @property
    def is_exact(self) -> bool:
        """Whether the declared length is a count of samples rather than an estimate."""
        return self.format_name in _EXACT_FORMATS


def looks_like_image(head: bytes) -> bool:
    """Whether the first bytes are those of PNG, JPEG, GIF or WebP."""
    return head.startswith(_IMAGE_SIGNATURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def read_head(path: Path, size_bytes: int = 4096) -> bytes:
    """The first bytes of a file; raises `EmptyFile` when there are none."""
    with path.open("rb") as content:
        head = content.read(size_bytes)
    if not head:
        raise EmptyFile("The file has no content (zero bytes). Export the take again and upload that.")
    return head


def probe_audio(path: Path) -> ProbedAudio:
    """Read the header of an audio or video file.

    Raises `UnknownFormat` when no allowed demuxer takes it, `Truncated` when one should but cannot,
    `NoAudio` when it holds no sound.
    """
    try:
        # `file:` keeps a name such as `concat:a|b` from being read as a protocol of its own.
        demuxer = _DEMUXERS.get(read_head(path, 4))
        with av.open(
            f"file:{path.absolute()}", mode="r", format=demuxer, options=dict(INPUT_OPTIONS)
        ) as container:
            return _describe(container, path)
    except av.error.FFmpegError as error:
        if _starts_like_audio(path):
            raise Truncated(
                "The file starts like audio but cannot be read: it is damaged or its end is missing. "
                "Copy or export it again."
            ) from error
        raise UnknownFormat(
            "The content is not audio we can read, whatever the name of the file says. "
            "Send WAV, FLAC, MP3, AAC/M4A, Ogg or AIFF; artwork as PNG or JPEG."
        ) from error


def _starts_like_audio(path: Path) -> bool:
    head = read_head(path, 16)
    return any(
        head.startswith(signature, at)
        for at, signatures in _AUDIO_SIGNATURES.items()
        for signature in signatures
    )


def _describe(container: av.container.InputContainer, path: Path) -> ProbedAudio:
    if not container.streams.audio:
        raise NoAudio("There is no audio in this file. Upload the sound itself.")
    stream = container.streams.audio[0]
    codec = stream.codec_context
    if codec is None or not codec.sample_rate or not codec.channels:
        raise UnknownFormat("The audio in this file is of a kind we cannot read. Send WAV or FLAC.")
    format_name = container.format.name.split(",")[0]
    moving = [v for v in container.streams.video if v.codec_context is not None and _is_moving(v)]
    return ProbedAudio(
        kind=MediaKind.VIDEO if moving else MediaKind.AUDIO,
        format_name=format_name,
        codec_name=codec.name,
        sample_rate_hz=codec.sample_rate,
        channels=codec.channels,
        is_float_pcm=codec.name.startswith("pcm_f"),
        declared_s=_declared_s(container, stream, path=path, format_name=format_name),
        mime_type=_mime_type(format_name, has_video=bool(moving)),
    )


def _is_moving(stream: av.video.stream.VideoStream) -> bool:
    """Whether a video stream is film rather than a cover picture."""
    return stream.codec_context.name not in _STILL_CODECS


def _declared_s(
    container: av.container.InputContainer,
    stream: av.audio.stream.AudioStream,
    *,
    path: Path,
    format_name: str,
) -> float | None:
    if format_name == "aac" or (format_name == "mp3" and not _mp3_tells_length(path)):
        return None  # only guessed from the bit rate
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return None if container.duration is None else container.duration * _SECONDS_PER_AV_UNIT


def _mp3_tells_length(path: Path) -> bool:
    """Whether a Xing, Info or VBRI header counts the frames."""
    try:
        return bool(MP3(path).info.bitrate_mode != BitrateMode.UNKNOWN)
    except MutagenError:
        return False


def _mime_type(format_name: str, *, has_video: bool) -> str:
    audio = {
        "wav": "audio/wav",
        "flac": "audio/flac",
        "mp3": "audio/mpeg",
        "aac": "audio/aac",
        "mov": "audio/mp4",
        "ogg": "audio/ogg",
        "aiff": "audio/aiff",
        "caf": "audio/x-caf",
        "matroska": "audio/webm",
    }
    name = audio.get(format_name, "application/octet-stream")
    return name.replace("audio/", "video/", 1) if has_video else name


@dataclass(frozen=True)
class CanonicalAudio:
    """What a canonical FLAC says about itself."""

    duration_samples: int
    channels: int
    sample_rate_hz: int


def read_canonical(path: Path) -> CanonicalAudio:
    """Length and channels from the header of a FLAC of ours; raises `UnknownFormat` for anything else."""
    options = {"protocol_whitelist": PROTOCOL_WHITELIST, "format_whitelist": "flac"}
    try:
        with av.open(f"file:{path.absolute()}", mode="r", format="flac", options=options) as container:
            stream = container.streams.audio[0]
            codec = stream.codec_context
            seconds = (stream.duration or 0) * (stream.time_base or 0)
            return CanonicalAudio(round(seconds * codec.sample_rate), codec.channels, codec.sample_rate)
    except (av.error.FFmpegError, OSError) as error:
        raise UnknownFormat("The stored audio of a track cannot be read. Upload it again.") from error
