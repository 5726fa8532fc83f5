"""What can be wrong with a catalog file as a whole, and with asking for its import."""

from __future__ import annotations

from omnisonic.platform.errors import Conflict, InvalidFields, OmnisonicError, TooLarge, UnsupportedType


class ImportFileTooLarge(TooLarge):
    """The catalog file is larger than the limit."""

    slug, title = "import-too-large", "This catalog file is too large"
    advice = "Split it into several files; an import continues where another one ended."


class ImportFileEmpty(InvalidFields):
    """There is nothing in the file."""

    slug, title = "import-empty", "There are no rows in this file"
    advice = "Export the catalog again; the file needs a header and at least one row."


class ImportNotText(UnsupportedType):
    """A spreadsheet, an archive, a picture, or bytes of no known encoding."""

    slug, title = "import-not-text", "This is not a CSV or JSON file"
    advice = "Save the sheet as “CSV UTF-8”, or export JSON or JSON Lines, and import that file."


class ImportFileBroken(InvalidFields):
    """The structure ends or breaks in the middle: nothing of the file is taken."""

    slug, title = "import-broken", "This file breaks off or is damaged"
    advice = "The file was probably cut on its way. Export it again and import the whole file."


class ImportColumnsUnknown(InvalidFields):
    """Required columns were neither recognized nor named."""

    slug, title = "import-columns", "Some columns could not be recognized"
    advice = "Say which columns hold the ISRC, the title and the artist."


class ImportNothingAccepted(InvalidFields):
    """Every row was refused."""

    slug, title = "import-all-rejected", "No row could be taken"
    advice = "Each entry of `errors` names a row, a column and what it accepts."


class ImportNotRunning(Conflict):
    """The import has ended, so it cannot be stopped, or runs, so it cannot be started again."""

    slug, title = "import-state", "The import is not in that state"
    advice = "Look at its status; a canceled or failed import can be resumed, a waiting one canceled."


class ImportInterrupted(OmnisonicError):
    """Stored on a job that a fault of ours ended."""

    slug, title, status = "import-interrupted", "The import was interrupted", 500
    advice = "What was merged stays. Resume the import: it goes on where it stopped."


class Disowned(Conflict):
    """Another attempt has the row: what this one did not commit yet is dropped."""

    slug, title = "import-disowned", "Another worker has this import"
