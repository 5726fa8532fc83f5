"""How routes of the royalties that write answer: in one transaction, and the same again for the same key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi.responses import JSONResponse, Response

from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork, unit_of_work
from omnisonic.platform.idempotency import run_idempotent
from omnisonic.platform.schemas import ApiModel


def answer_once(
    actor: Actor,
    key: str | None,
    body: ApiModel,
    act: Callable[[UnitOfWork], ApiModel],
    *,
    status: int = 200,
) -> Response:
    """Do it in a transaction and answer; a request that comes again with its key gets the first answer.

    Raises what `act` and `run_idempotent` raise.
    """
    with unit_of_work() as uow:

        def produce() -> tuple[int, dict[str, Any]]:
            return status, act(uow).model_dump(mode="json")

        code, answer = run_idempotent(uow, actor, key, body.model_dump(mode="json"), produce)
    return JSONResponse(answer, status_code=code)
