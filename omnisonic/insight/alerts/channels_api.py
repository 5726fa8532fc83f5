"""REST of channels: `/api/alerts/channels`, and the links in our mail."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response

from omnisonic.insight.alerts import channels, deliveries
from omnisonic.insight.alerts.history_schemas import DeliveryAnswer
from omnisonic.insight.alerts.schemas import (
    ChannelAnswer,
    ChannelDraft,
    ChannelList,
    ChannelPatch,
    ConfirmRequest,
)
from omnisonic.insight.alerts.unsubscribe import unsubscribe
from omnisonic.platform.auth.errors import CodeNotValid
from omnisonic.platform.auth.http import InsightReader, InsightWriter
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.idempotency import IdempotencyKey, run_idempotent
from omnisonic.platform.pagination import PageQuery
from omnisonic.platform.schemas import Ok
from omnisonic.platform.web.limits import rate_limited
from omnisonic.platform.web.plain_page import question_page, told_page

router = APIRouter(prefix="/api/alerts", tags=["alerts"])
Token = Annotated[str | None, Query(max_length=200, description="The code of the link in the mail.")]
LinkToken = Annotated[str, Query(max_length=200, description="The code of the link in the mail.")]
few = Depends(rate_limited("alert-links", 30, 60, fail_open=False))


@router.get("/channels", operation_id="list_alert_channels")
def list_channels(actor: InsightReader, page: PageQuery) -> ChannelList:
    """Your channels, newest first; an admin sees the operators' too."""
    with read_session() as session:
        return channels.list_channels(session, actor, page=page)


@router.post("/channels", status_code=201, operation_id="create_alert_channel", response_model=ChannelAnswer)
def create_channel(
    actor: InsightWriter, draft: ChannelDraft, idempotency_key: IdempotencyKey = None
) -> Response:
    """Make a channel. A webhook's `secret` is in this answer and never again."""
    with unit_of_work() as uow:

        def produce() -> tuple[int, dict[str, Any]]:
            row, secret = channels.create_channel(uow, actor, draft=draft)
            made.append(secret)
            return 201, ChannelAnswer(channel=channels.view_of(row)).model_dump(mode="json")

        made: list[str | None] = []
        wanted = draft.model_dump(mode="json")
        status, body = run_idempotent(uow, actor, idempotency_key, wanted, produce)
    # A repeated request gets the answer without the secret: what is remembered for it is not sealed.
    return JSONResponse(body | ({"secret": made[0]} if made else {}), status_code=status)


@router.get("/channels/{channel_id}", operation_id="get_alert_channel")
def get_channel(actor: InsightReader, channel_id: UUID) -> ChannelAnswer:
    """One channel."""
    with read_session() as session:
        row = channels.get_channel(session, actor, channel_id=channel_id)
        return ChannelAnswer(channel=channels.view_of(row))


@router.patch("/channels/{channel_id}", operation_id="update_alert_channel")
@repeatable
def update_channel(actor: InsightWriter, channel_id: UUID, patch: ChannelPatch) -> ChannelAnswer:
    """Change a channel; `version` guards against someone else's change."""
    with unit_of_work() as uow:
        row, secret = channels.update_channel(uow, actor, channel_id=channel_id, patch=patch)
        return ChannelAnswer(channel=channels.view_of(row), secret=secret)


@router.delete("/channels/{channel_id}", operation_id="delete_alert_channel")
@repeatable
def delete_channel(actor: InsightWriter, channel_id: UUID) -> Ok:
    """Remove a channel with its history; rules go on without it."""
    with unit_of_work() as uow:
        channels.delete_channel(uow, actor, channel_id=channel_id)
    return Ok()


@router.post("/channels/{channel_id}/test", status_code=202, operation_id="test_alert_channel")
def test_channel(actor: InsightWriter, channel_id: UUID) -> DeliveryAnswer:
    """Send a test message; its row in the history says what became of it."""
    with unit_of_work() as uow:
        row = deliveries.test_channel(uow, actor, channel_id=channel_id)
        return DeliveryAnswer(delivery=deliveries.delivery_views(uow.session, [row])[0])


@router.post("/channels/{channel_id}/rotate-secret", operation_id="rotate_alert_secret")
@repeatable
def rotate_secret(actor: InsightWriter, channel_id: UUID) -> ChannelAnswer:
    """A new signing secret for a webhook; for a day messages carry a signature with each."""
    with unit_of_work() as uow:
        row, secret = channels.rotate_secret(uow, actor, channel_id=channel_id)
        return ChannelAnswer(channel=channels.view_of(row), secret=secret)


@router.post("/channels/{channel_id}/confirmation", status_code=202, operation_id="resend_alert_confirmation")
def request_confirmation(actor: InsightWriter, channel_id: UUID) -> Ok:
    """Mail the code that confirms the address again; earlier ones stop working."""
    with unit_of_work() as uow:
        channels.request_confirmation(uow, actor, channel_id=channel_id)
    return Ok()


@router.get("/channels/{channel_id}/confirm", include_in_schema=False)
def ask_to_confirm() -> Response:
    """The page behind the link; it asks, because mail scanners open links too."""
    return question_page(
        "Receive alerts about music news?",
        "Somebody with an account here wants alerts to be sent to your address.",
        button="Yes, send them",
    )


@router.post("/channels/{channel_id}/confirm", operation_id="confirm_alert_channel", dependencies=[few])
def confirm_channel(
    channel_id: UUID, request: Request, token: Token = None, body: ConfirmRequest | None = None
) -> Response:
    """Confirm an address with the code that was mailed to it, in the body or the query; no sign-in needed."""
    code = body.token if body else token
    if not code:
        raise CodeNotValid
    with unit_of_work() as uow:
        channels.confirm_channel(uow, channel_id=channel_id, secret=code)
    return _answer(request, "Confirmed", "Alerts will be sent to this address. Each has a link to stop them.")


@router.get("/unsubscribe/{of_id}", include_in_schema=False)
def ask_to_unsubscribe() -> Response:
    """The page behind the link in a mail."""
    return question_page(
        "Stop these mails?", "No more mail of this kind will be sent to this address.", button="Stop them"
    )


@router.post("/unsubscribe/{of_id}", operation_id="unsubscribe_from_alerts", dependencies=[few])
def unsubscribe_link(of_id: UUID, request: Request, token: LinkToken) -> Response:
    """Stop the mails that a link came with (RFC 8058); no sign-in needed."""
    with unit_of_work() as uow:
        unsubscribe(uow, of_id=of_id, token=token)
    return _answer(request, "Stopped", "No more mail of this kind will be sent. It can be turned on again.")


def _answer(request: Request, title: str, text: str) -> Response:
    if "text/html" in request.headers.get("accept", ""):
        return told_page(title, text)
    return JSONResponse(Ok().model_dump(mode="json"))
