"""Claims: somebody says that a part of a work that nobody has is theirs; a curator decides.

Accepting makes the share a version of the work's contributions and gives out what waited for it, each
use by the shares of its day. Only shares that count for every right are claimed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from omnisonic.core.catalog.contributions import set_contributions
from omnisonic.core.catalog.fields import clean_role
from omnisonic.core.catalog.models import Work
from omnisonic.core.catalog.repository import (
    contributors_by_ids,
    find_entity,
    share_versions,
    works_by_ids,
)
from omnisonic.core.royalties.access import is_curator, own_parties, require_curator
from omnisonic.core.royalties.cases import cases_page, get_case, lock_open_case, open_case, settle_case
from omnisonic.core.royalties.claims_rules import Standing, standing_on, with_claim
from omnisonic.core.royalties.claims_schemas import (
    ClaimAnswer,
    ClaimList,
    ClaimRequest,
    ClaimView,
    FreeShare,
)
from omnisonic.core.royalties.errors import CaseOpenAlready, NothingUnclaimed
from omnisonic.core.royalties.matching import release_view
from omnisonic.core.royalties.models import CaseStatus, ShareClaim
from omnisonic.core.royalties.shapes import MoneyView, money_view
from omnisonic.core.royalties.suspense import release_resolved
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import FieldError, InvalidFields, NotFound
from omnisonic.platform.ids import utc_now
from omnisonic.platform.named_locks import take_lock
from omnisonic.platform.pagination import Page

PROVENANCE = "share claim"

_WAITING = text("""
    SELECT e.currency, -sum(e.amount_nano) AS nano
    FROM ledger_entries e
    JOIN ledger_accounts a ON a.id = e.account_id AND a.kind = 'suspense' AND a.owner = 'unclaimed'
    JOIN works w ON w.id = e.work_id
    WHERE e.contributor_id IS NULL AND coalesce(w.merged_into, w.id) = :work_id
    GROUP BY 1 HAVING sum(e.amount_nano) <> 0 ORDER BY 1
""")


def claim_share(uow: UnitOfWork, actor: Actor, *, request: ClaimRequest) -> ClaimAnswer:
    """Claim a part of a work for a contributor the account is linked to.

    Raises `NotFound` for an unknown work, `InvalidFields` for a contributor of others or an unknown role,
    `NothingUnclaimed` where less is free on that day, `CaseOpenAlready`.
    """
    session = uow.session
    work = _work(session, request.work_id)
    role = clean_role(request.role)
    party = _own_party(session, actor, request.contributor_id)
    take_lock(session, f"royalties:claims:{work.id}")
    present = session.exec(
        select(ShareClaim).where(
            ShareClaim.work_id == work.id,
            ShareClaim.contributor_id == party,
            ShareClaim.status == CaseStatus.OPEN,
        )
    ).first()
    if present is not None:
        raise CaseOpenAlready(current=_current(session, present))
    _require_free(session, work.id, request.valid_from, request.share_ppm)
    claim = ShareClaim(
        work_id=work.id,
        contributor_id=party,
        user_id=actor.user_id,
        share_ppm=request.share_ppm,
        role=str(role),
        valid_from=request.valid_from,
        reason=request.reason,
    )
    open_case(uow, claim)
    return ClaimAnswer(claim=views_of(session, [claim])[0])


def accept_claim(
    uow: UnitOfWork, actor: Actor, *, claim_id: UUID, answer: str | None = None, version: int | None = None
) -> ClaimAnswer:
    """Make the share the party's and give out what waited for it, in the open cycles.

    Raises `Forbidden` unless a curator, `NotFound`, `VersionConflict`, `CaseDecided`, and
    `NothingUnclaimed` when less is free by now.
    """
    require_curator(actor)
    claim = _locked(uow, actor, claim_id, version)
    work = _work(uow.session, claim.work_id, for_update=True)
    standing = _require_free(uow.session, work.id, claim.valid_from, claim.share_ppm)
    party = contributors_by_ids(uow.session, [claim.contributor_id])[claim.contributor_id]
    set_contributions(
        uow,
        actor,
        work_id=work.id,
        contributions=with_claim(
            standing,
            contributor_id=party.id,
            role=clean_role(claim.role),
            share_ppm=claim.share_ppm,
        ),
        source=PROVENANCE,
    )
    uow.session.flush()
    released = release_resolved(uow, actor, work_id=work.id)
    settle_case(uow, claim, CaseStatus.ACCEPTED, actor=actor, answer=answer)
    return ClaimAnswer(claim=views_of(uow.session, [claim])[0], release=release_view(released))


def reject_claim(
    uow: UnitOfWork, actor: Actor, *, claim_id: UUID, answer: str, version: int | None = None
) -> ClaimAnswer:
    """The share is not theirs; says why. Raises as `accept_claim`."""
    require_curator(actor)
    claim = _locked(uow, actor, claim_id, version)
    settle_case(uow, claim, CaseStatus.REJECTED, actor=actor, answer=answer)
    return ClaimAnswer(claim=views_of(uow.session, [claim])[0])


def withdraw_claim(
    uow: UnitOfWork, actor: Actor, *, claim_id: UUID, version: int | None = None
) -> ClaimAnswer:
    """Take one's own claim back. Raises `NotFound`, `Forbidden`, `VersionConflict`, `CaseDecided`."""
    claim = _locked(uow, actor, claim_id, version, is_own=True)
    settle_case(uow, claim, CaseStatus.WITHDRAWN)
    return ClaimAnswer(claim=views_of(uow.session, [claim])[0])


