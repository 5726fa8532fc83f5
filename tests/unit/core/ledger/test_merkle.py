"""The tree against published vectors and against the recursive definition of RFC 9162."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.core.ledger import merkle

# The reference tree of the Certificate Transparency projects (eight leaves).
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAF_HASHES = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7",
    "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7",
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "4271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab658",
    "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
    "46f6ffadd3d06a09ff3c5860d2755c8b9819db7df44251788c7d8e3180de8eb1",
]
NODES = {
    (2, 4): "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    (4, 6): "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    (6, 8): "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    (4, 8): "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
}
HASHES = [bytes.fromhex(text) for text in LEAF_HASHES]
_A, _B, _C, _E = (bytes.fromhex(NODES[part]) for part in ((2, 4), (4, 6), (6, 8), (4, 8)))
_D = bytes.fromhex(ROOTS[4])
INCLUSION_PATHS = {
    (0, 8): [HASHES[1], _A, _E],
    (5, 8): [HASHES[4], _C, _D],
    (2, 3): [bytes.fromhex(ROOTS[2])],
    (1, 5): [HASHES[0], _A, HASHES[4]],
}
CONSISTENCY_PATHS = {(1, 8): [HASHES[1], _A, _E], (2, 5): [_A, HASHES[4]], (6, 8): [_B, _C, _D]}
# Rolling hashes over every subtree, proof and consistency proof of the trees with leaves 0x00, 0x01, … up to
# 130 leaves (draft-ietf-plants-merkle-tree-certs, appendix of subtree test vectors).
ROLLING_INCLUSION = "ac2a8f989e44d99e399db448050ff5f19757df53cfb716aa81015d3955d8163f"

trees = st.lists(st.binary(max_size=6), min_size=1, max_size=70).map(merkle.leaf_hashes)


def naive_root(hashes: list[bytes]) -> bytes:
    """The definition of RFC 9162 §2.1.1, written as it stands there."""
    if len(hashes) < 2:
        return hashes[0] if hashes else hashlib.sha256().digest()
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return hashlib.sha256(b"\x01" + naive_root(hashes[:split]) + naive_root(hashes[split:])).digest()


def naive_path(hashes: list[bytes], index: int) -> list[bytes]:
    """The definition of RFC 9162 §2.1.3.1."""
    if len(hashes) == 1:
        return []
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    if index < split:
        return [*naive_path(hashes[:split], index), naive_root(hashes[split:])]
    return [*naive_path(hashes[split:], index - split), naive_root(hashes[:split])]


def naive_consistency(hashes: list[bytes], size: int, whole: bool = True) -> list[bytes]:
    """The definition of RFC 9162 §2.1.4.1 (SUBPROOF)."""
    if size == len(hashes):
        return [] if whole else [naive_root(hashes)]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    if size <= split:
        return [*naive_consistency(hashes[:split], size, whole), naive_root(hashes[split:])]
    return [*naive_consistency(hashes[split:], size - split, False), naive_root(hashes[:split])]


def test_published_hashes_and_roots() -> None:
    assert [value.hex() for value in merkle.leaf_hashes(LEAVES)] == LEAF_HASHES
    assert [merkle.leaf_hash(leaf).hex() for leaf in LEAVES] == LEAF_HASHES
    assert [merkle.merkle_root(HASHES[:size]).hex() for size in range(9)] == ROOTS
    for (start, end), node in NODES.items():
        assert merkle.merkle_root(HASHES[start:end]).hex() == node
    leaf = "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
    assert merkle.leaf_hash(b"L123456").hex() == leaf
    node = "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"
    assert merkle.node_hash(b"N123", b"N456").hex() == node


def test_published_paths() -> None:
    for (index, size), path in INCLUSION_PATHS.items():
        assert merkle.inclusion_path(HASHES[:size], index) == path
        assert merkle.verify_inclusion(HASHES[index], index, size, path, bytes.fromhex(ROOTS[size]))
    for (size1, size2), path in CONSISTENCY_PATHS.items():
        assert merkle.consistency_path(HASHES[:size2], size1) == path
        roots = bytes.fromhex(ROOTS[size1]), bytes.fromhex(ROOTS[size2])
        assert merkle.verify_consistency(size1, size2, *roots, path)


def test_published_rolling_hash_of_inclusion_paths() -> None:
    hashes = merkle.leaf_hashes(bytes([value]) for value in range(130))
    rolling = hashlib.sha256()
    for end in range(1, 131):
        for start in range(end):
            width = 1 << (end - start - 1).bit_length()
            if start % width:
                continue
            part = hashes[start:end]
            for index in range(len(part)):
                path = "".join(f" {value.hex()}" for value in merkle.inclusion_path(part, index))
                rolling.update(f"{start + index} [{start}, {end}){path}\n".encode())
    assert rolling.hexdigest() == ROLLING_INCLUSION


@given(trees)
def test_equals_the_recursive_definition(hashes: list[bytes]) -> None:
    root = naive_root(hashes)
    assert merkle.merkle_root(hashes) == root
    for index in range(len(hashes)):
        path = merkle.inclusion_path(hashes, index)
        assert path == naive_path(hashes, index)
        assert merkle.verify_inclusion(hashes[index], index, len(hashes), path, root)
    for size in range(1, len(hashes) + 1):
        path = merkle.consistency_path(hashes, size)
        assert path == naive_consistency(hashes, size)
        assert merkle.verify_consistency(size, len(hashes), naive_root(hashes[:size]), root, path)


@given(trees, st.data())
def test_a_changed_inclusion_proof_is_refused(hashes: list[bytes], data: st.DataObject) -> None:
    size = len(hashes)
    index = data.draw(st.integers(0, size - 1))
    path, root = merkle.inclusion_path(hashes, index), merkle.merkle_root(hashes)
    good: dict[str, Any] = {
        "leaf_hash": hashes[index],
        "index": index,
        "size": size,
        "path": path,
        "root": root,
    }
    assert merkle.verify_inclusion(**good)
    spare = merkle.leaf_hash(b"spare leaf")
    wrong: list[dict[str, Any]] = [
        {"path": [*path, spare]},
        {"path": [spare, *path]},
        {"path": [*path, root]},
    ]
    wrong += [{"path": path[:-1]}, {"path": path[1:]}] if path else []
    wrong += [{"leaf_hash": flipped(hashes[index])}, {"root": flipped(root)}, {"size": index}]
    wrong += [
        {"index": size},
        {"index": index + size},
        {"index": -1},
        {"index": index - size},
        {"index": 1 << 70},
    ]
    for position in range(len(path)):
        wrong.append({"path": [*path[:position], flipped(path[position]), *path[position + 1 :]]})
    for change in wrong:
        assert not merkle.verify_inclusion(**good | change), change
    for other in range(size):
        if hashes[other] != hashes[index]:
            assert not merkle.verify_inclusion(**good | {"leaf_hash": hashes[other]})


@given(trees.filter(lambda hashes: len(hashes) > 1), st.data())
def test_a_changed_consistency_proof_is_refused(hashes: list[bytes], data: st.DataObject) -> None:
    size2 = len(hashes)
    size1 = data.draw(st.integers(1, size2 - 1))
    path = merkle.consistency_path(hashes, size1)
    root1, root2 = merkle.merkle_root(hashes[:size1]), merkle.merkle_root(hashes)
    good: dict[str, Any] = {"size1": size1, "size2": size2, "root1": root1, "root2": root2, "path": path}
    assert merkle.verify_consistency(**good)
    spare = merkle.leaf_hash(b"spare leaf")
    wrong: list[dict[str, Any]] = [
        {"root1": flipped(root1)},
        {"root2": flipped(root2)},
        {"root1": root2, "root2": root1},
        {"path": [*path, spare]},
        {"path": [spare, *path]},
        {"path": path[:-1]},
        {"path": path[1:]},
        {"path": []},
        {"size1": 0},
        {"size1": -size1},
        {"size1": size2},
        {"size1": size2 + 1},
        {"size2": size1},
        {"size1": size2, "size2": size1},
    ]
    for position in range(len(path)):
        wrong.append({"path": [*path[:position], flipped(path[position]), *path[position + 1 :]]})
    for change in wrong:
        assert not merkle.verify_consistency(**good | change), change


def flipped(value: bytes) -> bytes:
    """The same bytes with one bit changed."""
    return value[:-1] + bytes([value[-1] ^ 1])


JUNK: list[Any] = [
    None,
    True,
    1.0,
    "",
    "00" * 32,
    b"",
    b"\x00" * 31,
    b"\x00" * 33,
    bytearray(32),
    [],
    {},
    object(),
]


@pytest.mark.parametrize("junk", [*JUNK, [b""], [None], ["a" * 32], [b"\x00" * 32] * 65, -1, 1 << 64])
def test_verification_never_raises(junk: Any) -> None:
    path, root = merkle.inclusion_path(HASHES, 5), bytes.fromhex(ROOTS[8])
    inclusion: dict[str, Any] = {"leaf_hash": HASHES[5], "index": 5, "size": 8, "path": path, "root": root}
    for name in inclusion:
        assert merkle.verify_inclusion(**inclusion | {name: junk}) is False
    path = merkle.consistency_path(HASHES, 6)
    roots = {"root1": bytes.fromhex(ROOTS[6]), "root2": root}
    consistency: dict[str, Any] = {"size1": 6, "size2": 8, **roots, "path": path}
    for name in consistency:
        assert merkle.verify_consistency(**consistency | {name: junk}) is False


def test_an_odd_leaf_is_never_doubled() -> None:
    """CVE-2012-2459: a tree that repeats its last leaf gives [A, B, C] and [A, B, C, C] the same root."""
    three = merkle.leaf_hashes([b"A", b"B", b"C"])
    assert merkle.merkle_root(three) != merkle.merkle_root([*three, three[-1]])


def test_a_node_cannot_pass_as_a_leaf() -> None:
    two = merkle.leaf_hashes([b"A", b"B"])
    assert merkle.leaf_hash(two[0] + two[1]) != merkle.merkle_root(two)
    assert merkle.leaf_hash(b"") != merkle.EMPTY_ROOT


@pytest.mark.parametrize("index", [-1, 8, 9])
def test_paths_of_what_is_not_there_are_refused(index: int) -> None:
    with pytest.raises(ValueError, match="leaf"):
        merkle.inclusion_path(HASHES, index)


@pytest.mark.parametrize("size1", [-1, 0, 9])
def test_paths_from_what_is_no_beginning_are_refused(size1: int) -> None:
    with pytest.raises(ValueError, match="beginning"):
        merkle.consistency_path(HASHES, size1)


def test_equal_trees_need_no_proof() -> None:
    root, other = (bytes.fromhex(ROOTS[size]) for size in (8, 7))
    assert merkle.verify_consistency(8, 8, root, root, [])
    assert not merkle.verify_consistency(0, 0, merkle.EMPTY_ROOT, merkle.EMPTY_ROOT, [])
    assert not merkle.verify_consistency(8, 8, root, root, [root])
    assert not merkle.verify_consistency(8, 8, root, other, [])
    assert not merkle.verify_consistency(0, 8, merkle.EMPTY_ROOT, root, [])


def test_between_equal_trees_only_equal_roots_and_an_empty_path_hold() -> None:
    """As the published vectors of transparency-dev judge it, also for roots that are no hashes."""
    for size in (1, 8):
        assert merkle.verify_consistency(size, size, b"don't care", b"don't care", [])
        assert not merkle.verify_consistency(size, size, b"don't care", b"don't care 2", [])
        assert not merkle.verify_consistency(size, size, HASHES[0], HASHES[0], [HASHES[0]])
    assert not merkle.verify_consistency(1, 2, b"don't care", b"don't care", [])
    assert not merkle.verify_consistency(1, 1, "text", "text", [])  # type: ignore[arg-type]


@given(st.integers(1, 40), st.integers(1, 4))
def test_trees_side_by_side_have_the_roots_that_each_has_alone(leaves: int, trees: int) -> None:
    hashes = [
        [merkle.leaf_hash(b"%d of %d" % (leaf, tree)) for tree in range(trees)] for leaf in range(leaves)
    ]

    alone = [merkle.merkle_root([row[tree] for row in hashes]) for tree in range(trees)]

    assert merkle.merkle_roots(hashes) == alone
