"""REST of rules, what they found, its messages, and notification settings: `/api/alerts`."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response

from omnisonic.insight.alerts import channels_api, deliveries, mutes_api, preferences, rules
from omnisonic.insight.alerts.history_schemas import DeliveryAnswer, DeliveryList, EventList, EventView
from omnisonic.insight.alerts.preview import RulePreview, preview_rule
from omnisonic.insight.alerts.schemas import (
    NotificationChange,
    NotificationView,
    RuleAnswer,
    RuleDraft,
    RuleList,
    RulePatch,
    SnoozeRequest,
    TemplatePreview,
    TemplatePreviewRequest,
)
from omnisonic.platform.auth.http import InsightReader, InsightWriter
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.idempotency import IdempotencyKey, run_idempotent
from omnisonic.platform.pagination import PageQuery
from omnisonic.platform.schemas import Ok

router = APIRouter()
own = APIRouter(prefix="/api/alerts", tags=["alerts"])


@own.get("/rules", operation_id="list_alert_rules")
def list_rules(actor: InsightReader, page: PageQuery) -> RuleList:
    """Your rules, newest first."""
    with read_session() as session:
        return rules.list_rules(session, actor, page=page)


@own.post("/rules", status_code=201, operation_id="create_alert_rule", response_model=RuleAnswer)
@repeatable
def create_rule(actor: InsightWriter, draft: RuleDraft, idempotency_key: IdempotencyKey = None) -> Response:
    """Make a rule; it looks at what comes from now on."""
    with unit_of_work() as uow:

        def produce() -> tuple[int, dict[str, Any]]:
            row = rules.create_rule(uow, actor, draft=draft)
            return 201, RuleAnswer(rule=rules.view_of(uow.session, row)).model_dump(mode="json")

        wanted = draft.model_dump(mode="json")
        status, body = run_idempotent(uow, actor, idempotency_key, wanted, produce)
    return JSONResponse(body, status_code=status)


@own.post("/rules/preview", operation_id="preview_alert_rule")
def preview_alert_rule(actor: InsightReader, draft: RuleDraft) -> RulePreview:
    """When a rule would have fired in the last 30 days, with the articles; nothing is stored or sent."""
    with read_session() as session:
        return preview_rule(session, actor, draft=draft)


@own.get("/rules/{rule_id}", operation_id="get_alert_rule")
def get_rule(actor: InsightReader, rule_id: UUID) -> RuleAnswer:
    """One rule."""
    with read_session() as session:
        row = rules.get_rule(session, actor, rule_id=rule_id)
        return RuleAnswer(rule=rules.view_of(session, row))


@own.patch("/rules/{rule_id}", operation_id="update_alert_rule")
@repeatable
def update_rule(actor: InsightWriter, rule_id: UUID, patch: RulePatch) -> RuleAnswer:
    """Change a rule; a change of what it asks for starts it anew with every entity."""
    with unit_of_work() as uow:
        row = rules.update_rule(uow, actor, rule_id=rule_id, patch=patch)
        return RuleAnswer(rule=rules.view_of(uow.session, row))


@own.delete("/rules/{rule_id}", operation_id="delete_alert_rule")
@repeatable
def delete_rule(actor: InsightWriter, rule_id: UUID) -> Ok:
    """Remove a rule; what it found stays in the history."""
    with unit_of_work() as uow:
        rules.delete_rule(uow, actor, rule_id=rule_id)
    return Ok()


@own.post("/rules/{rule_id}/snooze", operation_id="snooze_alert_rule")
@repeatable
def snooze_rule(actor: InsightWriter, rule_id: UUID, request: SnoozeRequest) -> RuleAnswer:
    """Keep a rule quiet until a time; `until: null` wakes it."""
    with unit_of_work() as uow:
        row = rules.snooze_rule(uow, actor, rule_id=rule_id, request=request)
        return RuleAnswer(rule=rules.view_of(uow.session, row))


@own.post("/templates/preview", operation_id="preview_alert_template")
def preview_template(actor: InsightReader, request: TemplatePreviewRequest) -> TemplatePreview:
    """What a template makes of the rule's last event, or of an example, on each kind of channel.

    It may name `rule.name`, `rule.kind`, `rule.threshold`, `entity.name`, `entity.type`, `entity.url`,
    `state`, `value`, `expected`, `ratio`, `window`, `sources`, `time`, `article.title`, `article.url` and
    `article.source`, in double braces, with `if`; no loops.
    """
    with read_session() as session:
        return deliveries.preview_template(session, actor, request=request)


@own.get("/events", operation_id="list_alert_events")
def list_events(
    actor: InsightReader,
    page: PageQuery,
    rule_id: Annotated[UUID | None, Query(alias="ruleId")] = None,
    entity_id: Annotated[UUID | None, Query(alias="entityId")] = None,
) -> EventList:
    """What your rules found, newest first, with the messages and why one was not sent."""
    with read_session() as session:
        return deliveries.list_events(session, actor, page=page, rule_id=rule_id, entity_id=entity_id)


@own.get("/events/{event_id}", operation_id="get_alert_event")
def get_event(actor: InsightReader, event_id: UUID) -> EventView:
    """One event with its messages."""
    with read_session() as session:
        return deliveries.get_event(session, actor, event_id=event_id)


@own.get("/deliveries", operation_id="list_alert_deliveries")
def list_deliveries(
    actor: InsightReader,
    page: PageQuery,
    channel_id: Annotated[UUID | None, Query(alias="channelId")] = None,
) -> DeliveryList:
    """Your messages, newest first: alerts, tests, notices and digests."""
    with read_session() as session:
        return deliveries.list_deliveries(session, actor, page=page, channel_id=channel_id)


@own.get("/deliveries/{delivery_id}", operation_id="get_alert_delivery")
def get_delivery(actor: InsightReader, delivery_id: UUID) -> DeliveryAnswer:
    """A message with each try and the beginning of what the other side answered."""
    with read_session() as session:
        return deliveries.get_delivery(session, actor, delivery_id=delivery_id)


@own.post("/deliveries/{delivery_id}/resend", status_code=202, operation_id="resend_alert_delivery")
def resend(actor: InsightWriter, delivery_id: UUID) -> DeliveryAnswer:
    """Send a message once more, with the id it had; the hourly cap does not count it again."""
    with unit_of_work() as uow:
        row = deliveries.resend(uow, actor, delivery_id=delivery_id)
        return DeliveryAnswer(delivery=deliveries.delivery_views(uow.session, [row])[0])


@own.get("/settings", operation_id="get_notification_settings")
def get_notification_settings(actor: InsightReader) -> NotificationView:
    """Your time zone, quiet hours and weekly digest."""
    with read_session() as session:
        return preferences.get_settings_of(session, actor)


@own.put("/settings", operation_id="change_notification_settings")
@repeatable
def change_notification_settings(actor: InsightWriter, change: NotificationChange) -> NotificationView:
    """Set time zone, quiet hours and weekly digest; `version` is 0 the first time."""
    with unit_of_work() as uow:
        return preferences.change_settings(uow, actor, change=change)


router.include_router(channels_api.router)
router.include_router(mutes_api.router)
router.include_router(own)
