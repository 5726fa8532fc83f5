"""Who may do what with royalties, for every route: visitors, tokens, payees, other members, curators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from sqlmodel import col, func, select

from omnisonic.api import ROUTERS
from omnisonic.core.royalties import claims, disputes, payouts
from omnisonic.core.royalties.changes import CHANNEL, channel_of
from omnisonic.core.royalties.claims_schemas import ClaimRequest
from omnisonic.core.royalties.closing import close_cycle
from omnisonic.core.royalties.models import Statement, StatementLine, UnmatchedUsage
from omnisonic.core.royalties.payouts_schemas import ProposeRequest
from omnisonic.platform.actor import Actor, Role, Scope
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.models import OutboxMessage
from tests.integration.core.conftest import link
from tests.integration.core.royalties.books import UNKNOWN_ISRC, make_song, report, usage
from tests.integration.insight.routes import Scene, token_of

__all__ = ["token_of"]


class May(StrEnum):
    """Who gets past the door of a route."""

    ALL = "all"  # every account; a token with royalties:read
    OWN = "own"  # the payee and curators; a token with royalties:read; nobody else finds it
    LOOK = "look"  # curators; a token with royalties:read
    DO = "do"  # curators; a token with royalties:write
    MINE = "mine"  # the payee alone; a token with royalties:write


@dataclass(frozen=True)
class Expected:
    """`answer` is what whoever may gets; `others` what accounts get that the thing is not of."""

    may: May
    answer: int = 200
    json: dict[str, Any] | None = None
    others: tuple[int, int] = (404, 403)  # members, curators
    options: dict[str, Any] = field(default_factory=dict)


ALL, OWN, LOOK = Expected(May.ALL), Expected(May.OWN), Expected(May.LOOK)
USAGE, CYCLES, STATEMENTS, PAYOUTS = "/api/usage", "/api/cycles", "/api/statements", "/api/payouts"
DISPUTES, CLAIMS = "/api/royalties/disputes", "/api/royalties/claims"
RATES = "/api/royalties/exchange-rates"
RATE = {"base": "EUR", "quote": "USD", "day": "2026-03-31", "rate": "1.08", "source": "ECB"}
CLAIM = {
    "workId": "{work_id}",
    "contributorId": "{contributor_id}",
    "sharePpm": 1,
    "role": "composer",
    "reason": "x",
}
CYCLE = {"name": "2030", "startsOn": "2030-01-01", "endsOn": "2031-01-01", "currency": "EUR"}
EXPECTED: dict[str, Expected] = {
    f"GET {USAGE}": LOOK,
    f"POST {USAGE}": Expected(May.DO, 422, options={"files": {"file": ("u.csv", b"a,b\n1,2\n")}}),
    f"GET {USAGE}/{{statement_id}}": Expected(May.LOOK, 404),
    f"GET {USAGE}/{{statement_id}}/errors.csv": Expected(May.LOOK, 404),
    f"POST {USAGE}/{{statement_id}}/reverse": Expected(May.DO, 404),
    "GET /api/matching": LOOK,
    "GET /api/matching/waiting": LOOK,
    "GET /api/matching/{reported_id}/suggestions": LOOK,
    "POST /api/matching/{reported_id}/confirm": Expected(May.DO, 422, {"recordingId": "{cycle_id}"}),
    "POST /api/matching/{reported_id}/dismiss": Expected(May.DO),
    "POST /api/matching/{reported_id}/reopen": Expected(May.DO),
    "POST /api/matching/works/{work_id}/release": Expected(May.DO),
    f"GET {CYCLES}": LOOK,
    f"POST {CYCLES}": Expected(May.DO, 201, CYCLE),
    f"GET {CYCLES}/{{cycle_id}}": LOOK,
    f"POST {CYCLES}/{{cycle_id}}/close": Expected(May.DO, 409, {}),
    f"GET {STATEMENTS}": ALL,
    f"GET {STATEMENTS}/{{statement_id}}": OWN,
    f"GET {STATEMENTS}/{{statement_id}}.csv": OWN,
    f"GET {STATEMENTS}/{{statement_id}}.pdf": OWN,
    f"GET {STATEMENTS}/{{statement_id}}/lines/{{line_id}}/entries": OWN,
    f"GET {RATES}": ALL,
    f"POST {RATES}": Expected(May.DO, 201, {"rates": [RATE]}),
    f"POST {RATES}/file": Expected(May.DO, 422, options={"content": b"day,rate\n"}),
    f"GET {PAYOUTS}": ALL,
    f"GET {PAYOUTS}/balances": ALL,
    f"GET {PAYOUTS}/file.csv": LOOK,
    f"GET {PAYOUTS}/{{payout_id}}": OWN,
    f"POST {PAYOUTS}": Expected(May.DO, 201, {"cycleId": "{cycle_id}"}),
    f"POST {PAYOUTS}/preview": Expected(May.LOOK, json={}),
    f"POST {PAYOUTS}/{{payout_id}}/pay": Expected(May.DO, json={}),
    f"POST {PAYOUTS}/{{payout_id}}/cancel": Expected(May.DO, 409, {}),
    f"GET {DISPUTES}": ALL,
    f"GET {DISPUTES}/{{dispute_id}}": OWN,
    f"POST {DISPUTES}": Expected(May.MINE, 409, {"lineId": "{line_id}", "reason": "Again."}),
    f"POST {DISPUTES}/{{dispute_id}}/withdraw": Expected(May.MINE, json={}),
    f"POST {DISPUTES}/{{dispute_id}}/accept": Expected(May.DO, 409, {"answer": "Yes."}),
    f"POST {DISPUTES}/{{dispute_id}}/reject": Expected(May.DO, 409, {"answer": "No."}),
    f"GET {CLAIMS}": ALL,
    f"GET {CLAIMS}/free": Expected(May.ALL, options={"params": {"workId": "{work_id}"}}),
    f"GET {CLAIMS}/{{claim_id}}": OWN,
    f"POST {CLAIMS}": Expected(May.MINE, 409, CLAIM, others=(422, 422)),
    f"POST {CLAIMS}/{{claim_id}}/withdraw": Expected(May.MINE, json={}),
    f"POST {CLAIMS}/{{claim_id}}/accept": Expected(May.DO, 409, {}),
    f"POST {CLAIMS}/{{claim_id}}/reject": Expected(May.DO, 409, {"answer": "No."}),
    "GET /api/royalties/changes": ALL,
    "POST /api/royalties/what-if": Expected(May.LOOK, json={"cycleId": "{cycle_id}"}),
}
WRITING = {May.DO, May.MINE}
CURATORS = {"curator", "admin"}


def routes() -> set[str]:
    """Every route of the royalties, described or not."""
    return {
        f"{method} {route.path}"
        for router in ROUTERS
        for route in iter_route_contexts(router.routes)
        if route.endpoint is not None and route.endpoint.__module__.startswith("omnisonic.core.royalties.")
        for method in route.methods or ()
    }


def test_every_route_says_who_may() -> None:
    assert routes() == set(EXPECTED)


def refusal(who: str, expected: Expected) -> int | None:
    """The status with which somebody is turned away; None for those who may."""
    scope = Scope.ROYALTIES_WRITE if expected.may in WRITING else Scope.ROYALTIES_READ
    if who == "visitor":
        return 401
    if who.startswith("token"):  # a curator's
        if who != f"token {scope}":
            return 403
        who = "curator"
    if expected.may in (May.LOOK, May.DO):
        return None if who in CURATORS else 403
    if expected.may is May.OWN:
        return 404 if who == "member" else None
    if expected.may is May.MINE and who != "payee":
        return expected.others[who in CURATORS]
    return None


@pytest.fixture
def scene(
    redis_client: Any,
    cosigner: str,
    client_of: Callable[[Actor], TestClient],
    token_of: Callable[..., TestClient],
    make_actor: Callable[..., Actor],
    mara: Actor,
    teo: Actor,
    curator: Actor,
) -> Scene:
    visitor = client_of(teo)
    visitor.cookies.clear()
    scopes = (Scope.STUDIO, Scope.ROYALTIES_READ, Scope.ROYALTIES_WRITE)
    clients = {
        "visitor": visitor,
        "payee": client_of(mara),
        "member": client_of(teo),
        "curator": client_of(curator),
        "admin": client_of(make_actor("Ada", Role.ADMIN)),
        **{f"token {scope}": token_of(curator, scope) for scope in scopes},
    }
    return Scene(make_things(curator, mara), clients)


def make_things(curator: Actor, mara: Actor) -> dict[str, str]:
    """A closed cycle with something of each kind that is Mara's; ids by their name in the paths."""
    song = make_song(curator, ann_ppm=500_000, bob_ppm=300_000)
    link(song.ann, mara)
    (first, _) = report(curator, usage("one", amount="100"), usage("two", isrc=UNKNOWN_ISRC))
    close_cycle(curator, cycle_id=first.event.cycle_id, early=True)
    claimed = ClaimRequest(
        work_id=song.work.id, contributor_id=song.ann.id, share_ppm=1000, role="composer", reason="Mine."
    )
    with unit_of_work() as uow:
        statement = uow.session.exec(select(Statement).where(Statement.contributor_id == song.ann.id)).one()
        lines = select(StatementLine.id).where(StatementLine.statement_id == statement.id)
        line_id = uow.session.exec(lines).one()
        request = ProposeRequest(contributor_id=song.ann.id)
        (payout,) = payouts.propose_payouts(uow, curator, request=request).payouts
        reported_id = uow.session.exec(select(UnmatchedUsage.id)).one()
        claim = claims.claim_share(uow, mara, request=claimed).claim
        dispute = disputes.open_dispute(uow, mara, line_id=line_id, reason="Wrong.").dispute
    ids = {
        "work_id": song.work.id,
        "contributor_id": song.ann.id,
        "cycle_id": first.event.cycle_id,
        "statement_id": statement.id,
        "line_id": line_id,
        "payout_id": payout.id,
        "reported_id": reported_id,
        "claim_id": claim.id,
        "dispute_id": dispute.id,
    }
    return {name: str(value) for name, value in ids.items()}


