"""What-if over real books: differences per party and currency, and not a row is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from omnisonic.core.royalties import what_if as questions
from omnisonic.core.royalties.errors import WhatIfTooLarge
from omnisonic.core.royalties.usage_reversals import reverse_events
from omnisonic.core.royalties.what_if import what_if
from omnisonic.core.royalties.what_if_schemas import WhatIfAnswer, WhatIfRequest
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.errors import Forbidden, InvalidFields, NotFound
from omnisonic.platform.ids import new_id
from tests.integration.core.conftest import make_contributor, make_recording, set_shares, share
from tests.integration.core.royalties.books import (
    NANO,
    UNKNOWN_ISRC,
    count,
    make_song,
    report,
    usage,
)


def ask(actor: Actor, **asked: Any) -> WhatIfAnswer:
    with read_session() as session:
        return what_if(session, actor, request=WhatIfRequest(**asked))


def differences(answer: WhatIfAnswer) -> dict[tuple[str, str], int]:
    found = {(one.name, one.difference.currency): int(one.difference.amount) for one in answer.differences}
    assert sum(found.values()) == 0
    return found


def test_other_shares_move_money_between_parties(
    curator: Actor, mara: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    song = make_song(curator, ann_ppm=600_000, bob_ppm=400_000)
    make_recording(curator, "Fog", "Mara", isrc="USWB11700002")
    eve = make_contributor(curator, "Eve")
    booked = report(
        curator,
        usage("one", amount="10"),
        usage("dollars", amount="20", currency="USD"),
        usage("reversed", amount="50"),
        usage("loose", amount="7", isrc="USWB11700002"),
        usage("unknown", amount="3", isrc=UNKNOWN_ISRC),
        usage("tiny", amount="0.0000000001"),
    )
    cycle_id = booked[0].event.cycle_id
    with unit_of_work() as uow:
        reverse_events(uow, [booked[2].event.id], reason={"reason": "test"})
    before = count("ledger_entries"), count("contributions")

    as_it_is = ask(curator, cycle_id=cycle_id)
    assert (as_it_is.events, as_it_is.taken_back, as_it_is.differences) == (4, 1, [])
    same = [{"contributor_id": song.ann.id, "share_ppm": 600_000}]
    same.append({"contributor_id": song.bob.id, "share_ppm": 400_000})
    work = {"cycle_id": cycle_id, "work_id": song.work.id}
    answer = ask(curator, **work, shares=same)
    assert (answer.events, answer.unchanged, answer.differences) == (2, 4, [])

    other = [{"contributor_id": song.ann.id, "share_ppm": 500_000}]
    other.append({"contributor_id": eve.id, "share_ppm": 300_000})
    assert differences(ask(curator, **work, shares=other)) == {
        ("Ann", "EUR"): -1 * NANO,
        ("Bob", "EUR"): -4 * NANO,
        ("Eve", "EUR"): 3 * NANO,
        ("unclaimed", "EUR"): 2 * NANO,
        ("Ann", "USD"): -2 * NANO,
        ("Bob", "USD"): -8 * NANO,
        ("Eve", "USD"): 6 * NANO,
        ("unclaimed", "USD"): 4 * NANO,
    }
    whole = {"contributor_id": song.bob.id, "share_ppm": 1_000_000}
    nobodys = {"contributor_id": song.ann.id, "share_ppm": 0, "rights_type": "MASTER"}
    found = differences(ask(curator, **work, shares=[whole, nobodys]))
    assert found["unclaimed", "EUR"] == 10 * NANO  # the right's own shares count, though they are none
    elsewhere = nobodys | {"rights_type": "SYNCHRONIZATION"}
    found = differences(ask(curator, **work, shares=[whole, elsewhere]))
    assert found["Bob", "EUR"] == 6 * NANO
    assert before == (count("ledger_entries"), count("contributions"))

    set_shares(curator, song.work, share(song.bob, 1_000_000, valid_from=usage().occurred_at.replace(day=1)))
    now = differences(ask(curator, cycle_id=cycle_id))
    assert now == {
        ("Ann", "EUR"): -6 * NANO,
        ("Bob", "EUR"): 6 * NANO,
        ("Ann", "USD"): -12 * NANO,
        ("Bob", "USD"): 12 * NANO,
    }
    monkeypatch.setattr(questions, "EVENTS_MAX", 3)
    with pytest.raises(WhatIfTooLarge):
        ask(curator, cycle_id=cycle_id)
    assert ask(curator, **work).events == 2
    with pytest.raises(Forbidden):
        ask(mara, cycle_id=cycle_id)
    for wrong in ({"cycle_id": new_id()}, {"cycle_id": cycle_id, "work_id": new_id()}):
        with pytest.raises(NotFound):
            ask(curator, **wrong)
    stranger = [{"contributor_id": new_id(), "share_ppm": 1}]
    for unclear in ({"policy_version": 2}, {"shares": other}, {"shares": stranger, "work_id": song.work.id}):
        with pytest.raises(InvalidFields):
            ask(curator, cycle_id=cycle_id, **unclear)


def test_over_rest(curator: Actor, mara: Actor, client_of: Callable[[Actor], TestClient]) -> None:
    song = make_song(curator)
    (booked,) = report(curator, usage("one"))
    route, body = "/api/royalties/what-if", {"cycleId": str(booked.event.cycle_id)}
    boss, member = client_of(curator), client_of(mara)
    assert boss.post(route, json=body).json()["differences"] == []
    shares = [{"contributorId": str(song.ann.id), "sharePpm": 1_000_000}]
    answer = boss.post(route, json=body | {"workId": str(song.work.id), "shares": shares}).json()
    assert {one["name"]: one["difference"]["amount"] for one in answer["differences"]} == {
        "Ann": "3333330000",
        "Bob": "-3333330000",
    }
    assert member.post(route, json=body).status_code == 403
    assert boss.post(route, json=body | {"shares": shares}).status_code == 422
