"""JSON shapes of sign-in and tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field

from omnisonic.platform.actor import Role, Scope
from omnisonic.platform.auth.addresses import Address
from omnisonic.platform.auth.tokens import MAX_TOKEN_NAME_CHARS
from omnisonic.platform.names import HumanName
from omnisonic.platform.schemas import ApiModel

MAX_PASSWORD_CHARS = 200


class ProviderOut(ApiModel):
    """A way to sign in."""

    id: str
    name: str


class ProvidersOut(ApiModel):
    """The ways to sign in here, in the order to show them."""

    providers: list[ProviderOut]


class UserOut(ApiModel):
    """An account as its owner sees it."""

    id: UUID
    email: str
    email_verified_at: datetime | None
    display_name: str
    avatar_url: str | None
    role: Role
    created_at: datetime


class SignedInOut(ApiModel):
    """The account of the cookie that comes with this answer."""

    user: UserOut


class SessionOut(ApiModel):
    """Who the caller is; null for a visitor."""

    user: UserOut | None


class CredentialsIn(ApiModel):
    """An address and a password; development only, so any password will do."""

    email: Address
    password: str = Field(min_length=1, max_length=MAX_PASSWORD_CHARS)


class SetupCodeIn(ApiModel):
    """The code printed in the log while there is no admin."""

    code: str = Field(min_length=1, max_length=64)


class ConfirmIn(ApiModel):
    """The secret of a link that was sent by mail."""

    token: str = Field(min_length=1, max_length=200)


TokenName = Annotated[str, HumanName(MAX_TOKEN_NAME_CHARS)]


class TokenIn(ApiModel):
    """A token to make."""

    name: TokenName
    scopes: set[Scope] = Field(min_length=1)
    expires_at: AwareDatetime | None = None


class TokenOut(ApiModel):
    """A token without its secret."""

    id: UUID
    name: str
    prefix: str
    scopes: list[Scope]
    expires_at: datetime | None
    last_used_at: datetime | None
    created_at: datetime


class TokenCreatedOut(ApiModel):
    """A new token. `secret` is shown here once; a repeated request with the same key gets null."""

    token: TokenOut
    secret: str | None


class TokensOut(ApiModel):
    """The caller's tokens, newest first; at most 50, so there is never a further page."""

    tokens: list[TokenOut]
    next_cursor: None = None
