"""Disputes and claims on `/royalties`: a payee's own, everybody's for curators, who answer them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import reflex as rx
from pydantic import ValidationError

from omnisonic.core.catalog.repository import contributors_by_ids, works_by_ids
from omnisonic.core.catalog.role_words import percent_words
from omnisonic.core.catalog.shares import ppm_of_percent
from omnisonic.core.royalties import claims, disputes
from omnisonic.core.royalties.access import own_parties
from omnisonic.core.royalties.case_words import CLAIM, DISPUTE, CaseLine, claim_line, dispute_line
from omnisonic.core.royalties.claims_schemas import ClaimRequest
from omnisonic.core.royalties.disputes_schemas import Correction
from omnisonic.core.royalties.refusal_words import refusal_words
from omnisonic.core.royalties.statements_lines import line_names
from omnisonic.core.royalties.waiting_words import released_words
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session, unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.ids import parse_id, utc_now
from omnisonic.platform.pagination import Page
from omnisonic.platform.ui.notices import tell, warn
from omnisonic.platform.ui.words import count

LIST_ROWS = 50
MAX_CHARS = 2000
ACCEPTED, REJECTED = "You are right.", "It is right as it stands."


class CasesState(rx.State):
    """What is disputed or claimed, newest first, and the forms that claim and answer."""

    is_loaded: bool = False
    load_problem: str = ""
    cases: rx.Field[list[CaseLine]] = rx.field(default_factory=list)
    open_count: int = 0
    asked: rx.Field[CaseLine | None] = rx.field(default=None)
    asked_at: int = 0
    answer_problem: str = ""
    answered: int = 0
    parties: rx.Field[list[list[str]]] = rx.field(default_factory=list)  # of the account: id and name
    work_id: str = ""
    work_title: str = ""
    free: str = ""
    claim_problem: str = ""
    claim_at: int = 0
    claimed: int = 0

    @rx.event
    @guarded
    async def load(self) -> None:
        """The cases that the caller may see; the address may name a work to claim a share of."""
        self.load_problem = ""
        actor = current_actor()
        await self._look(actor)
        self.parties = await in_thread(_own_names, actor)
        self.is_loaded = True
        wanted = parse_id(self.router.url.query_parameters.get("claim", ""))
        if wanted is not None and self.parties:
            await self._choose(wanted)
            self.claim_at += 1

    @rx.event
    @guarded
    async def hear(self) -> None:
        """Others disputed, claimed or answered; a form that is open says what became of its case."""
        await self._look(current_actor())
        if self.asked is not None:
            self.asked = self._case(self.asked.id) or self.asked

    @rx.event
    @guarded
    async def choose_work(self, work_id: str, _title: str = "") -> None:
        """Which work a share is claimed of, and how much of it is free."""
        self.claim_problem, self.free, self.work_id, self.work_title = "", "", "", ""
        wanted = parse_id(work_id)
        if wanted is not None:
            await self._choose(wanted)

    @rx.event
    @guarded
    async def claim(self, form: dict[str, Any]) -> Any:
        """Claim a share of the chosen work."""
        self.claim_problem = ""
        try:
            request = _claim_of(self.work_id, form)
            await in_thread(_claim, current_actor(), request)
        except (ValidationError, ValueError):
            self.claim_problem = (
                "Choose a work, give a share between 0.0001 and 100 percent, and say why it is yours."
            )
            return None
        except OmnisonicError as error:
            self.claim_problem = refusal_words(error)
            return None
        self.claimed += 1
        self.work_id = self.work_title = self.free = ""
        await self._look(current_actor())
        return tell("Your claim is with a curator", "You see the answer here.")

    @rx.event
    @guarded
    async def begin_claim(self) -> None:
        """What was wrong with the last claim is forgotten."""
        self.claim_problem = ""

    @rx.event
    @guarded
    async def withdraw(self, case_id: str) -> Any:
        """Take one's own dispute or claim back."""
        found, actor = self._case(case_id), current_actor()
        if found is None:
            return None
        try:
            await in_thread(_withdraw, actor, found.kind, UUID(found.id), found.version)
        except OmnisonicError as error:
            await self._look(actor)
            return warn(error.title, refusal_words(error))
        await self._look(actor)
        return tell("It was taken back", found.title)

    @rx.event
    @guarded(role=Role.CURATOR)
    async def ask(self, case_id: str) -> None:
        """Open the form that answers a case."""
        self.answer_problem = ""
        self.asked = self._case(case_id)
        self.asked_at += 1 if self.asked else 0

    @rx.event
    @guarded(role=Role.CURATOR)
    async def answer(self, form: dict[str, Any]) -> Any:
        """Answer the case that was asked about; refused, the form stays with what was typed."""
        asked, actor = self.asked, current_actor()
        if asked is None:
            return None
        words = str(form.get("case_answer", "")).strip()[:MAX_CHARS]
        decision = str(form.get("case_decision", ""))
        try:
            told = await in_thread(_answer, actor, asked.kind, UUID(asked.id), asked.version, decision, words)
        except OmnisonicError as error:
            self.answer_problem = refusal_words(error)
            await self._look(actor)
            self.asked = self._case(asked.id) or asked
            return None
        self.answered += 1
        await self._look(actor)
        return tell("Answered", told or asked.title)

    async def _choose(self, work_id: UUID) -> None:
        self.work_title, self.free = await in_thread(_free_of, current_actor(), work_id)
        self.work_id = str(work_id)

    async def _look(self, actor: Actor) -> None:
        self.cases = await in_thread(_read, actor)
        self.open_count = sum(one.is_open for one in self.cases)

    def _case(self, case_id: str) -> CaseLine | None:
        return next((one for one in self.cases if one.id == case_id), None)


