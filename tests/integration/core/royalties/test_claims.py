"""Claims: at most what is free, accepted into the catalog, and what waited is given out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from omnisonic.core.royalties import claims
from omnisonic.core.royalties.claims_schemas import ClaimAnswer, ClaimRequest
from omnisonic.core.royalties.errors import CaseDecided, CaseOpenAlready, NothingUnclaimed
from omnisonic.core.royalties.models import CaseStatus
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.errors import Forbidden, InvalidFields, NotFound, VersionConflict
from omnisonic.platform.ids import new_id
from omnisonic.platform.pagination import Page
from tests.integration.core.conftest import link, make_contributor, set_shares, share, versions_of
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

ROUTE = "/api/royalties/claims"


def claim(actor: Actor, song: Song, **changes: Any) -> ClaimAnswer:
    fields: dict[str, Any] = {
        "work_id": song.work.id,
        "contributor_id": song.bob.id,
        "share_ppm": 200_000,
        "role": "lyricist",
        "reason": "I wrote the second verse.",
    }
    with unit_of_work() as uow:
        return claims.claim_share(uow, actor, request=ClaimRequest(**(fields | changes)))


def accept(actor: Actor, claim_id: UUID, **asked: Any) -> ClaimAnswer:
    with unit_of_work() as uow:
        return claims.accept_claim(uow, actor, claim_id=claim_id, **asked)


def test_an_accepted_claim_gives_out_what_waited(curator: Actor, mara: Actor, teo: Actor) -> None:
    song = make_song(curator, ann_ppm=500_000, bob_ppm=300_000)
    eve = make_contributor(curator, "Eve")
    link(eve, mara)
    report(curator, usage("one", amount="10"), usage("two", amount="5"))
    assert balances()["unclaimed"] == 3 * NANO
    hers = {"contributor_id": eve.id}
    with pytest.raises(NotFound):
        claim(mara, song, **hers, work_id=new_id())
    for wrong in ({}, hers | {"role": "wizard"}):  # Bob is somebody else
        with pytest.raises(InvalidFields):
            claim(mara, song, **wrong)
    with pytest.raises(NothingUnclaimed, match="20 %"):
        claim(mara, song, **hers, share_ppm=200_001)
    opened = claim(mara, song, **hers, share_ppm=150_000).claim
    assert (opened.status, opened.free_ppm, opened.payee_name) == (CaseStatus.OPEN, 200_000, "Eve")
    with pytest.raises(CaseOpenAlready):
        claim(mara, song, **hers)
    with pytest.raises(Forbidden):
        accept(mara, opened.id)
    with pytest.raises(NotFound):
        accept(curator, new_id())
    with pytest.raises(VersionConflict):
        accept(curator, opened.id, version=3)
    with pytest.raises(Forbidden), unit_of_work() as uow:
        claims.withdraw_claim(uow, curator, claim_id=opened.id)

    done = accept(curator, opened.id, version=1)
    assert (done.claim.status, done.claim.free_ppm) == (CaseStatus.ACCEPTED, None)
    assert done.release is not None
    assert (done.release.events, done.release.released[0].amount) == (2, str(2_250_000_000))
    assert (balances()[str(eve.id)], balances()["unclaimed"]) == (2_250_000_000, 750_000_000)
    assert owed(song) == {song.ann.id: 7_500_000_000, song.bob.id: 4_500_000_000}
    assert len([one for one in versions_of(song.work) if one.valid_to is None]) == 3
    with pytest.raises(CaseDecided):
        accept(curator, opened.id)
    with read_session() as session:
        for actor, seen in ((mara, 1), (curator, 1), (teo, 0)):
            assert len(claims.list_claims(session, actor, page=Page()).claims) == seen
        with pytest.raises(NotFound):
            claims.get_claim(session, teo, claim_id=opened.id)
        free = claims.free_share(session, curator, work_id=song.work.id)
        assert free.waiting is not None
        assert (free.free_ppm, free.waiting[0].amount) == (50_000, "750000000")
        assert claims.free_share(session, teo, work_id=song.work.id).waiting is None


def test_what_was_given_away_meanwhile_is_not_free(curator: Actor, mara: Actor) -> None:
    song = make_song(curator, ann_ppm=500_000, bob_ppm=300_000)
    link(song.bob, mara)
    april = datetime(2026, 4, 1, tzinfo=UTC)
    report(curator, usage("march"), usage("may", occurred_at=april.replace(month=5)))
    opened = claim(mara, song, valid_from=april.date()).claim  # what he has grows
    journals = count("journals")
    set_shares(curator, song.work, share(song.ann, 600_000), share(song.bob, 300_000, "lyricist"))
    with pytest.raises(NothingUnclaimed, match="change on"):
        accept(curator, opened.id)
    set_shares(
        curator,
        song.work,
        share(song.ann, 500_000, valid_from=april),
        share(song.bob, 300_000, "lyricist", valid_from=april),
    )
    assert count("journals") == journals
    done = accept(curator, opened.id, answer="Fine.")
    assert done.release is not None
    assert (done.release.events, owed(song)[song.bob.id]) == (1, 8 * NANO)
    with pytest.raises(NothingUnclaimed):
        claim(mara, song, share_ppm=1)


def test_over_rest(curator: Actor, mara: Actor, teo: Actor, client_of: Callable[[Actor], TestClient]) -> None:
    song = make_song(curator, ann_ppm=500_000, bob_ppm=300_000)
    link(song.bob, mara)
    boss, member, stranger = client_of(curator), client_of(mara), client_of(teo)
    body = {
        "workId": str(song.work.id),
        "contributorId": str(song.bob.id),
        "sharePpm": 200_000,
        "role": "lyricist",
        "reason": "Mine.",
    }
    free = member.get(f"{ROUTE}/free", params={"workId": body["workId"]}).json()
    assert (free["freePpm"], free["waiting"]) == (200_000, None)
    assert stranger.post(ROUTE, json=body).status_code == 422
    assert member.post(ROUTE, json=body | {"sharePpm": 0}).status_code == 422
    key = {"Idempotency-Key": "claim-1"}
    opened = [member.post(ROUTE, json=body, headers=key) for _ in range(2)]
    assert [one.status_code for one in opened] == [201, 201]
    claimed = opened[0].json()["claim"]
    one = f"{ROUTE}/{claimed['id']}"
    assert (opened[1].json()["claim"], count("share_claims")) == (claimed, 1)
    assert stranger.get(one).status_code == 404
    assert stranger.post(f"{one}/withdraw", json={}).status_code == 404
    assert stranger.get(ROUTE).json()["claims"] == []
    assert member.post(f"{one}/accept", json={}).status_code == 403
    assert boss.post(f"{one}/reject", json={}).status_code == 422
    rejected = boss.post(f"{one}/reject", json={"answer": "Send the contract.", "version": 1}).json()
    assert (rejected["claim"]["status"], rejected["claim"]["answer"]) == ("rejected", "Send the contract.")
    assert member.post(f"{one}/withdraw", json={}).json()["type"] == "/problems/case-decided"
    again = member.post(ROUTE, json=body).json()["claim"]
    accepted = boss.post(f"{ROUTE}/{again['id']}/accept", json={}).json()
    assert (accepted["claim"]["status"], accepted["release"]["events"]) == ("accepted", 0)
    assert len(boss.get(ROUTE, params={"workId": body["workId"]}).json()["claims"]) == 2
