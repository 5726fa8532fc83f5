"""The log as immutable tiles and entry bundles: their paths, contents and order (C2SP tlog-tiles). Pure.

A tile holds up to 256 hashes side by side: at level 0 leaf hashes, above it the roots of full tiles of the
level below. A bundle holds the leaves of one level-0 tile.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from omnisonic.core.ledger.merkle import HASH_BYTES, MAX_TREE_SIZE, merkle_root

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
MAX_LEVEL = 63 // TILE_HEIGHT
MAX_LEAF_BYTES = 0xFFFF

_PATH = re.compile(r"tile/([0-7])/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)


class TileError(ValueError):
    """A tile, bundle or path that is not what the format allows."""


@dataclass(frozen=True, slots=True, order=True)
class Tile:
    """One tile: `index` counts along its level, `width` is 256 for a full tile and 1 to 255 for a partial."""

    level: int
    index: int
    width: int = TILE_WIDTH

    @property
    def is_full(self) -> bool:
        """Whether nothing will ever be added to it."""
        return self.width == TILE_WIDTH

    @property
    def first(self) -> int:
        """The number of its first hash along the level; at level 0 the index of its first leaf."""
        return self.index << TILE_HEIGHT

    @property
    def path(self) -> str:
        """Where its hashes are served and stored: `tile/<L>/<N>[.p/<W>]`."""
        return f"tile/{self.level}/{self._place()}"

    @property
    def entries_path(self) -> str:
        """Where the leaves of this level-0 tile are stored: `tile/entries/<N>[.p/<W>]`."""
        if self.level:
            raise TileError("only tiles of level 0 have entries")
        return f"tile/entries/{self._place()}"

    def _place(self) -> str:
        digits = f"{self.index:03d}"
        digits = digits.rjust(-(-len(digits) // 3) * 3, "0")
        parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        suffix = "" if self.is_full else f".p/{self.width}"
        return "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]]) + suffix


TileReader = Callable[[Tile], bytes]
"""Gives the hashes of a tile, one after the other; more than its width is allowed (a fuller version)."""


def parse_tile_path(path: str) -> Tile:
    """Read `tile/<L>/<N>[.p/<W>]`. Raises TileError unless it is exactly what `Tile.path` writes."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise TileError("not the path of a tile")
    level, place, width = match.groups()
    tile = Tile(int(level), int(place.replace("/", "").replace("x", "")), int(width or TILE_WIDTH))
    if (
        tile.path != path
        or tile.width > TILE_WIDTH
        or (tile.first << TILE_HEIGHT * tile.level) > MAX_TREE_SIZE
    ):
        raise TileError("not the path of a tile")
    return tile


def tile_at(level: int, index: int, size: int) -> Tile:
    """Give tile `index` of a level as it stands in a tree of `size` leaves; TileError if it has none yet."""
    width = min((size >> TILE_HEIGHT * level) - (index << TILE_HEIGHT), TILE_WIDTH)
    if width < 1 or index < 0:
        raise TileError(f"a tree of {size} leaves has no tile {index} at level {level}")
    return Tile(level, index, width)


def tiles_between(old_size: int, new_size: int) -> list[Tile]:
    """List the tiles to store when a tree grows from `old_size` to `new_size` leaves, level by level.

    These are the tiles that became full and the partial ones of the new size. From 0: all of its tiles.
    """
    if not 0 <= old_size <= new_size <= MAX_TREE_SIZE:
        raise TileError(f"a tree does not grow from {old_size} to {new_size} leaves")
    tiles: list[Tile] = []
    level = 0
    while new_size >> TILE_HEIGHT * level:
        old, new = old_size >> TILE_HEIGHT * level, new_size >> TILE_HEIGHT * level
        if old == new:
            break
        tiles += [Tile(level, index) for index in range(old >> TILE_HEIGHT, new >> TILE_HEIGHT)]
        if new % TILE_WIDTH:
            tiles.append(Tile(level, new >> TILE_HEIGHT, new % TILE_WIDTH))
        level += 1
    return tiles


