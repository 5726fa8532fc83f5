"""Proofs as JSON: hashes in lower-case hex, checkpoints as the signed text."""

from __future__ import annotations

from typing import Self

from omnisonic.core.ledger.proofs import ConsistencyProof, InclusionProof
from omnisonic.platform.schemas import ApiModel


class InclusionAnswer(ApiModel):
    """A leaf's place in the log and the path from it to the root of the checkpoint, lowest sibling first."""

    leaf_hash: str
    leaf_index: int
    tree_size: int
    root: str
    path: list[str]
    checkpoint_number: int
    checkpoint: str

    @classmethod
    def of(cls, proof: InclusionProof) -> Self:
        """As it goes over the wire: without the leaf's bytes, and without saying which row it is."""
        return cls(
            leaf_hash=proof.leaf_hash.hex(),
            leaf_index=proof.leaf_index,
            tree_size=proof.tree_size,
            root=proof.root.hex(),
            path=[one.hex() for one in proof.path],
            checkpoint_number=proof.checkpoint_number,
            checkpoint=proof.note,
        )


class ConsistencyAnswer(ApiModel):
    """Two sizes of the log, their roots, and the path between them."""

    from_size: int
    to_size: int
    from_root: str
    to_root: str
    path: list[str]

    @classmethod
    def of(cls, proof: ConsistencyProof) -> Self:
        """As it goes over the wire."""
        return cls(
            from_size=proof.from_size,
            to_size=proof.to_size,
            from_root=proof.from_root.hex(),
            to_root=proof.to_root.hex(),
            path=[one.hex() for one in proof.path],
        )
