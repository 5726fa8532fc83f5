"""REST of exchange rates: everybody sees them, curators add to them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from omnisonic.core.royalties import exchange_rates
from omnisonic.core.royalties.access import require_curator
from omnisonic.core.royalties.answering import answer_once
from omnisonic.core.royalties.exchange_rates_file import FILE_BYTES_MAX
from omnisonic.core.royalties.exchange_rates_schemas import RateList, RatesRequest, RatesSaved
from omnisonic.platform.auth.http import RoyaltiesReader, RoyaltiesWriter
from omnisonic.platform.db import UnitOfWork, read_session, unit_of_work
from omnisonic.platform.errors import TooLarge
from omnisonic.platform.idempotency import IdempotencyKey
from omnisonic.platform.pagination import PageQuery
from omnisonic.platform.schemas import ApiModel

router = APIRouter(prefix="/api/royalties/exchange-rates", tags=["exchange rates"])
Code = Annotated[str | None, Query(min_length=3, max_length=3)]
Source = Annotated[str | None, Query(min_length=1, max_length=120)]


async def _content(request: Request, actor: RoyaltiesWriter) -> bytes:
    require_curator(actor)
    content = bytearray()
    async for block in request.stream():
        content += block
        if len(content) > FILE_BYTES_MAX:
            raise TooLarge(f"A file of rates has at most {FILE_BYTES_MAX >> 20} MB. Send it in parts.")
    return bytes(content)


@router.get("", operation_id="list_exchange_rates")
def list_exchange_rates(
    actor: RoyaltiesReader, page: PageQuery, base: Code = None, quote: Code = None, source: Source = None
) -> RateList:
    """Stated rates, newest entries first."""
    with read_session() as session:
        return exchange_rates.list_rates(session, actor, page=page, base=base, quote=quote, source=source)


@router.post("", status_code=201, operation_id="add_exchange_rates", response_model=RatesSaved)
def add_exchange_rates(
    actor: RoyaltiesWriter, body: RatesRequest, idempotency_key: IdempotencyKey = None
) -> Response:
    """Add rates, all or none; they are never changed."""

    def add(uow: UnitOfWork) -> ApiModel:
        return exchange_rates.add_rates(uow, actor, drafts=body.rates)

    return answer_once(actor, idempotency_key, body, add, status=201)


@router.post(
    "/file",
    status_code=201,
    operation_id="upload_exchange_rates",
    openapi_extra={
        "requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}
    },
)
def upload_exchange_rates(
    actor: RoyaltiesWriter, content: Annotated[bytes, Depends(_content)], source: Source = None
) -> RatesSaved:
    """Add the rates of a CSV file with the columns base, quote, day, rate, source; all or none."""
    with unit_of_work() as uow:
        return exchange_rates.upload_rates(uow, actor, content=content, source=source)
