"""Payouts at once of one who was merged into another: what both have is paid once, and never more."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from omnisonic.core.catalog.merge import merge_entities
from omnisonic.core.catalog.models import Contributor
from omnisonic.core.ledger.accounts import Account, payee
from omnisonic.core.ledger.models import AccountKind, JournalKind
from omnisonic.core.ledger.posting import JournalDraft, Posting, post
from omnisonic.core.royalties import payouts
from omnisonic.core.royalties.cycles import cycle_for
from omnisonic.core.royalties.errors import PayoutTooSmall
from omnisonic.core.royalties.models import Payout
from omnisonic.core.royalties.payouts_balances import balance_of
from omnisonic.core.royalties.payouts_rules import Kept
from omnisonic.core.royalties.payouts_schemas import ProposeRequest
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import UnitOfWork, read_session, unit_of_work
from omnisonic.platform.ids import utc_now
from tests.integration.core.conftest import make_contributor
from tests.integration.meanwhile import meanwhile

CENT = 10**7
NUMBERS = count(1)


def book(cents: Mapping[UUID, int]) -> None:
    """Give or take these."""
    with unit_of_work() as uow:
        cycle_id = cycle_for(uow, utc_now().date(), "EUR").cycle.id
        source = Account(AccountKind.SOURCE, "Streamly", "EUR")
        drafts = [
            JournalDraft(
                JournalKind.USAGE,
                cycle_id,
                [Posting(source, amount * CENT), Posting(payee(party, "EUR"), -amount * CENT)],
            )
            for party, amount in cents.items()
            if amount
        ]
        post(uow, drafts)


def propose(contributor_id: UUID, amount_cents: int) -> UUID:
    """A proposal of a time when there was enough for it."""
    with unit_of_work() as uow:
        row = Payout(
            number=next(NUMBERS),
            contributor_id=contributor_id,
            currency="EUR",
            amount_minor=amount_cents,
            residue_nano=0,
        )
        uow.session.add(row)
    return row.id


def merge(uow: UnitOfWork, actor: Actor, merged: Contributor, survivor: Contributor) -> None:
    merge_entities(uow, actor, table=Contributor, survivor_id=survivor.id, merged_id=merged.id)


def left_of(contributor_id: UUID) -> int:
    """What all accounts of a payee hold together, in nano-units."""
    with read_session() as session:
        return sum(balance_of(session, contributor_id=contributor_id, currency="EUR").values())


@given(
    held=st.tuples(st.integers(-300, 900), st.integers(-300, 900)),
    wanted=st.lists(st.tuples(st.booleans(), st.integers(1, 900)), min_size=2, max_size=4),
)
@settings(
    max_examples=12,
    phases=[Phase.generate],  # the smallest failure is worth little here, and would take minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_is_paid_at_once_never_takes_more_than_there_is(
    curator: Actor, held: tuple[int, int], wanted: list[tuple[bool, int]]
) -> None:
    turn = next(NUMBERS)
    ann, bob = make_contributor(curator, f"Ann {turn}"), make_contributor(curator, f"Bob {turn}")
    book({ann.id: held[0], bob.id: held[1]})
    with unit_of_work() as uow:
        merge(uow, curator, bob, ann)
    proposed = [(propose(ann.id if is_ann else bob.id, cents), cents) for is_ann, cents in wanted]
    together = Barrier(len(proposed))

    def pay(asked: tuple[UUID, int]) -> tuple[int, bool]:
        together.wait()
        try:
            with unit_of_work() as uow:
                payouts.pay_payout(uow, curator, payout_id=asked[0])
        except PayoutTooSmall:
            return asked[1], False
        return asked[1], True

    with ThreadPoolExecutor(len(proposed)) as pool:
        done = list(pool.map(pay, proposed))
    paid = sum(cents for cents, is_paid in done if is_paid)
    left = left_of(ann.id)
    assert left == (sum(held) - paid) * CENT
    if paid:
        assert left >= 0
    # Refused is only what did not fit by then.
    assert all(cents * CENT > left for cents, is_paid in done if not is_paid)


@pytest.mark.parametrize("first_pays_bob", [True, False])
def test_two_payouts_of_one_balance_wait_for_each_other(curator: Actor, first_pays_bob: bool) -> None:
    ann, bob = make_contributor(curator, "Ann"), make_contributor(curator, "Bob")
    book({ann.id: 6000, bob.id: 4000})
    with unit_of_work() as uow:
        merge(uow, curator, bob, ann)
    pair = [propose(bob.id, 10_000), propose(ann.id, 10_000)]
    first, second = pair if first_pays_bob else pair[::-1]
    with (
        meanwhile(
            lambda uow: payouts.pay_payout(uow, curator, payout_id=first),
            lambda uow: payouts.pay_payout(uow, curator, payout_id=second),
        ) as later,
        pytest.raises(PayoutTooSmall, match=r"There is 0\.00 EUR by now"),
    ):
        later.result()
    assert left_of(ann.id) == 0


def test_who_is_merged_while_being_paid_is_not_paid_again(curator: Actor) -> None:
    ann, bob = make_contributor(curator, "Ann"), make_contributor(curator, "Bob")
    book({ann.id: 6000, bob.id: 4000})
    with unit_of_work() as uow:
        request = ProposeRequest(contributor_id=bob.id)
        (of_bob,) = payouts.propose_payouts(uow, curator, request=request).payouts
    of_both = propose(ann.id, 10_000)

    def merge_and_pay(uow: UnitOfWork) -> None:
        merge(uow, curator, bob, ann)
        payouts.pay_payout(uow, curator, payout_id=of_both)

    with (
        meanwhile(lambda uow: payouts.pay_payout(uow, curator, payout_id=of_bob.id), merge_and_pay) as later,
        pytest.raises(PayoutTooSmall, match=r"There is 60\.00 EUR by now"),
    ):
        later.result()
    assert left_of(ann.id) == 6000 * CENT


def test_what_is_proposed_for_one_is_not_proposed_again_after_a_merge(curator: Actor) -> None:
    ann, bob = make_contributor(curator, "Ann"), make_contributor(curator, "Bob")
    book({ann.id: 6000, bob.id: 4000})
    with unit_of_work() as uow:
        payouts.propose_payouts(uow, curator, request=ProposeRequest(contributor_id=bob.id))
        merge(uow, curator, bob, ann)
        again = payouts.propose_payouts(uow, curator, request=ProposeRequest())
    assert (again.payouts, [one.reason for one in again.kept]) == ([], [Kept.PROPOSED])
