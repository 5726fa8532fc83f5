"""Table rows as the rows that the types are views of."""

from __future__ import annotations

from omnisonic.core.catalog.batches import ContributorRow, RecordingRow, WorkRow
from omnisonic.core.catalog.models import Contributor, Recording, Work
from omnisonic.core.licenses.batches import LicenseRow
from omnisonic.core.licenses.models import License


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


def license_row(found: License) -> LicenseRow:
    """A license."""
    return LicenseRow(
        str(found.id),
        str(found.work_id),
        str(found.recording_id) if found.recording_id else None,
        found.licensee,
        found.territory,
        found.rights_type,
        found.exclusive,
        found.effective_from,
        found.expires_on,
        found.status,
        found.terms,
        found.created_at,
        found.updated_at,
    )
