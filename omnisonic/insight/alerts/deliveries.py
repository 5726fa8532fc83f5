"""What people read and do about what fired: history, tests, sending again, trying a template."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlmodel import Session

from omnisonic.insight.alerts import channels, history, rules
from omnisonic.insight.alerts.delivery.recovery import repeat
from omnisonic.insight.alerts.errors import ChannelUnusable, NotRepeatable
from omnisonic.insight.alerts.forms import to_html, to_slack, to_text, to_webhook
from omnisonic.insight.alerts.history_schemas import (
    AttemptView,
    DeliveryAnswer,
    DeliveryList,
    DeliveryView,
    EventList,
    EventView,
)
from omnisonic.insight.alerts.message import compose, example_event
from omnisonic.insight.alerts.models import (
    AlertChannel,
    AlertDelivery,
    AlertEvent,
    AlertRule,
    DeliveryStatus,
    RuleKind,
    Suppression,
)
from omnisonic.insight.alerts.notices import send_test
from omnisonic.insight.alerts.schemas import TemplatePreview, TemplatePreviewRequest
from omnisonic.insight.alerts.templates import check_template
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import NotFound
from omnisonic.platform.ids import utc_now
from omnisonic.platform.pagination import Page
from omnisonic.platform.rate_limit import check_rate

REPEATABLE = {
    DeliveryStatus.DELIVERED,
    DeliveryStatus.FAILED,
    DeliveryStatus.EXPIRED,
    DeliveryStatus.UNKNOWN,
}
TESTS, REPEATS, WINDOW_S = 20, 60, 3600
ONE_PAGE = Page(limit=1)


def list_events(
    session: Session,
    actor: Actor,
    *,
    page: Page,
    rule_id: UUID | None = None,
    entity_id: UUID | None = None,
) -> EventList:
    """The caller's events, newest first, each with its messages."""
    rows, cursor = history.list_events(session, actor, page=page, rule_id=rule_id, entity_id=entity_id)
    return EventList(events=_event_views(session, rows), next_cursor=cursor)


def get_event(session: Session, actor: Actor, *, event_id: UUID) -> EventView:
    """One event with its messages. Raises `NotFound`."""
    row = history.find_event(session, actor, event_id=event_id)
    if row is None:
        raise NotFound("There is no such event of yours.")
    return _event_views(session, [row])[0]


def list_deliveries(
    session: Session, actor: Actor, *, page: Page, channel_id: UUID | None = None
) -> DeliveryList:
    """The caller's messages, newest first."""
    rows, cursor = history.list_deliveries(session, actor, page=page, channel_id=channel_id)
    return DeliveryList(deliveries=delivery_views(session, rows), next_cursor=cursor)


def get_delivery(session: Session, actor: Actor, *, delivery_id: UUID) -> DeliveryAnswer:
    """A message with each try. Raises `NotFound`."""
    row = _find_delivery(session, actor, delivery_id)
    tries = [AttemptView.model_validate(one) for one in history.attempts_of(session, row.id)]
    return DeliveryAnswer(delivery=delivery_views(session, [row])[0], tries=tries)


def resend(uow: UnitOfWork, actor: Actor, *, delivery_id: UUID) -> AlertDelivery:
    """Send a message once more, with the id and the words it had.

    It is the same message, so the hourly cap does not count it again. Raises `NotFound`, `NotRepeatable`,
    `ChannelUnusable`, `TooManyRequests`.
    """
    row = _find_delivery(uow.session, actor, delivery_id, for_update=True)
    if row.status not in REPEATABLE:
        raise NotRepeatable(f"This message is {row.status}; only what has arrived or failed is sent again.")
    if row.channel_id is not None:
        _require_usable(channels.get_channel(uow.session, actor, channel_id=row.channel_id))
    check_rate("alert-resend", str(actor.user_id), REPEATS, WINDOW_S, fail_open=False)
    repeat(uow, row, now=utc_now())
    return row


def test_channel(uow: UnitOfWork, actor: Actor, *, channel_id: UUID) -> AlertDelivery:
    """Send a test message. Raises `NotFound`, `ChannelUnusable`, `TooManyRequests`."""
    channel = channels.get_channel(uow.session, actor, channel_id=channel_id)
    _require_usable(channel)
    check_rate("alert-test", str(actor.user_id), TESTS, WINDOW_S, fail_open=False)
    return send_test(uow, channel)


def preview_template(session: Session, actor: Actor, *, request: TemplatePreviewRequest) -> TemplatePreview:
    """What a template makes of the rule's last event, or of an example, on each kind of channel.

    Raises `InvalidTemplate`, `NotFound`.
    """
    template = check_template(request.template) if request.template else None
    rule = rules.get_rule(session, actor, rule_id=request.rule_id) if request.rule_id else None
    events, _ = history.list_events(session, actor, page=ONE_PAGE, rule_id=rule.id) if rule else ([], None)
    stand_in = AlertRule(
        user_id=actor.user_id,
        name=rule.name if rule else "Artists I follow",
        kind=rule.kind if rule else RuleKind.SPIKE,
        threshold=rule.threshold if rule else 5,
        template=template,
    )
    message = compose(stand_in, events or [example_event(stand_in)], at=utc_now())
    return TemplatePreview(
        is_example=not events,
        subject=message.subject,
        text=to_text(message),
        html=to_html(message),
        slack=to_slack(message),
        webhook=to_webhook(message),
    )


def delivery_views(session: Session, rows: Collection[AlertDelivery]) -> list[DeliveryView]:
    """Messages for their owner."""
    known = history.channels_by_id(session, {row.channel_id for row in rows if row.channel_id})
    return [_delivery_view(row, known.get(row.channel_id) if row.channel_id else None, None) for row in rows]


def _event_views(session: Session, rows: list[AlertEvent]) -> list[EventView]:
    found = history.deliveries_of(session, [row.id for row in rows])
    channel_ids = {one.channel_id for pairs in found.values() for one, _ in pairs if one.channel_id}
    known = history.channels_by_id(session, channel_ids)
    views = []
    for row in rows:
        shown = {name: getattr(row, name) for name in EventView.model_fields if hasattr(row, name)}
        messages = [
            _delivery_view(one, known.get(one.channel_id) if one.channel_id else None, reason)
            for one, reason in found[row.id]
        ]
        views.append(EventView(**shown, deliveries=messages))
    return views


def _delivery_view(
    row: AlertDelivery, channel: AlertChannel | None, reason: Suppression | None
) -> DeliveryView:
    shown = {name: getattr(row, name) for name in DeliveryView.model_fields if hasattr(row, name)}
    shown |= {
        "suppression": reason,
        "channel_name": channel.name if channel else None,
        "channel_type": channel.type if channel else None,
    }
    return DeliveryView(**shown)


def _find_delivery(
    session: Session, actor: Actor, delivery_id: UUID, *, for_update: bool = False
) -> AlertDelivery:
    row = history.find_delivery(session, actor, delivery_id=delivery_id, for_update=for_update)
    if row is None:
        raise NotFound("There is no such message of yours.")
    return row


def _require_usable(channel: AlertChannel) -> None:
    if channel.confirmed_at is None:
        raise ChannelUnusable("Its address is not confirmed yet. Use the link that was mailed to it.")
    if not channel.enabled:
        raise ChannelUnusable("It is turned off. Turn it on first.")
