"""The rows that a merge moves: identifiers, credits, shares, recordings, licenses. Statements only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from omnisonic.core.catalog.repository import ENTITY_COLUMN


def find_license_clashes(session: Session, values: dict[str, Any], *, of_works: bool) -> list[dict[str, Any]]:
    """Pairs of active licenses that could not both stand below the survivor."""
    statement = _WORK_CLASHES if of_works else _RECORDING_CLASHES
    return [dict(row) for row in session.execute(statement, values).mappings()]


def count_licenses(session: Session, entity_id: UUID, *, of_works: bool) -> int:
    """How many licenses, whatever their state, a merge of this work or recording would move."""
    column = "work_id" if of_works else "recording_id"
    statement = text(f"SELECT count(*) FROM licenses WHERE {column} = :id")  # noqa: S608  (one of two names)
    return int(session.execute(statement, {"id": entity_id}).scalar_one())


def move_licenses(session: Session, values: dict[str, Any], *, of_works: bool) -> list[UUID]:
    """Put licenses below the survivor; returns their ids. Raises `IntegrityError` when two would overlap."""
    return list(session.scalars(_MOVE_WORK_LICENSES if of_works else _MOVE_RECORDING_LICENSES, values))


def move_identifiers(session: Session, table: type[Any], values: dict[str, Any]) -> None:
    """Give the survivor the other identifiers of the merged entry, each once."""
    column = ENTITY_COLUMN[table]
    session.execute(text(_DROP_KNOWN.format(column=column)), values)
    session.execute(text(_MOVE_IDENTIFIERS.format(column=column)), values)


def move_shares(session: Session, values: dict[str, Any]) -> int:
    """Give the surviving work the shares that it does not have yet; returns how many."""
    return len(session.scalars(_MOVE_SHARES, values).all())


def move_recordings(session: Session, values: dict[str, Any]) -> list[UUID]:
    """Put the recordings below the surviving work; returns their ids."""
    return list(session.scalars(_MOVE_RECORDINGS, values))


def replace_contributor(session: Session, values: dict[str, Any]) -> tuple[list[UUID], list[UUID]]:
    """Let shares and credits name the survivor; returns the works and recordings that changed."""
    works = session.scalars(_REPLACE_IN_SHARES, values).all()
    recordings = session.scalars(_REPLACE_IN_CREDITS, values).all()
    return list(dict.fromkeys(works)), list(dict.fromkeys(recordings))


def follow_survivor(session: Session, table: str, values: dict[str, Any]) -> None:
    """Let entries that were merged into the merged one lead straight to the survivor."""
    session.execute(
        text(f"UPDATE {table} SET merged_into = :survivor WHERE merged_into = :merged"),  # noqa: S608
        values,
    )


_CLASH = """
    SELECT kept.id::text AS "survivorLicenseId", kept.licensee AS "survivorLicensee",
           moved.id::text AS "mergedLicenseId", moved.licensee AS "mergedLicensee"
    FROM licenses AS kept JOIN licenses AS moved
      ON kept.rights_type = moved.rights_type AND kept.territories && moved.territories
     AND kept.validity && moved.validity AND kept.exclusivity && moved.exclusivity
    WHERE kept.status = 'active' AND moved.status = 'active'
"""
_WORK_CLASHES = text(
    _CLASH + " AND kept.work_id = :survivor AND moved.work_id = :merged"
    " AND kept.recording_scope && moved.recording_scope ORDER BY kept.id, moved.id LIMIT 20"
)
_RECORDING_CLASHES = text(
    _CLASH + " AND kept.work_id = moved.work_id AND kept.recording_id = :survivor"
    " AND moved.recording_id = :merged ORDER BY kept.id, moved.id LIMIT 20"
)
_MOVE_WORK_LICENSES = text(
    "UPDATE licenses SET work_id = :survivor, version = version + 1, updated_at = now()"
    " WHERE work_id = :merged RETURNING id"
)
# Only a master license's scope is a recording's number; the others name one for information.
_MOVE_RECORDING_LICENSES = text(
    """
    UPDATE licenses SET recording_id = :survivor, version = licenses.version + 1, updated_at = now(),
        recording_scope = CASE WHEN upper_inf(recording_scope) THEN recording_scope
                               ELSE int8range(survivor.number, survivor.number, '[]') END
    FROM recordings AS survivor
    WHERE licenses.recording_id = :merged AND survivor.id = :survivor RETURNING licenses.id
    """
)
_DROP_KNOWN = """
    DELETE FROM identifiers AS moved USING identifiers AS kept
    WHERE moved.{column} = :merged AND kept.{column} = :survivor
      AND kept.scheme = moved.scheme AND kept.value = moved.value
"""
_MOVE_IDENTIFIERS = "UPDATE identifiers SET {column} = :survivor WHERE {column} = :merged"
_MOVE_SHARES = text(
    """
    UPDATE contributions AS moved SET work_id = :survivor
    WHERE moved.work_id = :merged AND NOT EXISTS (
        SELECT FROM contributions AS kept
        WHERE kept.work_id = :survivor AND kept.contributor_id = moved.contributor_id
          AND kept.role = moved.role AND kept.rights_type IS NOT DISTINCT FROM moved.rights_type
          AND tstzrange(kept.valid_from, kept.valid_to) && tstzrange(moved.valid_from, moved.valid_to))
    RETURNING moved.id
    """
)
_MOVE_RECORDINGS = text(
    "UPDATE recordings SET work_id = :survivor, version = version + 1, updated_at = now()"
    " WHERE work_id = :merged RETURNING id"
)
_REPLACE_IN_SHARES = text(
    "UPDATE contributions SET contributor_id = :survivor WHERE contributor_id = :merged RETURNING work_id"
)
_REPLACE_IN_CREDITS = text(
    "UPDATE recording_credits SET contributor_id = :survivor WHERE contributor_id = :merged"
    " RETURNING recording_id"
)
