"""Proofs out of the published log: that a leaf stands in it, that it only grew, and what its root is.

Paths are read from the stored tiles (six at most) and verified against the signed root before they leave.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from omnisonic.core.ledger.log_errors import LogDamaged, NotCovered, PastTheEnd
from omnisonic.core.ledger.log_store import LogStore
from omnisonic.core.ledger.merkle import leaf_hash as hash_leaf
from omnisonic.core.ledger.merkle import verify_consistency, verify_inclusion
from omnisonic.core.ledger.models import HASH_BYTES, CycleCheckpoint, LeafKind, LogLeaf
from omnisonic.core.ledger.publication import rebuilding_reader
from omnisonic.core.ledger.repository import (
    find_checkpoint_of_size,
    find_leaf_by_hash,
    find_leaf_of_row,
    find_newest_checkpoint,
    hash_between,
    is_pending,
    leaves_between,
)
from omnisonic.core.ledger.tiles import TILE_WIDTH, Tile, TileError, TileReader
from omnisonic.core.ledger.tlog_proof import TlogProof
from omnisonic.core.ledger.tree import Frontier, TileTree
from omnisonic.platform.errors import FieldError, InvalidFields, NotFound

PART_LEAVES = 64 * TILE_WIDTH


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """A leaf's place under a signed checkpoint, and the way up. Hashes are 32 raw bytes."""

    leaf_hash: bytes
    leaf_index: int
    tree_size: int
    root: bytes
    path: tuple[bytes, ...]  # lowest sibling first
    checkpoint_number: int
    note: str  # the checkpoint with both signatures
    kind: LeafKind
    row_id: UUID


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """The first `from_size` leaves of the tree of `to_size` are the tree of `from_root`."""

    from_size: int
    to_size: int
    from_root: bytes
    to_root: bytes
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class RecomputedRoot:
    """A root hashed anew from the leaves' bytes, and the first leaf that is not what was logged."""

    size: int
    root: bytes
    first_mismatch: int | None


def inclusion_proof(
    session: Session,
    *,
    leaf_hash: bytes | None = None,
    row_id: UUID | None = None,
    tree_size: int | None = None,
) -> InclusionProof:
    """Prove a leaf, by its hash or by the row it hashes, under the newest checkpoint or that of `tree_size`.

    Raises `NotFound` for an unknown leaf or checkpoint, `NotCovered` for a leaf that no checkpoint (or not
    that one) covers yet, `LogDamaged` when what is stored does not lead to the signed root.
    """
    leaf = _find_leaf(session, leaf_hash, row_id)
    checkpoint = _checkpoint(session, tree_size)
    if checkpoint is None or leaf.leaf_index >= checkpoint.tree_size:
        raise NotCovered
    tree = _tree(session, checkpoint.tree_size)
    try:
        path = tuple(tree.inclusion_path(leaf.leaf_index))
    except (TileError, NotFound) as error:
        raise LogDamaged(f"The stored tiles cannot be read: {error}.") from error
    digest, root = bytes(leaf.leaf_hash), bytes(checkpoint.root)
    if not verify_inclusion(digest, leaf.leaf_index, checkpoint.tree_size, path, root):
        raise LogDamaged(f"Leaf {leaf.leaf_index:,} does not lead to the signed root.")
    return InclusionProof(
        leaf_hash=digest,
        leaf_index=leaf.leaf_index,
        tree_size=checkpoint.tree_size,
        root=root,
        path=path,
        checkpoint_number=checkpoint.number,
        note=checkpoint.note,
        kind=leaf.kind,
        row_id=leaf.row_id,
    )


def proof_file(session: Session, proof: InclusionProof) -> str:
    """The `.tlog-proof` with the leaf's bytes in it: for callers who may see the row, decided by the caller.

    Raises `LogDamaged` when the bytes are gone or are not those that were logged.
    """
    found = leaves_between(session, proof.leaf_index, proof.leaf_index + 1)
    leaf = found[0].leaf if found else None
    if leaf is None or hash_leaf(leaf) != proof.leaf_hash:
        raise LogDamaged(f"The bytes of leaf {proof.leaf_index:,} are not those that were logged.")
    return str(TlogProof(proof.leaf_index, proof.path, proof.note, leaf))