def list_claims(
    session: Session,
    actor: Actor,
    *,
    page: Page,
    status: CaseStatus | None = None,
    work_id: UUID | None = None,
) -> ClaimList:
    """Claims the caller may see, newest first."""
    of_work = [col(ShareClaim.work_id) == work_id] if work_id else []
    rows, cursor = cases_page(session, actor, ShareClaim, *of_work, page=page, status=status)
    return ClaimList(claims=views_of(session, rows), next_cursor=cursor)


def get_claim(session: Session, actor: Actor, *, claim_id: UUID) -> ClaimView:
    """One claim; raises `NotFound` also for one of others."""
    return views_of(session, [get_case(session, actor, ShareClaim, claim_id)])[0]


def free_share(session: Session, actor: Actor, *, work_id: UUID, day: date | None = None) -> FreeShare:
    """What nobody has of a work on a day. Curators also see the money that waits. Raises `NotFound`."""
    work = _work(session, work_id)
    standing = standing_on(share_versions(session, work.id), day, now=utc_now())
    waiting: list[MoneyView] | None = None
    if is_curator(actor):
        rows = session.execute(_WAITING, {"work_id": work.id})
        waiting = [money_view(int(row.nano), row.currency) for row in rows]
    free_ppm = 0 if standing.blocked else standing.free_ppm
    return FreeShare(work_id=work.id, day=day, free_ppm=free_ppm, waiting=waiting)


def views_of(session: Session, rows: Sequence[ShareClaim]) -> list[ClaimView]:
    """Claims with the titles of their works and the names of their parties."""
    works = works_by_ids(session, [one.work_id for one in rows])
    names = contributors_by_ids(session, [one.contributor_id for one in rows])
    plain = [name for name in ClaimView.model_fields if name in ShareClaim.model_fields]
    return [
        ClaimView(
            **{name: getattr(one, name) for name in plain},
            work_title=works[one.work_id].title,
            payee_name=names[one.contributor_id].name,
            free_ppm=_free_for(session, one),
        )
        for one in rows
    ]


def _free_for(session: Session, claim: ShareClaim) -> int | None:
    if claim.status is not CaseStatus.OPEN:
        return None
    standing = standing_on(share_versions(session, claim.work_id), claim.valid_from, now=utc_now())
    return 0 if standing.blocked else standing.free_ppm


def _work(session: Session, work_id: UUID, *, for_update: bool = False) -> Work:
    found = find_entity(session, Work, work_id, for_update=for_update)
    if found is None:
        raise NotFound(f"There is no work with the id {work_id}.")
    return found


def _own_party(session: Session, actor: Actor, contributor_id: UUID) -> UUID:
    if contributor_id not in own_parties(session, actor):
        message = "Claim for a contributor that your account is linked to."
        raise InvalidFields(message, errors=[FieldError("contributorId", "not-yours", message)])
    return contributors_by_ids(session, [contributor_id])[contributor_id].id


def _require_free(session: Session, work_id: UUID, day: date | None, share_ppm: int) -> Standing:
    standing = standing_on(share_versions(session, work_id), day, now=utc_now())
    if standing.blocked:
        raise NothingUnclaimed(standing.blocked)
    if share_ppm > standing.free_ppm:
        free = standing.free_ppm / 10_000
        raise NothingUnclaimed(
            f"{free:g} % of the work is free on that day.",
            current={"freePpm": standing.free_ppm},
        )
    return standing


def _locked(
    uow: UnitOfWork, actor: Actor, claim_id: UUID, version: int | None, *, is_own: bool = False
) -> ShareClaim:
    return lock_open_case(uow, actor, ShareClaim, claim_id, version=version, current=_current, is_own=is_own)


def _current(session: Session, claim: ShareClaim) -> dict[str, object]:
    return views_of(session, [claim])[0].model_dump(mode="json", by_alias=True)
