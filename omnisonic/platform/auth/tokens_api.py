"""REST of API tokens: list, make, revoke. Only from a browser: a token cannot make tokens."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from omnisonic.platform.auth import tokens
from omnisonic.platform.auth.http import BrowserActor
from omnisonic.platform.auth.models import ApiToken
from omnisonic.platform.auth.schemas import TokenCreatedOut, TokenIn, TokenOut, TokensOut
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.idempotency import IdempotencyKey, run_idempotent
from omnisonic.platform.schemas import Ok

router = APIRouter(prefix="/tokens", tags=["Tokens"])


@router.get("")
def list_tokens(actor: BrowserActor) -> TokensOut:
    """The caller's tokens that are not revoked, newest first, without their secrets."""
    with unit_of_work() as uow:  # the primary: a token just made must be in the list
        return TokensOut(tokens=[_show(token) for token in tokens.list_tokens(uow.session, actor)])


@router.post("", status_code=201)
def create_token(body: TokenIn, actor: BrowserActor, key: IdempotencyKey = None) -> TokenCreatedOut:
    """Make a token. The answer holds the secret, this once."""
    secrets: list[str] = []
    with unit_of_work() as uow:

        def produce() -> tuple[int, dict[str, Any]]:
            token, secret = tokens.create_token(
                uow, actor, name=body.name, scopes=body.scopes, expires_at=body.expires_at
            )
            secrets.append(secret)
            return 201, _show(token).model_dump(mode="json")

        # What is remembered for a repeated request is the token without its secret.
        request = {"name": body.name, "scopes": sorted(body.scopes), "expiresAt": body.expires_at}
        _, shown = run_idempotent(uow, actor, key, request, produce)
    return TokenCreatedOut(token=TokenOut.model_validate(shown), secret=secrets[0] if secrets else None)


@router.delete("/{token_id}")
def revoke_token(token_id: UUID, actor: BrowserActor) -> Ok:
    """End a token; programs that use it are refused from now on."""
    with unit_of_work() as uow:
        tokens.revoke_token(uow, actor, token_id=token_id)
    return Ok()


@router.delete("")
def revoke_token_by_id(token_id: Annotated[UUID, Query(alias="id")], actor: BrowserActor) -> Ok:
    """The same with `?id=`."""
    return revoke_token(token_id, actor)


def _show(token: ApiToken) -> TokenOut:
    return TokenOut.model_validate(token, from_attributes=True)