def split_hashes(tile: Tile, content: bytes) -> list[bytes]:
    """Cut a tile's content into its hashes; a fuller version is cut to the width. Raises TileError."""
    if len(content) % HASH_BYTES or not tile.width * HASH_BYTES <= len(content) <= TILE_WIDTH * HASH_BYTES:
        raise TileError(f"{tile.path} has {len(content)} bytes instead of {tile.width * HASH_BYTES}")
    return [content[at : at + HASH_BYTES] for at in range(0, tile.width * HASH_BYTES, HASH_BYTES)]


def decode_bundle(content: bytes, width: int | None = None) -> list[bytes]:
    """Read the leaves of an entry bundle: each with its length before it (16 bits, big-endian).

    Raises TileError if it is cut off or holds another number.
    """
    leaves: list[bytes] = []
    at = 0
    while at < len(content):
        start = at + 2
        at = start + int.from_bytes(content[at:start], "big")
        if start > len(content) or at > len(content):
            raise TileError("the entry bundle is cut off")
        leaves.append(content[start:at])
    if width is not None and len(leaves) != width:
        raise TileError(f"the entry bundle has {len(leaves)} leaves instead of {width}")
    return leaves


class TileBuilder:
    """Builds the tiles of a growing tree; it remembers only the partial tile of each level."""

    def __init__(self) -> None:
        """Begin with an empty tree; `resume` begins with a stored one."""
        self.size = 0
        self._open: list[list[bytes]] = []

    @classmethod
    def resume(cls, size: int, read_tile: TileReader) -> TileBuilder:
        """Begin where a stored tree of `size` leaves ends; reads one partial tile a level at most."""
        builder = cls()
        builder.size = size
        for level in range(MAX_LEVEL + 1):
            count = size >> TILE_HEIGHT * level
            if not count:
                break
            width = count % TILE_WIDTH
            tile = Tile(level, count >> TILE_HEIGHT, width)
            builder._open.append(split_hashes(tile, read_tile(tile)) if width else [])
        return builder

    def copy(self) -> TileBuilder:
        """Give a builder that goes on from here by itself."""
        builder = TileBuilder()
        builder.size, builder._open = self.size, [list(hashes) for hashes in self._open]
        return builder

    def extend(self, hashes: Sequence[bytes]) -> list[tuple[Tile, bytes]]:
        """Add leaf hashes; gives the tiles that became full with their contents, children before parents."""
        full: list[tuple[Tile, bytes]] = []
        at = 0
        while at < len(hashes):
            room = TILE_WIDTH - self.size % TILE_WIDTH
            part = hashes[at : at + room]
            self.size += len(part)
            at += len(part)
            self._add(part, full)
        return full

    def _add(self, part: Sequence[bytes], full: list[tuple[Tile, bytes]]) -> None:
        level = 0
        while part:
            if level == len(self._open):
                self._open.append([])
            hashes = self._open[level]
            hashes.extend(part)
            if len(hashes) < TILE_WIDTH:
                return
            index = (self.size >> TILE_HEIGHT * (level + 1)) - 1
            full.append((Tile(level, index), b"".join(hashes)))
            part = [merkle_root(hashes)]
            self._open[level] = []
            level += 1

    def partials(self) -> list[tuple[Tile, bytes]]:
        """Give the partial tiles of the present size with their contents, the lowest level first."""
        return [
            (tile_at(level, self.size >> TILE_HEIGHT * (level + 1), self.size), b"".join(hashes))
            for level, hashes in enumerate(self._open)
            if hashes
        ]

    def root(self) -> bytes:
        """Give the root of the tree so far."""
        rest: list[bytes] = []  # the root of everything right of the level's last hash
        for hashes in self._open:
            nodes = [*hashes, *rest]
            rest = [merkle_root(nodes)] if nodes else []
        return rest[0] if rest else merkle_root([])
