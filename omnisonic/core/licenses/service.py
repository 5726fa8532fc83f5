"""Granting, changing and ending licenses. PostgreSQL refuses two that cannot both be true."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from psycopg2.errorcodes import EXCLUSION_VIOLATION
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from omnisonic.core.catalog import entries, provenance
from omnisonic.core.catalog.access import require_edit
from omnisonic.core.catalog.fields import clean_line
from omnisonic.core.catalog.models import EntityKind, RightsType, Work
from omnisonic.core.licenses import repository
from omnisonic.core.licenses.errors import LicenseEnded
from omnisonic.core.licenses.models import NO_OVERLAP, License, LicenseStatus
from omnisonic.core.licenses.overlaps import conflict_of, overlap_of, shared_territory
from omnisonic.core.licenses.repository import Claim
from omnisonic.core.licenses.schemas import (
    MAX_LICENSEE_CHARS,
    ConflictPreview,
    LicenseDraft,
    license_fields,
)
from omnisonic.core.licenses.territories import Territory, parse_territory
from omnisonic.core.licenses.territory_cuts import leave_out
from omnisonic.core.licenses.territory_sets import from_multirange, union
from omnisonic.core.licenses.territory_words import count_countries, describe, readable, remarks
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import FieldError, InvalidFields, NotFound, VersionConflict
from omnisonic.platform.ids import utc_now

ENDED = {LicenseStatus.REVOKED, LicenseStatus.EXPIRED}


def get_license(session: Session, _actor: Actor, *, license_id: UUID) -> License:
    """One license; every account may read. Raises `NotFound`."""
    found = repository.find_license(session, license_id)
    if found is None:
        raise NotFound(f"There is no license with the id {license_id}.")
    return found


def create_license(uow: UnitOfWork, actor: Actor, *, draft: LicenseDraft) -> License:
    """Grant a license, or write it down as a draft that excludes nobody.

    Raises `NotFound`, `Forbidden`, `InvalidFields`, `UnknownTerritory`, and `LicenseConflict` naming the
    active licenses in the way.
    """
    work = entries.lock_for_edit(uow, actor, Work, draft.work_id)
    territory = parse_territory(draft.territory)
    claim = _claim(uow.session, draft, work, territory)
    row = License(
        work_id=work.id,
        created_by=actor.user_id,
        territories=repository.multirange(claim.territories),
        exclusivity=repository.exclusivity(draft.exclusive),
        recording_scope=repository.recording_scope(claim.recording_number),
        **_columns(draft, territory),
    )
    with _refusing(uow, claim, license_id=row.id):
        uow.session.add(row)
        uow.session.flush()
    _record(uow, actor, row, action="created", before=None, after=license_fields(row))
    entries.announce(uow, actor, work)
    return row


def update_license(
    uow: UnitOfWork, actor: Actor, *, license_id: UUID, draft: LicenseDraft, version: int | None = None
) -> License:
    """Make a license read like `draft`; nothing happens when it does already.

    Raises what `create_license` raises, `VersionConflict`, `LicenseEnded`, and `InvalidFields` for another
    work.
    """
    row, work = _lock(uow, actor, license_id, version)
    _check_open(row)
    if entries.get_entity(uow.session, Work, draft.work_id).id != work.id:
        raise _invalid("workId", "fixed", "A license stays with its work. Revoke it and make a new one.")
    territory = parse_territory(draft.territory)
    claim = _claim(uow.session, draft, work, territory)
    before = license_fields(row)
    columns = _columns(draft, territory)
    if all(before[name] == value for name, value in columns.items()):
        return row
    with _refusing(uow, claim, license_id=row.id):
        if row.exclusive != draft.exclusive:
            row.exclusivity = repository.exclusivity(draft.exclusive)
        if row.territory != territory.text:  # the same text keeps the members of the day it was written
            row.territories = repository.multirange(claim.territories)
        row.recording_scope = repository.recording_scope(claim.recording_number)
        for name, value in columns.items():
            setattr(row, name, value)
        _count(uow, row)
    _changed(uow, actor, row, work, action="changed", before=before)
    return row


def revoke_license(uow: UnitOfWork, actor: Actor, *, license_id: UUID, version: int | None = None) -> License:
    """End a license now; doing it again changes nothing. Raises `NotFound`, `Forbidden`, `LicenseEnded`."""
    row, work = _lock(uow, actor, license_id, version)
    if row.status is LicenseStatus.REVOKED:
        return row
    if row.status is LicenseStatus.EXPIRED:
        raise LicenseEnded("This license has expired already; there is nothing to revoke.")
    return _move(uow, actor, row, work, LicenseStatus.REVOKED, action="revoked")


def activate_license(
    uow: UnitOfWork, actor: Actor, *, license_id: UUID, version: int | None = None
) -> License:
    """Put a draft in force, or take a revocation back, while nothing else is in the way.

    Doing it again changes nothing. Raises `NotFound`, `Forbidden`, `LicenseEnded` when its window is over,
    `LicenseConflict`.
    """
    row, work = _lock(uow, actor, license_id, version)
    if row.status is LicenseStatus.ACTIVE:
        return row
    is_over = row.expires_on is not None and row.expires_on <= utc_now()
    if row.status is LicenseStatus.EXPIRED or is_over:
        raise LicenseEnded("The window of this license is over. Make a new one with a later end.")
    action = "restored" if row.status is LicenseStatus.REVOKED else "activated"
    return _move(uow, actor, row, work, LicenseStatus.ACTIVE, action=action)


def preview_conflicts(
    session: Session, _actor: Actor, *, draft: LicenseDraft, license_id: UUID | None = None
) -> ConflictPreview:
    """What saving would meet, by the rules of saving: conflicts refuse it, drafts would once active.

    `license_id` is the license being edited. Raises `NotFound`, `InvalidFields`, `UnknownTerritory`.
    """
    work = entries.get_entity(session, Work, draft.work_id)
    territory = parse_territory(draft.territory)
    claim = _claim(session, draft, work, territory)
    statuses = (LicenseStatus.ACTIVE, LicenseStatus.DRAFT)
    rows = repository.list_overlapping(session, claim, statuses=statuses, without=license_id)
    in_the_way = [row for row in rows if row.status == LicenseStatus.ACTIVE]
    taken = union(shared_territory(row, claim) for row in in_the_way)
    return ConflictPreview(
        territory=territory.text,
        territory_name=readable(territory),
        countries=count_countries(territory),
        remarks=remarks(territory),
        conflicts=[overlap_of(row, claim) for row in in_the_way],
        drafts=[overlap_of(row, claim) for row in rows if row.status == LicenseStatus.DRAFT],
        taken_territory=describe(taken) if taken else None,
        free_territory=leave_out(territory, taken, [row.territory for row in in_the_way]) if taken else None,
    )


def _claim(session: Session, draft: LicenseDraft, work: Work, territory: Territory) -> Claim:
    number = None
    if draft.recording_id is not None:
        number = repository.recording_number(session, recording_id=draft.recording_id, work_id=work.id)
        if number is None:
            message = "This is no recording of the work. Choose one of its recordings, or leave it out."
            raise _invalid("recordingId", "other-work", message)
    return Claim(
        work_id=work.id,
        rights_type=draft.rights_type,
        territories=territory.ranges,
        exclusive=draft.exclusive,
        effective_from=draft.effective_from,
        expires_on=draft.expires_on,
        recording_number=number if draft.rights_type is RightsType.MASTER else None,
    )


def _columns(draft: LicenseDraft, territory: Territory) -> dict[str, Any]:
    licensee = clean_line(draft.licensee, field="licensee", max_chars=MAX_LICENSEE_CHARS)
    return {
        "recording_id": draft.recording_id,
        "licensee": licensee,
        "territory": territory.text,
        "rights_type": draft.rights_type,
        "exclusive": draft.exclusive,
        "effective_from": draft.effective_from,
        "expires_on": draft.expires_on,
        "terms": draft.terms,
        "status": draft.status,
    }


def _lock(uow: UnitOfWork, actor: Actor, license_id: UUID, version: int | None) -> tuple[License, Work]:
    """The license and its work, both locked (the work first, as everywhere)."""
    seen = get_license(uow.session, actor, license_id=license_id)
    work = entries.lock_for_edit(uow, actor, Work, seen.work_id)
    row = repository.find_license(uow.session, license_id, for_update=True)
    if row is None:
        raise NotFound(f"There is no license with the id {license_id}.")
    require_edit(uow.session, actor, work)
    if version is not None and row.version != version:
        current = provenance.as_json({"id": row.id, "version": row.version, **license_fields(row)})
        raise VersionConflict(
            f"This license is at version {row.version}, you changed version {version}.", current=current
        )
    return row, work


def _check_open(row: License) -> None:
    if row.status in ENDED:
        raise LicenseEnded(f"This license is {row.status}; what has ended stays as it was.")


def _move(
    uow: UnitOfWork, actor: Actor, row: License, work: Work, status: LicenseStatus, *, action: str
) -> License:
    before = license_fields(row)
    with _refusing(uow, stored_claim(uow.session, row), license_id=row.id):
        row.status = status
        _count(uow, row)
    _changed(uow, actor, row, work, action=action, before=before)
    return row


def stored_claim(session: Session, row: License) -> Claim:
    """What a stored license takes for itself."""
    number = None
    if row.recording_id is not None and row.rights_type is RightsType.MASTER:
        number = repository.recording_number(session, recording_id=row.recording_id, work_id=row.work_id)
    return Claim(
        work_id=row.work_id,
        rights_type=row.rights_type,
        territories=from_multirange(str(row.territories)),
        exclusive=row.exclusive,
        effective_from=row.effective_from,
        expires_on=row.expires_on,
        recording_number=number,
    )


@contextmanager
def _refusing(uow: UnitOfWork, claim: Claim, *, license_id: UUID) -> Iterator[None]:
    """Turn PostgreSQL's refusal into `LicenseConflict`; the rest of the transaction stays usable."""
    try:
        with uow.session.begin_nested():
            yield
    except IntegrityError as error:
        diagnosis = getattr(error.orig, "diag", None)
        code = getattr(error.orig, "pgcode", None)
        if code != EXCLUSION_VIOLATION or getattr(diagnosis, "constraint_name", None) != NO_OVERLAP:
            raise
        in_force = (LicenseStatus.ACTIVE,)
        met = repository.list_overlapping(uow.session, claim, statuses=in_force, without=license_id)
        raise conflict_of([overlap_of(row, claim) for row in met]) from error


def _count(uow: UnitOfWork, row: License) -> None:
    row.version += 1
    row.updated_at = utc_now()
    uow.session.add(row)
    uow.session.flush()


def _changed(
    uow: UnitOfWork, actor: Actor, row: License, work: Work, *, action: str, before: dict[str, Any]
) -> None:
    old, new = provenance.difference(before, license_fields(row))
    _record(uow, actor, row, action=action, before=old, after=new)
    entries.announce(uow, actor, work)


def _record(
    uow: UnitOfWork,
    actor: Actor,
    row: License,
    *,
    action: str,
    before: dict[str, Any] | None,
    after: dict[str, Any],
) -> None:
    provenance.record(
        uow, actor, kind=EntityKind.LICENSE, entity_id=row.id, action=action, before=before, after=after
    )


def _invalid(field: str, code: str, message: str) -> InvalidFields:
    return InvalidFields(message, errors=[FieldError(field, code, message)])
