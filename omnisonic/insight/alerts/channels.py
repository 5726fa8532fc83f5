"""Making, changing and confirming channels. Those of others are answered as if they were not there."""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from omnisonic.insight.alerts import repository
from omnisonic.insight.alerts.errors import TooManyOfThem
from omnisonic.insight.alerts.jobs import SEND_CHANNEL_CONFIRMATION
from omnisonic.insight.alerts.models import AlertChannel, ChannelType
from omnisonic.insight.alerts.schemas import (
    ChannelDraft,
    ChannelFilters,
    ChannelList,
    ChannelPatch,
    ChannelView,
)
from omnisonic.insight.alerts.targets import (
    Target,
    make_target,
    masked,
    new_signing_secret,
    seal_target,
    target_of,
)
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth.errors import CodeNotValid, MailUnavailable
from omnisonic.platform.auth.repository import find_user
from omnisonic.platform.auth.secrets import digest_secret, new_secret
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import Conflict, NotFound, VersionConflict
from omnisonic.platform.ids import utc_now
from omnisonic.platform.mail import Mail
from omnisonic.platform.pagination import Page
from omnisonic.platform.rate_limit import check_rate
from omnisonic.platform.sealing import Unsealable
from omnisonic.platform.settings import get_settings

MAX_CHANNELS = 20
NULLABLE = {"rate_limit_per_hour"}
CONFIRM_WITHIN = timedelta(hours=24)
FORMER_SECRET_KEPT = timedelta(hours=24)
MAILS_OF_ACCOUNT, MAILS_TO_ADDRESS, MAIL_WINDOW_S = 10, 3, 24 * 3600
UNREADABLE = "cannot be read: enter it again"
CONFIRM_TEXT = """Hello,

{owner} wants alerts about music news to be sent to {address} by Omnisonic. If that is fine, open

{link}

and confirm. The link works for a day. If you do not want this, ignore this mail: nothing is sent.
"""


def list_channels(session: Session, actor: Actor, *, page: Page) -> ChannelList:
    """The caller's channels, newest first; for an admin the operators' too."""
    rows, cursor = repository.list_channels(session, actor, page=page)
    return ChannelList(channels=[view_of(row) for row in rows], next_cursor=cursor)


def get_channel(
    session: Session, actor: Actor, *, channel_id: UUID, for_update: bool = False
) -> AlertChannel:
    """A channel of the caller's. Raises `NotFound`."""
    found = repository.find_channel(session, actor, channel_id=channel_id, for_update=for_update)
    if found is None:
        raise NotFound("There is no such channel of yours.")
    return found


def create_channel(uow: UnitOfWork, actor: Actor, *, draft: ChannelDraft) -> tuple[AlertChannel, str | None]:
    """Make a channel; with it a webhook's secret, shown this once.

    A mail channel gets nothing until its address is confirmed; the caller's own confirmed address is.
    Raises `InvalidFields`, `TooManyOfThem`, `Forbidden`, `MailUnavailable`, `TooManyRequests`.
    """
    if draft.is_system:
        actor.require_role(Role.ADMIN)
    repository.lock_account(uow.session, actor.user_id)
    if repository.count_owned(uow.session, AlertChannel, user_id=actor.user_id) >= MAX_CHANNELS:
        raise TooManyOfThem(f"An account has at most {MAX_CHANNELS} channels. Remove one first.")
    target = make_target(draft.type, address=draft.config.address, url=draft.config.url)
    row = AlertChannel(
        user_id=actor.user_id,
        config=b"",
        **draft.model_dump(by_alias=False, exclude={"config", "filters"}),
        filters=draft.filters.model_dump(mode="json"),
    )
    _aim(uow, actor, row, target)
    uow.session.add(row)
    uow.session.flush()
    return row, target.secret


def update_channel(
    uow: UnitOfWork, actor: Actor, *, channel_id: UUID, patch: ChannelPatch
) -> tuple[AlertChannel, str | None]:
    """Change a channel. Another address has to be confirmed anew, another webhook URL gets a new secret.

    Raises `NotFound`, `VersionConflict`, and what `create_channel` raises.
    """
    row = get_channel(uow.session, actor, channel_id=channel_id, for_update=True)
    if row.version != patch.version:
        raise VersionConflict(current=view_of(row).model_dump(mode="json"))
    secret = None
    if patch.config is not None:
        target = make_target(row.type, address=patch.config.address, url=patch.config.url)
        _aim(uow, actor, row, target)
        secret = target.secret
    for name, value in _given(patch).items():
        setattr(row, name, value)
    if patch.enabled:
        row.disabled_reason = row.failing_since = None
    _count(uow, row)
    return row, secret


def delete_channel(uow: UnitOfWork, actor: Actor, *, channel_id: UUID) -> None:
    """Remove a channel with its history; rules go on without it. Raises `NotFound`."""
    uow.session.delete(get_channel(uow.session, actor, channel_id=channel_id, for_update=True))


