"""What can be wrong with a job on news."""

from __future__ import annotations

from omnisonic.platform.errors import Conflict, OmnisonicError


class IngestNotRunning(Conflict):
    """The job has ended, so there is nothing to stop."""

    slug, title = "ingest-state", "The job has ended already"
    advice = "Look at its status and result; start another one if that is not what you wanted."


class IngestInterrupted(OmnisonicError):
    """Stored on a job that a fault of ours ended."""

    slug, title, status = "ingest-interrupted", "The job was interrupted", 500
    advice = "What it did stays. Start it again."


class Disowned(Conflict):
    """Another attempt has the row."""

    slug, title = "ingest-disowned", "Another worker has this job"
