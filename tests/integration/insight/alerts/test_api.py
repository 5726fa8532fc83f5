"""Rules, channels and history over REST: answers, refusals, and nothing of anybody else's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from omnisonic.insight.alerts import channel_actions, channels, rules
from omnisonic.insight.alerts.models import AlertChannel, AlertEntityState, AlertState, ChannelType
from omnisonic.insight.alerts.retention import remove_old_history
from omnisonic.insight.news import EntityType
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.errors import InvalidFields, VersionConflict
from omnisonic.platform.ids import new_id, utc_now
from omnisonic.platform.settings import Settings

from .conftest import Receiver, artist, fire_now, make_channel, make_rule, run_jobs

SignIn = Callable[[Actor], TestClient]
CHANNELS, RULES = "/api/alerts/channels", "/api/alerts/rules"


def hook(receiver: Receiver, **fields: Any) -> dict[str, Any]:
    return {"name": "Hook", "type": "webhook", "config": {"url": receiver.url}, **fields}


def test_channel_from_making_to_removal(mara: Actor, receiver: Receiver, client_of: SignIn) -> None:
    client = client_of(mara)
    key = {"Idempotency-Key": "one"}
    made = client.post(CHANNELS, json=hook(receiver), headers=key)
    assert made.status_code == 201, made.text
    secret, channel = made.json()["secret"], made.json()["channel"]
    assert secret.startswith("whsec_")
    again = client.post(CHANNELS, json=hook(receiver), headers=key).json()
    assert (again["channel"]["id"], again["secret"]) == (channel["id"], None)
    path = f"{CHANNELS}/{channel['id']}"
    for answer in (client.get(path), client.get(CHANNELS)):
        assert secret not in answer.text
        assert receiver.url not in answer.text
    assert channel["target"] == f"http://{receiver.host}/…mara"
    with read_session() as session:
        stored = session.exec(select(AlertChannel.config)).one()
    assert receiver.url.encode() not in stored

    tested = client.post(f"{path}/test")
    assert (tested.status_code, tested.json()["delivery"]["status"]) == (202, "pending")
    run_jobs()
    assert receiver.bodies[0]["type"] == "test"
    rotated = client.post(f"{path}/rotate-secret").json()
    assert rotated["secret"] != secret
    patch = {"version": 2, "name": "Hooked", "enabled": False, "filters": {"entityTypes": ["work"]}}
    changed = client.patch(path, json=patch).json()["channel"]
    assert (changed["name"], changed["enabled"], changed["version"]) == ("Hooked", False, 3)
    assert changed["filters"]["entityTypes"] == ["work"]
    stale = client.patch(path, json=patch)
    assert (stale.status_code, stale.json()["current"]["name"]) == (409, "Hooked")
    assert client.post(f"{path}/test").status_code == 409
    assert client.delete(path).json() == {"ok": True}
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        ("webhook", {}),
        ("webhook", {"url": "http://example.org/hook"}),
        ("webhook", {"url": "https://10.0.0.1/hook"}),
        ("webhook", {"url": "https://[::1]/hook"}),
        ("webhook", {"url": "https://user:pass@example.org/hook"}),
        ("webhook", {"url": "file:///etc/passwd"}),
        ("slack", {"url": "https://hooks.slack.com.example.org/services/1"}),
        ("slack", {"url": "https://hooks.slack.com"}),
        ("email", {"address": "nobody"}),
        ("email", {"url": "https://example.org"}),
    ],
)
def test_targets_that_are_refused(
    kind: str, config: dict[str, str], mara: Actor, client_of: SignIn, redis_client: Any
) -> None:
    answer = client_of(mara).post(CHANNELS, json={"name": "x", "type": kind, "config": config})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"].startswith("config.")


def test_rule_from_making_to_removal(mara: Actor, receiver: Receiver, client_of: SignIn) -> None:
    client = client_of(mara)
    channel = make_channel(mara, ChannelType.WEBHOOK, url=receiver.url)
    body = {
        "name": "Mine",
        "kind": "threshold",
        "scope": {"rightHolder": {"contributorId": str(new_id()), "minSharePpm": 250_000}},
        "channelIds": [str(channel.id)],
        "template": "{{ entity.name }}: {{ value }}",
    }
    made = client.post(RULES, json=body)
    assert made.status_code == 201, made.text
    rule = made.json()["rule"]
    assert (rule["channelIds"], rule["minConfidence"]) == ([str(channel.id)], 0.9)
    assert rule["scope"]["rightHolder"]["minSharePpm"] == 250_000
    path = f"{RULES}/{rule['id']}"
    assert [one["id"] for one in client.get(RULES).json()["rules"]] == [rule["id"]]
    with unit_of_work() as uow:
        uow.session.add(
            AlertEntityState(
                rule_id=rule["id"], entity_type=EntityType.WORK, entity_id=new_id(), state=AlertState.FIRING
            )
        )
    renamed = client.patch(path, json={"version": 1, "name": "Renamed", "channelIds": []}).json()["rule"]
    assert (renamed["name"], renamed["channelIds"], renamed["version"]) == ("Renamed", [], 2)
    with read_session() as session:
        assert len(session.exec(select(AlertEntityState)).all()) == 1
    client.patch(path, json={"version": 2, "threshold": 9, "template": ""})
    with read_session() as session:  # it asks for something else: states start anew
        assert session.exec(select(AlertEntityState)).all() == []
    assert client.get(path).json()["rule"]["template"] is None
    assert client.patch(path, json={"version": 2, "threshold": 9}).status_code == 409

    until = (utc_now() + timedelta(hours=1)).isoformat()
    snoozed = client.post(f"{path}/snooze", json={"until": until, "reason": "Tour"}).json()["rule"]
    assert snoozed["snoozeReason"] == "Tour"
    late = (utc_now() + timedelta(days=400)).isoformat()
    assert client.post(f"{path}/snooze", json={"until": late}).status_code == 422
    woken = client.post(f"{path}/snooze", json={"until": None}).json()["rule"]
    assert woken["snoozedUntil"] is None
    assert client.delete(path).json() == {"ok": True}
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"template": "{% for a in article %}{{ a }}{% endfor %}"},
        {"template": "{{ nobody }}"},
        {"threshold": 0},
        {"windowMinutes": 100_000},
        {"scope": {"followed": True, "entityIds": [str(new_id())]}},
        {"minConfidence": 1.5},
        {"surprise": 1},
    ],
)
def test_rules_that_are_refused(fields: dict[str, Any], mara: Actor, client_of: SignIn) -> None:
    answer = client_of(mara).post(RULES, json={"name": "x", "kind": "spike", **fields})
    assert answer.status_code == 422, answer.text


def test_history_and_sending_again(mara: Actor, receiver: Receiver, client_of: SignIn) -> None:
    client = client_of(mara)
    rule = make_rule(mara, make_channel(mara, ChannelType.WEBHOOK, url=receiver.url))
    event = fire_now(rule, artist())
    fire_now(rule, artist("Teo"))
    (path,) = {
        f"/api/alerts/deliveries/{one['id']}"
        for one in client.get(f"/api/alerts/events/{event.id}").json()["deliveries"]
    }
    assert client.post(f"{path}/resend").status_code == 409  # still on its way
    run_jobs()
    listed = client.get("/api/alerts/events", params={"ruleId": str(rule.id)}).json()["events"]
    assert [one["entityName"] for one in listed] == ["Teo", "Mara Lind"]
    assert listed[0]["deliveries"][0]["status"] == "delivered"
    assert listed[0]["facts"]["articles"][0]["source"] == "example.org"
    assert client.post(f"{path}/resend").status_code == 202
    run_jobs()
    assert len(receiver.requests) == 3
    assert len(set(receiver.ids)) == 2  # the same id again
    tries = client.get(path).json()["tries"]
    assert [(one["number"], one["statusCode"], one["response"]) for one in tries] == [
        (1, 200, "ok"),
        (2, 200, "ok"),
    ]
    assert len(client.get("/api/alerts/deliveries").json()["deliveries"]) == 2


def test_nothing_of_anybody_else(
    mara: Actor, teo: Actor, receiver: Receiver, client_of: SignIn, make_actor: Callable[..., Actor]
) -> None:
    channel = make_channel(mara, ChannelType.WEBHOOK, url=receiver.url)
    rule = make_rule(mara, channel)
    event = fire_now(rule, artist())
    client = client_of(teo)
    delivery = client_of(mara).get("/api/alerts/deliveries").json()["deliveries"][0]["id"]
    future = (utc_now() + timedelta(hours=1)).isoformat()
    asked = [
        client.get(f"{CHANNELS}/{channel.id}"),
        client.patch(f"{CHANNELS}/{channel.id}", json={"version": 1, "name": "Mine"}),
        client.delete(f"{CHANNELS}/{channel.id}"),
        client.post(f"{CHANNELS}/{channel.id}/test"),
        client.post(f"{CHANNELS}/{channel.id}/rotate-secret"),
        client.get(f"{RULES}/{rule.id}"),
        client.patch(f"{RULES}/{rule.id}", json={"version": 1, "name": "Mine"}),
        client.delete(f"{RULES}/{rule.id}"),
        client.post(f"{RULES}/{rule.id}/snooze", json={"until": future}),
        client.post(RULES, json={"name": "x", "kind": "spike", "channelIds": [str(channel.id)]}),
        client.get(f"/api/alerts/events/{event.id}"),
        client.get(f"/api/alerts/deliveries/{delivery}"),
        client.post(f"/api/alerts/deliveries/{delivery}/resend"),
    ]
    assert {answer.status_code for answer in asked} == {404}
    lists = ("channels", "rules", "events", "deliveries")
    assert [client.get(f"/api/alerts/{name}").json()[name] for name in lists] == [[], [], [], []]

    system = hook(receiver, isSystem=True)
    assert client.post(CHANNELS, json=system).status_code == 403
    admin, other = make_actor("Ada", Role.ADMIN), make_actor("Abe", Role.ADMIN)
    assert client_of(admin).post(CHANNELS, json=system).status_code == 201
    assert len(client_of(other).get(CHANNELS).json()["channels"]) == 1


def test_limits_of_an_account(
    mara: Actor, receiver: Receiver, client_of: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "MAX_CHANNELS", 1)
    monkeypatch.setattr(rules, "MAX_RULES", 1)
    client = client_of(mara)
    for path, body in ((CHANNELS, hook(receiver)), (RULES, {"name": "x", "kind": "spike"})):
        assert client.post(path, json=body).status_code == 201
        assert client.post(path, json=body).json()["type"] == "/problems/too-many-of-them"


def test_notification_settings(mara: Actor, client_of: SignIn) -> None:
    client, path = client_of(mara), "/api/alerts/settings"
    assert client.get(path).json()["version"] == 0
    wanted = {"timeZone": "Asia/Kathmandu", "quietFrom": "22:00", "quietUntil": "06:30", "version": 0}
    assert client.put(path, json=wanted).json()["quietFrom"] == "22:00:00"
    assert client.put(path, json=wanted).status_code == 409
    for wrong in ({"timeZone": "Mars/Base"}, {"quietUntil": None}, {"timeZone": "../../etc/passwd"}):
        assert client.put(path, json=wanted | {"version": 1} | wrong).status_code == 422


def test_preview_and_changed_secret(
    mara: Actor, receiver: Receiver, client_of: SignIn, configure: Callable[..., Settings]
) -> None:
    client = client_of(mara)
    shown = client.post("/api/alerts/templates/preview", json={"template": "<b>{{ entity.name }}</b>"}).json()
    assert shown["isExample"] is True
    assert "&lt;b&gt;Mara Lind&lt;/b&gt;" in shown["html"]
    rule = make_rule(mara)
    fire_now(rule, artist("Teo"))
    real = client.post("/api/alerts/templates/preview", json={"ruleId": str(rule.id)}).json()
    assert real["isExample"] is False
    assert real["webhook"]["data"]["entities"][0]["name"] == "Teo"
    channel = make_channel(mara, ChannelType.WEBHOOK, url=receiver.url)
    configure(AUTH_SECRET="another-secret-of-32-characters-or-more")
    with read_session() as session:
        view = channels.view_of(session.get_one(AlertChannel, channel.id))
    assert view.target == "cannot be read: enter it again"


def test_old_history_is_removed(mara: Actor, receiver: Receiver, redis_client: Any) -> None:
    rule = make_rule(mara, make_channel(mara, ChannelType.WEBHOOK, url=receiver.url))
    fire_now(rule, artist())
    run_jobs()
    with unit_of_work() as uow:
        assert remove_old_history(uow, now=utc_now() + timedelta(days=89)) == 0
        assert remove_old_history(uow, now=utc_now() + timedelta(days=91)) == 2


def test_the_page_changes_where_a_channel_goes_and_what_it_takes(mara: Actor, receiver: Receiver) -> None:
    hook = make_channel(mara, ChannelType.WEBHOOK, url=receiver.url)
    (line,) = channel_actions.find_lines(mara)
    form = {"edit_name": "Desk", "edit_limit": "", "edit_target": "", "edit_confidence": "95"}
    takes = {"edit_takes_artist": "on", "edit_takes_work": "on"}
    changed, secret = channel_actions.save(mara, line, form | takes)
    assert (changed.name, changed.target, secret) == ("Desk", line.target, None), "an empty target stays"
    assert changed.filter_words.startswith("Takes messages only about artists and works")
    with pytest.raises(VersionConflict):
        channel_actions.save(mara, line, form | takes)
    with pytest.raises(InvalidFields, match="at least one kind"):
        channel_actions.save(mara, changed, form)
    moved, secret = channel_actions.save(mara, changed, form | takes | {"edit_target": f"{receiver.url}-2"})
    assert (moved.id, moved.target == line.target, bool(secret)) == (str(hook.id), False, True)
    with pytest.raises(InvalidFields):
        channel_actions.save(mara, moved, form | takes | {"edit_target": "http://127.0.0.1/else"})
