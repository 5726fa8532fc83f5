"""Refusals that only tracks know."""

from __future__ import annotations

from omnisonic.platform.errors import Conflict


class TooManyTracks(Conflict):
    """The session holds 32 tracks."""

    slug, title = "too-many-tracks", "This session has as many tracks as it can take"
    advice = "Remove a track, or bounce some together: export them and upload the result as one track."


class UploadNotAudible(Conflict):
    """The upload has no sound: a picture, or a file that was rejected."""

    slug, title = "upload-not-audible", "There is no sound in this file"
    advice = "Use an audio file; a rejected upload says in `error` what was wrong with it."
