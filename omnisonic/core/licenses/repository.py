"""Every query on licenses. All accounts read them; who may change one is the service's question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, String, Text, cast, func, literal, literal_column, or_, text
from sqlalchemy.dialects.postgresql import INT4MULTIRANGE, INT8RANGE
from sqlmodel import Session, col, select

from omnisonic.core.catalog.access import is_curator, linked_to_work
from omnisonic.core.catalog.models import Recording, RightsType, Work
from omnisonic.core.licenses.models import License, LicenseStatus
from omnisonic.core.licenses.territory_sets import Ranges, to_multirange
from omnisonic.platform.actor import Actor
from omnisonic.platform.pagination import Page, fetch_page

MAX_OVERLAPS = 20
MAX_ACTIVE = 200
WAS_IN_FORCE = (LicenseStatus.ACTIVE, LicenseStatus.EXPIRED)


@dataclass(frozen=True)
class LicenseFilter:
    """Which licenses a list shows; None is any. `territories` asks for those that touch them."""

    work_id: UUID | None = None
    status: LicenseStatus | None = None
    rights_type: RightsType | None = None
    territories: Ranges | None = None
    licensee: str | None = None
    expires_before: datetime | None = None


@dataclass(frozen=True)
class Claim:
    """What a license takes for itself: the columns that the exclusion constraint compares."""

    work_id: UUID
    rights_type: RightsType
    territories: Ranges
    exclusive: bool
    effective_from: datetime
    expires_on: datetime | None
    recording_number: int | None


class Standing(NamedTuple):
    """A stored license as a check for conflicts needs it."""

    id: UUID
    licensee: str
    exclusive: bool
    status: str
    territory: str | None
    territories: str
    effective_from: datetime
    expires_on: datetime | None
    recording_id: UUID | None


OVERLAPPING = """(
SELECT id, licensee, exclusive, status, territory, territories::text, effective_from, expires_on, recording_id
FROM licenses
WHERE status = '{status}' AND work_id = CAST(:work AS uuid) AND rights_type = :right
  AND territories && CAST(:territories AS int4multirange) AND recording_scope && CAST(:scope AS int8range)
  AND validity && tstzrange(:starts, :ends) AND (exclusive OR :exclusive)
  AND id IS DISTINCT FROM CAST(:without AS uuid)
ORDER BY effective_from, id LIMIT {limit})"""
ALL_OVERLAPPING = "SELECT * FROM ({parts}) AS met ORDER BY status, effective_from, id"


def multirange(ranges: Ranges) -> Any:
    """SQL: a set of territories."""
    return cast(literal(to_multirange(ranges), Text), INT4MULTIRANGE)


def recording_scope(number: int | None) -> Any:
    """SQL: one recording, or without a number all of them."""
    return cast(literal("(,)" if number is None else f"[{number},{number}]", Text), INT8RANGE)


def exclusivity(exclusive: bool) -> Any:
    """SQL: everything for an exclusive license, a number of its own for any other."""
    if exclusive:
        return cast(literal("(,)", Text), INT8RANGE)
    return literal_column(
        "(SELECT int8range(n, n, '[]') FROM nextval('license_exclusivity') AS n)", type_=INT8RANGE()
    )


def find_license(session: Session, license_id: UUID, *, for_update: bool = False) -> License | None:
    """One license."""
    return session.get(License, license_id, with_for_update=for_update or None, populate_existing=for_update)


def recording_number(session: Session, *, recording_id: UUID, work_id: UUID) -> int | None:
    """The number of a recording of this work; None when it is not one."""
    statement = select(Recording.number).where(
        Recording.id == recording_id, Recording.work_id == work_id, col(Recording.merged_into).is_(None)
    )
    return session.exec(statement).first()


def overlap_question(
    claim: Claim, *, statuses: tuple[LicenseStatus, ...], without: UUID | None = None
) -> tuple[str, dict[str, Any]]:
    """SQL and values of `list_overlapping`: one statement for all statuses.

    Each status stands in it as a literal, because only then the exclusion constraint's index answers.
    """
    parts = [OVERLAPPING.format(status=status.value, limit=MAX_OVERLAPS) for status in statuses]
    number = claim.recording_number
    values = {
        "work": str(claim.work_id),
        "right": claim.rights_type.value,
        "territories": to_multirange(claim.territories),
        "scope": "(,)" if number is None else f"[{number},{number}]",
        "starts": claim.effective_from,
        "ends": claim.expires_on,
        "exclusive": claim.exclusive,
        "without": str(without) if without else None,
    }
    return ALL_OVERLAPPING.format(parts=" UNION ALL ".join(parts)), values


def list_overlapping(
    session: Session, claim: Claim, *, statuses: tuple[LicenseStatus, ...], without: UUID | None = None
) -> list[Standing]:
    """Licenses that cannot stand beside the claim: of each status at most 20, by when they begin."""
    question, values = overlap_question(claim, statuses=statuses, without=without)
    return [Standing._make(row) for row in session.execute(text(question), values)]


def list_licenses(session: Session, *, where: LicenseFilter, page: Page) -> tuple[list[License], str | None]:
    """Licenses, newest first, and the cursor of the next page."""
    return fetch_page(session, select(License).where(*_conditions(where)), License, page=page)


def count_licenses(session: Session, *, where: LicenseFilter) -> int:
    """How many licenses the filter lets through."""
    return session.exec(select(func.count()).select_from(License).where(*_conditions(where))).one()


def list_of_work(session: Session, *, work_id: UUID, limit: int) -> list[License]:
    """The licenses of one work by when they begin."""
    statement = select(License).where(License.work_id == work_id)
    return list(session.exec(statement.order_by(col(License.effective_from), col(License.id)).limit(limit)))


def list_expiring(
    session: Session, *, now: datetime, limit: int, before: datetime | None = None
) -> list[License]:
    """Active licenses that end next, soonest first."""
    statement = select(License).where(License.status == LicenseStatus.ACTIVE, col(License.expires_on) > now)
    if before is not None:
        statement = statement.where(col(License.expires_on) < before)
    return list(session.exec(statement.order_by(col(License.expires_on), col(License.id)).limit(limit)))


def list_in_force(session: Session, *, at: datetime, where: LicenseFilter) -> list[License]:
    """Licenses in force at a moment, at most 200, newest first. One that expired later counts."""
    statement = select(License).where(
        col(License.status).in_(WAS_IN_FORCE),
        col(License.effective_from) <= at,
        or_(col(License.expires_on).is_(None), col(License.expires_on) > at),
        *_conditions(where),
    )
    return list(session.exec(statement.order_by(col(License.id).desc()).limit(MAX_ACTIVE)))


def lock_due(session: Session, *, now: datetime, limit: int) -> list[License]:
    """Active licenses whose window is over, locked; rows that someone else holds are left for later."""
    statement = (
        select(License)
        .where(License.status == LicenseStatus.ACTIVE, col(License.expires_on) <= now)
        .order_by(col(License.expires_on))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(session.exec(statement))


def work_titles(session: Session, work_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Titles of works by id."""
    rows = session.exec(select(Work.id, Work.title).where(col(Work.id).in_(set(work_ids))))
    return dict(rows.all())


def editable_works(session: Session, actor: Actor, work_ids: Iterable[UUID]) -> set[UUID]:
    """Which of the works the caller may change, and with them their licenses."""
    wanted = set(work_ids)
    if is_curator(actor):
        return wanted
    mine = or_(col(Work.created_by) == actor.user_id, linked_to_work(actor))
    return set(session.exec(select(Work.id).where(col(Work.id).in_(wanted), mine)))


def _conditions(where: LicenseFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if where.work_id is not None:
        conditions.append(col(License.work_id) == where.work_id)
    if where.status is not None:
        conditions.append(col(License.status) == where.status)
    if where.rights_type is not None:
        conditions.append(col(License.rights_type) == where.rights_type)
    if where.territories is not None:
        conditions.append(col(License.territories).op("&&")(multirange(where.territories)))
    if where.licensee:
        wanted = func.catalog_fold(literal(where.licensee.replace("\x00", "\ufffd"), String))
        conditions.append(
            func.position(wanted.op("IN")(func.catalog_fold(License.licensee)), type_=Integer) > 0
        )
    if where.expires_before is not None:
        conditions.append(col(License.expires_on) < where.expires_before)
    return conditions
