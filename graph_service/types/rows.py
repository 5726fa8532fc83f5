"""Table rows as the rows that the types are views of."""

from __future__ import annotations

from omnisonic.core.catalog.batches import ContributorRow, RecordingRow, WorkRow
from omnisonic.core.catalog.models import Contributor, Recording, Work


def work_row(work: Work) -> WorkRow:
    """A work."""
    return WorkRow(
        str(work.id), work.title, work.description, work.iswc, work.genres, work.created_at, work.updated_at
    )


def recording_row(recording: Recording) -> RecordingRow:
    """A recording."""
    return RecordingRow(
        str(recording.id),
        recording.title,
        recording.isrc,
        str(recording.work_id) if recording.work_id else None,
        recording.primary_artist,
        recording.duration_ms,
        recording.released_on,
        recording.created_at,
        recording.updated_at,
    )


def contributor_row(contributor: Contributor) -> ContributorRow:
    """A contributor."""
    return ContributorRow(
        str(contributor.id),
        contributor.name,
        contributor.roles,
        contributor.ipi,
        contributor.isni,
        contributor.created_at,
        contributor.updated_at,
    )
