"""The peer of `ledger`: the root of a Merkle tree as one writes it with `hashlib` and a loop."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The RFC 6962 root of leaf bytes, level by level; an odd node moves up as it is."""
    level = [sha256(b"\x00" + leaf).digest() for leaf in leaves]
    while len(level) > 1:
        above = [sha256(b"\x01" + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return level[0]
