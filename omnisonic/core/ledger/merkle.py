"""The RFC 6962 Merkle tree over leaf hashes: roots, paths and their verification. Pure: no I/O, no clock.

Every hash is 32 raw bytes. Leaves and nodes are hashed under different prefixes (0x00 and 0x01), and an odd
node moves up unhashed: nothing is ever doubled or padded, so that two different logs never share a root.
Verification answers with a bool and never raises, whatever it is given.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

HASH_BYTES = 32
MAX_TREE_SIZE = (1 << 63) - 1
MAX_PATH_HASHES = 64
EMPTY_ROOT = hashlib.sha256(b"").digest()

_sha256 = hashlib.sha256


def leaf_hash(leaf: bytes) -> bytes:
    """Hash one leaf: SHA-256(0x00 ‖ leaf). RFC 9162 §2.1.1."""
    return _sha256(b"\x00" + leaf).digest()


def leaf_hashes(leaves: Iterable[bytes]) -> list[bytes]:
    """Hash many leaves, in their order."""
    sha256 = _sha256
    return [sha256(b"\x00" + leaf).digest() for leaf in leaves]


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash an inner node: SHA-256(0x01 ‖ left ‖ right). RFC 9162 §2.1.1."""
    return _sha256(b"\x01" + left + right).digest()


def parents(level: Sequence[bytes]) -> list[bytes]:
    """Hash the pairs of one level of the tree; a last node without a partner moves up as it is."""
    sha256 = _sha256
    nodes = iter(level)
    above = [sha256(b"\x01" + left + right).digest() for left, right in zip(nodes, nodes, strict=False)]
    if len(level) & 1:
        above.append(level[-1])
    return above


def merkle_root(hashes: Sequence[bytes]) -> bytes:
    """Compute the root over leaf hashes (not leaves: see `leaf_hash`); without any, SHA-256 of nothing."""
    if not hashes:
        return EMPTY_ROOT
    level = hashes
    while len(level) > 1:
        level = parents(level)
    return level[0]


def merkle_roots(leaves: Sequence[Sequence[bytes]]) -> list[bytes]:
    """Compute the roots of many trees of one size side by side, which spares the steps for each tree.

    `leaves[i][t]` is the hash of leaf i in tree t. The roots are those of `merkle_root`.
    """
    sha256 = _sha256
    level = leaves
    while len(level) > 1:
        above: list[Sequence[bytes]] = [
            [sha256(b"\x01" + left + right).digest() for left, right in zip(lefts, rights, strict=True)]
            for lefts, rights in zip(level[::2], level[1::2], strict=False)
        ]
        if len(level) & 1:
            above.append(level[-1])
        level = above
    return list(level[0]) if level else []


def inclusion_path(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """Give the path of leaf `index` (0-based) in the tree over `hashes`, lowest sibling first.

    RFC 9162 §2.1.3.1. Raises ValueError unless 0 <= index < len(hashes).
    """
    if not 0 <= index < len(hashes):
        raise ValueError(f"leaf {index} is not in a tree of {len(hashes)} leaves")
    path: list[bytes] = []
    level = hashes
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        level = parents(level)
        index >>= 1
    return path


def consistency_path(hashes: Sequence[bytes], size1: int) -> list[bytes]:
    """Give the path that shows the first `size1` leaves to be the beginning of the tree over `hashes`.

    RFC 9162 §2.1.4.1. Empty for the whole tree. Raises ValueError unless 0 < size1 <= len(hashes).
    """
    if not 0 < size1 <= len(hashes):
        raise ValueError(f"a tree of {size1} leaves is no beginning of one of {len(hashes)}")
    path: list[bytes] = []
    whole = True  # whether the part looked at begins at leaf 0, where the verifier knows its root already
    while size1 < len(hashes):
        split = split_point(len(hashes))
        if size1 <= split:
            path.append(merkle_root(hashes[split:]))
            hashes = hashes[:split]
        else:
            path.append(merkle_root(hashes[:split]))
            hashes, size1, whole = hashes[split:], size1 - split, False
    if not whole:
        path.append(merkle_root(hashes))
    path.reverse()
    return path


def split_point(size: int) -> int:
    """Give the largest power of two below `size` (which is at least 2): where the tree divides."""
    return 1 << ((size - 1).bit_length() - 1)


def verify_inclusion(leaf_hash: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Tell whether `path` proves the leaf hash at `index` in the tree of `size` leaves with `root`.

    RFC 9162 §2.1.3.2. False for anything malformed: wrong types or lengths, an index outside of the tree,
    a missing or surplus hash. Never raises.
    """
    if not (_is_size(index) and _is_size(size) and index < size and _are_hashes((leaf_hash, root))):
        return False
    if not _is_path(path):
        return False
    last = size - 1
    node = leaf_hash
    for sibling in path:
        if last == 0:
            return False
        if index & 1 or index == last:
            node = node_hash(sibling, node)
            index, last = _skip_unpaired(index, last)
        else:
            node = node_hash(node, sibling)
        index >>= 1
        last >>= 1
    return last == 0 and node == root


def verify_consistency(size1: int, size2: int, root1: bytes, root2: bytes, path: Sequence[bytes]) -> bool:
    """Tell whether `path` proves the tree (size1, root1) to be the beginning of the tree (size2, root2).

    RFC 9162 §2.1.4.2. Equal sizes need equal roots and an empty path, and nothing is hashed: the roots may
    be any bytes there, as in the published vectors. From an empty tree there is nothing to prove, not even
    to another one: size1 = 0 is refused. Never raises.
    """
    if not (_is_size(size1) and _is_size(size2) and _is_path(path)) or size1 == 0:
        return False
    if size1 == size2:
        return not path and type(root1) is type(root2) is bytes and root1 == root2
    if size1 > size2 or not _are_hashes((root1, root2)):
        return False
    hashes = list(path)
    if size1 & (size1 - 1) == 0:  # a complete first tree is itself a node of the second
        hashes.insert(0, root1)
    return bool(hashes) and _replay_consistency(size1 - 1, size2 - 1, hashes) == (root1, root2)


def _replay_consistency(index: int, last: int, hashes: list[bytes]) -> tuple[bytes, bytes] | None:
    """Rebuild both roots along the right edge of the first tree; None when the path has the wrong length."""
    while index & 1:
        index >>= 1
        last >>= 1
    first = second = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return None
        if index & 1 or index == last:
            first = node_hash(sibling, first)
            second = node_hash(sibling, second)
            index, last = _skip_unpaired(index, last)
        else:
            second = node_hash(second, sibling)
        index >>= 1
        last >>= 1
    return (first, second) if last == 0 else None


def _skip_unpaired(index: int, last: int) -> tuple[int, int]:
    """Climb over the levels at which the right-most node has no partner and moves up as it is."""
    while index and not index & 1:
        index >>= 1
        last >>= 1
    return index, last


def _is_size(value: Any) -> bool:
    return type(value) is int and 0 <= value <= MAX_TREE_SIZE


def _are_hashes(values: Iterable[Any]) -> bool:
    return all(type(value) is bytes and len(value) == HASH_BYTES for value in values)


def _is_path(path: Any) -> bool:
    return isinstance(path, list | tuple) and len(path) <= MAX_PATH_HASHES and _are_hashes(path)
