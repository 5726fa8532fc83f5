"""REST of payouts and balances: curators all, payees see their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response, StreamingResponse

from omnisonic.core.royalties import payouts, payouts_lists, payouts_plans
from omnisonic.core.royalties.access import require_curator
from omnisonic.core.royalties.answering import answer_once
from omnisonic.core.royalties.models import PayoutStatus
from omnisonic.core.royalties.payouts_schemas import (
    BalanceList,
    CancelRequest,
    PayoutAnswer,
    PayoutList,
    PayoutPreview,
    PayoutView,
    PayRequest,
    Proposed,
    ProposeRequest,
)
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.http import RoyaltiesReader, RoyaltiesWriter
from omnisonic.platform.csv_rows import stream_csv
from omnisonic.platform.db import UnitOfWork, read_session
from omnisonic.platform.idempotency import IdempotencyKey
from omnisonic.platform.pagination import MAX_LIMIT, PageQuery
from omnisonic.platform.schemas import ApiModel

router = APIRouter(prefix="/api/payouts", tags=["payouts"])
Contributor = Annotated[UUID | None, Query(alias="contributorId")]
Cycle = Annotated[UUID | None, Query(alias="cycleId")]
Code = Annotated[str | None, Query(min_length=3, max_length=3)]


@router.get("", operation_id="list_payouts")
def list_payouts(
    actor: RoyaltiesReader,
    page: PageQuery,
    status: PayoutStatus | None = None,
    contributor_id: Contributor = None,
    cycle_id: Cycle = None,
) -> PayoutList:
    """Payouts, newest first; a payee sees their own."""
    with read_session() as session:
        return payouts_lists.list_payouts(
            session, actor, page=page, status=status, contributor_id=contributor_id, cycle_id=cycle_id
        )


@router.get("/balances", operation_id="list_balances")
def list_balances(
    actor: RoyaltiesReader,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
    cursor: Annotated[str | None, Query(max_length=100)] = None,
    contributor_id: Contributor = None,
    currency: Code = None,
) -> BalanceList:
    """What payees have by the ledger, by contributor and currency; a payee sees their own."""
    with read_session() as session:
        return payouts_lists.list_balances(
            session, actor, limit=limit, cursor=cursor, contributor_id=contributor_id, currency=currency
        )


@router.get("/file.csv", operation_id="download_payouts", response_class=Response)
def download_payouts(
    actor: RoyaltiesReader, status: PayoutStatus | None = PayoutStatus.PROPOSED, cycle_id: Cycle = None
) -> Response:
    """Payouts as CSV by number, for whoever makes the transfers."""
    require_curator(actor)
    return StreamingResponse(
        stream_csv(payouts_lists.FILE_HEADER, _file_rows(actor, status, cycle_id)),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="payouts.csv"', "Cache-Control": "no-store"},
    )


@router.get("/{payout_id}", operation_id="get_payout")
def get_payout(actor: RoyaltiesReader, payout_id: UUID) -> PayoutAnswer:
    """One payout."""
    with read_session() as session:
        return PayoutAnswer(payout=payouts_lists.get_payout(session, actor, payout_id=payout_id))


@router.post("", status_code=201, operation_id="propose_payouts", response_model=Proposed)
def propose_payouts(
    actor: RoyaltiesWriter, body: ProposeRequest, idempotency_key: IdempotencyKey = None
) -> Response:
    """Propose payouts for a closed cycle, or for all that is there now."""

    def propose(uow: UnitOfWork) -> ApiModel:
        return payouts.propose_payouts(uow, actor, request=body)

    return answer_once(actor, idempotency_key, body, propose, status=201)


@router.post("/preview", operation_id="preview_payouts")
def preview_payouts(actor: RoyaltiesReader, body: ProposeRequest) -> PayoutPreview:
    """What proposing would propose now, with rates, and what it would leave; writes nothing."""
    with read_session() as session:
        return payouts_plans.preview_payouts(session, actor, request=body)


@router.post("/{payout_id}/pay", operation_id="pay_payout", response_model=PayoutAnswer)
def pay_payout(
    actor: RoyaltiesWriter, payout_id: UUID, body: PayRequest, idempotency_key: IdempotencyKey = None
) -> Response:
    """Book a payout as paid, once."""

    def pay(uow: UnitOfWork) -> ApiModel:
        return _answer(
            payouts.pay_payout(
                uow, actor, payout_id=payout_id, version=body.version, reference=body.reference
            )
        )

    return answer_once(actor, idempotency_key, body, pay)


@router.post("/{payout_id}/cancel", operation_id="cancel_payout", response_model=PayoutAnswer)
def cancel_payout(
    actor: RoyaltiesWriter, payout_id: UUID, body: CancelRequest, idempotency_key: IdempotencyKey = None
) -> Response:
    """Take a proposal back."""

    def cancel(uow: UnitOfWork) -> ApiModel:
        return _answer(payouts.cancel_payout(uow, actor, payout_id=payout_id, version=body.version))

    return answer_once(actor, idempotency_key, body, cancel)


def _answer(payout: PayoutView) -> PayoutAnswer:
    return PayoutAnswer(payout=payout)


def _file_rows(actor: Actor, status: PayoutStatus | None, cycle_id: UUID | None) -> Iterator[tuple[Any, ...]]:
    with read_session() as session:
        yield from payouts_lists.file_rows(session, actor, status=status, cycle_id=cycle_id)
