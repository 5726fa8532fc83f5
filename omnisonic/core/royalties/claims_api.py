"""REST of claims to shares that nobody has: payees claim, curators decide."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from omnisonic.core.royalties import claims
from omnisonic.core.royalties.answering import answer_once
from omnisonic.core.royalties.claims_schemas import (
    ClaimAcceptRequest,
    ClaimAnswer,
    ClaimList,
    ClaimRequest,
    FreeShare,
)
from omnisonic.core.royalties.disputes_schemas import RejectRequest, WithdrawRequest
from omnisonic.core.royalties.models import CaseStatus
from omnisonic.platform.auth.http import RoyaltiesReader, RoyaltiesWriter
from omnisonic.platform.db import UnitOfWork, read_session
from omnisonic.platform.idempotency import IdempotencyKey
from omnisonic.platform.pagination import PageQuery

router = APIRouter(prefix="/api/royalties/claims", tags=["claims"])


@router.get("", operation_id="list_claims")
def list_claims(
    actor: RoyaltiesReader,
    page: PageQuery,
    status: CaseStatus | None = None,
    work_id: Annotated[UUID | None, Query(alias="workId")] = None,
) -> ClaimList:
    """Claims, newest first; a payee sees their own."""
    with read_session() as session:
        return claims.list_claims(session, actor, page=page, status=status, work_id=work_id)


@router.get("/free", operation_id="get_free_share")
def get_free_share(
    actor: RoyaltiesReader, work_id: Annotated[UUID, Query(alias="workId")], day: date | None = None
) -> FreeShare:
    """What nobody has of a work on a day."""
    with read_session() as session:
        return claims.free_share(session, actor, work_id=work_id, day=day)


@router.get("/{claim_id}", operation_id="get_claim")
def get_claim(actor: RoyaltiesReader, claim_id: UUID) -> ClaimAnswer:
    """One claim."""
    with read_session() as session:
        return ClaimAnswer(claim=claims.get_claim(session, actor, claim_id=claim_id))


@router.post("", status_code=201, operation_id="claim_share", response_model=ClaimAnswer)
def claim_share(
    actor: RoyaltiesWriter, body: ClaimRequest, idempotency_key: IdempotencyKey = None
) -> Response:
    """Claim a part of a work that nobody has."""

    def act(uow: UnitOfWork) -> ClaimAnswer:
        return claims.claim_share(uow, actor, request=body)

    return answer_once(actor, idempotency_key, body, act, status=201)


@router.post("/{claim_id}/accept", operation_id="accept_claim", response_model=ClaimAnswer)
def accept_claim(
    actor: RoyaltiesWriter, claim_id: UUID, body: ClaimAcceptRequest, idempotency_key: IdempotencyKey = None
) -> Response:
    """Make the share theirs and give out what waited for it."""

    def act(uow: UnitOfWork) -> ClaimAnswer:
        return claims.accept_claim(uow, actor, claim_id=claim_id, answer=body.answer, version=body.version)

    return answer_once(actor, idempotency_key, body, act)


@router.post("/{claim_id}/reject", operation_id="reject_claim", response_model=ClaimAnswer)
def reject_claim(
    actor: RoyaltiesWriter, claim_id: UUID, body: RejectRequest, idempotency_key: IdempotencyKey = None
) -> Response:
    """Refuse a claim: say why."""

    def act(uow: UnitOfWork) -> ClaimAnswer:
        return claims.reject_claim(uow, actor, claim_id=claim_id, answer=body.answer, version=body.version)

    return answer_once(actor, idempotency_key, body, act)


@router.post("/{claim_id}/withdraw", operation_id="withdraw_claim", response_model=ClaimAnswer)
def withdraw_claim(
    actor: RoyaltiesWriter, claim_id: UUID, body: WithdrawRequest, idempotency_key: IdempotencyKey = None
) -> Response:
    """Take one's own claim back."""

    def act(uow: UnitOfWork) -> ClaimAnswer:
        return claims.withdraw_claim(uow, actor, claim_id=claim_id, version=body.version)

    return answer_once(actor, idempotency_key, body, act)