def _read(actor: Actor) -> list[CaseLine]:
    now, page = utc_now(), Page(limit=LIST_ROWS)
    with read_session() as session:
        disputed = disputes.list_disputes(session, actor, page=page).disputes
        claimed = claims.list_claims(session, actor, page=page).claims
        names = line_names(session, [one.line_id for one in disputed])
    dated = [(one.created_at, dispute_line(one, line=names[one.line_id], now=now)) for one in disputed]
    dated += [(one.created_at, claim_line(one, now=now)) for one in claimed]
    dated.sort(key=lambda row: (not row[1].is_open, -row[0].timestamp()))
    return [line for _, line in dated]


def _own_names(actor: Actor) -> list[list[str]]:
    with read_session() as session:
        found = contributors_by_ids(session, own_parties(session, actor))
    return [[str(one), row.name] for one, row in found.items() if row.merged_into is None]


def _free_of(actor: Actor, work_id: UUID) -> tuple[str, str]:
    with read_session() as session:
        free = claims.free_share(session, actor, work_id=work_id)
        title = works_by_ids(session, [free.work_id])[free.work_id].title
    return title, percent_words(free.free_ppm) if free.free_ppm else ""


def _claim_of(work_id: str, form: dict[str, Any]) -> ClaimRequest:
    percent = str(form.get("claim_share") or "").strip().rstrip("%").strip().replace(",", ".")
    since = str(form.get("claim_from") or "").strip()
    return ClaimRequest(
        work_id=UUID(work_id),
        contributor_id=UUID(str(form.get("claim_party", ""))),
        share_ppm=ppm_of_percent(percent) or 0,
        role=str(form.get("claim_role", "")),
        valid_from=date.fromisoformat(since) if since else None,
        reason=str(form.get("claim_reason", "")).strip()[:MAX_CHARS],
    )


@repeatable
def _claim(actor: Actor, request: ClaimRequest) -> None:
    with unit_of_work() as uow:
        claims.claim_share(uow, actor, request=request)


@repeatable
def _withdraw(actor: Actor, kind: str, case_id: UUID, version: int) -> None:
    with unit_of_work() as uow:
        if kind == DISPUTE:
            disputes.withdraw_dispute(uow, actor, dispute_id=case_id, version=version)
        else:
            claims.withdraw_claim(uow, actor, claim_id=case_id, version=version)


@repeatable
def _answer(actor: Actor, kind: str, case_id: UUID, version: int, decision: str, words: str) -> str:
    """Decide a case; what that moved, in words."""
    answer = words or (REJECTED if decision == "reject" else ACCEPTED)
    with unit_of_work() as uow:
        if kind == CLAIM and decision == "reject":
            claims.reject_claim(uow, actor, claim_id=case_id, answer=answer, version=version)
        elif kind == CLAIM:
            accepted = claims.accept_claim(uow, actor, claim_id=case_id, answer=answer, version=version)
            released = accepted.release
            return released_words(released) if released and released.events else "Nothing waited for it."
        elif decision in set(Correction):
            correction = Correction(decision)
            corrected = disputes.accept_dispute(
                uow, actor, dispute_id=case_id, answer=answer, correction=correction, version=version
            ).corrected
            return f"{count(corrected, 'use')} booked anew or taken back." if corrected else ""
        else:
            disputes.reject_dispute(uow, actor, dispute_id=case_id, answer=answer, version=version)
    return ""
