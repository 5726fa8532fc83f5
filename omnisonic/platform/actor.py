"""Who is asking: passed to every service, decided once at the edge."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from omnisonic.platform.errors import Forbidden, NotSignedIn


class Role(StrEnum):
    """Account roles, weakest first."""

    MEMBER = "member"
    ANALYST = "analyst"
    CURATOR = "curator"
    ADMIN = "admin"


class Scope(StrEnum):
    """What an API token may be used for; never more than its owner's role allows."""

    STUDIO = "studio"
    INGEST = "ingest"
    GRAPH_READ = "graph:read"
    GRAPH_WRITE = "graph:write"
    ROYALTIES_READ = "royalties:read"
    ROYALTIES_WRITE = "royalties:write"
    INSIGHT_READ = "insight:read"
    INSIGHT_WRITE = "insight:write"


@dataclass(frozen=True)
class Actor:
    """A signed-in account. `scopes` is None for a browser session and a set for an API token."""

    user_id: UUID
    display_name: str
    email: str
    role: Role = Role.MEMBER
    scopes: frozenset[Scope] | None = None
    auth_session_id: UUID | None = None

    def require_scope(self, scope: Scope) -> None:
        """Raise `Forbidden` when the token was not issued for this."""
        if self.scopes is not None and scope not in self.scopes:
            raise Forbidden(f"This token lacks the scope `{scope}`. Create one that has it under Settings.")

    def require_role(self, *roles: Role) -> None:
        """Raise `Forbidden` unless the account has one of the roles; an admin always does."""
        if self.role is not Role.ADMIN and self.role not in roles:
            raise Forbidden(f"This needs the role {' or '.join(roles)}.")


def require_actor(actor: Actor | None) -> Actor:
    """The actor, or `NotSignedIn`."""
    if actor is None:
        raise NotSignedIn
    return actor
