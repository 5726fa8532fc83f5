"""Lines put together out of parts are the canonical object."""

from __future__ import annotations

import json
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from omnisonic.core.ledger.leaves import canonical
from omnisonic.core.ledger.line_leaves import PlaceWords, StatementWords, line_leaf

NUMBERS = st.integers(-(2**63), 2**63 - 1)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
AT = "2026-03-01T12:00:00.000000Z"


@given(
    ids=st.tuples(st.uuids(), st.uuids(), st.uuids()),
    optional=st.tuples(st.none() | st.uuids(), st.none() | st.uuids()),
    words=st.tuples(WORDS, st.none() | WORDS, st.none() | st.just("DE")),
    numbers=st.tuples(NUMBERS, NUMBERS, st.integers(0), st.integers(1)),
    root=st.binary(min_size=32, max_size=32),
)
def test_a_line_is_the_canonical_object(
    ids: tuple[UUID, UUID, UUID],
    optional: tuple[UUID | None, UUID | None],
    words: tuple[str, str | None, str | None],
    numbers: tuple[int, int, int, int],
    root: bytes,
) -> None:
    line_id, statement_id, cycle_id = map(str, ids)
    work_id, recording_id = (str(one) if one else None for one in optional)
    source, usage_type, territory = words
    amount_nano, quantity, position, entry_count = numbers

    leaf = line_leaf(
        StatementWords.of(
            statement_id=statement_id, cycle_id=cycle_id, party="ab" * 32, currency="EUR", at=AT
        ),
        PlaceWords.of(
            source=source, usage_type=usage_type, territory=territory, period="2026-03"
        ).of_recording(recording_id),
        line_id=line_id,
        position=position,
        amount_nano=amount_nano,
        entry_count=entry_count,
        quantity=quantity,
        entries_root=root,
        work_id=work_id,
    )

    assert leaf == canonical(
        {
            "amount": str(amount_nano),
            "at": AT,
            "count": str(entry_count),
            "currency": "EUR",
            "cycle": cycle_id,
            "id": line_id,
            "kind": "line",
            "party": "ab" * 32,
            "period": "2026-03",
            "position": position,
            "quantity": str(quantity),
            "recording": recording_id,
            "root": root.hex(),
            "scale": 9,
            "source": source,
            "statement": statement_id,
            "territory": territory,
            "usage": usage_type,
            "v": 1,
            "work": work_id,
        }
    )
    assert json.loads(leaf)["position"] == position
