"""Why an upload or an export is refused, in words a musician can act on."""

from __future__ import annotations

from omnisonic.platform.errors import Conflict, OmnisonicError


class MediaRejected(OmnisonicError):
    """The upload was read and cannot be used; `detail` says why and what to do."""

    slug, title, status = "media-rejected", "This file cannot be used", 422
    advice = "Open the file in an audio editor, export it as WAV or FLAC, and upload that."


class EmptyFile(MediaRejected):
    """Zero bytes, or a header without a single sample."""

    slug, title = "media-empty", "This file is empty"
    advice = "Export the take again and check that it plays before uploading."


class UnknownFormat(MediaRejected):
    """The content is none of the formats we read, whatever its name says."""

    slug, title = "media-unknown-format", "This is not audio we can read"
    advice = "Send WAV, FLAC, MP3, AAC/M4A, Ogg or AIFF audio, or PNG or JPEG artwork."


class NoAudio(MediaRejected):
    """A readable container without an audio stream."""

    slug, title = "media-no-audio", "There is no audio in this file"
    advice = "Upload the sound itself, or a video that has a sound track."


class TooLong(MediaRejected):
    """Longer than one take may be."""

    slug, title = "media-too-long", "This take is too long"
    advice = "Cut it into parts below the limit and upload them as separate tracks."


class TooManyChannels(MediaRejected):
    """More than stereo."""

    slug, title = "media-too-many-channels", "This file has more than two channels"
    advice = "Export it as stereo, or each channel as a mono file of its own."


class OddSampleRate(MediaRejected):
    """A sample rate outside what we resample well."""

    slug, title = "media-sample-rate", "This sample rate is not supported"
    advice = "Export the take at 44.1, 48, 88.2, 96 or 192 kHz."


class Truncated(MediaRejected):
    """The file announces more audio than it holds, or breaks off within."""

    slug, title = "media-truncated", "This file breaks off"
    advice = "The copy is incomplete. Export or copy it again, then upload it once more."


class OverFullScale(MediaRejected):
    """Floating-point audio above 0 dBFS, which 24-bit audio cannot hold without clipping."""

    slug, title = "media-over-full-scale", "This take is louder than full scale"
    advice = "Lower it below 0 dBFS and export it again; the levels of a session are set in the mix."


class MediaTooCostly(MediaRejected):
    """Reading the file took more time, memory or space than any honest take does."""

    slug, title = "media-too-costly", "Reading this file took too much"
    advice = "Export it as plain WAV or FLAC and upload that."


class BadImage(MediaRejected):
    """Artwork that is broken or has too many pixels."""

    slug, title = "media-bad-image", "This picture cannot be used"
    advice = "Send a PNG or JPEG of at most 6000 by 6000 pixels."


class RenderRefused(Conflict):
    """The mix cannot be rendered as it is; `detail` says what to change."""

    slug, title = "render-refused", "This mix cannot be exported yet"
    advice = "Unmute at least one track, and check its length and the export's options."


class RenderCanceled(OmnisonicError):
    """Someone asked to stop; nothing was left behind."""

    slug, title, status = "render-canceled", "The export was canceled", 409
    advice = "Start it again whenever you like."


class RenderFailed(OmnisonicError):
    """FFmpeg ended with an error; it is in the log, not in `detail`."""

    slug, title, status = "render-failed", "The export did not work", 500
    advice = "Try again; if it stays, tell the operator the reference shown with the error."


class FFmpegUnusable(OmnisonicError):
    """No FFmpeg, or one too old to mix without changing the level."""

    slug, title, status = "ffmpeg-unusable", "FFmpeg is missing or too old", 503
    advice = "Install the package imageio-ffmpeg, or FFmpeg 4.4 or newer, on the worker."
