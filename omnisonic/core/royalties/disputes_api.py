"""REST of disputes: payees about their own lines, curators answer."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from omnisonic.core.royalties import disputes
from omnisonic.core.royalties.answering import answer_once
from omnisonic.core.royalties.disputes_schemas import (
    AcceptRequest,
    DisputeAnswer,
    DisputeList,
    DisputeRequest,
    RejectRequest,
    WithdrawRequest,
)
from omnisonic.core.royalties.models import CaseStatus
from omnisonic.platform.auth.http import RoyaltiesReader, RoyaltiesWriter
from omnisonic.platform.db import UnitOfWork, read_session
from omnisonic.platform.idempotency import IdempotencyKey
from omnisonic.platform.pagination import PageQuery

router = APIRouter(prefix="/api/royalties/disputes", tags=["disputes"])


@router.get("", operation_id="list_disputes")
def list_disputes(
    actor: RoyaltiesReader,
    page: PageQuery,
    status: CaseStatus | None = None,
    line_id: Annotated[UUID | None, Query(alias="lineId")] = None,
) -> DisputeList:
    """Disputes, newest first; a payee sees their own."""
    with read_session() as session:
        return disputes.list_disputes(session, actor, page=page, status=status, line_id=line_id)


@router.get("/{dispute_id}", operation_id="get_dispute")
def get_dispute(actor: RoyaltiesReader, dispute_id: UUID) -> DisputeAnswer:
    """One dispute."""
    with read_session() as session:
        return DisputeAnswer(dispute=disputes.get_dispute(session, actor, dispute_id=dispute_id))


@router.post("", status_code=201, operation_id="open_dispute", response_model=DisputeAnswer)
def open_dispute(
    actor: RoyaltiesWriter, body: DisputeRequest, idempotency_key: IdempotencyKey = None
) -> Response:
    """Dispute a line of one's own statement; its money is held back until it is answered."""

    def act(uow: UnitOfWork) -> DisputeAnswer:
        return disputes.open_dispute(uow, actor, line_id=body.line_id, reason=body.reason)

    return answer_once(actor, idempotency_key, body, act, status=201)


@router.post("/{dispute_id}/withdraw", operation_id="withdraw_dispute", response_model=DisputeAnswer)
def withdraw_dispute(
    actor: RoyaltiesWriter, dispute_id: UUID, body: WithdrawRequest, idempotency_key: IdempotencyKey = None
) -> Response:
    """Take one's own dispute back."""

    def act(uow: UnitOfWork) -> DisputeAnswer:
        return disputes.withdraw_dispute(uow, actor, dispute_id=dispute_id, version=body.version)

    return answer_once(actor, idempotency_key, body, act)


@router.post("/{dispute_id}/accept", operation_id="accept_dispute", response_model=DisputeAnswer)
def accept_dispute(
    actor: RoyaltiesWriter, dispute_id: UUID, body: AcceptRequest, idempotency_key: IdempotencyKey = None
) -> Response:
    """The payee is right: correct the usage behind the line."""

    def act(uow: UnitOfWork) -> DisputeAnswer:
        return disputes.accept_dispute(
            uow,
            actor,
            dispute_id=dispute_id,
            answer=body.answer,
            correction=body.correction,
            version=body.version,
        )

    return answer_once(actor, idempotency_key, body, act)


@router.post("/{dispute_id}/reject", operation_id="reject_dispute", response_model=DisputeAnswer)
def reject_dispute(
    actor: RoyaltiesWriter, dispute_id: UUID, body: RejectRequest, idempotency_key: IdempotencyKey = None
) -> Response:
    """The line is right: say why."""

    def act(uow: UnitOfWork) -> DisputeAnswer:
        return disputes.reject_dispute(
            uow, actor, dispute_id=dispute_id, answer=body.answer, version=body.version
        )

    return answer_once(actor, idempotency_key, body, act)
