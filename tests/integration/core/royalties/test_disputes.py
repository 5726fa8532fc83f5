"""Disputes: money held back while they are open, given free by every answer, corrected by journals only."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from omnisonic.core.ledger.audit import run_audit
from omnisonic.core.royalties import disputes, exchange_rates, payouts
from omnisonic.core.royalties.closing import close_cycle
from omnisonic.core.royalties.disputes_schemas import Correction, DisputeAnswer
from omnisonic.core.royalties.errors import CaseDecided, CaseOpenAlready
from omnisonic.core.royalties.exchange_rates_schemas import RateDraft
from omnisonic.core.royalties.models import CaseStatus, Statement, StatementLine
from omnisonic.core.royalties.payouts_schemas import ProposeRequest
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.errors import Forbidden, NotFound, VersionConflict
from omnisonic.platform.ids import utc_now
from omnisonic.platform.pagination import Page
from tests.integration.core.conftest import link, set_shares, share
from tests.integration.core.royalties.books import (
    NANO,
    Song,
    balances,
    count,
    make_song,
    owed,
    report,
    usage,
)

ROUTE = "/api/royalties/disputes"


def line_of(song: Song) -> UUID:
    """Ann's only line."""
    with read_session() as session:
        statement = session.exec(select(Statement).where(Statement.contributor_id == song.ann.id)).one()
        return session.exec(select(StatementLine.id).where(StatementLine.statement_id == statement.id)).one()


def open_dispute(actor: Actor, line_id: UUID) -> DisputeAnswer:
    with unit_of_work() as uow:
        return disputes.open_dispute(uow, actor, line_id=line_id, reason="All of it is mine.")


def accept(actor: Actor, dispute_id: UUID, correction: Correction) -> DisputeAnswer:
    with unit_of_work() as uow:
        return disputes.accept_dispute(
            uow, actor, dispute_id=dispute_id, answer="Right.", correction=correction
        )


def closed_song(curator: Actor, mara: Actor) -> Song:
    """Ninety euros of March, two thirds of them Ann's, who is Mara; closed."""
    song = make_song(curator, ann_ppm=600_000, bob_ppm=400_000)
    link(song.ann, mara)
    booked = report(curator, usage("one", amount="60"), usage("two", amount="30"))
    close_cycle(curator, cycle_id=booked[0].event.cycle_id, early=True)
    return song


def test_a_dispute_holds_money_back_and_every_answer_gives_it_free(
    curator: Actor, mara: Actor, teo: Actor, cosigner: str
) -> None:
    song = closed_song(curator, mara)
    line_id = line_of(song)
    with pytest.raises(NotFound):
        open_dispute(teo, line_id)
    with pytest.raises(Forbidden):
        open_dispute(curator, line_id)
    opened = open_dispute(mara, line_id).dispute
    assert (opened.amount.amount, opened.held.amount) == (str(54 * NANO), str(54 * NANO))
    assert (owed(song)[song.ann.id], balances()["disputed"]) == (0, 54 * NANO)
    with unit_of_work() as uow:
        proposed = payouts.propose_payouts(uow, curator, request=ProposeRequest())
        assert [one.contributor_id for one in proposed.payouts] == [song.bob.id]
    with pytest.raises(CaseOpenAlready):
        open_dispute(mara, line_id)
    with pytest.raises(Forbidden), unit_of_work() as uow:
        disputes.reject_dispute(uow, mara, dispute_id=opened.id, answer="No.")
    with pytest.raises(Forbidden), unit_of_work() as uow:
        disputes.withdraw_dispute(uow, curator, dispute_id=opened.id)
    with pytest.raises(VersionConflict), unit_of_work() as uow:
        disputes.reject_dispute(uow, curator, dispute_id=opened.id, answer="No.", version=4)
    with unit_of_work() as uow:
        rejected = disputes.reject_dispute(
            uow, curator, dispute_id=opened.id, answer="No.", version=1
        ).dispute
    assert (rejected.status, rejected.answer, rejected.held.amount) == (CaseStatus.REJECTED, "No.", "0")
    assert (owed(song)[song.ann.id], "disputed" in balances()) == (54 * NANO, False)
    with pytest.raises(CaseDecided):
        accept(curator, opened.id, Correction.NONE)
    with read_session() as session:
        for actor, seen in ((mara, 1), (curator, 1), (teo, 0)):
            assert len(disputes.list_disputes(session, actor, page=Page()).disputes) == seen
        assert disputes.get_dispute(session, mara, dispute_id=opened.id) == rejected
        with pytest.raises(NotFound):
            disputes.get_dispute(session, teo, dispute_id=opened.id)


