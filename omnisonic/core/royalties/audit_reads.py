"""What can be checked of the log from outside: one entry's proof, and the root of a closed cycle."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.ledger.log_errors import NotCovered
from omnisonic.core.ledger.models import LeafKind
from omnisonic.core.ledger.proofs import inclusion_proof, proof_file, recompute_root
from omnisonic.core.ledger.tlog_proof import TlogProof
from omnisonic.core.royalties.access import require_curator
from omnisonic.core.royalties.checkpoint_rows import CheckpointRow, checkpoints_of_cycles
from omnisonic.core.royalties.entries import find_entry
from omnisonic.platform.actor import Actor
from omnisonic.platform.errors import NotFound


@dataclass(frozen=True, slots=True)
class EntryProof:
    """An entry's place under the newest checkpoint. Hashes in hex; `tlog_proof` is a proof file."""

    leaf_index: int
    tree_size: int
    leaf_hash: str
    path: list[str]
    tlog_proof: str


@dataclass(frozen=True, slots=True)
class RootFound:
    """A root hashed anew beside the signed one."""

    checkpoint: CheckpointRow
    computed_merkle_root: str
    matches: bool
    first_mismatch_leaf: int | None


def prove_entry(session: Session, actor: Actor | None, *, entry_id: UUID) -> EntryProof | None:
    """Prove an entry to anybody who knows its id; only who may see it gets the leaf's bytes along.

    None for an unknown entry. Raises `NotCovered` before a checkpoint covers it, `LogDamaged`.
    """
    try:
        proof = inclusion_proof(session, row_id=entry_id)
    except NotCovered:  # it is there, and provable soon
        raise
    except NotFound:
        return None
    if proof.kind is not LeafKind.ENTRY:
        return None
    if actor is not None and find_entry(session, actor, entry_id=entry_id) is not None:
        text = proof_file(session, proof)
    else:
        text = str(TlogProof(proof.leaf_index, proof.path, proof.note))
    path = [one.hex() for one in proof.path]
    return EntryProof(proof.leaf_index, proof.tree_size, proof.leaf_hash.hex(), path, text)


def recompute_cycle_root(session: Session, actor: Actor, *, cycle_id: UUID) -> RootFound:
    """Hash everything that a cycle's checkpoint covers anew and compare with what was signed.

    Raises `Forbidden` unless a curator, `NotFound` for a cycle without a checkpoint.
    """
    require_curator(actor)
    checkpoint = checkpoints_of_cycles(session, [str(cycle_id)]).get(str(cycle_id))
    if checkpoint is None:
        raise NotFound("This cycle has no checkpoint: it is not closed, or there is no such cycle.")
    found = recompute_root(session, size=checkpoint.tree_size)
    computed = found.root.hex()
    matches = computed == checkpoint.merkle_root and found.first_mismatch is None
    return RootFound(checkpoint, computed, matches, found.first_mismatch)
