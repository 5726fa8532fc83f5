"""Who may do what in Insight, for every route: visitors, tokens, members, analysts, admins, strangers."""

from __future__ import annotations

from sqlmodel import select

from omnisonic.insight.alerts.models import AlertRule
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session
from tests.integration.insight.alerts.conftest import make_rule
from tests.integration.insight.routes import (
    ALERTS,
    EXPECTED,
    FOR_ANALYSTS,
    SCOPE,
    Expected,
    May,
    Scene,
    routes,
    scene,
    token_of,
)

__all__ = ["scene", "token_of"]


def test_every_route_says_who_may() -> None:
    assert routes() == set(EXPECTED)


def refusal(who: str, expected: Expected) -> int | None:
    """The status with which somebody is turned away; None for those who may."""
    if expected.may is May.ALL:
        return None
    if who == "visitor":
        return 401
    if who.startswith("token ") and who != f"token {SCOPE[expected.may]}":
        return 403
    if expected.may in FOR_ANALYSTS and who in {"owner", "member", "curator"}:
        return 403
    return 404 if expected.owner_only and who != "owner" else None


def test_each_route_refuses_and_admits_whom_it_should(scene: Scene) -> None:
    wrong = []
    # What removes goes last, so that there is something to refuse before.
    for route, expected in sorted(EXPECTED.items(), key=lambda one: one[0].startswith("DELETE")):
        admitted = [who for who in scene.clients if refusal(who, expected) is None]
        for who in scene.clients:
            status = refusal(who, expected)
            if status is not None and (got := scene.ask(who, route, expected).status_code) != status:
                wrong.append((route, who, got, status))
        who = "owner" if "owner" in admitted else "analyst"
        answer = scene.ask(who, route, expected)
        if answer.status_code != expected.answer:
            wrong.append((route, who, answer.status_code, answer.text))
    assert wrong == []


def test_ids_of_others_are_unknown_in_bodies_and_filters(scene: Scene, teo: Actor) -> None:
    client, ids = scene.clients["member"], scene.ids
    rules = f"{ALERTS}/rules"
    theirs = make_rule(teo)
    stolen = [ids["channel_id"]]
    asked = [
        client.post(rules, json={"name": "x", "kind": "spike", "channelIds": stolen}),
        client.patch(f"{rules}/{theirs.id}", json={"version": 1, "channelIds": stolen}),
        client.post(f"{ALERTS}/templates/preview", json={"ruleId": ids["rule_id"]}),
    ]
    assert [answer.status_code for answer in asked] == [404] * 3
    with read_session() as session:
        assert len(session.exec(select(AlertRule)).all()) == 2
    for name, filtered in (("events", f"ruleId={ids['rule_id']}"), ("deliveries", f"channelId={stolen[0]}")):
        assert client.get(f"{ALERTS}/{name}?{filtered}").json()[name] == []
        assert len(scene.clients["owner"].get(f"{ALERTS}/{name}?{filtered}").json()[name]) == 1
