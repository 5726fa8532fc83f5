"""What a file claims to be by its first bytes. A first gate only: the worker decodes to be sure.

Signatures: RFC 2361/EBU 3306 (WAVE, RF64), RFC 9639 §8.1 (FLAC), ISO 11172-3 and 13818-7 (MPEG audio,
ADTS), RFC 3533 (Ogg), AIFF-C, ISO 14496-12 (ftyp), PNG, JPEG, WebP.
"""

from __future__ import annotations

from omnisonic.studio.uploads.models import UploadKind

HEAD_BYTES = 64
_MOVIE_BRANDS = (
    b"qt  ",
    b"isom",
    b"iso2",
    b"iso4",
    b"iso5",
    b"iso6",
    b"mp41",
    b"mp42",
    b"avc1",
    b"M4V ",
    b"3gp",
)


def sniff(head: bytes) -> tuple[UploadKind, str] | None:
    """Kind and media type for the first 64 bytes, or None when they belong to nothing taken here."""
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return UploadKind.AUDIO, "audio/wav"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return UploadKind.IMAGE, "image/webp"
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return UploadKind.AUDIO, "audio/aiff"
    if head[:4] == b"fLaC":
        return UploadKind.AUDIO, "audio/flac"
    if head[:4] == b"OggS":
        return UploadKind.AUDIO, "audio/ogg"
    if head[4:8] == b"ftyp":
        return _sniff_iso_media(head[8:12])
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return UploadKind.IMAGE, "image/png"
    if head[:3] == b"\xff\xd8\xff":
        return UploadKind.IMAGE, "image/jpeg"
    if head[:3] == b"ID3":
        return UploadKind.AUDIO, "audio/mpeg"
    return _sniff_mpeg_audio(head)


def _sniff_iso_media(brand: bytes) -> tuple[UploadKind, str]:
    if brand in (b"M4A ", b"M4B "):
        return UploadKind.AUDIO, "audio/mp4"
    if brand.startswith(_MOVIE_BRANDS):
        return UploadKind.VIDEO, "video/mp4"
    return UploadKind.AUDIO, "audio/mp4"


def _sniff_mpeg_audio(head: bytes) -> tuple[UploadKind, str] | None:
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    layer = head[1] >> 1 & 0x3
    if layer == 0 and head[1] & 0xF0 == 0xF0:
        return UploadKind.AUDIO, "audio/aac"
    has_bitrate = head[2] >> 4 not in (0x0, 0xF)
    return (UploadKind.AUDIO, "audio/mpeg") if layer != 0 and has_bitrate else None
