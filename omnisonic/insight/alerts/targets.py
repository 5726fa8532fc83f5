"""Where a channel's messages go: addresses and secrets, sealed in the row, masked for people."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import BaseModel

from omnisonic.insight.alerts.models import AlertChannel, ChannelType
from omnisonic.platform.auth.addresses import normalize_address
from omnisonic.platform.errors import FieldError, InvalidFields
from omnisonic.platform.http_client import is_public
from omnisonic.platform.sealing import seal, unseal
from omnisonic.platform.settings import get_settings

PURPOSE = "alert channels"
URL_MAX_CHARS = 2048
SECRET_BYTES = 32  # Standard Webhooks: 24 to 64
SECRET_MARK = "whsec_"  # noqa: S105  (the standard's prefix)
SLACK_HOST = "hooks.slack.com"


class Target(BaseModel):
    """An address or a URL. A webhook has a secret, and for a day after its rotation the former one."""

    address: str | None = None
    url: str | None = None
    secret: str | None = None
    former_secret: str | None = None
    former_until: datetime | None = None

    def signing_secrets(self, now: datetime) -> list[str]:
        """The secrets to sign with, newest first."""
        held = [self.secret] if self.secret else []
        if self.former_secret and self.former_until and now < self.former_until:
            held.append(self.former_secret)
        return held


def make_target(kind: ChannelType, *, address: str | None, url: str | None) -> Target:
    """A checked target, for a webhook with a fresh secret. Raises `InvalidFields`."""
    if kind is ChannelType.EMAIL:
        return Target(address=_checked_address(address))
    if kind is ChannelType.SLACK:
        return Target(url=_checked_slack_url(url))
    return Target(url=checked_url(url), secret=new_signing_secret())


def new_signing_secret() -> str:
    """A secret as receivers get it: `whsec_` and base64 of 32 random bytes."""
    return SECRET_MARK + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def seal_target(target: Target, *, channel_id: UUID) -> bytes:
    """The column `config`."""
    return seal(target.model_dump_json(exclude_none=True).encode(), purpose=PURPOSE, owner=channel_id)


def target_of(channel: AlertChannel) -> Target:
    """What `config` holds. Raises `Unsealable` when AUTH_SECRET has changed."""
    return Target.model_validate_json(unseal(channel.config, purpose=PURPOSE, owner=channel.id))


def masked(target: Target) -> str:
    """Enough to recognize the target and too little to use it."""
    if target.address is not None:
        name, _, domain = target.address.rpartition("@")
        return f"{name[:1]}…@{domain}"
    parts = urlsplit(target.url or "")
    return f"{parts.scheme}://{parts.netloc}/…{(target.url or '')[-4:] if len(parts.path) > 16 else ''}"


def checked_url(url: str | None) -> str:
    """A URL that may be posted to: https, or http to a host the operator allowed. Raises `InvalidFields`."""
    parts = urlsplit(_present(url, "url"))
    try:
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise _refuse("url", "port", "The port must be a number from 1 to 65535.") from error
    if parts.scheme not in {"http", "https"} or not host:
        raise _refuse("url", "address", "Write an address such as https://hooks.example.org/alerts.")
    if parts.username or parts.password or parts.fragment:
        raise _refuse("url", "address", "Leave out names, passwords and the part after #.")
    if is_operator_allowed(host, port):
        return parts.geturl()
    if parts.scheme != "https":
        raise _refuse("url", "https", "Use https; alerts do not travel in clear.")
    if _is_private_literal(host):
        raise _refuse("url", "private", "This address is not public. Operators allow private hosts by name.")
    return parts.geturl()


def is_operator_allowed(host: str, port: int | None) -> bool:
    """Whether FETCH_ALLOWED_PRIVATE_HOSTS names the host."""
    allowed = {one.lower() for one in get_settings().fetch_allowed_private_hosts}
    return bool(allowed & {host, f"{host}:{port}", f"[{host}]:{port}"})


def _checked_slack_url(url: str | None) -> str:
    checked = checked_url(url)
    parts = urlsplit(checked)
    if parts.hostname != SLACK_HOST and not is_operator_allowed(parts.hostname or "", parts.port):
        raise _refuse("url", "slack", f"A Slack webhook starts with https://{SLACK_HOST}/.")
    if len(parts.path) < 2:
        raise _refuse("url", "slack", "Copy the whole address of the incoming webhook from Slack.")
    return checked


def _checked_address(address: str | None) -> str:
    try:
        return normalize_address(_present(address, "address"))
    except ValueError as error:
        raise _refuse("address", "address", str(error)) from None


def _present(value: str | None, field: str) -> str:
    value = (value or "").strip()
    if not value:
        raise _refuse(field, "required", "This is required for a channel of this type.")
    if len(value) > URL_MAX_CHARS or not value.isprintable() or " " in value:
        raise _refuse(field, "address", f"Use at most {URL_MAX_CHARS} characters and no blanks.")
    return value


def _is_private_literal(host: str) -> bool:
    try:
        return not is_public(ip_address(host))
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _refuse(field: str, code: str, message: str) -> InvalidFields:
    return InvalidFields(message, errors=[FieldError(f"config.{field}", code, message)])
