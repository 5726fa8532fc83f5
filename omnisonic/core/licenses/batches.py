"""Licenses for many works at once, as GraphQL's loaders ask for them: plain tuples with text ids."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import text
from sqlmodel import Session

from omnisonic.core.licenses.models import LicenseStatus


class LicenseRow(NamedTuple):
    """A license."""

    id: str
    work_id: str
    recording_id: str | None
    licensee: str
    territory: str | None
    rights_type: str
    exclusive: bool
    effective_from: datetime
    expires_on: datetime | None
    status: str
    terms: dict[str, Any] | None
    created_at: datetime
    updated_at: datetime


COLUMNS = (
    "l.id::text, l.work_id::text, l.recording_id::text, l.licensee, l.territory, l.rights_type, l.exclusive, "
    "l.effective_from, l.expires_on, l.status, l.terms, l.created_at, l.updated_at"
)
_ASKED = "unnest(CAST(:ids AS uuid[])) AS asked(id)"


def licenses_by_ids(session: Session, ids: Sequence[str]) -> dict[str, LicenseRow]:
    """Licenses by id."""
    statement = text(f"SELECT {COLUMNS} FROM {_ASKED} JOIN licenses l USING (id)")
    rows = session.execute(statement, {"ids": list(ids)})
    return {row[0]: LicenseRow._make(row) for row in rows}


def licenses_of_works(
    session: Session, work_ids: Sequence[str], *, status: LicenseStatus | None
) -> dict[str, list[LicenseRow]]:
    """The licenses of each work, newest first, of one status or of all."""
    only = "WHERE l.status = :status" if status else ""
    statement = text(
        f"SELECT {COLUMNS} FROM {_ASKED} JOIN licenses l ON l.work_id = asked.id {only} ORDER BY l.id DESC"
    )
    parameters: dict[str, Any] = {"ids": list(work_ids)}
    if status:
        parameters["status"] = status.value
    found: dict[str, list[LicenseRow]] = {}
    for row in session.execute(statement, parameters):
        found.setdefault(row[1], []).append(LicenseRow._make(row))
    return found
