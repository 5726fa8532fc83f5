"""What the sign-in page offers: ways to sign in, where to go next, and what went wrong before."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

import reflex as rx
from reflex.event import EventSpec

from omnisonic.platform.auth.confirmations import confirm_address
from omnisonic.platform.auth.errors import explain_sign_in_error
from omnisonic.platform.auth.guard import actor_of, public
from omnisonic.platform.auth.identities import are_credentials_enabled
from omnisonic.platform.auth.next_path import clean_next
from omnisonic.platform.auth.oauth_api import installed_providers
from omnisonic.platform.db import in_thread, unit_of_work
from omnisonic.platform.errors import OmnisonicError


@dataclass
class Way:
    """One outside service to sign in with."""

    id: str
    name: str
    href: str


class SignInState(rx.State):
    """The sign-in page."""

    is_loaded: bool = False
    ways: rx.Field[list[Way]] = rx.field(default_factory=list)
    has_credentials: bool = False
    next_path: str = "/sessions"
    problem: str = ""
    advice: str = ""

    @rx.event
    @public
    async def load(self) -> EventSpec | None:
        """Read `next` and `error` of the address; who is signed in already goes straight on."""
        query = self.router.url.query_parameters
        self.next_path = clean_next(query.get("next"))
        if await actor_of(self) is not None:
            return rx.redirect(self.next_path)
        self.ways = [
            Way(one.id, one.name, f"/api/auth/signin/{one.id}?next={quote(self.next_path, safe='')}")
            for one in installed_providers().values()
        ]
        self.has_credentials = are_credentials_enabled()
        self.problem, self.advice = explain_sign_in_error(query.get("error", "")) or ("", "")
        self.is_loaded = True
        return None


class VerifyState(rx.State):
    """Confirming an address with the link of a mail."""

    outcome: str = ""
    words: str = ""

    @rx.event
    @public
    async def confirm(self) -> None:
        """Use up the link. A button and not the page's load: mail scanners open links too."""
        secret = self.router.url.query_parameters.get("token", "")
        try:
            email = await in_thread(_confirm, secret)
        except OmnisonicError as error:
            self.outcome, self.words = "refused", f"{error.title}. {error.detail}"
            return
        self.outcome, self.words = "confirmed", f"{email} is confirmed."


def _confirm(secret: str) -> str:
    with unit_of_work() as uow:
        return confirm_address(uow, secret=secret).email
