"""Checks of a cycle's log on its page: hash it anew, compare two checkpoints, prove one entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx

from omnisonic.core.ledger.proofs import consistency_proof, inclusion_proof, recompute_root
from omnisonic.core.royalties.access import is_curator
from omnisonic.core.royalties.cycle_lines import Choice, other_checkpoints
from omnisonic.core.royalties.cycle_service import get_cycle, list_cycles, view_of
from omnisonic.core.royalties.entries import find_entry
from omnisonic.core.royalties.models import CycleStatus
from omnisonic.core.royalties.proof_words import ProofWords, entry_words
from omnisonic.core.royalties.refusal_words import refusal_words
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth.guard import current_actor, guarded
from omnisonic.platform.db import in_thread, read_session
from omnisonic.platform.errors import NotFound, OmnisonicError
from omnisonic.platform.ids import parse_id
from omnisonic.platform.pagination import Page
from omnisonic.platform.ui.notices import warn

CHECKPOINTS_OFFERED = 100


@dataclass
class Verdict:
    """What a check found. `kind`: ok, danger, or empty before it was made."""

    kind: str = ""
    words: str = ""
    detail: str = ""


class CycleCheckState(rx.State):
    """What was checked on the page of the cycle in the address."""

    cycle_id: str = ""
    others: rx.Field[list[Choice]] = rx.field(default_factory=list)
    other: str = ""
    root: rx.Field[Verdict] = rx.field(default_factory=Verdict)
    compared: rx.Field[Verdict] = rx.field(default_factory=Verdict)
    is_hashing: bool = False
    proof: rx.Field[ProofWords] = rx.field(default_factory=ProofWords)
    proof_at: int = 0  # counts proofs asked for; the dialog opens when it changes

    @rx.event
    @guarded
    async def load_checks(self) -> None:
        """Nothing is checked yet; which checkpoints there are to compare with."""
        self.root, self.compared, self.other, self.others = Verdict(), Verdict(), "", []
        found = parse_id(self.router.url.path.rstrip("/").rpartition("/")[2])
        self.cycle_id = str(found or "")
        actor = current_actor()
        if found is not None and is_curator(actor):
            self.others = await in_thread(_others, actor, self.cycle_id)
            self.other = self.others[0].value if self.others else ""

    @rx.event(background=True)
    @guarded(role=Role.CURATOR)
    async def recompute(self) -> None:
        """Hash every leaf below the checkpoint anew."""
        actor = current_actor()
        async with self:
            wanted = parse_id(self.cycle_id)
            if wanted is None or self.is_hashing:
                return
            self.is_hashing, self.root = True, Verdict()
        verdict = await in_thread(_try, _recompute, actor, wanted)
        async with self:
            self.is_hashing, self.root = False, verdict

    @rx.event
    @guarded(role=Role.CURATOR)
    async def choose_other(self, tree_size: str) -> None:
        """Which checkpoint to compare with."""
        self.other, self.compared = tree_size[:20], Verdict()

    @rx.event
    @guarded(role=Role.CURATOR)
    async def compare(self) -> None:
        """Show that the earlier of two logs is the beginning of the later one."""
        wanted = parse_id(self.cycle_id)
        if wanted is not None and self.other.isdigit():
            self.compared = await in_thread(_try, _compare, current_actor(), wanted, int(self.other))

    @rx.event
    @guarded
    async def prove(self, entry_id: str) -> Any:
        """Open the proof of one entry, in plain words and as a file."""
        wanted = parse_id(entry_id)
        if wanted is None:
            return None
        try:
            self.proof = await in_thread(_prove, current_actor(), wanted)
        except OmnisonicError as error:
            return warn(error.title, refusal_words(error))
        self.proof_at += 1
        return None


def _try(check: Any, *args: Any) -> Verdict:
    try:
        found: Verdict = check(*args)
    except OmnisonicError as error:
        return Verdict("danger", error.title, error.detail)
    return found


def _others(actor: Actor, cycle_id: str) -> list[Choice]:
    with read_session() as session:
        page = Page(limit=CHECKPOINTS_OFFERED)
        found = list_cycles(session, actor, page=page, status=CycleStatus.CLOSED)
    return other_checkpoints(found.cycles, than=cycle_id)


def _recompute(actor: Actor, cycle_id: UUID) -> Verdict:
    with read_session() as session:
        signed = view_of(session, get_cycle(session, actor, cycle_id=cycle_id)).checkpoint
        if signed is None:
            raise NotFound("This cycle has no checkpoint yet: closing it makes one.")
        found = recompute_root(session, size=int(signed.tree_size))
    if found.first_mismatch is not None:
        words = f"Leaf {found.first_mismatch:,} is not what was logged"
        return Verdict("danger", words, "Run `omnisonic ledger audit` to see which row was changed.")
    if found.root.hex() != signed.merkle_root:
        return Verdict("danger", "The root is another one than was signed", f"Computed: {found.root.hex()}")
    leaves = f"all {found.size:,} leaves" if found.size != 1 else "its one leaf"
    return Verdict("ok", f"Hashed {leaves} anew: the root is the signed one", found.root.hex())


def _compare(actor: Actor, cycle_id: UUID, other: int) -> Verdict:
    with read_session() as session:
        signed = view_of(session, get_cycle(session, actor, cycle_id=cycle_id)).checkpoint
        if signed is None:
            raise NotFound("This cycle has no checkpoint yet: closing it makes one.")
        first, last = sorted((int(signed.tree_size), other))
        proof = consistency_proof(session, from_size=first, to_size=last)
    words = f"The log of {first:,} leaves is the beginning of that of {last:,}: nothing in it was rewritten"
    hashes = "1 hash" if len(proof.path) == 1 else f"{len(proof.path)} hashes"
    return Verdict("ok", words, f"Shown by {hashes} between the two signed roots.")


def _prove(actor: Actor, entry_id: UUID) -> ProofWords:
    with read_session() as session:
        entry = find_entry(session, actor, entry_id=entry_id)
        if entry is None:
            raise NotFound("There is no such entry, or it is not yours.")
        proof = inclusion_proof(session, row_id=entry_id)
    return entry_words(entry, proof)
