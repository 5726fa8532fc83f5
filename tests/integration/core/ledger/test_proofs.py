"""Proofs out of the stored log: whole or refused, never half."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest

from omnisonic.core.ledger.key_history import list_keys, vkeys_text
from omnisonic.core.ledger.log_errors import LogDamaged, NotCovered, PastTheEnd
from omnisonic.core.ledger.log_store import LogStore
from omnisonic.core.ledger.merkle import merkle_root, verify_consistency, verify_inclusion
from omnisonic.core.ledger.offline_verifier import verify
from omnisonic.core.ledger.proofs import consistency_proof, inclusion_proof, proof_file, recompute_root
from omnisonic.core.ledger.repository import leaves_between
from omnisonic.core.ledger.sequencer import sequence_all
from omnisonic.core.ledger.tiles import tile_at
from omnisonic.platform.db import read_session
from omnisonic.platform.errors import InvalidFields, NotFound
from tests.integration.core.ledger.books import book, close


def test_every_leaf_is_proved_and_nothing_else(cosigner: str) -> None:
    cycle_id = uuid4()
    book(cycle_id, 90)
    one = close(cycle_id)
    book(uuid4(), 60)
    two = close(uuid4(), 2)
    later = uuid4()
    book(later, 1)
    keys = vkeys_text(list_keys(LogStore())).splitlines()

    with read_session() as session:
        leaves = leaves_between(session, 0, two.tree_size)
        hashes = [leaf.leaf_hash for leaf in leaves]
        for index in (0, 255, 270, 271, two.tree_size - 1):
            proof = inclusion_proof(session, leaf_hash=hashes[index])
            assert (proof.leaf_index, proof.tree_size, proof.root) == (index, two.tree_size, two.root)
            assert verify_inclusion(hashes[index], index, two.tree_size, proof.path, two.root)
            assert inclusion_proof(session, row_id=proof.row_id) == proof
            assert verify(proof_file(session, proof).encode(), keys).leaf == leaves[index].leaf
        assert inclusion_proof(session, leaf_hash=hashes[3], tree_size=one.tree_size).root == one.root
        for wanted, refusal in (
            ({"leaf_hash": bytes(32)}, NotFound),
            ({"leaf_hash": hashes[-1], "tree_size": one.tree_size}, NotCovered),
            ({"leaf_hash": hashes[0], "tree_size": 7}, NotFound),
        ):
            with pytest.raises(refusal):
                inclusion_proof(session, **wanted)  # type: ignore[arg-type]
    size = sequence_all()
    with read_session() as session:
        with pytest.raises(NotCovered):
            inclusion_proof(session, leaf_hash=leaves_between(session, size - 1, size)[0].leaf_hash)
        whole = recompute_root(session, size=two.tree_size)
        assert (whole.root, whole.first_mismatch) == (two.root, None)
        with pytest.raises(PastTheEnd):
            recompute_root(session, size=size + 1)


def test_a_later_tree_is_shown_to_continue_an_earlier_one(cosigner: str) -> None:
    book(uuid4(), 100)
    one = close(uuid4())
    book(uuid4(), 200)
    two = close(uuid4(), 2)
    with read_session() as session:
        hashes = [leaf.leaf_hash for leaf in leaves_between(session, 0, two.tree_size)]
        for start, end in ((1, 2), (256, one.tree_size), (one.tree_size, two.tree_size), (300, 700), (5, 5)):
            found = consistency_proof(session, from_size=start, to_size=end)
            assert (found.from_root, found.to_root) == (
                merkle_root(hashes[:start]),
                merkle_root(hashes[:end]),
            )
            assert verify_consistency(start, end, found.from_root, found.to_root, found.path)
        for start, end in ((0, 5), (6, 5), (-1, 5)):
            with pytest.raises(InvalidFields):
                consistency_proof(session, from_size=start, to_size=end)
        with pytest.raises(PastTheEnd):
            consistency_proof(session, from_size=1, to_size=two.tree_size + 1)


@pytest.mark.parametrize("damage", [lambda old: old[:-1], lambda old: bytes([old[0] ^ 1]) + old[1:]])
def test_a_damaged_tile_proves_nothing(cosigner: str, damage: Callable[[bytes], bytes]) -> None:
    book(uuid4(), 100)
    signed = close(uuid4())
    store = LogStore()
    tile = tile_at(0, 0, signed.tree_size)
    store.put(tile.path, damage(store.read_tile(tile)))
    with read_session() as session:
        leaf = leaves_between(session, 9, 10)[0]
        with pytest.raises(LogDamaged):
            inclusion_proof(session, leaf_hash=leaf.leaf_hash)
        with pytest.raises(LogDamaged):
            consistency_proof(session, from_size=3, to_size=signed.tree_size)
