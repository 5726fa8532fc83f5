"""What the settings page shows and changes: name, address, tokens, sign-ins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx

from omnisonic.platform.actor import Actor, Scope
from omnisonic.platform.auth import profile, tokens
from omnisonic.platform.auth.confirmations import request_confirmation
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.auth.models import ApiToken, AuthSession
from omnisonic.platform.auth.roles import redeem_setup_code
from omnisonic.platform.auth.state import ViewerState
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.errors import FieldError, InvalidFields, OmnisonicError
from omnisonic.platform.ids import utc_now
from omnisonic.platform.names import required_name
from omnisonic.platform.ui.notices import tell
from omnisonic.platform.ui.words import ago, day

# What a token may do, in words: (scope, name, consequence).
SCOPE_WORDS = (
    (Scope.STUDIO, "Studio", "Sessions, takes and exports, as you"),
    (Scope.GRAPH_READ, "Read the catalog", "Works, recordings, licenses; changes as they happen"),
    (Scope.GRAPH_WRITE, "Change the catalog", "What you may change yourself"),
    (Scope.INGEST, "Send files", "Import recordings in small and large lists"),
    (Scope.ROYALTIES_READ, "Read royalties", "Your statements and proofs; all of them as a curator"),
    (
        Scope.ROYALTIES_WRITE,
        "Write royalties",
        "Usage, matching and cycles as a curator; your disputes and claims",
    ),
    (Scope.INSIGHT_READ, "Read the news", "Articles, charts and your alerts"),
    (Scope.INSIGHT_WRITE, "Act on the news", "Follows, alerts, and what your role may correct"),
)


@dataclass
class TokenRow:
    """A token in the list; never its secret."""

    id: str
    name: str
    prefix: str
    facts: str


@dataclass
class SignInRow:
    """One signed-in browser."""

    id: str
    where: str
    facts: str
    is_this: bool


@dataclass
class _Account:
    """All that the page needs, fetched at once."""

    display_name: str
    is_confirmed: bool
    may_become_admin: bool
    tokens: list[TokenRow]
    sign_ins: list[SignInRow]


class SettingsState(rx.State):
    """The caller's account."""

    is_loaded: bool = False
    load_problem: str = ""
    display_name: str = ""
    is_confirmed: bool = False
    is_mail_sent: bool = False
    may_become_admin: bool = False
    tokens: rx.Field[list[TokenRow]] = rx.field(default_factory=list)
    sign_ins: rx.Field[list[SignInRow]] = rx.field(default_factory=list)
    new_token: str = ""
    problem: str = ""

    @rx.event
    @guarded
    async def load(self) -> None:
        """Everything, anew; a secret shown before is gone."""
        self.new_token = self.problem = self.load_problem = ""
        await self._show_account(current_actor())

    @rx.event
    @guarded
    async def rename(self, form: dict[str, Any]) -> Any:
        """Change the name that others see."""
        await in_thread(_rename, current_actor(), str(form.get("display_name", "")))
        await self._show_account(current_actor())
        return [ViewerState.load, tell("Saved", "Others see the new name from now on.")]

    @rx.event
    @guarded
    async def send_confirmation(self) -> None:
        """Mail a link to the caller's address."""
        await in_thread(_send_confirmation, current_actor())
        self.is_mail_sent = True

    @rx.event
    @guarded
    async def enter_setup_code(self, form: dict[str, Any]) -> Any:
        """Become the first admin."""
        await in_thread(_redeem, current_actor(), str(form.get("setup_code", "")))
        await self._show_account(current_actor())
        return [ViewerState.load, tell("You are admin now", "The Admin page is in the navigation.")]

    @rx.event
    @guarded
    async def create_token(self, form: dict[str, Any]) -> None:
        """Make a token; its secret is shown this once."""
        self.problem = ""
        try:
            name, scopes = str(form.get("token_name", "")), _chosen_scopes(form)
            self.new_token = await in_thread(_create_token, current_actor(), name, scopes)
        except OmnisonicError as error:
            self.problem = error.errors[0].message if error.errors else error.detail
            return
        await self._show_account(current_actor())

    @rx.event
    @guarded
    async def forget_secret(self) -> None:
        """Take the secret off the page."""
        self.new_token = self.problem = ""

    @rx.event
    @guarded
    async def revoke_token(self, token_id: str) -> None:
        """Make a token stop working."""
        await in_thread(_revoke_token, current_actor(), UUID(token_id))
        await self._show_account(current_actor())

    @rx.event
    @guarded
    async def end_sign_in(self, sign_in_id: str) -> None:
        """Sign another browser out."""
        await in_thread(_end_sign_in, current_actor(), UUID(sign_in_id))
        await self._show_account(current_actor())

    async def _show_account(self, actor: Actor) -> None:
        account = await in_thread(_fetch, actor)
        self.display_name, self.is_confirmed = account.display_name, account.is_confirmed
        self.may_become_admin = account.may_become_admin
        self.tokens, self.sign_ins = account.tokens, account.sign_ins
        self.is_loaded = True


