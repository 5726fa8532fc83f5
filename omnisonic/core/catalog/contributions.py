"""Shares of works as versions in time: a change closes what was and opens what comes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.catalog import entries, provenance, repository
from omnisonic.core.catalog.errors import ContributionEnded
from omnisonic.core.catalog.fields import clean_instant, clean_role, clean_share, refuse
from omnisonic.core.catalog.models import (
    WHOLE_PPM,
    Contribution,
    ContributionRole,
    EntityKind,
    RightsType,
    Work,
)
from omnisonic.core.catalog.schemas import ContributionDraft
from omnisonic.core.catalog.search import index_entities
from omnisonic.core.catalog.shares import Total, fit_to_whole, judge_total
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import NotFound
from omnisonic.platform.ids import utc_now

MAX_CONTRIBUTIONS = 200
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)  # where the first shares of a work begin unless they say otherwise


@dataclass(frozen=True)
class _Line:
    contributor_id: UUID
    role: ContributionRole
    rights_type: RightsType | None
    share_ppm: int

    @property
    def key(self) -> str:
        return f"{self.contributor_id}:{self.role}"


def set_contributions(
    uow: UnitOfWork,
    actor: Actor,
    *,
    work_id: UUID,
    contributions: Sequence[ContributionDraft],
    version: int | None = None,
    source: str | None = None,
) -> Work:
    """Make these the shares of a work from `valid_from` on (one for all; default: now, at first: always).

    Versions in force end there, versions that would start later are withdrawn. A set within ±600 ppm of
    the whole is made exact and its history says `adjusted`; above it is kept as a conflict. Repeating a
    set changes nothing. Raises `NotFound`, `Forbidden`, `VersionConflict`, `InvalidFields`, `ShareTotal`.
    """
    work = entries.lock_for_edit(uow, actor, Work, work_id, version=version)
    lines = _clean_lines(uow.session, contributions)
    existing = repository.share_versions(uow.session, work.id)
    start = _common_start(contributions) or (utc_now() if existing else ALWAYS)
    fitted, adjusted = _fit(lines)
    if _is_in_force(existing, fitted, start):
        return work
    before = _close(uow, existing, start)
    rows = [_open(actor, work.id, line, start) for line in fitted]
    uow.session.add_all(rows)
    _save(uow, actor, work, action="shares-set", before=before, after=rows, adjusted=adjusted, source=source)
    return work


def update_contribution(
    uow: UnitOfWork,
    actor: Actor,
    *,
    contribution_id: UUID,
    draft: ContributionDraft,
    source: str | None = None,
) -> Contribution:
    """End one version of a share at `valid_from` (now) and open its successor, which is returned.

    A version that has not started by then is replaced. When the right's sum comes within ±600 ppm of the
    whole, this share takes the difference. Raises `NotFound`, `Forbidden`, `ContributionEnded`,
    `InvalidFields`, `ShareTotal`.
    """
    found = get_contribution(uow.session, actor, contribution_id=contribution_id)
    work = entries.lock_for_edit(uow, actor, Work, found.work_id)
    found = _reread(uow.session, contribution_id)
    (line,) = _clean_lines(uow.session, [draft])
    start = _successor_start(found, draft.valid_from)
    line, adjusted = _fit_one(uow.session, work.id, found, line, start)
    if line == _line_of(found):
        return found
    before = [_told(found)]
    if start <= found.valid_from:
        _overwrite(found, line)
        successor = found
    else:
        successor = _open(actor, work.id, line, start)
        successor.valid_to = found.valid_to
        found.valid_to = start
        uow.session.add(successor)
    _save(
        uow,
        actor,
        work,
        action="share-changed",
        before=before,
        after=[successor],
        adjusted=adjusted,
        source=source,
    )
    return successor


def get_contribution(session: Session, _actor: Actor, *, contribution_id: UUID) -> Contribution:
    """One version of a share; raises `NotFound`."""
    found = session.get(Contribution, contribution_id)
    if found is None:
        raise NotFound("There is no such share.")
    return found


def _reread(session: Session, contribution_id: UUID) -> Contribution:
    # As it is under the lock: another request may have replaced the whole set meanwhile.
    found = session.get(Contribution, contribution_id, populate_existing=True)
    if found is None:
        raise ContributionEnded("This share was replaced a moment ago. Reload the work.")
    return found


def _clean_lines(session: Session, drafts: Sequence[ContributionDraft]) -> list[_Line]:
    if len(drafts) > MAX_CONTRIBUTIONS:
        raise refuse("contributions", "too-many", f"A work has at most {MAX_CONTRIBUTIONS} shares at a time.")
    known = repository.contributors_by_ids(session, [draft.contributor_id for draft in drafts])
    lines: dict[tuple[str, RightsType | None], _Line] = {}
    for draft in drafts:
        contributor = known.get(draft.contributor_id)
        if contributor is None:
            raise refuse("contributorId", "unknown", f"There is no contributor {draft.contributor_id}.")
        share_ppm = clean_share(draft.share_ppm, draft.percent)
        line = _Line(contributor.id, clean_role(draft.role), draft.rights_type, share_ppm)
        if (line.key, line.rights_type) in lines:
            message = f"{contributor.name} is given twice as {line.role}. Add the shares together."
            raise refuse("contributions", "duplicate", message)
        lines[line.key, line.rights_type] = line
    return list(lines.values())


def _common_start(drafts: Sequence[ContributionDraft]) -> datetime | None:
    starts = {draft.valid_from for draft in drafts}
    if len(starts) > 1:
        raise refuse("validFrom", "several", "Give all shares of a set the same validFrom, or none.")
    start = next(iter(starts), None)
    return None if start is None else clean_instant(start, field="validFrom")


def _fit(lines: Sequence[_Line]) -> tuple[list[_Line], bool]:
    groups: dict[RightsType | None, list[_Line]] = {}
    for line in lines:
        groups.setdefault(line.rights_type, []).append(line)
    fitted_lines, adjusted = [], False
    for group in groups.values():
        fitted = fit_to_whole([line.share_ppm for line in group], [line.key for line in group])
        adjusted |= fitted.adjusted
        fitted_lines += [_with_share(*pair) for pair in zip(group, fitted.shares_ppm, strict=True)]
    return fitted_lines, adjusted


def _fit_one(
    session: Session, work_id: UUID, found: Contribution, line: _Line, start: datetime
) -> tuple[_Line, bool]:
    present = repository.shares_at(session, [work_id], start).get(work_id, [])
    others = [_line_of(one) for one in present if one.id != found.id]
    same_right = [one for one in others if one.rights_type == line.rights_type]
    if line.key in {one.key for one in same_right}:
        raise refuse(
            "contributorId", "duplicate", f"They have another share as {line.role}. Change that one."
        )
    rest = sum(one.share_ppm for one in same_right)
    total, exact = rest + line.share_ppm, WHOLE_PPM - rest
    if judge_total(total) is not Total.WHOLE or total == WHOLE_PPM or not 0 <= exact <= WHOLE_PPM:
        return line, False
    return _with_share(line, exact), True


def _successor_start(found: Contribution, wanted: datetime | None) -> datetime:
    now = utc_now()
    if found.valid_to is not None and found.valid_to <= now:
        raise ContributionEnded(f"This share ended on {found.valid_to:%Y-%m-%d}. Change its successor.")
    start = max(now, found.valid_from) if wanted is None else clean_instant(wanted, field="validFrom")
    if start < found.valid_from:
        message = f"This version starts {found.valid_from.isoformat()}; its successor cannot start before."
        raise refuse("validFrom", "range", message)
    if found.valid_to is not None and start >= found.valid_to:
        raise refuse("validFrom", "range", "This version has ended by then. Change its successor.")
    return start


def _is_in_force(existing: Iterable[Contribution], wanted: Sequence[_Line], start: datetime) -> bool:
    open_rows = [row for row in existing if row.valid_to is None or row.valid_to > start]
    if any(row.valid_to is not None or row.valid_from > start for row in open_rows):
        return False
    return {_line_of(row) for row in open_rows} == set(wanted)


def _close(uow: UnitOfWork, existing: Iterable[Contribution], start: datetime) -> list[dict[str, Any]]:
    told = []
    for row in existing:
        if row.valid_to is not None and row.valid_to <= start:
            continue
        told.append(_told(row))
        if row.valid_from >= start:
            uow.session.delete(row)
        else:
            row.valid_to = start
    return told


def _open(actor: Actor, work_id: UUID, line: _Line, start: datetime) -> Contribution:
    return Contribution(
        work_id=work_id,
        contributor_id=line.contributor_id,
        role=line.role,
        rights_type=line.rights_type,
        share_ppm=line.share_ppm,
        valid_from=start,
        created_by=actor.user_id,
    )


def _save(
    uow: UnitOfWork,
    actor: Actor,
    work: Work,
    *,
    action: str,
    before: list[dict[str, Any]],
    after: Sequence[Contribution],
    adjusted: bool,
    source: str | None,
) -> None:
    entries.touch(uow, work)
    provenance.record(
        uow,
        actor,
        kind=EntityKind.WORK,
        entity_id=work.id,
        action=action,
        before={"shares": before},
        after={"shares": [_told(row) for row in after], "adjusted": adjusted},
        source=source,
    )
    index_entities(uow.session, EntityKind.WORK, [work.id])
    entries.announce(uow, actor, work)


def _told(row: Contribution) -> dict[str, Any]:
    return {
        "id": row.id,
        "contributorId": row.contributor_id,
        "role": row.role,
        "rightsType": row.rights_type,
        "sharePpm": row.share_ppm,
        "validFrom": row.valid_from,
        "validTo": row.valid_to,
    }


def _line_of(row: Contribution) -> _Line:
    return _Line(row.contributor_id, row.role, row.rights_type, row.share_ppm)


def _with_share(line: _Line, share_ppm: int) -> _Line:
    return _Line(line.contributor_id, line.role, line.rights_type, share_ppm)


def _overwrite(row: Contribution, line: _Line) -> None:
    row.contributor_id, row.role = line.contributor_id, line.role
    row.rights_type, row.share_ppm = line.rights_type, line.share_ppm
