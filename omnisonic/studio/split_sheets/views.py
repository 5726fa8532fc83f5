"""Split sheets as the members of the session see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.catalog.models import ContributionRole
from omnisonic.core.catalog.shares import percent_of_ppm
from omnisonic.core.ledger.models import LeafKind
from omnisonic.core.releases.proofs import LeafProof, proofs_of
from omnisonic.studio.sessions.repository import list_members
from omnisonic.studio.split_sheets import repository
from omnisonic.studio.split_sheets.models import (
    SplitApproval,
    SplitShare,
    SplitSheet,
    SplitSheetStatus,
    SplitVersion,
)
from omnisonic.studio.split_sheets.schemas import (
    ShareView,
    SheetAnswerView,
    SheetVersionView,
    SheetView,
    VersionShareView,
)


def accepted_at(sheet: SplitSheet, answers: Iterable[SplitApproval]) -> dict[UUID, datetime]:
    """When each party accepted the present version; who asked for a change afterwards is not there."""
    accepted: dict[UUID, datetime] = {}
    for one in answers:
        if one.sheet_version != sheet.version or one.sheet_sha256 != sheet.sha256:
            continue
        if one.is_accepted:
            accepted[one.user_id] = one.created_at
        else:
            accepted.pop(one.user_id, None)
    return accepted


def waiting_for(shares: Iterable[SplitShare], accepted: dict[UUID, datetime]) -> list[UUID | None]:
    """Parties who have not accepted, each once; None stands for an account that is gone."""
    return list(dict.fromkeys(one.user_id for one in shares if one.user_id not in accepted))


def views_of(session: Session, sheets: Sequence[SplitSheet]) -> list[SheetView]:
    """Views of sheets of one session, in a constant number of statements."""
    if not sheets:
        return []
    ids = [sheet.id for sheet in sheets]
    shares, answers = repository.shares_of(session, ids), repository.answers_of(session, ids)
    proofs = proofs_of(session, LeafKind.SPLIT, ids)
    names = repository.names_of(session, [one.proposed_by for one in sheets if one.proposed_by])
    members = {one.user_id for one in list_members(session, session_id=sheets[0].session_id)}
    return [
        _view(
            sheet,
            shares.get(sheet.id, []),
            answers.get(sheet.id, []),
            members=members,
            proposer=names.get(sheet.proposed_by) if sheet.proposed_by else None,
            proof=proofs.get(sheet.id),
        )
        for sheet in sheets
    ]


def view_of(session: Session, sheet: SplitSheet) -> SheetView:
    """One sheet."""
    return views_of(session, [sheet])[0]


def version_views(session: Session, versions: Sequence[SplitVersion]) -> list[SheetVersionView]:
    """Versions of a sheet as they were proposed."""
    names = repository.names_of(session, [one.proposed_by for one in versions if one.proposed_by])
    return [
        SheetVersionView(
            version=one.version,
            title=one.title,
            note=one.note,
            sha256=one.sha256,
            proposed_by=one.proposed_by,
            proposed_by_name=names.get(one.proposed_by) if one.proposed_by else None,
            at=one.created_at,
            shares=[
                VersionShareView(
                    user_id=share["user"], name=share["name"], role=share["role"], share_ppm=share["ppm"]
                )
                for share in one.shares
            ],
        )
        for one in versions
    ]


def _view(
    sheet: SplitSheet,
    shares: Sequence[SplitShare],
    answers: Sequence[tuple[SplitApproval, str]],
    *,
    members: set[UUID],
    proposer: str | None,
    proof: LeafProof | None,
) -> SheetView:
    accepted = accepted_at(sheet, (answer for answer, _ in answers))
    is_open = sheet.status is SplitSheetStatus.PROPOSED
    values = sheet.model_dump(exclude={"proposed_by_name"})
    return SheetView(
        **values,
        proposed_by_name=proposer,
        leaf_hash=proof.leaf_hash if proof else None,
        proof_url=proof.url if proof else None,
        is_provable=proof is not None and proof.is_provable,
        shares=[_share(one, accepted, members) for one in shares],
        answers=[_answer(answer, name) for answer, name in answers],
        waiting_for=[one for one in waiting_for(shares, accepted) if one is not None] if is_open else [],
    )


def _share(share: SplitShare, accepted: dict[UUID, datetime], members: set[UUID]) -> ShareView:
    return ShareView(
        user_id=share.user_id,
        contributor_id=share.contributor_id,
        name=share.name,
        role=ContributionRole(share.role),
        share_ppm=share.share_ppm,
        pct_share=percent_of_ppm(share.share_ppm),
        accepted_at=accepted.get(share.user_id) if share.user_id else None,
        is_member=share.user_id in members,
    )


def _answer(answer: SplitApproval, name: str) -> SheetAnswerView:
    return SheetAnswerView(
        user_id=answer.user_id,
        display_name=name,
        version=answer.sheet_version,
        is_accepted=answer.is_accepted,
        word=answer.word,
        at=answer.created_at,
    )