def _fetch(actor: Actor) -> _Account:
    now = utc_now()
    with read_session() as session:
        user = profile.get_profile(session, actor)
        return _Account(
            display_name=user.display_name,
            is_confirmed=user.email_verified_at is not None,
            may_become_admin=profile.is_admin_missing(session),
            tokens=[_token_row(token) for token in tokens.list_tokens(session, actor)],
            sign_ins=[
                SignInRow(
                    id=str(row.id),
                    where=_browser_of(row),
                    facts=f"Used {ago(row.last_seen_at, now=now)} · since {day(row.created_at)}",
                    is_this=row.id == actor.auth_session_id,
                )
                for row in profile.list_sign_ins(session, actor)
            ],
        )


def _token_row(token: ApiToken) -> TokenRow:
    used = f"last used {day(token.last_used_at)}" if token.last_used_at else "never used"
    until = f" · until {day(token.expires_at)}" if token.expires_at else ""
    return TokenRow(
        id=str(token.id),
        name=token.name,
        prefix=f"{token.prefix}…",
        facts=f"{_scope_words(token.scopes)} · made {day(token.created_at)} · {used}{until}",
    )


def _scope_words(scopes: Sequence[str]) -> str:
    return ", ".join(words for scope, words, _ in SCOPE_WORDS if scope in scopes) or "Nothing any more"


def _chosen_scopes(form: dict[str, Any]) -> set[Scope]:
    return {scope for scope in Scope if form.get(f"scope-{scope.name.lower()}")}


def _browser_of(row: AuthSession) -> str:
    agent = row.user_agent or ""
    browsers = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )
    browser = next((name for mark, name in browsers if mark in agent), "Unknown browser")
    system = next((name for mark, name in systems if mark in agent), "")
    return f"{browser} on {system}" if system else browser


def _rename(actor: Actor, display_name: str) -> None:
    with unit_of_work() as uow:
        profile.rename(uow, actor, display_name=display_name)


def _send_confirmation(actor: Actor) -> None:
    with unit_of_work() as uow:
        request_confirmation(uow, actor)


def _redeem(actor: Actor, code: str) -> None:
    with unit_of_work() as uow:
        redeem_setup_code(uow, actor, code=code)


def _create_token(actor: Actor, name: str, scopes: set[Scope]) -> str:
    name = required_name(name, field="name", max_chars=tokens.MAX_TOKEN_NAME_CHARS)
    if not scopes:
        message = "Choose at least one thing that it may do."
        raise InvalidFields(message, errors=[FieldError("scopes", "empty", message)])
    with unit_of_work() as uow:
        return tokens.create_token(uow, actor, name=name, scopes=scopes)[1]


def _revoke_token(actor: Actor, token_id: UUID) -> None:
    with unit_of_work() as uow:
        tokens.revoke_token(uow, actor, token_id=token_id)


def _end_sign_in(actor: Actor, sign_in_id: UUID) -> None:
    with unit_of_work() as uow:
        profile.end_sign_in(uow, actor, sign_in_id=sign_in_id)