def test_each_route_refuses_and_admits_whom_it_should(scene: Scene, mara: Actor) -> None:
    wrong, unheard = [], set()
    # What is withdrawn goes first: what was held back is paid then, and the rest has nothing to decide.
    for route, expected in sorted(EXPECTED.items(), key=lambda one: _turn(one[0])):
        for who in scene.clients:
            status = refusal(who, expected)
            if status is not None and (got := scene.ask(who, route, expected).status_code) != status:  # type: ignore[arg-type]
                wrong.append((route, who, got, status))
        who = "payee" if expected.may is May.MINE else "curator"
        before = told(CHANNEL)
        answer = scene.ask(who, route, expected)  # type: ignore[arg-type]
        if expected.may in WRITING and answer.is_success and told(CHANNEL) == before:
            unheard.add(route)
        if answer.status_code != expected.answer:
            wrong.append((route, who, answer.status_code, expected.answer))
    assert wrong == []
    assert unheard == {"POST /api/matching/works/{work_id}/release"}  # a booking: the ledger tells of it
    assert told(channel_of(mara.user_id)) >= 4  # proposed; paid; claim and dispute taken back


def told(channel: str) -> int:
    """How often a channel was told of changes."""
    with read_session() as session:
        return session.exec(select(func.count()).where(col(OutboxMessage.topic) == channel)).one()


def _turn(route: str) -> int:
    if route.startswith("GET"):
        return 0
    return 2 if route.endswith("/withdraw") else 3 if "{" in route else 1
