"""Tables of identity. Secrets are stored only as SHA-256 digests or scrypt hashes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from omnisonic.platform.actor import Role
from omnisonic.platform.orm import Row, enum_field, json_field, timestamp_field


class User(Row, table=True):
    """One person. `email` is stored case-folded; `email_verified_at` is null until it is confirmed."""

    __tablename__ = "users"

    email: str = Field(max_length=254, unique=True)
    email_verified_at: datetime | None = timestamp_field(default_now=False)
    display_name: str = Field(max_length=80)
    avatar_url: str | None = Field(default=None, max_length=500)
    role: Role = enum_field(Role, Role.MEMBER)
    disabled_at: datetime | None = timestamp_field(default_now=False)
    updated_at: datetime = timestamp_field()


class Account(Row, table=True):
    """One way of signing in: a provider's subject, or development credentials with a password hash."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("provider", "subject"),)

    user_id: UUID = Field(foreign_key="users.id", index=True, ondelete="CASCADE")
    provider: str = Field(max_length=32)
    subject: str = Field(max_length=255)
    email: str | None = Field(default=None, max_length=254)
    email_verified: bool = Field(default=False)
    password_hash: str | None = Field(default=None, max_length=255)


class AuthSession(Row, table=True):
    """One signed-in browser; the cookie holds the secret, this row its digest."""

    __tablename__ = "auth_sessions"

    user_id: UUID = Field(foreign_key="users.id", index=True, ondelete="CASCADE")
    secret_sha256: str = Field(max_length=64, unique=True)
    expires_at: datetime = timestamp_field()
    last_seen_at: datetime = timestamp_field()
    revoked_at: datetime | None = timestamp_field(default_now=False)
    user_agent: str | None = Field(default=None, max_length=255)


class VerificationToken(Row, table=True):
    """A single-use secret sent by mail: confirms an address, or links an account to `subject_id`."""

    __tablename__ = "verification_tokens"

    user_id: UUID | None = Field(default=None, foreign_key="users.id", index=True, ondelete="CASCADE")
    subject_id: UUID | None = Field(default=None, index=True)
    purpose: str = Field(max_length=32)
    email: str = Field(max_length=254)
    secret_sha256: str = Field(max_length=64, unique=True)
    expires_at: datetime = timestamp_field()
    used_at: datetime | None = timestamp_field(default_now=False)


class ApiToken(Row, table=True):
    """A program's key: shown once, stored as a digest, limited by scopes."""

    __tablename__ = "api_tokens"

    user_id: UUID = Field(foreign_key="users.id", index=True, ondelete="CASCADE")
    name: str = Field(max_length=80)
    prefix: str = Field(max_length=16)
    secret_sha256: str = Field(max_length=64, unique=True)
    scopes: list[Any] = json_field(nullable=False)
    expires_at: datetime | None = timestamp_field(default_now=False)
    last_used_at: datetime | None = timestamp_field(default_now=False)
    revoked_at: datetime | None = timestamp_field(default_now=False)
