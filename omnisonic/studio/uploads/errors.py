"""Refusals that only uploads know, in a musician's words."""

from __future__ import annotations

from omnisonic.platform.errors import Conflict, InvalidFields, TooLarge, UnsupportedType


class UploadTooLarge(TooLarge):
    """More bytes than UPLOAD_MAX_FILE_SIZE_MB."""

    slug, title = "upload-too-large", "This file is too large"
    advice = "Export the take as FLAC: it sounds the same and is about half the size."


class UploadEmpty(InvalidFields):
    """A file without a single byte."""

    slug, title = "upload-empty", "This file is empty"
    advice = "Export the take again; the file that arrived has no content."


class UploadTypeRefused(UnsupportedType):
    """The first bytes are not those of any kind of file taken here."""

    slug, title = "upload-type-refused", "This is not audio that Omnisonic can read"
    advice = "Send WAV, FLAC, MP3, AAC/M4A, Ogg or AIFF audio, an MP4/MOV video, or a PNG/JPEG/WebP picture."


class UploadInUse(Conflict):
    """A track still plays this upload."""

    slug, title = "upload-in-use", "A track uses this file"
    advice = "Remove the track first, then the file."


class UploadIncomplete(Conflict):
    """Parts are missing."""

    slug, title = "upload-incomplete", "Not everything has arrived"
    advice = "Ask for the state of the upload, send the missing parts, then complete it."


class UploadDiffers(UploadIncomplete):
    """All parts are there, but their bytes are not those that were announced; they were removed."""

    slug, title = "upload-differs", "The file arrived changed"
    advice = "The bytes are not those that were announced. Send the file again from the beginning."


class UploadNotReady(Conflict):
    """The file is still being made ready, or was rejected."""

    slug, title = "upload-not-ready", "This file cannot be played yet"
    advice = "Wait until its status is `ready`; a rejected file says why in `error`."
