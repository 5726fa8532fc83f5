"""The page of one session, around the player: name, role, members, invitations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx
from reflex.event import EventSpec

from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.errors import NotFound, OmnisonicError, VersionConflict
from omnisonic.platform.ui.notices import warn
from omnisonic.platform.ui.people import avatar_color, initials
from omnisonic.platform.ui.words import day
from omnisonic.studio.sessions import members, service
from omnisonic.studio.sessions.models import MemberRole
from omnisonic.studio.sessions.schemas import NAME_MAX, InviteCreate, SessionPatch, SessionView

ROLE_WORDS = {MemberRole.OWNER: "Owner", MemberRole.EDITOR: "Editor", MemberRole.VIEWER: "Viewer"}
PANELS = ("export", "splits", "people")


@dataclass
class MemberRow:
    """Someone in the session."""

    id: str
    name: str
    letters: str
    color: str
    picture: str
    role: str
    role_words: str
    joined: str
    is_me: bool


class RoomState(rx.State):
    """The open session. `phase`: loading, ready or missing."""

    phase: str = "loading"
    load_problem: str = ""
    session_id: str = ""
    user_id: str = ""
    my_name: str = ""
    name: str = ""
    version: int = 0
    can_edit: bool = False
    is_owner: bool = False
    panel: str = "export"
    members: rx.Field[list[MemberRow]] = rx.field(default_factory=list)
    invite_role: str = "editor"
    invite_url: str = ""
    invite_until: str = ""

    @rx.event
    @guarded
    async def load(self) -> None:
        """Check again that the caller belongs here, then show the session that the address names."""
        self.load_problem = ""
        actor = current_actor()
        session_id = self.router.url.path.rstrip("/").rpartition("/")[2]
        if session_id != self.session_id:
            self.phase, self.session_id, self.name, self.members = "loading", session_id, "", []
            self.panel = PANELS[0]
        self.invite_url = ""
        try:
            view, rows = await in_thread(_fetch, actor, UUID(session_id))
        except (NotFound, ValueError):
            self.phase = "missing"
            return
        self.user_id, self.my_name = str(actor.user_id), actor.display_name
        self._show(view)
        self.members, self.phase = rows, "ready"

    @rx.event
    @guarded
    async def rename(self, name: str) -> Any:
        """Give the session another name. Someone else's change of another field is no reason to refuse."""
        name = " ".join(name.split())[:NAME_MAX]
        if not name or name == self.name:
            return None
        try:
            view = await in_thread(_rename, current_actor(), UUID(self.session_id), name, self.version)
        except VersionConflict:
            view = (await in_thread(_fetch, current_actor(), UUID(self.session_id)))[0]
            was, self.name = self.name, view.name
            if view.name != was:
                return warn("Someone renamed the session just now", f"It is called “{view.name}”.")
            view = await in_thread(_rename, current_actor(), UUID(self.session_id), name, view.version)
        self._show(view)
        return None

    @rx.event
    @guarded
    async def rename_by_enter(self, form: dict[str, Any]) -> Any:
        """The same, when Enter was pressed."""
        renaming: Any = RoomState.rename
        return renaming(str(form.get("session_name", "")))

    @rx.event
    @guarded
    async def show_panel(self, panel: str) -> None:
        """Switch the panel on the right."""
        if panel not in PANELS:
            return
        self.panel = panel
        if panel == "people":
            self.members = (await in_thread(_fetch, current_actor(), UUID(self.session_id)))[1]

    @rx.event
    @guarded
    async def choose_invite_role(self, role: str) -> None:
        """What whoever follows the link may do."""
        self.invite_role, self.invite_url = role, ""

    @rx.event
    @guarded
    async def invite(self) -> None:
        """Make a link; it is shown until the page is left."""
        role = MemberRole.VIEWER if self.invite_role == "viewer" else MemberRole.EDITOR
        self.invite_url, self.invite_until = await in_thread(
            _invite, current_actor(), UUID(self.session_id), role
        )

    @rx.event
    @guarded
    async def change_role(self, user_id: str, role: str) -> None:
        """Make a member editor or viewer."""
        await in_thread(_change_role, current_actor(), UUID(self.session_id), UUID(user_id), MemberRole(role))
        self.members = (await in_thread(_fetch, current_actor(), UUID(self.session_id)))[1]

    @rx.event
    @guarded
    async def remove_member(self, user_id: str) -> EventSpec | None:
        """Take someone out, or leave."""
        await in_thread(_remove_member, current_actor(), UUID(self.session_id), UUID(user_id))
        if user_id == str(current_actor().user_id):
            return rx.redirect("/sessions")
        self.members = [row for row in self.members if row.id != user_id]
        return None

    def _show(self, view: SessionView) -> None:
        self.name, self.version = view.name, view.version
        self.is_owner = view.role is MemberRole.OWNER
        self.can_edit = view.role is not MemberRole.VIEWER


class JoinState(rx.State):
    """Following an invitation's link."""

    title: str = ""
    words: str = ""

    @rx.event
    @guarded
    async def accept(self) -> EventSpec | None:
        """Join and open the session, or say why not."""
        self.title = self.words = ""
        secret = self.router.url.path.rstrip("/").rpartition("/")[2]
        try:
            return rx.redirect(f"/sessions/{await in_thread(_accept, current_actor(), secret)}")
        except OmnisonicError as error:
            self.title, self.words = error.title, error.detail
        return None


def _fetch(actor: Actor, session_id: UUID) -> tuple[SessionView, list[MemberRow]]:
    with read_session() as session:
        view = service.view_session(session, actor, session_id=session_id)
        found = members.list_members(session, actor, session_id=session_id)
    rows = [
        MemberRow(
            id=str(one.user_id),
            name=one.display_name,
            letters=initials(one.display_name),
            color=avatar_color(one.user_id),
            picture=one.avatar_url or "",
            role=one.role,
            role_words=ROLE_WORDS[one.role],
            joined=f"since {day(one.joined_at)}",
            is_me=one.user_id == actor.user_id,
        )
        for one in found.members
    ]
    return view, rows


def _rename(actor: Actor, session_id: UUID, name: str, version: int) -> SessionView:
    with unit_of_work() as uow:
        patch = SessionPatch(version=version, name=name)
        return service.update_session(uow, actor, session_id=session_id, request=patch)


def _invite(actor: Actor, session_id: UUID, role: MemberRole) -> tuple[str, str]:
    with unit_of_work() as uow:
        made = members.create_invite(uow, actor, session_id=session_id, request=InviteCreate(role=role))
    return made.url or "", day(made.expires_at)


def _change_role(actor: Actor, session_id: UUID, user_id: UUID, role: MemberRole) -> None:
    with unit_of_work() as uow:
        members.change_role(uow, actor, session_id=session_id, user_id=user_id, role=role)


def _remove_member(actor: Actor, session_id: UUID, user_id: UUID) -> None:
    with unit_of_work() as uow:
        members.remove_member(uow, actor, session_id=session_id, user_id=user_id)


def _accept(actor: Actor, secret: str) -> UUID:
    with unit_of_work() as uow:
        return members.accept_invite(uow, actor, secret=secret).id
