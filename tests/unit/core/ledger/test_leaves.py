"""The canonical bytes of entries."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from omnisonic.core.ledger.leaves import EntryFacts, canonical, entry_leaf, party_hash
from omnisonic.core.ledger.models import AccountKind

NANO = st.integers(-(2**63) + 1, 2**63 - 1)


@given(
    ids=st.tuples(st.uuids(), st.uuids(), st.uuids()),
    optional=st.tuples(st.none() | st.uuids(), st.none() | st.uuids()),
    account=st.sampled_from(AccountKind),
    owner=st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
    amount_nano=NANO,
    position=st.integers(0, 32_767),
)
def test_an_entry_written_by_hand_is_the_canonical_object(
    ids: tuple[UUID, UUID, UUID],
    optional: tuple[UUID | None, UUID | None],
    account: AccountKind,
    owner: str,
    amount_nano: int,
    position: int,
) -> None:
    entry = EntryFacts(
        id=ids[0],
        journal_id=ids[1],
        journal_hash=bytes(32),
        position=position,
        account=account,
        owner=owner,
        currency="EUR",
        amount_nano=amount_nano,
        cycle_id=ids[2],
        event_id=optional[0],
        work_id=optional[1],
        at=datetime(2026, 3, 1, 12, tzinfo=UTC),
    )

    leaf = entry_leaf(entry)

    read = json.loads(leaf)
    assert leaf == canonical(read)
    assert read["amount"] == str(amount_nano)
    assert read["account"] == {"kind": account, "owner": owner}
    assert (read["event"] is None) == (optional[0] is None)
    assert read["at"] == "2026-03-01T12:00:00.000000Z"


def test_without_the_salt_a_party_cannot_be_named() -> None:
    party = UUID(int=7)

    assert party_hash(party, b"a" * 16) != party_hash(party, b"b" * 16)
    assert str(party) not in party_hash(party, b"a" * 16)
