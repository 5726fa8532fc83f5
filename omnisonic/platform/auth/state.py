"""Who is signed in, as the frame of every page shows it."""

from __future__ import annotations

import reflex as rx

from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth import repository
from omnisonic.platform.auth.guard import caller_if_any, current_actor, guarded, public
from omnisonic.platform.db import in_thread, read_session
from omnisonic.platform.ui.people import avatar_color, initials


class ViewerState(rx.State):
    """The signed-in account in the words of the frame.

    `load` runs first on every page behind sign-in, `look` on the others.
    """

    is_known: bool = False
    load_problem: str = ""  # the page itself says it; two messages would be one too many
    is_signed_in: bool = False
    name: str = ""
    email: str = ""
    letters: str = ""
    color: str = ""
    picture: str = ""
    is_admin: bool = False

    @rx.event
    @guarded
    async def load(self) -> None:
        """Fetch the account; without a session the guard leads to the sign-in page."""
        await self._show(current_actor())

    @rx.event
    @public
    async def look(self) -> None:
        """Fetch the account if there is one; strangers stay strangers."""
        actor = caller_if_any()
        if actor is not None:
            await self._show(actor)
        self.is_known, self.is_signed_in = True, actor is not None

    async def _show(self, actor: Actor) -> None:
        self.picture = await in_thread(_picture_of, actor)
        self.name, self.email = actor.display_name, actor.email
        self.letters, self.color = initials(actor.display_name), avatar_color(actor.user_id)
        self.is_admin = actor.role is Role.ADMIN
        self.is_known = self.is_signed_in = True


def _picture_of(actor: Actor) -> str:
    with read_session() as session:
        user = repository.find_user(session, actor.user_id)
    return (user.avatar_url if user else None) or ""
