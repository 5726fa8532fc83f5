"""The list of entries that may be registered twice: curators merge from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx

from omnisonic.core.catalog.access import is_curator
from omnisonic.core.catalog.duplicates import Pair, list_pairs
from omnisonic.core.catalog.entry_view import PATHS, SIGN_WORDS
from omnisonic.core.catalog.list_view import TABLES, Kind
from omnisonic.core.catalog.merge_state import PairState
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session
from omnisonic.platform.ids import parse_id

PATH = "/catalog/duplicates"
HEADING_ID = "duplicates-title"


@dataclass
class PairLine:
    """Two entries that may be one, as the list shows them."""

    id: str
    newer_id: str
    newer_title: str
    newer_href: str
    older_id: str
    older_title: str
    older_href: str
    why: str


class DuplicatesState(PairState, rx.State):
    """Pairs of one kind among the entries that were looked at; `further` leads to older ones."""

    is_loaded: bool = False
    load_problem: str = ""
    kind: str = Kind.WORKS
    pairs: rx.Field[list[PairLine]] = rx.field(default_factory=list)
    further: str = ""

    @rx.event
    @guarded
    async def load(self) -> None:
        """The pairs that the address asks for; for curators."""
        self.load_problem = "" if is_curator(current_actor()) else "Only curators merge entries of others."
        if self.load_problem:
            return
        query = self.router.url.query_parameters
        asked = str(query.get("kind", ""))
        self.kind = asked if asked in set(Kind) else str(Kind.WORKS)
        await self._show(current_actor(), parse_id(str(query.get("after", ""))))

    async def _show(self, actor: Actor, after: UUID | None) -> None:
        self.pairs, further = await in_thread(_fetch, actor, Kind(self.kind), after)
        self.further = f"{PATH}?kind={self.kind}&after={further}" if further else ""
        self.is_loaded = True

    def _table(self) -> Any:
        return TABLES[Kind(self.kind)]

    def _after_merge(self, _survivor: UUID) -> list[Any]:
        loading: Any = DuplicatesState
        return [loading.load, rx.set_focus(HEADING_ID)]


def _fetch(actor: Actor, kind: Kind, after: UUID | None) -> tuple[list[PairLine], UUID | None]:
    with read_session() as session:
        pairs, further = list_pairs(session, actor, table=TABLES[kind], after=after)
    return [_line(kind, pair) for pair in pairs], further


def _line(kind: Kind, pair: Pair) -> PairLine:
    root = f"/catalog/{PATHS[TABLES[kind]]}"
    return PairLine(
        id=f"{pair.newer_id}{pair.older.id}",
        newer_id=str(pair.newer_id),
        newer_title=pair.newer_title,
        newer_href=f"{root}/{pair.newer_id}",
        older_id=str(pair.older.id),
        older_title=pair.older.title,
        older_href=f"{root}/{pair.older.id}",
        why=", ".join(SIGN_WORDS[sign] for sign in pair.older.signs),
    )
