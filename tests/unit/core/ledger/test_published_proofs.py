"""Every inclusion and consistency proof that transparency-dev/merkle publishes, judged as it is there.

The values are those of its `testdata/inclusion` and `testdata/consistency` (Apache License 2.0, Copyright
Google LLC): five proofs of each kind over the reference tree, each with the same list of things done to it,
and those that stand alone. The names are the files'. We have no proofs of subtrees, which it publishes too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from omnisonic.core.ledger.merkle import EMPTY_ROOT, leaf_hash, verify_consistency, verify_inclusion
from tests.unit.core.ledger.test_merkle import (
    CONSISTENCY_PATHS,
    HASHES,
    INCLUSION_PATHS,
    ROOTS,
)

SOME = bytes.fromhex("abacaba000000000000000000000000000000000000000000060061e00123456")
CARE_1, CARE_2 = b"don't care 1", b"don't care 2"
UINT64 = 1 << 64


@dataclass(frozen=True)
class Probe:
    """A published file: what is asked, and whether it holds."""

    name: str
    asked: tuple[Any, ...]
    holds: bool = False


def root_of(size: int) -> bytes:
    return bytes.fromhex(ROOTS[size])


def flipped(path: list[bytes], at: int, bit: int) -> list[bytes]:
    return [*path[:at], bytes([path[at][0] ^ bit]) + path[at][1:], *path[at + 1 :]]


def padded(path: list[bytes], **ends: bytes) -> dict[str, list[bytes]]:
    """The path with something before and after it."""
    return {f"trailing {name}": [*path, value] for name, value in ends.items()} | {
        f"preceding {name}": [value, *path] for name, value in ends.items()
    }


def inclusion_probes() -> list[Probe]:
    probes = []
    asked = [(0, 1), (0, 8), (5, 8), (2, 3), (1, 5)]
    paths = {(0, 1): [], **INCLUSION_PATHS}
    for number, (index, size) in enumerate(asked):
        path, leaf, root = paths[index, size], HASHES[index], root_of(size)
        cases: dict[str, tuple[Any, ...]] = {
            "leafIdx sub @1": (leaf, (index - 1) % UINT64, size, path, root),
            "leafIdx plus @1": (leaf, index + 1, size, path, root),
            "leafIdx XOR @2": (leaf, index ^ 2, size, path, root),
            "treeSize mul @2": (leaf, index, size * 2, path, root),
            "treeSize div @2": (leaf, index, size // 2, path, root),
            "wrong leaf": (b"WrongLeaf", index, size, path, root),
            "empty root": (leaf, index, size, path, EMPTY_ROOT),
            "random root": (leaf, index, size, path, SOME),
        }
        others = padded(path, garbage=b"", root=root)
        others |= {f"modified proof[{at}] bit @3": flipped(path, at, 8) for at in range(len(path))}
        if path:
            others["removed component"] = path[:-1]
        if len(path) > 1:
            others["inserted component"] = [path[0], SOME, *path[1:]]
        cases |= {name: (leaf, index, size, other, root) for name, other in others.items()}
        probes.append(Probe(f"inclusion/{number}/happy path", (leaf, index, size, path, root), True))
        probes += [Probe(f"inclusion/{number}/{name}", case) for name, case in cases.items()]
    for number, (index, size) in enumerate([(0, 0), (0, 1), (1, 0), (2, 1)]):
        alone = {"random leaf": (SOME, b""), "empty root": (b"", EMPTY_ROOT)}
        alone["empty root and random leaf"] = (SOME, EMPTY_ROOT)
        probes += [
            Probe(f"inclusion/additional/{number}/{name}", (leaf, index, size, [], root))
            for name, (leaf, root) in alone.items()
        ]
    only = leaf_hash(b"data")
    single = {"matching root and leaf": (only, only), "empty leaf": (b"", only), "empty root": (only, b"")}
    single["empty root and leaf"] = (b"", b"")
    return probes + [
        Probe(f"inclusion/single entry/{name}", (leaf, 0, 1, [], root), name.startswith("matching"))
        for name, (leaf, root) in single.items()
    ]


def consistency_probes() -> list[Probe]:
    one = root_of(1)
    probes = [Probe("consistency/0/happy path", (1, 1, one, one, []), True)]
    paths = {**CONSISTENCY_PATHS, (6, 7): [CONSISTENCY_PATHS[6, 8][0], HASHES[6], root_of(4)]}
    for number, (size1, size2) in enumerate([(1, 8), (6, 8), (2, 5), (6, 7)], start=1):
        path, root1, root2 = paths[size1, size2], root_of(size1), root_of(size2)
        cases: dict[str, tuple[Any, ...]] = {
            "size1 sub @1": (size1 - 1, size2, root1, root2, path),
            "size1 plus @1": (size1 + 1, size2, root1, root2, path),
            "size1 XOR @2": (size1 ^ 2, size2, root1, root2, path),
            "size2 mul @2": (size1, size2 * 2, root1, root2, path),
            "size2 div @2": (size1, size2 // 2, root1, root2, path),
            "wrong root1": (size1, size2, b"WrongRoot", root2, path),
            "wrong root2": (size1, size2, root1, b"WrongRoot", path),
            "swapped roots": (size1, size2, root2, root1, path),
        }
        others = padded(path, garbage=b"", root1=root1, root2=root2)
        others |= {"empty proof": [], "preceding proof @0": [path[0], *path], "truncated proof": path[:-1]}
        others |= {f"modified proof@{at} bit @4": flipped(path, at, 16) for at in range(len(path))}
        cases |= {name: (size1, size2, root1, root2, other) for name, other in others.items()}
        probes.append(Probe(f"consistency/{number}/happy path", (size1, size2, root1, root2, path), True))
        probes += [Probe(f"consistency/{number}/{name}", case) for name, case in cases.items()]
    filled = [EMPTY_ROOT]
    alone: dict[str, tuple[Any, ...]] = {
        "sizes are equal (zero) but roots are not": (0, 0, CARE_1, CARE_2, []),
        "sizes are equal (one) but roots are not": (1, 1, CARE_1, CARE_2, []),
        "size1 is zero and does not equal size2": (0, 1, CARE_1, CARE_2, []),
        "size1 is greater than size2": (1, 0, CARE_1, CARE_2, []),
        "size1 is greater than size2 again": (2, 1, CARE_1, CARE_2, []),
        "sizes do not watch and proof is empty": (1, 2, CARE_1, CARE_2, []),
        "roots do not match and sizes are zero": (0, 0, EMPTY_ROOT, CARE_2, []),
        "roots do not not match and sizes are one": (1, 1, EMPTY_ROOT, CARE_2, []),
        "sizes match but proof is not empty and sizes are zero": (0, 0, EMPTY_ROOT, EMPTY_ROOT, filled),
        "sizes match but proof is not empty and sizes are one": (1, 1, EMPTY_ROOT, EMPTY_ROOT, filled),
        "size1 is zero and size2 is not zero": (0, 1, EMPTY_ROOT, CARE_2, []),
        "consistency check on empty tree (size1 is zero) is useless": (0, 1, EMPTY_ROOT, EMPTY_ROOT, filled),
    }
    probes += [Probe(f"consistency/additional/{name}", case) for name, case in alone.items()]
    # Two empty trees were consistent in its files until June 2026; since then nothing begins with one.
    name = "consistency/additional/sizes are equal ({}) and proof is empty"
    probes.append(Probe(name.format("zero"), (0, 0, CARE_1, CARE_1, [])))
    return [*probes, Probe(name.format("one"), (1, 1, CARE_2, CARE_2, []), True)]


INCLUSION, CONSISTENCY = inclusion_probes(), consistency_probes()


def test_all_of_them_are_here() -> None:
    assert (len(INCLUSION), len(CONSISTENCY)) == (98, 98)
    assert len({one.name for one in INCLUSION + CONSISTENCY}) == 196
    assert [one.name for one in INCLUSION if one.holds][-1].endswith("matching root and leaf")
    assert (sum(one.holds for one in INCLUSION), sum(one.holds for one in CONSISTENCY)) == (6, 6)


@pytest.mark.parametrize("probe", INCLUSION, ids=lambda one: one.name)
def test_inclusion_is_judged_as_published(probe: Probe) -> None:
    assert verify_inclusion(*probe.asked) is probe.holds


@pytest.mark.parametrize("probe", CONSISTENCY, ids=lambda one: one.name)
def test_consistency_is_judged_as_published(probe: Probe) -> None:
    assert verify_consistency(*probe.asked) is probe.holds
