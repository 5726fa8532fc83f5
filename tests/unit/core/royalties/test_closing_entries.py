"""Entries in any order and any number of parts come back as the lines that they belong to."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import Future
from contextlib import closing
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnisonic.core.ledger.copying_arrays import sortable
from omnisonic.core.ledger.merkle import merkle_root
from omnisonic.core.royalties import closing_entries
from omnisonic.core.royalties.closing_entries import COLUMNS, EntrySorter, LineEntries, group_lines
from omnisonic.core.royalties.closing_journals import Journals, pair
from omnisonic.core.royalties.errors import StatementMismatch

PLACES = 4
ACCOUNTS = [bytes([number]) * 16 for number in range(3)]
WORKS = [bytes(16), b"\x00" * 15 + b"\x01", b"\xff" * 16]


class Entry(NamedTuple):
    """One made-up entry: of a journal of some place (or of none of the lines'), for a payee and a work."""

    journal: int
    payee: int
    work: int
    amount: int


ENTRIES = st.lists(
    st.builds(
        Entry,
        journal=st.integers(0, 5),
        payee=st.integers(0, len(ACCOUNTS) - 1),
        work=st.integers(0, len(WORKS) - 1),
        amount=st.integers(-(2**63), 2**63 - 1),
    ),
    max_size=40,
)
KNOWN = 5  # journals; the sixth is a payout's


def known_journals(counted: list[tuple[int, int]]) -> Future[Journals]:
    """Journal n counts its use n + 1 times, and stands at place n modulo the number of places."""
    future: Future[Journals] = Future()
    future.set_result(
        Journals(
            ids=sortable(np.array([journal_id(number) for number in range(KNOWN)], "V16")),
            place_of=np.arange(KNOWN, dtype=np.int32) % PLACES,
            quantity_of=np.arange(1, KNOWN + 1),
            places=[None] * PLACES,  # type: ignore[list-item] - only their number counts here
            payees=[(UUID(int=number), "EUR") for number in range(len(ACCOUNTS))],
            payee_of={account: number for number, account in enumerate(ACCOUNTS)},
            counted_before=pair(
                np.array([journal for journal, _ in counted], np.int64),
                np.array([payee for _, payee in counted], np.int64),
            ),
        )
    )
    return future


def journal_id(number: int) -> bytes:
    return b"\x80" + bytes([number]) * 15


def leaf_hash(index: int) -> bytes:
    return index.to_bytes(32, "big")


def as_read(entries: list[tuple[int, Entry]]) -> Any:
    """Entries with their places in the log, as COPY gives them."""
    rows = np.empty(len(entries), list(COLUMNS))
    for at, (index, one) in enumerate(entries):
        values = (journal_id(one.journal), ACCOUNTS[one.payee], WORKS[one.work], index, one.amount)
        rows[at] = (*values, leaf_hash(index))
    return rows


@given(
    entries=ENTRIES,
    order=st.randoms(use_true_random=False),
    cut=st.integers(0, 40),
    at_once=st.integers(1, 9),
    lines_at_once=st.integers(1, 5),
    counted=st.lists(st.tuples(st.integers(0, KNOWN - 1), st.integers(0, len(ACCOUNTS) - 1)), max_size=3),
)
def test_entries_become_the_lines_they_belong_to(
    entries: list[Entry],
    order: Any,
    cut: int,
    at_once: int,
    lines_at_once: int,
    counted: list[tuple[int, int]],
) -> None:
    logged = list(enumerate(entries))
    order.shuffle(logged)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(closing_entries, "SORTED_JOURNALS", at_once)
        patch.setattr(closing_entries, "LINES_AT_ONCE", lines_at_once)
        with closing(EntrySorter(known_journals(counted))) as sorter:
            for some in (logged[:cut], logged[cut:]):
                sorter.add(as_read(some))
            earned = list(sorter.earned())
            found = [line for part in sorter.parts() for line in group_lines(part)]

    assert found == expected_lines(entries, set(counted))
    assert earned == expected_earnings(found)


def expected_earnings(lines: list[LineEntries]) -> list[tuple[int, int, int]]:
    """By the payee: amounts of the lines, and how many entries they have."""
    sums: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for line in lines:
        nano, entries = sums[line.payee]
        sums[line.payee] = (nano + line.amount_nano, entries + line.entry_count)
    return [(payee, *sums[payee]) for payee in sorted(sums)]


def expected_lines(entries: list[Entry], counted: set[tuple[int, int]]) -> list[LineEntries]:
    """Grouped and hashed without any of the sorter's code."""
    groups: dict[tuple[int, int, bytes], list[tuple[int, int, int]]] = defaultdict(list)
    for index, one in enumerate(entries):
        if one.journal < KNOWN:
            uses = 0 if (one.journal, one.payee) in counted else one.journal + 1
            key = (one.journal % PLACES, one.payee, WORKS[one.work])
            groups[key].append((index, one.amount, uses))
    return [
        LineEntries(
            *key,
            -sum(amount for _, amount, _ in group),
            sum(uses for _, _, uses in group),
            len(group),
            merkle_root([leaf_hash(index) for index, _, _ in group]),
        )
        for key, group in sorted(groups.items())
    ]


def test_an_account_that_is_no_payees_stops_the_closing() -> None:
    rows = as_read([(0, Entry(journal=0, payee=0, work=0, amount=1))])
    rows["account"] = b"\xee" * 16
    with (
        closing(EntrySorter(known_journals([]))) as sorter,
        pytest.raises(StatementMismatch, match="no payee's"),
    ):
        sorter.add(rows)


def test_when_nobody_waits_for_the_parts_the_reading_ends() -> None:
    sorter = EntrySorter(known_journals([]))
    sorter.close()
    with pytest.raises(BrokenPipeError):
        sorter.add(as_read([]))
