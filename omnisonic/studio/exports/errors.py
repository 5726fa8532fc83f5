"""Refusals that only exports know; each says what to do next."""

from __future__ import annotations

from omnisonic.platform.errors import Conflict


class NothingToExport(Conflict):
    """The session is empty, or everything in it is muted."""

    slug, title = "nothing-to-export", "There is nothing to hear yet"
    advice = "Add a track, or take the mute off one, then export."


class TracksNotReady(Conflict):
    """A track is still processing or its file was rejected."""

    slug, title = "tracks-not-ready", "Not all tracks are ready"
    advice = "Wait until every track shows its waveform; remove tracks whose file was rejected."


class MixTooLong(Conflict):
    """The mix is longer than EXPORT_MAX_DURATION_SECONDS."""

    slug, title = "mix-too-long", "This mix is too long to export"
    advice = "Move or remove what lies far out on the timeline, then export again."


class TooManyExports(Conflict):
    """The session has EXPORT_MAX_ACTIVE exports waiting or rendering."""

    slug, title = "too-many-exports", "This session is already exporting"
    advice = "Wait for the running export, or cancel it."


class SplitSheetNeeded(Conflict):
    """A release was asked for without a split sheet that everyone has accepted."""

    slug, title = "split-sheet-needed", "A release needs a locked split sheet"
    advice = (
        "Open Splits in the session and propose the shares. Once every party has accepted, the sheet is"
        " locked and the mix can be released; a draft needs no sheet."
    )


class ReleaseRefused(Conflict):
    """The mix was rendered, but could not be registered as it was asked for."""

    slug, title = "release-refused", "This mix could not be registered"
    advice = "Nothing was registered. Release the mix again; with an ISRC of your own, send another one."


class ExportNotReady(Conflict):
    """The file does not exist: the export is not completed."""

    slug, title = "export-not-ready", "This export has no file"
    advice = "Wait until its status is `completed`; a failed export says why in `errorMessage`."
