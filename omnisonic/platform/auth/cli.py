"""What the command line can do with accounts: make a token, give a role."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from omnisonic.platform.actor import Actor, Role, Scope
from omnisonic.platform.auth import repository, roles, tokens
from omnisonic.platform.auth.addresses import normalize_address
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.errors import FieldError, InvalidFields, NotFound

Kind = TypeVar("Kind", Role, Scope)


def create_token(email: str, *, name: str, scopes: Sequence[str]) -> str:
    """Make a token for an account and return its secret.

    Raises `InvalidFields` for an unknown scope or a wrong address, `NotFound` for an unknown account.
    """
    wanted = {_choice(Scope, scope.strip(), "scopes") for scope in scopes if scope.strip()}
    with unit_of_work() as uow:
        user = repository.find_user_by_email(uow.session, _address(email))
        if user is None:
            raise NotFound(f"Nobody has signed in with {email} yet. They sign in once, then make a token.")
        owner = Actor(user_id=user.id, display_name=user.display_name, email=user.email, role=user.role)
        _, secret = tokens.create_token(uow, owner, name=name, scopes=wanted)
    return secret


def grant_role(email: str, role: str) -> None:
    """Give an account a role; errors as `roles.grant_role`, and `InvalidFields` for an unknown role."""
    wanted = _choice(Role, role, "role")
    with unit_of_work() as uow:
        roles.grant_role(uow, None, email=_address(email), role=wanted)


def _choice(kind: type[Kind], value: str, field: str) -> Kind:
    try:
        return kind(value)
    except ValueError:
        message = f"`{value}` is not one of: {', '.join(kind)}."
        raise InvalidFields(message, errors=[FieldError(field, "unknown", message)]) from None


def _address(email: str) -> str:
    try:
        return normalize_address(email)
    except ValueError as error:
        raise InvalidFields(str(error), errors=[FieldError("email", "not-an-address", str(error))]) from None
