"""How far the proof of a split sheet or a release is: its leaf, and whether a checkpoint covers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from omnisonic.core.ledger.models import CycleCheckpoint, LeafKind, LogLeaf, LogRecord


@dataclass(frozen=True)
class LeafProof:
    """The leaf of a fact. `is_provable` once a checkpoint was signed after it: `url` answers then."""

    leaf_hash: str
    is_provable: bool

    @property
    def url(self) -> str:
        """Where its proof is."""
        return f"/log/proof/{self.leaf_hash}"


def proofs_of(session: Session, kind: LeafKind, subject_ids: Sequence[UUID]) -> dict[UUID, LeafProof]:
    """Proofs by the sheets or exports that they are about; those without a leaf are not there."""
    if not subject_ids:
        return {}
    proved_size = session.exec(select(func.max(CycleCheckpoint.tree_size))).one() or 0
    rows = session.exec(
        select(LogRecord.subject_id, LogRecord.leaf_hash, LogLeaf.leaf_index)
        .outerjoin(LogLeaf, col(LogLeaf.row_id) == col(LogRecord.id))
        .where(LogRecord.kind == kind, col(LogRecord.subject_id).in_(subject_ids))
    )
    return {
        subject_id: LeafProof(bytes(digest).hex(), index is not None and index < proved_size)
        for subject_id, digest, index in rows
    }
