"""From committed journals to a signed, cosigned checkpoint whose proofs hold."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from omnisonic.core.ledger.checkpointing import ClosedCycle, sign_and_store
from omnisonic.core.ledger.head import Head, find_head, write_head
from omnisonic.core.ledger.key_history import list_keys, verifiers_at
from omnisonic.core.ledger.log_errors import LogBehind, LogDamaged, LogForked, NotSequenced
from omnisonic.core.ledger.log_store import LogStore
from omnisonic.core.ledger.merkle import merkle_root
from omnisonic.core.ledger.models import LeafKind
from omnisonic.core.ledger.publication import Publisher
from omnisonic.core.ledger.repository import leaves_between
from omnisonic.core.ledger.sequencer import DirectPlaces, sequence_all, sequence_pending
from omnisonic.core.ledger.signed_note import open_note
from omnisonic.core.ledger.signing import sign_head
from omnisonic.core.ledger.tiles import TileError
from omnisonic.core.ledger.tlog_proof import TlogProof, check_proof
from omnisonic.core.ledger.tree import TileTree
from omnisonic.platform.db import UnitOfWork, read_session, unit_of_work
from omnisonic.platform.ids import new_ids
from tests.integration.core.ledger.books import book, close
from tests.waiting import wait_until


def place_directly(uow: UnitOfWork, cycle_id: UUID) -> None:
    """A hundred made-up leaves."""
    places = DirectPlaces(uow.session, kind=LeafKind.LINE, cycle_id=cycle_id)
    for first in (0, 50):
        places.copy(places.rows(new_ids(50), [bytes([n]) * 32 for n in range(first, first + 50)]))


def test_a_checkpoint_is_signed_by_both_keys_and_proves_every_leaf(cosigner: str) -> None:
    first, second = uuid4(), uuid4()
    book(first, 120)
    with pytest.raises(NotSequenced):
        sign_and_store(cycle=ClosedCycle(first, 1, "EUR", 7, {"EUR": 7}))
    one = close(first)
    assert sign_and_store(cycle=ClosedCycle(first, 1, "EUR", 7, {"EUR": 7})).id == one.id
    book(second, 200)
    two = close(second, 2)
    assert (one.number, one.tree_size, two.number, two.tree_size) == (1, 361, 2, 962)
    store = LogStore()
    with read_session() as session:
        leaves = leaves_between(session, 0, two.tree_size)
    hashes = [leaf.leaf_hash for leaf in leaves]
    logs, cosigners = verifiers_at(list_keys(store), two.tree_size)
    for checkpoint in (one, two):
        assert checkpoint.root == merkle_root(hashes[: checkpoint.tree_size])
        assert len(open_note(checkpoint.note, [*logs, *cosigners])[1]) == 2
        tree = TileTree(checkpoint.tree_size, store.read_tile)
        for index in (0, 255, 256, 360):
            proof = TlogProof(index, tuple(tree.inclusion_path(index)), checkpoint.note)
            check_proof(proof, hashes[index], [*logs, *cosigners])
    assert store.newest_checkpoint() == two.note
    assert [found["number"] for found in store.list_checkpoints()] == [1, 2]


def test_an_older_database_and_another_tree_are_refused(cosigner: str) -> None:
    cycle_id = uuid4()
    book(cycle_id, 90)
    signed = close(cycle_id)
    store = LogStore()
    with pytest.raises(LogBehind):
        sign_head(store, signed.tree_size - 1)
    head = find_head(store)
    assert head is not None
    assert head.size == signed.tree_size
    write_head(store, Head(head.size, b"\1" * 32, head.vkey))
    book(cycle_id, 90)
    size = sequence_all()
    Publisher(store).publish_whole(size)
    with pytest.raises(LogForked):
        sign_head(store, size)
    write_head(store, Head(size + 1, b"\1" * 32, head.vkey))
    book(cycle_id, 1)
    with pytest.raises(LogBehind), unit_of_work() as uow:
        sequence_pending(uow)
    with pytest.raises(LogBehind), unit_of_work() as uow:
        place_directly(uow, cycle_id)
    with read_session() as session:
        assert session.execute(text("SELECT count(*) FROM pending_leaves")).scalar_one() == 3


def test_rows_placed_at_once_and_those_that_waited_leave_no_gap(db: object, storage: object) -> None:
    """While rows get their places nobody else gives any, also not for what was committed before."""
    cycle_id = uuid4()
    book(cycle_id, 40)
    sequence_all()
    book(cycle_id, 40)
    with ThreadPoolExecutor(1) as pool:
        with unit_of_work() as uow:
            place_directly(uow, cycle_id)
            sequencing = pool.submit(sequence_all)
            wait_until(someone_waits_for_a_lock)
        assert sequencing.result() == 340
    with read_session() as session:
        leaves = session.execute(text("SELECT leaf_index, kind FROM log_leaves ORDER BY leaf_index")).all()
    assert [leaf.leaf_index for leaf in leaves] == list(range(340))
    assert {leaf.kind for leaf in leaves[120:220]} == {LeafKind.LINE}


def someone_waits_for_a_lock() -> bool:
    with read_session() as session:
        asked = text("SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)")
        return bool(session.execute(asked).scalar_one())


def test_the_relay_publishes_full_tiles_and_goes_on_where_it_was(cosigner: str) -> None:
    cycle_id = uuid4()
    book(cycle_id, 100)  # 300 leaves
    sequence_all(limit=70)
    store = LogStore()
    publisher = Publisher(store)
    assert publisher.publish_full(parts=1)
    assert not publisher.publish_full(parts=1)
    assert store.published_size() == 256
    book(cycle_id, 300)  # 1200 leaves
    size = sequence_all()
    assert Publisher(store).publish_full()
    assert store.published_size() == 1024
    Publisher(store).publish_whole(size)
    with read_session() as session:
        hashes = [leaf.leaf_hash for leaf in leaves_between(session, 0, size)]
    assert TileTree(size, store.read_tile).root() == merkle_root(hashes)


INSERTED = """
    INSERT INTO log_leaves (leaf_index, kind, row_id, leaf_hash, leaf)
    VALUES (300, 'line', gen_random_uuid(), sha256(decode('00' || repeat('61', 65536), 'hex')),
"""


@pytest.mark.parametrize(
    ("leaf", "error", "words"),
    [
        ("NULL", LogDamaged, "leaf 300 are missing or do not match"),
        ("decode('61', 'hex')", LogDamaged, "leaf 300 are missing or do not match"),
        ("decode(repeat('61', 65536), 'hex')", TileError, "leaf 300 is above the limit"),
    ],
)
def test_no_leaf_is_published_that_is_not_what_its_hash_says(
    db: object, storage: object, leaf: str, error: type[Exception], words: str
) -> None:
    book(uuid4(), 100)
    sequence_all()
    with unit_of_work() as uow:
        uow.session.execute(text(f"{INSERTED} {leaf})"))
    store = LogStore()
    with pytest.raises(error, match=words):
        Publisher(store).publish_whole(301)
    assert store.published_size() == 256
