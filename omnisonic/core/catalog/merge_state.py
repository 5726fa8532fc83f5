"""Making one entry of two, and numbers beside the one that is shown: the same on every entry's page."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncIterator
from typing import Any, ClassVar
from uuid import UUID

import reflex as rx

from omnisonic.core.catalog.entry_view import PATHS
from omnisonic.core.catalog.identifier_words import why_not
from omnisonic.core.catalog.identifiers import add_identifier, prefer_identifier
from omnisonic.core.catalog.merge import merge_entities
from omnisonic.core.catalog.merge_view import MergeSide, view_sides
from omnisonic.core.identifiers import Scheme
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.ids import parse_id
from omnisonic.platform.ui.notices import tell

NUMBERS_ID, TITLE_ID = "entry-numbers", "entry-title"


class PairState(rx.State, mixin=True):
    """Two entries side by side, of which one may be made."""

    sides: rx.Field[list[MergeSide]] = rx.field(default_factory=list)
    merge_problem: str = ""
    merge_count: int = 0

    @rx.event
    @guarded
    async def compare(self, one_id: str, other_id: str) -> AsyncIterator[None]:
        """Show what each of the two would bring into a merge; a pair looked at before goes first."""
        self.merge_problem, self.sides = "", []
        yield
        one, other = parse_id(one_id), parse_id(other_id)
        if one is not None and other is not None:
            self.sides = await in_thread(_sides, current_actor(), self._table(), (one, other))

    @rx.event
    @guarded
    async def merge(self, form: dict[str, Any]) -> Any:
        """Make one entry of the two that the form shows, and open it."""
        pair = {str(form.get("one", "")), str(form.get("other", ""))}
        kept = str(form.get("survivor", ""))
        survivor, merged = parse_id(kept), parse_id(next(iter(pair - {kept}), ""))
        if len(pair) != 2 or kept not in pair or survivor is None or merged is None:
            self.merge_problem = "Choose which of the two stays."
            return None
        try:
            await in_thread(_merge, current_actor(), self._table(), survivor, merged)
        except OmnisonicError as error:
            self.merge_problem = error.detail
            return None
        self.sides, self.merge_count = [], self.merge_count + 1
        moved = tell("Merged", "Everything is in one place now; the old address leads here.")
        return [*self._after_merge(survivor), moved]

    @abstractmethod
    def _table(self) -> Any:
        """Of which kind the two are."""

    @abstractmethod
    def _after_merge(self, survivor: UUID) -> list[Any]:
        """What the page does once the two are one."""


class MergeState(PairState, rx.State, mixin=True):
    """An entry that may be registered twice, or have more than one number."""

    table: ClassVar[Any]

    entry_id: str = ""
    number_problem: str = ""
    number_count: int = 0

    @rx.event
    @guarded
    async def prefer(self, scheme: str, value: str) -> Any:
        """Show another of the entry's identifiers; the one before is archived."""
        entry_id = parse_id(self.entry_id)
        if entry_id is None or scheme.lower() not in set(Scheme):
            return None
        await in_thread(_prefer, current_actor(), self.table, entry_id, Scheme(scheme.lower()), value)
        await self._look(current_actor(), entry_id)
        # The button that was pressed is gone: without this a keyboard starts again at the top.
        return [tell("Saved", f"The other {scheme.upper()} is archived."), rx.set_focus(NUMBERS_ID)]

    @rx.event
    @guarded
    async def add_number(self, form: dict[str, Any]) -> Any:
        """Keep one more identifier beside the one that is shown."""
        entry_id, value = parse_id(self.entry_id), str(form.get("number_value", "")).strip()
        scheme = str(form.get("number_scheme", "")).lower()
        self.number_problem = ""
        if entry_id is None or scheme not in set(Scheme):
            return None
        try:
            await in_thread(_add, current_actor(), self.table, entry_id, Scheme(scheme), value)
        except OmnisonicError as error:
            self.number_problem = why_not(Scheme(scheme), value) or error.detail
            return None
        self.number_count += 1
        await self._look(current_actor(), entry_id)
        return [tell("Saved", f"The {scheme.upper()} is kept beside the preferred one.")]

    @abstractmethod
    async def _look(self, actor: Actor, entry_id: UUID) -> None:
        """Fetch what the page shows. Raises `NotFound`."""

    @abstractmethod
    def _forget_alike(self) -> None:
        """The suggestions are no longer true."""

    def _table(self) -> Any:
        return self.table

    def _after_merge(self, survivor: UUID) -> list[Any]:
        self.entry_id = ""
        self._forget_alike()
        address = f"/catalog/{PATHS[self.table]}/{survivor}"
        if self.router.url.path.rstrip("/") != address:
            return [rx.redirect(address)]
        loading: Any = type(self)
        return [loading.load, rx.set_focus(TITLE_ID)]


def _sides(actor: Actor, table: Any, ids: tuple[UUID, UUID]) -> list[MergeSide]:
    with read_session() as session:
        return view_sides(session, actor, table=table, ids=ids)


def _prefer(actor: Actor, table: Any, entry_id: UUID, scheme: Scheme, value: str) -> None:
    with unit_of_work() as uow:
        prefer_identifier(uow, actor, table=table, entity_id=entry_id, scheme=scheme, value=value)


def _add(actor: Actor, table: Any, entry_id: UUID, scheme: Scheme, value: str) -> None:
    with unit_of_work() as uow:
        add_identifier(uow, actor, table=table, entity_id=entry_id, scheme=scheme, value=value)


def _merge(actor: Actor, table: Any, survivor: UUID, merged: UUID) -> None:
    with unit_of_work() as uow:
        merge_entities(uow, actor, table=table, survivor_id=survivor, merged_id=merged)
