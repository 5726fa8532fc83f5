"""From the rows of the shares editor to shares: people who are new are made in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from omnisonic.core.catalog.contributions import MAX_CONTRIBUTIONS, set_contributions
from omnisonic.core.catalog.fields import clean_line, clean_role, refuse
from omnisonic.core.catalog.models import MAX_NAME_CHARS, RightsType, Work
from omnisonic.core.catalog.names import find_or_make_contributors
from omnisonic.core.catalog.schemas import ContributionDraft
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.ids import parse_id


@dataclass(frozen=True)
class ShareRow:
    """One row of the editor; without `contributor_id` someone new is meant."""

    contributor_id: UUID | None
    name: str
    role: str
    right: RightsType | None
    share_ppm: int


def read_rows(rows: Sequence[Any], valid_from: str) -> tuple[list[ShareRow], datetime | None]:
    """Rows as the browser sent them, checked. Raises `InvalidFields`."""
    if len(rows) > MAX_CONTRIBUTIONS:
        raise refuse("contributions", "too-many", f"A work has at most {MAX_CONTRIBUTIONS} shares at a time.")
    return [_read_row(row) for row in rows], _read_day(valid_from)


def write_shares(
    uow: UnitOfWork,
    actor: Actor,
    *,
    work_id: UUID,
    lines: Sequence[ShareRow],
    valid_from: datetime | None,
    version: int,
) -> Work:
    """Make these the shares of a work; errors as `set_contributions`."""
    new = [line for line in lines if line.contributor_id is None]
    made: dict[str, UUID] = {}
    if new:
        roles = sorted({line.role for line in new})
        people = find_or_make_contributors(uow, actor, names=[line.name for line in new], roles=roles)
        made = {line.name: person.id for line, person in zip(new, people, strict=True)}
    drafts = [
        ContributionDraft(
            contributor_id=line.contributor_id or made[line.name],
            role=line.role,
            rights_type=line.right,
            share_ppm=line.share_ppm,
            valid_from=valid_from,
        )
        for line in lines
    ]
    return set_contributions(uow, actor, work_id=work_id, contributions=drafts, version=version)


def _read_row(row: Any) -> ShareRow:
    given = row if isinstance(row, dict) else {}
    right, share = given.get("right") or None, given.get("sharePpm")
    if right is not None and right not in set(RightsType):
        raise refuse("rightsType", "unknown", "Choose the right from the list.")
    if not isinstance(share, int) or isinstance(share, bool):
        raise refuse("sharePpm", "required", "Give everyone a percentage from 0 to 100.")
    contributor_id = parse_id(str(given.get("contributorId") or ""))
    name = str(given.get("name") or "")
    return ShareRow(
        contributor_id=contributor_id,
        name=name if contributor_id else clean_line(name, field="name", max_chars=MAX_NAME_CHARS),
        role=clean_role(str(given.get("role") or "")),
        right=RightsType(right) if right else None,
        share_ppm=share,
    )


def _read_day(day: str) -> datetime | None:
    if not day:
        return None
    try:
        return datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise refuse("validFrom", "format", "Give the day as year-month-day.") from None
