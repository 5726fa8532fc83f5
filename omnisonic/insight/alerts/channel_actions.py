"""What the page of channels does in the database: forms become drafts, rows become lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from omnisonic.insight.alerts import channels, deliveries
from omnisonic.insight.alerts.channel_words import (
    ChannelLine,
    channel_line,
    outcome_of_test,
    parse_filters,
    parse_limit,
)
from omnisonic.insight.alerts.models import ChannelType
from omnisonic.insight.alerts.schemas import ChannelConfig, ChannelDraft, ChannelPatch
from omnisonic.insight.news import EntityType
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork, read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.errors import InvalidFields, NotFound
from omnisonic.platform.ids import utc_now
from omnisonic.platform.names import required_name
from omnisonic.platform.pagination import Page

LIST_ROWS = 200
NAME_MAX_CHARS = 80


def find_lines(actor: Actor) -> list[ChannelLine]:
    """The caller's channels, newest first."""
    now = utc_now()
    with read_session() as session:
        found = channels.list_channels(session, actor, page=Page(limit=LIST_ROWS))
    return [channel_line(view, now=now) for view in found.channels]


@repeatable
def create(actor: Actor, kind: ChannelType, form: dict[str, Any]) -> tuple[ChannelLine, str | None]:
    """Make a channel of what a form holds; with a webhook its secret. Raises what `create_channel` raises."""
    draft = ChannelDraft(
        name=required_name(str(form.get("channel_name", "")), field="name", max_chars=NAME_MAX_CHARS),
        type=kind,
        config=_config(kind, str(form.get("channel_target", ""))),
        rate_limit_per_hour=parse_limit(str(form.get("channel_limit", ""))),
        is_system=bool(form.get("channel_system")),
    )
    with unit_of_work() as uow:
        row, secret = channels.create_channel(uow, actor, draft=draft)
        return channel_line(channels.view_of(row), now=utc_now()), secret


@repeatable
def save(actor: Actor, line: ChannelLine, form: dict[str, Any]) -> tuple[ChannelLine, str | None]:
    """Set name, target, limit and filters from a form; with another URL a webhook has another secret.

    An empty target stays what it is. Raises what `update_channel` raises.
    """
    target, kind = str(form.get("edit_target", "")).strip(), ChannelType(line.type)
    patch = ChannelPatch(
        version=line.version,
        name=required_name(str(form.get("edit_name", "")), field="name", max_chars=NAME_MAX_CHARS),
        rate_limit_per_hour=parse_limit(str(form.get("edit_limit", ""))),
        config=_config(kind, target) if target else None,
        filters=parse_filters(
            {one for one in EntityType if form.get(f"edit_takes_{one}")}, str(form.get("edit_confidence", ""))
        ),
    )
    with unit_of_work() as uow:
        row, secret = channels.update_channel(uow, actor, channel_id=UUID(line.id), patch=patch)
        return channel_line(channels.view_of(row), now=utc_now()), secret


@repeatable
def within(
    actor: Actor, channel_id: UUID | None, change: Callable[[UnitOfWork, Actor, UUID], object]
) -> None:
    """Do something with a channel in a transaction. Raises `NotFound` for what is no id."""
    if channel_id is None:
        raise NotFound("There is no such channel of yours.")
    with unit_of_work() as uow:
        change(uow, actor, channel_id)


def patch_channel(uow: UnitOfWork, actor: Actor, channel_id: UUID, patch: ChannelPatch) -> None:
    """Change a channel; see `update_channel`."""
    channels.update_channel(uow, actor, channel_id=channel_id, patch=patch)


def ask_again(uow: UnitOfWork, actor: Actor, channel_id: UUID) -> None:
    """Mail the confirmation again; see `request_confirmation`."""
    channels.request_confirmation(uow, actor, channel_id=channel_id)


def remove(uow: UnitOfWork, actor: Actor, channel_id: UUID) -> None:
    """Remove a channel. Raises `NotFound`."""
    channels.delete_channel(uow, actor, channel_id=channel_id)


@repeatable
def rotate(actor: Actor, channel_id: UUID) -> str:
    """A webhook's new secret; see `rotate_secret`."""
    with unit_of_work() as uow:
        return channels.rotate_secret(uow, actor, channel_id=channel_id)[1]


def send_test(actor: Actor, channel_id: UUID) -> str:
    """Send a test message; returns its id. Raises what `test_channel` raises."""
    with unit_of_work() as uow:
        return str(deliveries.test_channel(uow, actor, channel_id=channel_id).id)


def test_results(actor: Actor, tests: dict[str, str]) -> dict[str, tuple[str, str]]:
    """What became of tests, by channel: the kind of notice and the words."""
    found = {}
    with read_session() as session:
        for channel_id, delivery_id in tests.items():
            try:
                answer = deliveries.get_delivery(session, actor, delivery_id=UUID(delivery_id))
            except NotFound:
                found[channel_id] = ("warn", "The test was removed with its channel.")
                continue
            found[channel_id] = outcome_of_test(answer.delivery)
    return found


def _config(kind: ChannelType, target: str) -> ChannelConfig:
    target = target.strip()
    try:
        return ChannelConfig(address=target) if kind is ChannelType.EMAIL else ChannelConfig(url=target)
    except ValidationError:
        raise InvalidFields("This address is too long.") from None
