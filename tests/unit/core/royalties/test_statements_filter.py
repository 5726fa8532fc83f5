"""The filter of statements in the address: what is written is what is read."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from omnisonic.core.royalties.statements_filter import StatementFilter, read_filter

filters = st.builds(
    StatementFilter,
    party=st.none() | st.uuids(),
    cycle=st.none() | st.uuids(),
    currency=st.none() | st.sampled_from(["EUR", "JPY"]),
)


@given(asked=filters, other=filters)
def test_an_address_is_read_as_it_was_written(asked: StatementFilter, other: StatementFilter) -> None:
    def read(address: str) -> StatementFilter:
        query = dict(parse_qsl(urlsplit(address).query))
        assert query.pop("tab") == "statements"
        return read_filter(query)

    assert read(asked.address()) == asked
    everything = dict.fromkeys(("party", "cycle", "currency"), "") | other.parts
    assert read(asked.address(**everything)) == other
    assert read(asked.address(party="")) == StatementFilter(None, asked.cycle, asked.currency)


def test_what_cannot_be_read_leaves_all_in() -> None:
    assert read_filter({"party": "Mara", "cycle": "<1>", "currency": "EURO"}).is_empty
    assert read_filter({"currency": "eur"}).currency == "EUR"