def test_an_accepted_dispute_corrects_the_usage_behind_the_line(
    curator: Actor, mara: Actor, cosigner: str
) -> None:
    song = closed_song(curator, mara)
    line_id = line_of(song)
    set_shares(curator, song.work, share(song.ann, 1_000_000, valid_from=usage().occurred_at.replace(day=1)))
    answer = accept(curator, open_dispute(mara, line_id).dispute.id, Correction.REDIVIDE)
    assert (answer.corrected, answer.dispute.status) == (2, CaseStatus.ACCEPTED)
    assert owed(song) == {song.ann.id: 90 * NANO, song.bob.id: 0}
    assert balances()["Streamly"] == -90 * NANO

    again = accept(curator, open_dispute(mara, line_id).dispute.id, Correction.REDIVIDE)
    assert (again.corrected, owed(song)[song.ann.id]) == (2, 90 * NANO)
    last = accept(curator, open_dispute(mara, line_id).dispute.id, Correction.TAKE_BACK)
    assert (last.corrected, balances()) == (2, {})
    nothing = open_dispute(mara, line_id).dispute  # of nothing there is nothing to hold
    assert (nothing.held.amount, balances()) == ("0", {})
    assert accept(curator, nothing.id, Correction.TAKE_BACK).corrected == 0


def test_the_next_statement_goes_on_with_what_was_paid_exchanged_and_held_back(
    curator: Actor, mara: Actor, cosigner: str
) -> None:
    song = closed_song(curator, mara)
    rate = RateDraft(base="EUR", quote="USD", day="2026-03-31", rate="1.1", source="ECB")
    with unit_of_work() as uow:
        exchange_rates.add_rates(uow, curator, drafts=[rate])
        for party, wanted in ((song.ann, None), (song.bob, "USD")):
            request = ProposeRequest(contributor_id=party.id, exchange_to=wanted)
            (payout,) = payouts.propose_payouts(uow, curator, request=request).payouts
            payouts.pay_payout(uow, curator, payout_id=payout.id)
    (now, *_) = report(
        curator,
        usage("now", amount="50.123", occurred_at=utc_now()),
        usage("dollars", amount="5", currency="USD", occurred_at=utc_now()),
    )
    opened = open_dispute(mara, line_of(song)).dispute  # of what came since: the line itself is paid
    assert opened.held.amount == str(30_073_800_000)
    close_cycle(curator, cycle_id=now.event.cycle_id, early=True)
    with read_session() as session:
        statements = session.exec(select(Statement).where(Statement.cycle_id == now.event.cycle_id)).all()
    told = {(str(one.contributor_id), one.currency): one.carried_nano + one.total_nano for one in statements}
    standing = {
        (owner, currency): balances(currency).get(owner, 0)
        for currency in ("EUR", "USD")
        for owner in (str(song.ann.id), str(song.bob.id))
    }
    assert told == standing
    assert told[str(song.ann.id), "EUR"] == 0
    assert run_audit().is_sound  # what was carried is recomputed there


def test_over_rest(
    curator: Actor, mara: Actor, teo: Actor, cosigner: str, client_of: Callable[[Actor], TestClient]
) -> None:
    song = closed_song(curator, mara)
    boss, member, stranger = client_of(curator), client_of(mara), client_of(teo)
    body = {"lineId": str(line_of(song)), "reason": "Too little."}
    key = {"Idempotency-Key": "dispute-1"}
    opened = [member.post(ROUTE, json=body, headers=key) for _ in range(2)]
    assert [one.status_code for one in opened] == [201, 201]
    dispute = opened[0].json()["dispute"]
    assert (opened[1].json()["dispute"], count("line_disputes")) == (dispute, 1)
    one = f"{ROUTE}/{dispute['id']}"
    assert stranger.get(one).status_code == 404
    assert stranger.post(f"{one}/withdraw", json={}).status_code == 404
    assert stranger.post(f"{one}/reject", json={"answer": "No."}).status_code == 403
    assert stranger.get(ROUTE).json() == {"disputes": [], "nextCursor": None}
    refused = member.post(ROUTE, json=body)
    assert (refused.status_code, refused.json()["current"]["id"]) == (409, dispute["id"])
    assert member.post(ROUTE, json=body | {"reason": ""}).status_code == 422
    assert boss.post(f"{one}/accept", json={"answer": "Yes.", "correction": "all"}).status_code == 422
    assert member.post(f"{one}/withdraw", json={"version": 2}).status_code == 409
    assert member.post(f"{one}/withdraw", json={"version": 1}).json()["dispute"]["status"] == "withdrawn"
    accepted = boss.post(f"{one}/accept", json={"answer": "Yes."})
    assert (accepted.status_code, accepted.json()["type"]) == (409, "/problems/case-decided")
    found = boss.get(ROUTE, params={"status": "withdrawn", "lineId": body["lineId"]}).json()["disputes"]
    assert [row["held"]["amount"] for row in found] == ["0"]
