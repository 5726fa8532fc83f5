"""Reporting usage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import graphene
from graphql import GraphQLResolveInfo

from graph_service.context import context_of
from graph_service.types.money import Money, MoneyInput, money_of
from graph_service.types.scalars import JSON, BigInt, DateTime, read_id
from omnisonic.core.royalties.usage import record_usage
from omnisonic.core.royalties.usage_events import UsageEvent
from omnisonic.core.royalties.usage_rules import UsageDraft


class RoyaltyEvent(graphene.ObjectType):
    """A reported usage as it was booked; `amount` is what of it is in the ledger."""

    id = graphene.ID(required=True)
    recording_id = graphene.ID()
    work_id = graphene.ID()
    usage_type = graphene.String(required=True)
    quantity = BigInt(required=True)
    amount = graphene.Field(Money, required=True)
    territory = graphene.String()
    occurred_at = DateTime(required=True)
    source = graphene.String(required=True)

    def resolve_amount(event: UsageEvent, _info: GraphQLResolveInfo) -> Any:
        return money_of(event.amount_nano, event.currency)


class UsageInput(graphene.InputObjectType):
    """One usage. The recording is named by id or ISRC; `metadata` may hold its `title` and `artist`."""

    idempotency_key = graphene.String(required=True)
    recording_id = graphene.ID()
    isrc = graphene.String()
    usage_type = graphene.String(required=True)
    quantity = BigInt(required=True)
    amount = graphene.InputField(MoneyInput, required=True)
    territory = graphene.String()
    occurred_at = DateTime(required=True)
    source = graphene.String(required=True)
    metadata = JSON()


class UsageMutation(graphene.ObjectType):
    """Curators report usage; they need the scope `royalties:write`."""

    record_usage = graphene.List(
        graphene.NonNull(RoyaltyEvent),
        required=True,
        events=graphene.List(graphene.NonNull(UsageInput), required=True),
        description="Up to 1,000 events, all or none. The same source and key with the same content is "
        "answered again; with another content it is refused with `usage-key-conflict`. An event whose day "
        "lies in a closed cycle counts in the next one: `extensions.movedUsage` beside `data` lists those.",
    )

    async def resolve_record_usage(
        _root: Any, info: GraphQLResolveInfo, events: Sequence[Any]
    ) -> list[UsageEvent]:
        context = context_of(info)
        actor = context.royalties_writer()
        drafts = [_draft(at, given) for at, given in enumerate(events)]
        booked = await context.write(lambda uow: record_usage(uow, actor, events=drafts))
        if moved := [_moved(one.event, one.moved_from_day) for one in booked if one.moved_from_day]:
            context.extensions.setdefault("movedUsage", []).extend(moved)
        return [one.event for one in booked]


def _moved(event: UsageEvent, day: date) -> dict[str, str]:
    return {"id": str(event.id), "cycleId": str(event.cycle_id), "movedFromDay": day.isoformat()}


def _draft(at: int, given: Mapping[str, Any]) -> UsageDraft:
    recording_id, details = given.get("recording_id"), given.get("metadata")
    named = details if isinstance(details, dict) else {}
    return UsageDraft(
        source=given["source"],
        idempotency_key=given["idempotency_key"],
        usage_type=given["usage_type"],
        quantity=given["quantity"],
        amount=given["amount"]["amount"],
        currency=given["amount"]["currency"],
        occurred_at=given["occurred_at"],
        recording_id=read_id(recording_id, field=f"events.{at}.recordingId") if recording_id else None,
        isrc=given.get("isrc"),
        title=_text(named.get("title")),
        artist=_text(named.get("artist")),
        territory=given.get("territory"),
        details=details,
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
