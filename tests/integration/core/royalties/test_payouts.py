"""Payouts from proposal to journal: out of the ledger, whole minor units, once, seen by whom they concern."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from omnisonic.core.catalog.models import Contributor
from omnisonic.core.ledger.audit import run_audit
from omnisonic.core.royalties import exchange_rates, payouts, payouts_lists, payouts_plans
from omnisonic.core.royalties.closing import close_cycle
from omnisonic.core.royalties.errors import NoExchangeRate, PayoutState, PayoutTooSmall
from omnisonic.core.royalties.exchange_rates_schemas import RateDraft
from omnisonic.core.royalties.models import PayoutStatus, Statement
from omnisonic.core.royalties.payouts_rules import Kept
from omnisonic.core.royalties.payouts_schemas import PayoutView, Proposed, ProposeRequest
from omnisonic.core.royalties.usage_reversals import reverse_events
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.errors import Forbidden, InvalidFields, NotFound, VersionConflict
from omnisonic.platform.ids import new_id, utc_now
from omnisonic.platform.pagination import Page
from tests.integration.core.conftest import link
from tests.integration.core.royalties.books import (
    NANO,
    balances,
    count,
    make_song,
    owed,
    report,
    usage,
)

ROUTE = "/api/payouts"


def propose(actor: Actor, **asked: Any) -> Proposed:
    with unit_of_work() as uow:
        return payouts.propose_payouts(uow, actor, request=ProposeRequest(**asked))


def pay(actor: Actor, payout_id: UUID, **asked: Any) -> PayoutView:
    with unit_of_work() as uow:
        return payouts.pay_payout(uow, actor, payout_id=payout_id, **asked)


def merge(merged: Contributor, survivor: Contributor) -> None:
    with unit_of_work() as uow:
        uow.session.get_one(Contributor, merged.id).merged_into = survivor.id


def test_a_closed_cycle_is_paid_in_whole_cents_and_the_rest_is_carried(
    curator: Actor, mara: Actor, cosigner: str
) -> None:
    song = make_song(curator)
    (march,) = report(curator, usage("march", amount="100"))
    propose_march = {"cycle_id": march.event.cycle_id}
    with pytest.raises(PayoutState):
        propose(curator, **propose_march)
    close_cycle(curator, cycle_id=march.event.cycle_id, early=True)
    report(curator, usage("today", amount="50", occurred_at=utc_now()))
    with pytest.raises(Forbidden):
        propose(mara, **propose_march)
    with pytest.raises(NotFound):
        propose(curator, cycle_id=new_id())
    with pytest.raises(InvalidFields):
        propose(curator, exchange_to="EURO")

    proposed = propose(curator, **propose_march)
    told = {one.contributor_id: (one.amount_text, one.residue.amount) for one in proposed.payouts}
    assert told == {song.ann.id: ("66.66", "6700000"), song.bob.id: ("33.33", "3300000")}
    again = propose(curator, **propose_march)
    assert (again.payouts, {one.reason for one in again.kept}) == ([], {Kept.PROPOSED})
    with pytest.raises(PayoutState):
        propose(curator, contributor_id=song.ann.id)
    assert count("journals") == 2

    of_ann = next(one for one in proposed.payouts if one.contributor_id == song.ann.id)
    with pytest.raises(VersionConflict):
        pay(curator, of_ann.id, version=7)
    with pytest.raises(Forbidden):
        pay(mara, of_ann.id)
    with pytest.raises(NotFound):
        pay(curator, new_id())
    paid = pay(curator, of_ann.id, version=1, reference="March 2026")
    assert (paid.status, paid.version, paid.reference) == (PayoutStatus.PAID, 2, "March 2026")
    assert owed(song)[song.ann.id] == 150 * 666_667_000 - 66_660_000_000
    with unit_of_work() as uow, pytest.raises(PayoutState):
        payouts.cancel_payout(uow, curator, payout_id=of_ann.id)

    # What the cycle accounts for is paid; what came since waits for its own cycle.
    (left,) = propose(curator, contributor_id=song.ann.id).payouts
    assert left.amount_text == "33.34"
    with pytest.raises(PayoutState):
        propose(curator, contributor_id=song.ann.id, **propose_march)
    with unit_of_work() as uow:
        assert payouts.cancel_payout(uow, curator, payout_id=left.id).status is PayoutStatus.CANCELED
    with pytest.raises(PayoutTooSmall):
        propose(curator, contributor_id=song.ann.id, **propose_march)


def test_two_curators_pay_at_once_and_it_is_paid_once(curator: Actor) -> None:
    song = make_song(curator, ann_ppm=600_000, bob_ppm=400_000)
    (event,) = report(curator, usage("one", amount="100"))
    first, second = sorted(propose(curator).payouts, key=lambda one: one.amount_text, reverse=True)
    assert (first.number + second.number, first.amount_text) == (3, "60.00")

    def try_to_pay(_: int) -> bool:
        try:
            pay(curator, first.id)
        except PayoutState:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(try_to_pay, range(4))) == [False, False, False, True]
    assert owed(song) == {song.ann.id: 0, song.bob.id: 40 * NANO}

    with unit_of_work() as uow:  # taken back by the source: Bob has nothing now, Ann owes
        reverse_events(uow, [event.event.id], reason={"reason": "test"})
    with pytest.raises(PayoutTooSmall, match=r"0\.00 EUR"):
        pay(curator, second.id)
    kept = {one.contributor_id: one.reason for one in propose(curator).kept}
    assert kept == {song.ann.id: Kept.NEGATIVE}
    report(curator, usage("more", amount="150"))
    (of_ann,) = propose(curator, contributor_id=song.ann.id).payouts
    assert of_ann.amount_text == "30.00"  # what was paid too much is taken off


def test_an_exchange_is_recorded_and_each_currency_adds_up(curator: Actor, teo: Actor) -> None:
    song = make_song(curator)
    report(curator, usage("one", amount="100"), usage("small", amount="10", currency="USD"))
    wanted = {"contributor_id": song.ann.id, "currency": "EUR", "exchange_to": "USD"}
    with pytest.raises(NoExchangeRate):
        propose(curator, **wanted)
    rate = RateDraft(base="EUR", quote="USD", day="2026-03-31", rate="1.0842", source="ECB")
    with unit_of_work() as uow:
        exchange_rates.add_rates(uow, curator, drafts=[rate])
    with pytest.raises(NoExchangeRate):
        propose(curator, **wanted, sources=["Fed"])
    with pytest.raises(NoExchangeRate):
        propose(curator, **wanted, rate_day="2026-03-30")
    with read_session() as session:
        request = ProposeRequest(exchange_to="USD", rate_day="2026-04-05")
        previewed = payouts_plans.preview_payouts(session, curator, request=request)
        with pytest.raises(Forbidden):
            payouts_plans.preview_payouts(session, teo, request=request)
    (planned,) = [one for one in previewed.payouts if one.contributor_id == song.ann.id and one.exchange]
    assert count("payouts") == 0
    (payout,) = propose(curator, **wanted).payouts
    assert (planned.payee_name, planned.amount, planned.residue) == ("Ann", payout.amount, payout.residue)
    assert planned.exchange == payout.exchange
    assert payout.exchange is not None
    assert (payout.amount_text, payout.currency, payout.exchange.rate) == ("72.28", "USD", "1.0842")
    assert (payout.exchange.source, str(payout.exchange.day)) == ("ECB", "2026-03-31")
    assert int(payout.exchange.given.amount) == 66_666_700_000
    assert int(payout.exchange.got.amount) == 72_280_036_140

    before = balances("USD")[str(song.ann.id)]
    pay(curator, payout.id)
    assert balances("EUR")[str(song.bob.id)] == 33_333_300_000
    assert str(song.ann.id) not in balances("EUR")
    assert balances("USD")[str(song.ann.id)] == before + int(payout.residue.amount)
    assert balances("EUR")["EUR/USD"] == 66_666_700_000
    assert balances("USD")["EUR/USD"] == -72_280_036_140
    for currency in ("EUR", "USD"):
        assert sum(balances(currency).values()) == 0


def test_sums_that_outgrow_an_entry_are_stated_exchanged_and_paid(curator: Actor, cosigner: str) -> None:
    song = make_song(curator)
    # An entry ends at 9.22 thousand million.
    large = {"amount": "9000000000", "currency": "IDR", "quantity": 10**16}
    booked = report(
        curator,
        *(usage(key, territory=place, **large) for key, place in zip("abc", ("DE", "DE", "FR"), strict=True)),
    )
    close_cycle(curator, cycle_id=booked[0].event.cycle_id)
    with read_session() as session:
        totals = session.exec(select(Statement.contributor_id, Statement.total_nano)).all()
    stated = {song.ann.id: 18_000_009 * 10**12, song.bob.id: 8_999_991 * 10**12}
    assert dict(totals) == stated
    with unit_of_work() as uow:
        rate = RateDraft(base="IDR", quote="EUR", day="2026-03-31", rate="0.0001", source="ECB")
        exchange_rates.add_rates(uow, curator, drafts=[rate])
    (exchanged,) = propose(curator, contributor_id=song.ann.id, exchange_to="EUR").payouts
    (plain,) = propose(curator, contributor_id=song.bob.id).payouts
    assert (exchanged.amount_text, plain.amount_text) == ("1800000.90", "8999991000.00")
    for payout in (exchanged, plain):
        pay(curator, payout.id)
    assert owed(song) == {song.ann.id: 0, song.bob.id: 0}
    assert balances("IDR")["IDR/EUR"] == stated[song.ann.id]
    assert run_audit().findings == []


def test_payees_see_their_own_and_what_was_merged_is_paid_too(
    curator: Actor, mara: Actor, teo: Actor
) -> None:
    song = make_song(curator)
    report(curator, usage("one", amount="90"))
    link(song.ann, mara)
    merge(song.bob, song.ann)
    (payout,) = propose(curator).payouts
    assert (payout.contributor_id, payout.amount_text) == (song.ann.id, "90.00")
    with read_session() as session:
        assert payouts_lists.get_payout(session, mara, payout_id=payout.id) == payout
        with pytest.raises(NotFound):
            payouts_lists.get_payout(session, teo, payout_id=payout.id)
        for actor, seen in ((curator, 1), (mara, 1), (teo, 0)):
            assert len(payouts_lists.list_payouts(session, actor, page=Page()).payouts) == seen
            found = payouts_lists.list_balances(session, actor, limit=1).balances
            assert [(one.balance.amount, one.proposed.amount) for one in found] == [
                (str(90 * NANO), str(90 * NANO))
            ] * seen
            hers = payouts_lists.list_balances(session, actor, limit=9, contributor_id=song.bob.id).balances
            assert len(hers) == seen
    pay(curator, payout.id)
    assert owed(song) == {song.ann.id: 0, song.bob.id: 0}


def test_over_rest(curator: Actor, mara: Actor, client_of: Callable[[Actor], TestClient]) -> None:
    song = make_song(curator)
    link(song.ann, mara)
    report(curator, usage("one", amount="100"), usage("two", amount="100", currency="USD"))
    boss, member = client_of(curator), client_of(mara)
    key = {"Idempotency-Key": "propose-1"}
    first = boss.post(ROUTE, json={"currency": "EUR"}, headers=key)
    again = boss.post(ROUTE, json={"currency": "EUR"}, headers=key)
    assert (first.status_code, len(first.json()["payouts"])) == (201, 2)
    assert again.json() == first.json()
    assert boss.post(ROUTE, json={}, headers=key).status_code == 409
    hers = next(one for one in first.json()["payouts"] if one["contributorId"] == str(song.ann.id))
    theirs = next(one for one in first.json()["payouts"] if one != hers)
    assert member.post(ROUTE, json={}).status_code == 403
    for act in ("pay", "cancel"):
        assert member.post(f"{ROUTE}/{hers['id']}/{act}", json={}).status_code == 403
    assert member.get(f"{ROUTE}/{hers['id']}").json() == {"payout": hers}
    assert member.get(f"{ROUTE}/{theirs['id']}").status_code == 404
    assert member.get(f"{ROUTE}/file.csv").status_code == 403
    assert [one["id"] for one in member.get(ROUTE).json()["payouts"]] == [hers["id"]]
    first = boss.get(f"{ROUTE}/balances", params={"limit": 3}).json()
    rest = boss.get(f"{ROUTE}/balances", params={"limit": 3, "cursor": first["nextCursor"]}).json()
    assert (len(first["balances"]), len(rest["balances"]), rest["nextCursor"]) == (3, 1, None)
    assert boss.get(f"{ROUTE}/balances", params={"cursor": "!"}).status_code == 422

    key = {"Idempotency-Key": "pay-1"}
    paid = [boss.post(f"{ROUTE}/{hers['id']}/pay", json={"version": 1}, headers=key) for _ in range(2)]
    assert [one.status_code for one in paid] == [200, 200]
    assert paid[0].json() == paid[1].json()
    refused = boss.post(f"{ROUTE}/{hers['id']}/pay", json={})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/payout-state")
    assert refused.json()["current"]["status"] == "paid"
    assert boss.post(f"{ROUTE}/{theirs['id']}/cancel", json={}).json()["payout"]["status"] == "canceled"
    rows = list(csv.DictReader(io.StringIO(boss.get(f"{ROUTE}/file.csv", params={"status": "paid"}).text)))
    assert [(one["payee"], one["amount"], one["residue carried"]) for one in rows] == [
        ("Ann", "66.66", "0.0067")
    ]
