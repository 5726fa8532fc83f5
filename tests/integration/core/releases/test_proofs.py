"""When the proof of a sheet or a release is ready: after the next checkpoint, not before."""

from __future__ import annotations

from uuid import UUID, uuid4

from omnisonic.core.ledger.models import LeafKind
from omnisonic.core.ledger.posting import record_fact
from omnisonic.core.releases.proofs import LeafProof, proofs_of
from omnisonic.platform.db import read_session, unit_of_work
from tests.integration.core.ledger.books import close


def test_a_proof_is_ready_once_a_checkpoint_covers_its_leaf(cosigner: str) -> None:
    early, late = uuid4(), uuid4()
    with unit_of_work() as uow:
        leaf = record_fact(uow, LeafKind.SPLIT, early, {}).leaf_hash.hex()
    assert read(early) == {early: LeafProof(leaf, is_provable=False)}
    close(uuid4())
    with unit_of_work() as uow:
        record_fact(uow, LeafKind.SPLIT, late, {})
    found = read(early, late)
    assert (found[early].is_provable, found[late].is_provable) == (True, False)
    assert found[early].url == f"/log/proof/{leaf}"
    assert read() == read(uuid4()) == {}
    with read_session() as session:
        assert proofs_of(session, LeafKind.RELEASE, [early]) == {}, "another kind of fact"


def read(*sheets: UUID) -> dict[UUID, LeafProof]:
    """Proofs of split sheets."""
    with read_session() as session:
        return proofs_of(session, LeafKind.SPLIT, list(sheets))
