"""The page of a contributor, the link to an account, and the page behind an invitation."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from omnisonic.core.catalog import contributors, linking
from omnisonic.core.catalog.contributor_view import ContributorSheet, view_contributor
from omnisonic.core.catalog.entry_state import EntryState, Fields
from omnisonic.core.catalog.entry_view import EntryFrame
from omnisonic.core.catalog.models import Contributor
from omnisonic.core.catalog.schemas import ContributorDraft
from omnisonic.core.catalog.work_state import labels_of
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth.addresses import normalize_address
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.auth.repository import find_user_by_email
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.errors import NotFound, OmnisonicError
from omnisonic.platform.ids import parse_id
from omnisonic.platform.ui.notices import tell


class ContributorState(EntryState, rx.State):
    """One contributor."""

    table: ClassVar[Any] = Contributor
    labels: ClassVar[Fields] = {"name": "Name", "roles": "Roles", "ipi": "IPI", "isni": "ISNI"}

    sheet: rx.Field[ContributorSheet] = rx.field(default_factory=ContributorSheet)
    account_problem: str = ""

    @rx.event
    @guarded
    async def invite(self, form: dict[str, Any]) -> Any:
        """Mail a link that makes whoever has this address the contributor."""
        return await self._about_account(_invite, str(form.get("account_email", "")), "Invitation sent")

    @rx.event
    @guarded(role=Role.CURATOR)
    async def link(self, form: dict[str, Any]) -> Any:
        """Link the account with this address at once."""
        return await self._about_account(_link, str(form.get("linked_email", "")), "Account linked")

    @rx.event
    @guarded
    async def unlink(self) -> Any:
        """Take the link away."""
        return await self._about_account(_unlink, "", "Link taken away")

    async def _about_account(self, act: Any, email: str, done: str) -> Any:
        entry_id = parse_id(self.entry_id)
        if entry_id is None:
            return None
        self.account_problem = ""
        try:
            await in_thread(act, current_actor(), entry_id, email)
        except OmnisonicError as error:
            self.account_problem = error.errors[0].message if error.errors else error.detail
            return None
        await self._look(current_actor(), entry_id)
        return tell(done)

    async def _look(self, actor: Actor, entry_id: UUID) -> None:
        self.frame, self.sheet = await in_thread(_fetch, actor, entry_id)

    def _fields(self) -> Fields:
        return {
            "name": self.sheet.name,
            "roles": ", ".join(self.sheet.roles),
            "ipi": self.sheet.ipi,
            "isni": self.sheet.isni,
        }

    @staticmethod
    def _write(actor: Actor, entry_id: UUID, changed: Fields, version: int) -> None:
        values: dict[str, Any] = {name: changed[name] or None for name in ("ipi", "isni") if name in changed}
        if "roles" in changed:
            values["roles"] = [role.lower() for role in labels_of(changed["roles"])]
        with unit_of_work() as uow:
            found = contributors.get_contributor(uow.session, actor, contributor_id=entry_id)
            draft = ContributorDraft(
                name=changed.get("name", found.name), contributor_id=found.id, version=version, **values
            )
            contributors.upsert_contributor(uow, actor, draft=draft)


class LinkState(rx.State):
    """Following the link of an invitation to be a contributor."""

    title: str = ""
    words: str = ""

    @rx.event
    @guarded
    async def accept(self) -> Any:
        """Link the account and open the contributor, or say why not."""
        self.title = self.words = ""
        secret = self.router.url.path.rstrip("/").rpartition("/")[2]
        try:
            contributor_id = await in_thread(_accept, current_actor(), secret)
        except OmnisonicError as error:
            self.title, self.words = error.title, error.detail
            return None
        return [
            rx.redirect(f"/catalog/contributors/{contributor_id}"),
            tell("This is you now", "You can change the works and recordings that credit you."),
        ]


def _fetch(actor: Actor, contributor_id: UUID) -> tuple[EntryFrame, ContributorSheet]:
    with read_session() as session:
        return view_contributor(session, actor, contributor_id=contributor_id)


def _invite(actor: Actor, contributor_id: UUID, email: str) -> None:
    with unit_of_work() as uow:
        linking.invite_account(uow, actor, contributor_id=contributor_id, email=email)


def _link(actor: Actor, contributor_id: UUID, email: str) -> None:
    with unit_of_work() as uow:
        try:
            user = find_user_by_email(uow.session, normalize_address(email))
        except ValueError as error:
            raise NotFound(str(error)) from None
        if user is None:
            raise NotFound("Nobody here has an account with this address. Send an invitation instead.")
        linking.link_account(uow, actor, contributor_id=contributor_id, user_id=user.id)


def _unlink(actor: Actor, contributor_id: UUID, _: str) -> None:
    with unit_of_work() as uow:
        linking.unlink_account(uow, actor, contributor_id=contributor_id)


def _accept(actor: Actor, secret: str) -> UUID:
    with unit_of_work() as uow:
        return linking.accept_invitation(uow, actor, secret=secret).id
