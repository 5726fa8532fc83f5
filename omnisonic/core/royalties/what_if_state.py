"""What if a cycle, or one work in it, were divided otherwise? Asked on the cycle's page; books nothing."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import reflex as rx

from omnisonic.core.catalog.repository import contributors_by_ids, shares_at, works_by_ids
from omnisonic.core.royalties.money_words import REASON_WORDS, amount_of
from omnisonic.core.royalties.refusal_words import refusal_words
from omnisonic.core.royalties.what_if import what_if
from omnisonic.core.royalties.what_if_schemas import Difference, WhatIfAnswer, WhatIfRequest
from omnisonic.core.royalties.what_if_shares import (
    RightShares,
    add_party,
    add_right,
    change_percent,
    drop_right,
    groups_of,
    rights_left,
    typed_shares,
)
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session
from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.ids import parse_id, utc_now
from omnisonic.platform.ui.words import count

VISIBLE_NANO = 10**9  # below one unit every digit is shown


@dataclass
class DifferenceRow:
    """What a party, or a reason to wait, has and would have."""

    key: str
    name: str
    before: str
    after: str
    difference: str
    exact: str
    way: str


class WhatIfState(rx.State):
    """The question and its answer."""

    work_id: str = ""
    work_title: str = ""
    groups: rx.Field[list[RightShares]] = rx.field(default_factory=list)
    rights: rx.Field[list[list[str]]] = rx.field(default_factory=list)  # that have no group yet
    problem: str = ""
    is_asking: bool = False
    summary: str = ""
    differences: rx.Field[list[DifferenceRow]] = rx.field(default_factory=list)

    @rx.event
    @guarded
    async def start(self) -> None:
        """Nothing is asked yet."""
        self._forget()
        self.work_id, self.work_title = "", ""
        self._take([])

    @rx.event
    @guarded(role=Role.CURATOR)
    async def choose_work(self, work_id: str, _title: str = "") -> None:
        """Ask about one work, with its present shares to begin with; without an id about the whole cycle."""
        self._forget()
        self.work_id, self.work_title = "", ""
        groups: list[RightShares] = []
        wanted = parse_id(work_id)
        if wanted is not None:
            self.work_id, self.work_title, groups = await in_thread(_begin, wanted)
        self._take(groups)

    @rx.event
    @guarded(role=Role.CURATOR)
    async def change_share(self, right: str, party_id: str, percent: str) -> None:
        """Another share of a party."""
        self._take(change_percent(self.groups, right, party_id, percent))

    @rx.event
    @guarded(role=Role.CURATOR)
    async def add_party(self, right: str, party_id: str, name: str) -> None:
        """One more party, with nothing yet."""
        if parse_id(party_id) is not None:
            self._take(add_party(self.groups, right, party_id, name))

    @rx.event
    @guarded(role=Role.CURATOR)
    async def add_right(self, right: str) -> None:
        """Shares of its own for a right."""
        self._take(add_right(self.groups, right))

    @rx.event
    @guarded(role=Role.CURATOR)
    async def drop_right(self, right: str) -> None:
        """The shares of every right count for this one, too."""
        self._take(drop_right(self.groups, right))

    @rx.event(background=True)
    @guarded(role=Role.CURATOR)
    async def ask(self) -> None:
        """Divide once more and compare."""
        actor = current_actor()
        async with self:
            cycle_id = parse_id(self.router.url.path.rstrip("/").rpartition("/")[2])
            self._forget()
            if cycle_id is None or self.is_asking:
                return
            shares = typed_shares(self.groups) if self.work_id else None
            if self.work_id and shares is None:
                self.problem = "Write each share in percent, such as 33.3333."
                return
            self.is_asking = True
            work_id = parse_id(self.work_id) if self.work_id else None
        request = WhatIfRequest(cycle_id=cycle_id, work_id=work_id, shares=shares)
        summary, rows, problem = await in_thread(_ask, actor, request)
        async with self:
            self.is_asking, self.summary, self.differences, self.problem = False, summary, rows, problem

    def _take(self, groups: list[RightShares]) -> None:
        self.groups, self.rights = groups, rights_left(groups)
        self.summary, self.differences = "", []

    def _forget(self) -> None:
        self.summary, self.differences, self.problem = "", [], ""


def _begin(work_id: UUID) -> tuple[str, str, list[RightShares]]:
    with read_session() as session:
        work = works_by_ids(session, [work_id]).get(work_id)
        if work is None:
            return "", "", []
        standing = shares_at(session, [work.id], utc_now()).get(work.id, [])
        found = contributors_by_ids(session, {one.contributor_id for one in standing})
    return str(work.id), work.title, groups_of(standing, {one: row.name for one, row in found.items()})


def _ask(actor: Actor, request: WhatIfRequest) -> tuple[str, list[DifferenceRow], str]:
    try:
        with read_session() as session:
            found = what_if(session, actor, request=request)
    except OmnisonicError as error:
        return "", [], refusal_words(error)
    return summary_of(found), [difference_row(one) for one in found.differences], ""


def summary_of(found: WhatIfAnswer) -> str:
    """How many uses were divided again, and how many amounts would change."""
    uses = count(found.events, "use")
    if not found.differences:
        return f"{uses} divided again: nothing would change."
    more = f" {found.others} more change by less." if found.others else ""
    changed = count(len(found.differences), "amount")
    return f"{uses} divided again: {changed} would change.{more}"


def difference_row(one: Difference) -> DifferenceRow:
    """A difference in words."""
    nano = int(one.difference.amount)
    words = amount_of(one.difference)
    shown = words.exact if abs(nano) < VISIBLE_NANO else words.short
    return DifferenceRow(
        key=f"{one.contributor_id or one.reason}:{one.difference.currency}",
        name=f"Waits: {REASON_WORDS[one.reason]}" if one.reason is not None else one.name,
        before=amount_of(one.before).short,
        after=amount_of(one.after).short,
        difference=f"+{shown}" if nano > 0 else shown,
        exact=words.exact,
        way="up" if nano > 0 else "down",
    )