def consistency_proof(session: Session, *, from_size: int, to_size: int) -> ConsistencyProof:
    """Prove that the log of `from_size` leaves is the beginning of that of `to_size`.

    Raises `PastTheEnd` beyond the newest checkpoint, `InvalidFields` unless 0 < from <= to, `LogDamaged`
    when what is stored does not lead to a signed root.
    """
    _require_sizes(session, from_size, to_size)
    first, second = _tree(session, from_size), _tree(session, to_size)
    try:
        roots = first.root(), second.root()
        path = tuple(second.consistency_path(from_size))
    except (TileError, NotFound) as error:
        raise LogDamaged(f"The stored tiles cannot be read: {error}.") from error
    for size, root in zip((from_size, to_size), roots, strict=True):
        signed = find_checkpoint_of_size(session, size)
        if signed is not None and signed.root != root:
            raise LogDamaged(f"The stored tiles do not lead to the root that was signed for {size:,} leaves.")
    if not verify_consistency(from_size, to_size, *roots, path):
        raise LogDamaged("The stored tiles contradict each other.")
    return ConsistencyProof(from_size, to_size, *roots, path)


def recompute_root(session: Session, *, size: int, within_s: float | None = None) -> RecomputedRoot:
    """Hash the first `size` leaves anew from their bytes; compare each with what the log says of it.

    Raises `PastTheEnd` for more leaves than the log has, `TimeoutError` where it takes longer than
    `within_s`: a part that has begun is finished.
    """
    tree, first_mismatch = Frontier(), None
    began_s = time.monotonic()
    for start in range(0, size, PART_LEAVES):
        if within_s is not None and time.monotonic() - began_s >= within_s:
            raise TimeoutError(f"{start:,} of {size:,} leaves were hashed in {within_s:g} s.")
        part = hash_between(session, start, min(start + PART_LEAVES, size))
        if part.count != min(PART_LEAVES, size - start):
            raise PastTheEnd(f"The log has {start + part.count:,} leaves.")
        if first_mismatch is None:
            first_mismatch = part.first_mismatch
        tree.extend([part.hashes[at : at + HASH_BYTES] for at in range(0, len(part.hashes), HASH_BYTES)])
    return RecomputedRoot(size, tree.root(), first_mismatch)


def log_reader(session: Session, store: LogStore) -> TileReader:
    """Reads stored tiles; a partial one that nobody stored comes from the rows of the log."""

    def read(tile: Tile) -> bytes:
        try:
            return store.read_tile(tile)
        except NotFound:
            if tile.level:
                raise
        leaves = leaves_between(session, tile.first, tile.first + tile.width)
        return b"".join(leaf.leaf_hash for leaf in leaves)

    return rebuilding_reader(read)


def _tree(session: Session, size: int) -> TileTree:
    return TileTree(size, log_reader(session, LogStore()))


def _find_leaf(session: Session, leaf_hash: bytes | None, row_id: UUID | None) -> LogLeaf:
    if leaf_hash is not None:
        found = find_leaf_by_hash(session, leaf_hash)
    elif row_id is not None:
        found = find_leaf_of_row(session, row_id)
    else:
        raise TypeError("a leaf is named by its hash or by its row")
    if found is not None:
        return found
    if is_pending(session, leaf_hash=leaf_hash, row_id=row_id):
        raise NotCovered
    raise NotFound("The log has no such leaf.")


def _checkpoint(session: Session, tree_size: int | None) -> CycleCheckpoint | None:
    if tree_size is None:
        return find_newest_checkpoint(session)
    found = find_checkpoint_of_size(session, tree_size)
    if found is None:
        raise NotFound(f"No checkpoint covers exactly {tree_size:,} leaves.")
    return found


def _require_sizes(session: Session, from_size: int, to_size: int) -> None:
    newest = find_newest_checkpoint(session)
    signed = newest.tree_size if newest else 0
    if to_size > signed:
        raise PastTheEnd(f"The newest checkpoint covers {signed:,} leaves.")
    if not 0 < from_size <= to_size:
        error = FieldError("from", "out-of-range", "From 1 to the size of the later tree.")
        raise InvalidFields("An earlier tree has at least one leaf and is no larger.", errors=[error])