def rotate_secret(uow: UnitOfWork, actor: Actor, *, channel_id: UUID) -> tuple[AlertChannel, str]:
    """A new signing secret; for a day messages are signed with the former one too.

    Raises `NotFound`, `Conflict` for a channel that is no webhook.
    """
    row = get_channel(uow.session, actor, channel_id=channel_id, for_update=True)
    if row.type is not ChannelType.WEBHOOK:
        raise Conflict("Only webhooks have a signing secret.")
    target = target_of(row)
    target.former_secret, target.former_until = target.secret, utc_now() + FORMER_SECRET_KEPT
    target.secret = new_signing_secret()
    row.config = seal_target(target, channel_id=row.id)
    _count(uow, row)
    return row, target.secret


def request_confirmation(uow: UnitOfWork, actor: Actor, *, channel_id: UUID) -> None:
    """Mail the code again; earlier ones stop working.

    Raises `NotFound`, `Conflict` when there is nothing to confirm, `MailUnavailable`, `TooManyRequests`.
    """
    row = get_channel(uow.session, actor, channel_id=channel_id, for_update=True)
    if row.confirmed_at is not None:
        raise Conflict("This channel is confirmed already.")
    _ask_for_confirmation(uow, actor, row, target_of(row).address or "")


def write_confirmation_mail(uow: UnitOfWork, *, channel_id: UUID) -> Mail | None:
    """The mail that asks for a confirmation, with a fresh code; None when nothing is left to ask."""
    row = uow.session.get(AlertChannel, channel_id, with_for_update=True)
    if row is None or row.confirmed_at is not None or not row.confirm_until or row.confirm_until <= utc_now():
        return None
    owner, address = find_user(uow.session, row.user_id), target_of(row).address
    if owner is None or owner.disabled_at is not None or address is None:
        return None
    secret = new_secret()
    row.confirm_sha256 = digest_secret(secret)
    link = f"{get_settings().public_url}/api/alerts/channels/{row.id}/confirm?token={secret}"
    text = CONFIRM_TEXT.format(owner=owner.display_name, address=address, link=link)
    return Mail(to=address, subject="May alerts be sent to you?", text=text)


def confirm_channel(uow: UnitOfWork, *, channel_id: UUID, secret: str) -> AlertChannel:
    """Confirm an address with the code mailed to it; the code alone is enough. Raises `CodeNotValid`."""
    row = uow.session.get(AlertChannel, channel_id, with_for_update=True)
    now = utc_now()
    if row is None or row.confirm_sha256 is None or row.confirm_until is None or row.confirm_until <= now:
        raise CodeNotValid
    if not hmac.compare_digest(row.confirm_sha256, digest_secret(secret)):
        raise CodeNotValid
    row.confirmed_at = now
    row.confirm_sha256 = row.confirm_until = None
    _count(uow, row)
    return row


def disable(row: AlertChannel, reason: str) -> None:
    """Turn a channel off and say why."""
    row.enabled = False
    row.disabled_reason = reason[:300]
    row.updated_at = utc_now()


def limit_of(row: AlertChannel) -> int:
    """Messages about one entity within an hour; the operator's setting is the most there can be."""
    most = get_settings().alert_rate_limit_per_hour
    return min(row.rate_limit_per_hour or most, most)


def view_of(row: AlertChannel) -> ChannelView:
    """A channel for its owner."""
    try:
        target = masked(target_of(row))
    except Unsealable:
        target = UNREADABLE
    shown = {name: getattr(row, name) for name in ChannelView.model_fields if hasattr(row, name)}
    shown |= {
        "target": target,
        "filters": ChannelFilters.model_validate(row.filters),
        "rate_limit_per_hour": limit_of(row),
    }
    return ChannelView(**shown)


def _aim(uow: UnitOfWork, actor: Actor, row: AlertChannel, target: Target) -> None:
    row.config = seal_target(target, channel_id=row.id)
    row.confirm_sha256 = row.confirm_until = row.confirmed_at = None
    if target.address is None or _is_own_address(uow.session, actor, target.address):
        row.confirmed_at = utc_now()
    else:
        _ask_for_confirmation(uow, actor, row, target.address)


def _ask_for_confirmation(uow: UnitOfWork, actor: Actor, row: AlertChannel, address: str) -> None:
    if not get_settings().smtp_host:
        raise MailUnavailable
    check_rate("alert-confirm", str(actor.user_id), MAILS_OF_ACCOUNT, MAIL_WINDOW_S, fail_open=False)
    check_rate("alert-confirm-to", digest_secret(address), MAILS_TO_ADDRESS, MAIL_WINDOW_S, fail_open=False)
    row.confirm_sha256 = digest_secret(new_secret())  # the job makes the one that it mails
    row.confirm_until = utc_now() + CONFIRM_WITHIN
    uow.enqueue(SEND_CHANNEL_CONFIRMATION, channel_id=str(row.id))


def _is_own_address(session: Session, actor: Actor, address: str) -> bool:
    user = find_user(session, actor.user_id)
    return user is not None and user.email_verified_at is not None and user.email == address


def _given(patch: ChannelPatch) -> dict[str, Any]:
    skipped = {"version", "config", "filters"}
    given = patch.model_dump(by_alias=False, exclude=skipped, exclude_unset=True)
    kept = {name: value for name, value in given.items() if value is not None or name in NULLABLE}
    return kept | ({"filters": patch.filters.model_dump(mode="json")} if patch.filters else {})


def _count(uow: UnitOfWork, row: AlertChannel) -> None:
    row.version += 1
    row.updated_at = utc_now()
    uow.session.flush()
