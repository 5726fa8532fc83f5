"""Roots and paths of a large tree out of its stored tiles, and a tree that only grows. Pure: tiles come
through a callback.

A path in a tree of ten million leaves reads six tiles at most: three on the way to the leaf and three on the
right edge. Tiles are taken as given; verify a path against the signed root before handing it out.
"""

from __future__ import annotations

from collections.abc import Sequence

from omnisonic.core.ledger.merkle import EMPTY_ROOT, merkle_root, node_hash, parents, split_point
from omnisonic.core.ledger.tiles import TILE_HEIGHT, TILE_WIDTH, TileReader, split_hashes, tile_at

_CHUNK_BITS = 16  # how many leaves a growing tree hashes at once: 65,536


class TileTree:
    """The tree over the first `size` leaves of a tiled log. Keeps the tiles it has read: use it shortly."""

    def __init__(self, size: int, read_tile: TileReader) -> None:
        """`read_tile` gives the content of a tile; it may raise what it likes, and that goes through."""
        self.size = size
        self._read_tile = read_tile
        self._tiles: dict[tuple[int, int], list[list[bytes]]] = {}

    def root(self) -> bytes:
        """Compute the root. Raises TileError for a tile of the wrong length, here and below."""
        return self._subtree(0, self.size) if self.size else EMPTY_ROOT

    def leaf_hash(self, index: int) -> bytes:
        """Give the leaf hash at `index`. Raises ValueError outside of the tree."""
        self._require(index)
        return self._node(0, index)

    def inclusion_path(self, index: int) -> list[bytes]:
        """Give the path of leaf `index`, lowest sibling first. Raises ValueError outside of the tree."""
        self._require(index)
        path: list[bytes] = []
        start, end = 0, self.size
        while end - start > 1:
            middle = start + split_point(end - start)
            if index < middle:
                path.append(self._subtree(middle, end))
                end = middle
            else:
                path.append(self._subtree(start, middle))
                start = middle
        path.reverse()
        return path

    def consistency_path(self, size1: int) -> list[bytes]:
        """Give the path from the first `size1` leaves to this tree. ValueError unless they are part."""
        if not 0 < size1 <= self.size:
            raise ValueError(f"a tree of {size1} leaves is no beginning of one of {self.size}")
        path: list[bytes] = []
        start, end = 0, self.size
        while size1 < end:
            middle = start + split_point(end - start)
            if size1 <= middle:
                path.append(self._subtree(middle, end))
                end = middle
            else:
                path.append(self._subtree(start, middle))
                start = middle
        if start:
            path.append(self._subtree(start, end))
        path.reverse()
        return path

    def _require(self, index: int) -> None:
        if not 0 <= index < self.size:
            raise ValueError(f"leaf {index} is not in a tree of {self.size} leaves")

    def _subtree(self, start: int, end: int) -> bytes:
        """The hash over leaves [start, end), out of the complete nodes it consists of."""
        nodes: list[bytes] = []
        while start < end:
            height = (end - start).bit_length() - 1
            nodes.append(self._node(height, start >> height))
            start += 1 << height
        hashed = nodes.pop()
        while nodes:
            hashed = node_hash(nodes.pop(), hashed)
        return hashed

    def _node(self, height: int, index: int) -> bytes:
        """The complete node `index` of the level `height` above the leaves."""
        level, above = divmod(height, TILE_HEIGHT)
        tile_index, offset = divmod(index << above, TILE_WIDTH)
        levels = self._tiles.get((level, tile_index))
        if levels is None:
            tile = tile_at(level, tile_index, self.size)
            levels = [split_hashes(tile, self._read_tile(tile))]
            self._tiles[level, tile_index] = levels
        while len(levels) <= above:
            levels.append(parents(levels[-1]))
        return levels[above][offset >> above]


class Frontier:
    """A growing tree that remembers the roots of its complete parts only (a compact range from leaf 0)."""

    def __init__(self, size: int = 0, nodes: Sequence[bytes] = ()) -> None:
        """Begin empty, or where an earlier one ended. Raises ValueError if size and nodes do not fit."""
        if size.bit_count() != len(nodes):
            raise ValueError(
                f"a tree of {size} leaves has {size.bit_count()} complete parts, not {len(nodes)}"
            )
        self.size = size
        self.nodes = list(nodes)

    def append(self, leaf_hash: bytes) -> None:
        """Add one leaf hash."""
        self._push(leaf_hash, 0)

    def extend(self, hashes: Sequence[bytes]) -> None:
        """Add many leaf hashes, as fast as hashing them all at once."""
        at = 0
        while at < len(hashes):
            height = min((len(hashes) - at).bit_length() - 1, _CHUNK_BITS)
            if self.size:
                height = min(height, (self.size & -self.size).bit_length() - 1)
            self._push(merkle_root(hashes[at : at + (1 << height)]), height)
            at += 1 << height

    def root(self) -> bytes:
        """Give the root of the tree so far."""
        if not self.nodes:
            return EMPTY_ROOT
        hashed = self.nodes[-1]
        for node in reversed(self.nodes[:-1]):
            hashed = node_hash(node, hashed)
        return hashed

    def _push(self, node: bytes, height: int) -> None:
        complete = self.size >> height
        while complete & 1:
            node = node_hash(self.nodes.pop(), node)
            complete >>= 1
        self.nodes.append(node)
        self.size += 1 << height
