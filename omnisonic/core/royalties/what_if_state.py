"""What if a cycle, or one work in it, were divided otherwise? Asked on the cycle's page; books nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

import reflex as rx

from omnisonic.core.catalog.models import RightsType
from omnisonic.core.catalog.repository import contributors_by_ids, shares_at, works_by_ids
from omnisonic.core.catalog.role_words import percent_words
from omnisonic.core.catalog.shares import applicable_shares, ppm_of_percent
from omnisonic.core.royalties.money_words import REASON_WORDS, amount_of
from omnisonic.core.royalties.refusal_words import refusal_words
from omnisonic.core.royalties.what_if import what_if
from omnisonic.core.royalties.what_if_schemas import Difference, WhatIfAnswer, WhatIfRequest, WhatIfShare
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session
from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.ids import parse_id, utc_now
from omnisonic.platform.ui.words import count

MAX_PARTIES = 40
VISIBLE_NANO = 10**9  # below one unit every digit is shown


@dataclass
class ShareRow:
    """One party of the question; `percent` is text as it is typed."""

    id: str
    name: str
    percent: str


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
    shares: rx.Field[list[ShareRow]] = rx.field(default_factory=list)
    problem: str = ""
    is_asking: bool = False
    summary: str = ""
    differences: rx.Field[list[DifferenceRow]] = rx.field(default_factory=list)

    @rx.event
    @guarded
    async def start(self) -> None:
        """Nothing is asked yet."""
        self._forget()
        self.work_id, self.work_title, self.shares = "", "", []

    @rx.event
    @guarded(role=Role.CURATOR)
    async def choose_work(self, work_id: str, _title: str = "") -> None:
        """Ask about one work, with its present shares to begin with; without an id about the whole cycle."""
        self._forget()
        self.work_id, self.work_title, self.shares = "", "", []
        wanted = parse_id(work_id)
        if wanted is not None:
            self.work_id, self.work_title, self.shares = await in_thread(_begin, wanted)

    @rx.event
    @guarded(role=Role.CURATOR)
    async def change_share(self, party_id: str, percent: str) -> None:
        """Another share of a party."""
        self.summary, self.differences = "", []
        self.shares = [
            ShareRow(one.id, one.name, percent[:12]) if one.id == party_id else one for one in self.shares
        ]

    @rx.event
    @guarded(role=Role.CURATOR)
    async def add_party(self, party_id: str, name: str) -> None:
        """One more party, with nothing yet."""
        known = {one.id for one in self.shares}
        if parse_id(party_id) is not None and party_id not in known and len(known) < MAX_PARTIES:
            self.shares = [*self.shares, ShareRow(party_id, name[:200], "0")]

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
            shares = _typed(self.shares) if self.work_id else None
            if self.work_id and shares is None:
                self.problem = "Write each share in percent, such as 33.3333; together 100 at most."
                return
            self.is_asking = True
            work_id = parse_id(self.work_id) if self.work_id else None
        request = WhatIfRequest(cycle_id=cycle_id, work_id=work_id, shares=shares)
        summary, rows, problem = await in_thread(_ask, actor, request)
        async with self:
            self.is_asking, self.summary, self.differences, self.problem = False, summary, rows, problem

    def _forget(self) -> None:
        self.summary, self.differences, self.problem = "", [], ""


def _begin(work_id: UUID) -> tuple[str, str, list[ShareRow]]:
    with read_session() as session:
        work = works_by_ids(session, [work_id]).get(work_id)
        if work is None:
            return "", "", []
        standing = applicable_shares(
            shares_at(session, [work.id], utc_now()).get(work.id, []), RightsType.MASTER
        )
        shares_ppm: Counter[UUID] = Counter()
        for one in standing:  # somebody may have two roles
            shares_ppm[one.contributor_id] += one.share_ppm
        names = contributors_by_ids(session, shares_ppm)
    rows = [
        ShareRow(str(one), names[one].name, percent_words(share_ppm).removesuffix(" %"))
        for one, share_ppm in shares_ppm.items()
    ]
    return str(work.id), work.title, rows


def _typed(rows: list[ShareRow]) -> list[WhatIfShare] | None:
    shares = []
    for one in rows:
        share_ppm = ppm_of_percent(one.percent.strip().rstrip("%").strip().replace(",", "."))
        if share_ppm is None:
            return None
        if share_ppm:
            shares.append(WhatIfShare(contributor_id=UUID(one.id), share_ppm=share_ppm))
    return shares


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
