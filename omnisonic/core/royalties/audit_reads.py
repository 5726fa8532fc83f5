"""What can be checked of the log from outside: one entry's proof, and the root of a closed cycle."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from omnisonic.core.ledger.audit import latest_audit
from omnisonic.core.ledger.jobs import AUDIT_LEDGER
from omnisonic.core.ledger.log_errors import NotCovered
from omnisonic.core.ledger.models import Audit, LeafKind, LogLeaf
from omnisonic.core.ledger.proofs import inclusion_proof, proof_file, recompute_root
from omnisonic.core.ledger.tlog_proof import TlogProof
from omnisonic.core.ledger.tree import Frontier
from omnisonic.core.royalties.access import require_curator
from omnisonic.core.royalties.checkpoint_rows import CheckpointRow, checkpoints_of_cycles
from omnisonic.core.royalties.entries import find_entry
from omnisonic.core.royalties.errors import AuditPending
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork
from omnisonic.platform.errors import NotFound
from omnisonic.platform.ids import parse_id, utc_now
from omnisonic.platform.logging import get_logger
from omnisonic.platform.rate_limit import RateLimited, check_rate

log = get_logger(__name__)

LEAVES_AT_ONCE = 300_000  # what is hashed anew while somebody waits: two to three seconds of a core
WAITING_MAX_S = 5.0  # on a busy machine less is; half of what an operation of GraphQL may take
AUDIT_EVERY_S = 1800  # how often waiting readers may start an audit
OF_THE_LEAF = {"leaf", "leaf_hash"}
OF_THE_PLACE = OF_THE_LEAF | {"leaf_index", "row_id"}


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
    """A root hashed anew beside the signed one; `checked_at` says when: now, or at the last audit."""

    checkpoint: CheckpointRow
    computed_merkle_root: str
    matches: bool
    first_mismatch_leaf: int | None
    checked_at: datetime

    @property
    def is_old(self) -> bool:
        """Whether an audit that is due to be repeated says this."""
        return utc_now() - self.checked_at > timedelta(seconds=AUDIT_EVERY_S)


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
    """Compare the root that a cycle's checkpoint signs with what the leaves give now.

    Up to `LEAVES_AT_ONCE` leaves are hashed anew, as long as that takes `WAITING_MAX_S` at most; for more the
    last audit answers.
    Raises `Forbidden` unless a curator, `NotFound` for a cycle without a checkpoint, `AuditPending`
    before an audit has covered it: `request_audit` starts one.
    """
    require_curator(actor)
    checkpoint = checkpoints_of_cycles(session, [str(cycle_id)]).get(str(cycle_id))
    if checkpoint is None:
        raise NotFound("This cycle has no checkpoint: it is not closed, or there is no such cycle.")
    if checkpoint.tree_size > LEAVES_AT_ONCE:
        return _from_audit(session, checkpoint)
    try:
        found = recompute_root(session, size=checkpoint.tree_size, within_s=WAITING_MAX_S)
    except TimeoutError as slow:
        log.info("root_left_to_the_audit", reason=str(slow))
        return _from_audit(session, checkpoint)
    return _compared(checkpoint, found.root, found.first_mismatch, utc_now())


def request_audit(uow: UnitOfWork) -> None:
    """Have everything audited soon; asked often, it is done once in a while."""
    try:
        check_rate("ledger-audit", "requested", 1, AUDIT_EVERY_S)
    except RateLimited:
        return
    uow.enqueue(AUDIT_LEDGER)


def _from_audit(session: Session, checkpoint: CheckpointRow) -> RootFound:
    audit = latest_audit(session)
    if audit is None or audit.finished_at is None or audit.tree_size < checkpoint.tree_size:
        raise AuditPending
    mismatch = _first_mismatch(session, audit, checkpoint.tree_size)
    root = bytes.fromhex(checkpoint.merkle_root) if audit.is_sound else _logged_root(session, checkpoint)
    return _compared(checkpoint, root, mismatch, audit.created_at)


def _first_mismatch(session: Session, audit: Audit, size: int) -> int | None:
    """The first place below `size` whose leaf or hash an audit found changed."""
    findings: Iterable[dict[str, Any]] = audit.findings or ()
    places, rows = [], []
    for one in findings:
        if one["table"] == "log_leaves":
            if one["column"] in OF_THE_PLACE and one["row"].isdigit():
                places.append(int(one["row"]))
        elif one["column"] in OF_THE_LEAF and (row_id := parse_id(one["row"])) is not None:
            rows.append(row_id)
    if rows:
        first = select(func.min(LogLeaf.leaf_index)).where(col(LogLeaf.row_id).in_(rows))
        places += [index for index in session.execute(first).scalars() if index is not None]
    return min((index for index in places if index < size), default=None)


def _logged_root(session: Session, checkpoint: CheckpointRow) -> bytes:
    """The root of the hashes as they are logged, without reading what they are hashes of."""
    hashes = (
        select(col(LogLeaf.leaf_hash))
        .where(col(LogLeaf.leaf_index) < checkpoint.tree_size)
        .order_by(col(LogLeaf.leaf_index))
        .execution_options(yield_per=LEAVES_AT_ONCE)
    )
    tree = Frontier()
    for part in session.execute(hashes).scalars().partitions(LEAVES_AT_ONCE):
        tree.extend([bytes(digest) for digest in part])
    return tree.root()


def _compared(
    checkpoint: CheckpointRow, root: bytes, first_mismatch: int | None, checked_at: datetime
) -> RootFound:
    computed = root.hex()
    matches = computed == checkpoint.merkle_root and first_mismatch is None
    return RootFound(checkpoint, computed, matches, first_mismatch, checked_at)
