"""Links in our mail that turn it off without a sign-in (RFC 8058)."""

from __future__ import annotations

import hmac
from uuid import UUID

from omnisonic.insight.alerts.channels import disable
from omnisonic.insight.alerts.models import AlertChannel, NotificationSettings
from omnisonic.platform.auth.errors import CodeNotValid
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.settings import get_settings

UNSUBSCRIBED = "Unsubscribed by a link in a mail."


def unsubscribe_url(of_id: UUID) -> str:
    """The link in mail of a channel, or in the digest of an account, by its id."""
    return f"{get_settings().public_url}/api/alerts/unsubscribe/{of_id}?token={_code(of_id)}"


def unsubscribe(uow: UnitOfWork, *, of_id: UUID, token: str) -> None:
    """Turn a mail channel or an account's digest off; again is fine. Raises `CodeNotValid`."""
    if not hmac.compare_digest(_code(of_id).encode(), token.encode()):
        raise CodeNotValid("This link is not one of ours. Copy it whole from the mail.")
    channel = uow.session.get(AlertChannel, of_id, with_for_update=True)
    if channel is not None and channel.enabled:
        disable(channel, UNSUBSCRIBED)
        channel.version += 1
    settings = uow.session.get(NotificationSettings, of_id, with_for_update=True)
    if settings is not None:
        settings.weekly_digest = False


def _code(of_id: UUID) -> str:
    key = get_settings().auth_secret.get_secret_value().encode()
    return hmac.new(key, b"omnisonic unsubscribe, version 1" + of_id.bytes, "sha256").hexdigest()[:40]
