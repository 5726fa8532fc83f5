"""Tiles, bundles and the trees built from them, against the tree over all leaf hashes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.core.ledger import merkle
from omnisonic.core.ledger.tiles import (
    Tile,
    TileBuilder,
    TileError,
    decode_bundle,
    parse_tile_path,
    split_hashes,
    tile_at,
    tiles_between,
)
from omnisonic.core.ledger.tree import Frontier, TileTree

HASHES = merkle.leaf_hashes(number.to_bytes(4, "big") for number in range(70_000))


def stored(size: int) -> dict[Tile, bytes]:
    """Every tile of the tree over the first `size` hashes."""
    builder = TileBuilder()
    return dict(builder.extend(HASHES[:size]) + builder.partials())


ALL = stored(70_000)


def test_the_example_of_the_specification() -> None:
    tiles = tiles_between(0, 70_000)
    assert sorted(ALL) == sorted(tiles)
    assert [sum(tile.level == level and tile.is_full for tile in tiles) for level in range(3)] == [273, 1, 0]
    assert [tile for tile in tiles if not tile.is_full] == [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert sorted(tiles_between(0, 256)) == [Tile(0, 0), Tile(1, 0, 1)]


def test_a_tile_above_holds_the_roots_of_full_tiles() -> None:
    for tile, content in ALL.items():
        span = 256**tile.level
        start = tile.first * span
        for at, value in enumerate(split_hashes(tile, content)[:2]):
            assert value == merkle.merkle_root(HASHES[start + at * span : start + (at + 1) * span])


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1_234_067), "tile/0/x001/x234/067"),
        (Tile(0, 1067, 5), "tile/0/x001/067.p/5"),
        (Tile(2, 999, 255), "tile/2/999.p/255"),
    ],
)
def test_paths(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert parse_tile_path(path) == tile
    if tile.level == 0:
        assert tile.entries_path == path.replace("tile/0", "tile/entries")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/00/000",
        "tile/8/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/07",
        "tile/0/000.p/",
        "tile/0/000\n",
        "tile/0/../../000",
        "tile/0/٠٠٠",
        "/tile/0/000",
        "tile/entries/000",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
        "tile/7/x001/000",
    ],
)
def test_paths_are_read_strictly(path: str) -> None:
    with pytest.raises(TileError):
        parse_tile_path(path)


def test_what_no_tree_has_is_refused() -> None:
    for level, index, size in [(0, 1, 256), (1, 0, 255), (0, -1, 5), (0, 0, 0)]:
        with pytest.raises(TileError):
            tile_at(level, index, size)
    for sizes in [(2, 1), (-1, 5), (0, 1 << 64)]:
        with pytest.raises(TileError):
            tiles_between(*sizes)
    with pytest.raises(TileError, match="level 0"):
        _ = Tile(1, 0).entries_path
    for content in (b"", bytes(31), bytes(32), bytes(33), bytes(257 * 32)):
        with pytest.raises(TileError, match="instead of"):
            split_hashes(Tile(0, 0, 2), content)


@given(st.lists(st.integers(0, 900), min_size=1, max_size=5))
def test_tiles_grow_and_resume(steps: list[int]) -> None:
    """Growing in any steps, with a restart after each, stores the tiles of the whole tree."""
    store: dict[Tile, bytes] = {}
    size = 0
    for step in steps:
        builder = TileBuilder.resume(size, store.__getitem__)
        grown = dict(builder.extend(HASHES[size : size + step]) + builder.partials())
        assert set(tiles_between(size, size + step)) <= set(grown)
        store |= grown
        size += step
        assert builder.size == size
        assert builder.root() == merkle.merkle_root(HASHES[:size])
    assert all(store[tile] == content for tile, content in stored(size).items())


@given(st.integers(1, 70_000), st.data())
def test_paths_from_tiles_are_the_paths_of_the_tree(size: int, data: st.DataObject) -> None:
    """A reader may give a fuller version of a partial tile: the tiles of the whole log serve all sizes."""
    read: list[Tile] = []

    def read_tile(tile: Tile) -> bytes:
        read.append(tile)
        return ALL[tile_at(tile.level, tile.index, len(HASHES))]

    tree = TileTree(size, read_tile)
    index = data.draw(st.integers(0, size - 1))
    size1 = data.draw(st.integers(1, size))
    root = tree.root()
    assert tree.leaf_hash(index) == HASHES[index]
    assert merkle.verify_inclusion(HASHES[index], index, size, tree.inclusion_path(index), root)
    first = TileTree(size1, read_tile).root()
    assert merkle.verify_consistency(size1, size, first, root, tree.consistency_path(size1))
    assert len(read) <= 10


def test_paths_equal_those_of_all_hashes() -> None:
    for size in (1, 2, 255, 256, 257, 512, 5_000):
        tree = TileTree(size, stored(size).__getitem__)
        assert tree.root() == merkle.merkle_root(HASHES[:size])
        for number in {0, 1, 254, 255, 256, 257, size // 2, size - 1} & set(range(size)):
            assert tree.inclusion_path(number) == merkle.inclusion_path(HASHES[:size], number)
            assert tree.consistency_path(number + 1) == merkle.consistency_path(HASHES[:size], number + 1)
    assert TileTree(0, ALL.__getitem__).root() == merkle.EMPTY_ROOT


@pytest.mark.parametrize("number", [-1, 0, 5, 6])
def test_paths_of_what_is_not_there_are_refused(number: int) -> None:
    tree = TileTree(5, stored(5).__getitem__)
    if number not in range(5):
        with pytest.raises(ValueError, match="not in a tree"):
            tree.inclusion_path(number)
    if number not in range(1, 6):
        with pytest.raises(ValueError, match="no beginning"):
            tree.consistency_path(number)


@given(st.lists(st.integers(0, 900), max_size=5))
def test_a_frontier_has_the_root_of_all_hashes(steps: list[int]) -> None:
    tree = Frontier()
    for step in steps:
        tree = Frontier(tree.size, tree.nodes)
        if step == 1:
            tree.append(HASHES[tree.size])
        else:
            tree.extend(HASHES[tree.size : tree.size + step])
        assert tree.root() == merkle.merkle_root(HASHES[: tree.size])
    assert tree.size == sum(steps)


def test_a_frontier_needs_all_of_its_parts() -> None:
    with pytest.raises(ValueError, match="complete parts"):
        Frontier(3, [HASHES[0]])


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_bundles_come_back(leaves: list[bytes]) -> None:
    content = b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)
    assert decode_bundle(content) == decode_bundle(content, len(leaves)) == leaves
    with pytest.raises(TileError, match="leaves instead of"):
        decode_bundle(content, len(leaves) + 1)
    with pytest.raises(TileError, match="cut off"):
        decode_bundle(content + b"\x00")
