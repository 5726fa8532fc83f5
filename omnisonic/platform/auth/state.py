"""Who is signed in, as the frame of every page shows it."""

from __future__ import annotations

import reflex as rx

from omnisonic.platform.actor import Role
from omnisonic.platform.auth import repository
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session
from omnisonic.platform.ui.people import avatar_color, initials


class ViewerState(rx.State):
    """The signed-in account in the words of the rail; `load` runs first on every page behind sign-in."""

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
        actor = current_actor()
        self.picture = await in_thread(_picture_of_caller)
        self.name, self.email = actor.display_name, actor.email
        self.letters, self.color = initials(actor.display_name), avatar_color(actor.user_id)
        self.is_admin = actor.role is Role.ADMIN


def _picture_of_caller() -> str:
    with read_session() as session:
        user = repository.find_user(session, current_actor().user_id)
    return (user.avatar_url if user else None) or ""
