"""The picture of a cycle's money: what is drawn adds up, on both sides."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.core.ledger.models import SuspenseReason
from omnisonic.core.royalties.cycle_flow import PARTIES_DRAWN, flow_picture
from omnisonic.core.royalties.cycle_schemas import (
    CurrencyTotals,
    MoneyFlow,
    PartyTotal,
    SourceTotal,
    SuspenseTotal,
)
from omnisonic.core.royalties.shapes import money_view

NANO = 10**9


def flow(source: str, target: int | SuspenseReason, euros: int) -> MoneyFlow:
    if isinstance(target, SuspenseReason):
        return MoneyFlow(source=source, reason=target, name=target, amount=money_view(euros * NANO, "EUR"))
    return MoneyFlow(
        source=source,
        contributor_id=UUID(int=target),
        name=f"Party {target}",
        amount=money_view(euros * NANO, "EUR"),
    )


def totals(*flows: MoneyFlow) -> CurrencyTotals:
    by_source: dict[str, int] = {}
    by_party: dict[UUID, int] = {}
    by_reason: dict[SuspenseReason, int] = {}
    for one in flows:
        nano = int(one.amount.amount)
        by_source[one.source] = by_source.get(one.source, 0) + nano
        if one.reason is not None:
            by_reason[one.reason] = by_reason.get(one.reason, 0) + nano
        elif one.contributor_id is not None:
            by_party[one.contributor_id] = by_party.get(one.contributor_id, 0) + nano
    return CurrencyTotals(
        currency="EUR",
        total=money_view(sum(by_source.values()), "EUR"),
        rounding=money_view(0, "EUR"),
        paid_out=money_view(0, "EUR"),
        entries=2 * len(flows),
        sources=[SourceTotal(source=one, amount=money_view(nano, "EUR")) for one, nano in by_source.items()],
        parties=[
            PartyTotal(contributor_id=one, name=str(one), amount=money_view(nano, "EUR"))
            for one, nano in by_party.items()
        ],
        suspense=[
            SuspenseTotal(reason=one, amount=money_view(nano, "EUR")) for one, nano in by_reason.items()
        ],
        flows=list(flows),
    )


def test_parties_stand_above_what_waits_the_largest_first() -> None:
    picture = flow_picture(
        totals(
            flow("Streamly", 1, 30),
            flow("Tonewire", 1, 10),
            flow("Streamly", 2, 50),
            flow("Streamly", SuspenseReason.UNMATCHED, 60),
        )
    )
    assert [one["name"] for one in picture.figure["nodes"]] == [
        "Streamly",
        "Tonewire",
        "Party 2",
        "Party 1",
        "Waits: Unknown recording",
    ]
    assert picture.summary == "150.00\u00a0EUR from 2 sources: 60 % to 2 parties, 40 % waits"
    assert picture.waiting == "60.00\u00a0EUR"
    assert next((row.source, row.target, row.waits) for row in picture.rows) == (
        "Streamly",
        "Unknown recording",
        True,
    )


def test_what_was_taken_back_is_told_and_not_drawn() -> None:
    picture = flow_picture(totals(flow("Streamly", 1, 30), flow("-", 1, -10)))
    assert len(picture.figure["links"]) == 1
    assert picture.note == "\u221210.00\u00a0EUR was taken back or moved on and is in the table only."
    assert {row.source for row in picture.rows} == {"Streamly", "Corrections"}


def test_a_cycle_in_which_everything_was_taken_back_has_a_table_and_no_picture() -> None:
    picture = flow_picture(totals(flow("Streamly", 1, -30)))
    assert picture.figure == {"nodes": [], "links": []}
    assert len(picture.rows) == 1


targets = st.one_of(st.integers(1, 30), st.sampled_from(SuspenseReason))
flows = st.dictionaries(
    st.tuples(st.sampled_from([f"Source {n}" for n in range(12)]), targets),
    st.integers(1, 10**6),
    min_size=1,
    max_size=80,
)


@given(given_flows=flows)
def test_both_sides_and_the_ribbons_are_the_whole(given_flows: dict[tuple[str, int], int]) -> None:
    figure = flow_picture(totals(*[flow(*ends, euros) for ends, euros in given_flows.items()])).figure
    for side in ("from", "to"):
        assert sum(one["share"] for one in figure["nodes"] if one["side"] == side) == pytest.approx(1)
    assert sum(one["share"] for one in figure["links"]) == pytest.approx(1)
    keys = [one["key"] for one in figure["nodes"]]
    assert len(keys) == len(set(keys)) <= 7 + PARTIES_DRAWN + 1 + len(SuspenseReason)
    assert {one["from"] for one in figure["links"]} | {one["to"] for one in figure["links"]} == set(keys)
