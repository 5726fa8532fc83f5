"""Who gets into a room: origins, tickets, memberships."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from omnisonic.platform.db import unit_of_work
from omnisonic.platform.ids import new_id
from omnisonic.studio.rooms.tickets import gateway_url
from tests.integration.studio.conftest import Person, create_session, invite
from tests.integration.studio.rooms.conftest import RunningGateway, relay_outbox, ticket_of


def test_a_member_with_a_ticket_gets_the_snapshot(
    gateway: RunningGateway, mara: Person, session_id: str
) -> None:
    client = gateway.join(mara, session_id)
    assert client.snapshot["data"]["seq"] == 0
    assert client.snapshot["epoch"]
    (member,) = client.snapshot["data"]["members"]
    assert (member["memberId"], member["displayName"]) == (str(mara.actor.user_id), "Mara")
    assert set(member) == {"memberId", "displayName", "status", "joinedAt", "lastSeenAt"}


def test_the_room_may_be_left_out_of_the_address(
    gateway: RunningGateway, mara: Person, session_id: str
) -> None:
    client = gateway.dial(ticket=ticket_of(mara, session_id))
    assert client.next("room.snapshot")["data"]["members"]


def test_a_foreign_origin_is_refused_before_the_handshake(
    gateway: RunningGateway, mara: Person, session_id: str
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        gateway.dial(ticket=ticket_of(mara, session_id), roomId=session_id, origin="https://evil.example")
    assert refused.value.response.status_code == 403


def test_programs_without_an_origin_come_in_with_a_ticket(
    gateway: RunningGateway, mara: Person, session_id: str
) -> None:
    assert gateway.join(mara, session_id, origin=None).snapshot


def test_no_ticket_is_4401(gateway: RunningGateway, session_id: str) -> None:
    assert gateway.dial(roomId=session_id, memberId="me").close_code() == 4401


@pytest.mark.parametrize("ticket", ["", "unknown", "x" * 5000])
def test_an_unknown_ticket_is_4401(gateway: RunningGateway, session_id: str, ticket: str) -> None:
    assert gateway.dial(ticket=ticket, roomId=session_id).close_code() == 4401


def test_a_ticket_works_once(gateway: RunningGateway, mara: Person, session_id: str) -> None:
    ticket = ticket_of(mara, session_id)
    gateway.dial(ticket=ticket, roomId=session_id).next("room.snapshot")
    assert gateway.dial(ticket=ticket, roomId=session_id).close_code() == 4401


def test_an_expired_ticket_is_4401(
    gateway: RunningGateway, mara: Person, session_id: str, redis_client: Any
) -> None:
    ticket = ticket_of(mara, session_id)
    (key,) = redis_client.keys("ticket:*")
    assert 55 < redis_client.ttl(key) <= 60
    redis_client.pexpire(key, 0)
    assert gateway.dial(ticket=ticket, roomId=session_id).close_code() == 4401


def test_the_secret_itself_is_not_in_redis(mara: Person, session_id: str, redis_client: Any) -> None:
    ticket = ticket_of(mara, session_id)
    assert not [key for key in redis_client.keys("*") if ticket in key]


def test_a_ticket_opens_no_other_room(gateway: RunningGateway, mara: Person, session_id: str) -> None:
    other = create_session(mara, "Another")["id"]
    assert gateway.dial(ticket=ticket_of(mara, session_id), roomId=other).close_code() == 4403


@pytest.mark.parametrize("room_id", ["nonsense", "", "00000000-0000-7000-8000-000000000000"])
def test_a_room_that_is_not_there_is_4403(
    gateway: RunningGateway, mara: Person, session_id: str, room_id: str
) -> None:
    client = gateway.dial(ticket=ticket_of(mara, session_id), roomId=room_id or "-")
    assert client.close_code() == 4403


def test_who_is_removed_before_dialing_is_4403(
    gateway: RunningGateway, mara: Person, teo: Person, session_id: str
) -> None:
    invite(mara, teo, session_id)
    ticket = ticket_of(teo, session_id)
    mara.delete(f"/api/sessions/{session_id}/members/{teo.actor.user_id}")
    assert gateway.dial(ticket=ticket, roomId=session_id).close_code() == 4403


def test_who_is_removed_while_connected_is_closed_and_gone(
    gateway: RunningGateway, mara: Person, teo: Person, session_id: str
) -> None:
    invite(mara, teo, session_id)
    relay_outbox()
    owner, guest = gateway.join(mara, session_id), gateway.join(teo, session_id)
    mara.delete(f"/api/sessions/{session_id}/members/{teo.actor.user_id}")
    relay_outbox()
    assert guest.close_code() == 4403
    assert owner.next("presence.leave")["data"]["memberId"] == str(teo.actor.user_id)


def test_signing_out_closes_the_sockets_of_that_browser(
    gateway: RunningGateway, mara: Person, teo: Person, session_id: str
) -> None:
    invite(mara, teo, session_id)
    ticket = ticket_of(teo, session_id)
    owner, guest = gateway.join(mara, session_id), gateway.join(teo, session_id)
    assert teo.post("/api/auth/signout").status_code == 200
    relay_outbox()
    assert guest.close_code() == 4401
    assert gateway.dial(ticket=ticket, roomId=session_id).close_code() == 4401
    owner.send("ping", t=1)
    assert owner.next("pong")["data"]["t"] == 1


def test_a_sign_out_whose_event_was_lost_is_found_by_the_recheck(
    start_gateway: Callable[..., RunningGateway], mara: Person, session_id: str
) -> None:
    client = start_gateway(recheck_s=0.1).join(mara, session_id)
    mara.post("/api/auth/signout")
    assert client.close_code() == 4401


def test_a_removal_whose_event_was_lost_is_found_by_the_recheck(
    start_gateway: Callable[..., RunningGateway], mara: Person, teo: Person, session_id: str
) -> None:
    gateway = start_gateway(recheck_s=0.1)
    invite(mara, teo, session_id)
    owner, guest = gateway.join(mara, session_id), gateway.join(teo, session_id)
    mara.delete(f"/api/sessions/{session_id}/members/{teo.actor.user_id}")
    assert guest.close_code() == 4403
    assert owner.until_pong() is not None


def test_a_disabled_account_is_closed(
    start_gateway: Callable[..., RunningGateway], mara: Person, session_id: str
) -> None:
    from omnisonic.platform.auth.models import User
    from omnisonic.platform.ids import utc_now

    gateway = start_gateway(recheck_s=0.1)
    client = gateway.join(mara, session_id)
    with unit_of_work() as uow:
        user = uow.session.get(User, mara.actor.user_id)
        assert user is not None
        user.disabled_at = utc_now()
    assert client.close_code() == 4403


def test_a_removed_session_closes_its_room(gateway: RunningGateway, mara: Person, session_id: str) -> None:
    client = gateway.join(mara, session_id)
    mara.delete(f"/api/sessions/{session_id}")
    relay_outbox()
    assert client.close_code() == 4403


def test_guests_are_refused_unless_allowed(gateway: RunningGateway, session_id: str) -> None:
    assert gateway.dial(roomId=session_id, memberId="g", displayName="Gil").close_code() == 4401


def test_allowed_guests_see_presence_and_nothing_else(
    start_gateway: Callable[..., RunningGateway], mara: Person, session_id: str
) -> None:
    gateway = start_gateway(allow_guests=True)
    member = gateway.join(mara, session_id)
    guest = gateway.dial(roomId=session_id, memberId=str(mara.actor.user_id), displayName="Gil\u202e")
    assert len(guest.next("room.snapshot")["data"]["members"]) == 2
    joined = member.next("presence.join")["data"]
    assert joined["displayName"] == "Gil"
    assert joined["memberId"] != str(mara.actor.user_id)
    member.send("relay", payload=1)
    member.send("cursor", x=1)
    member.until_pong()
    guest.send("relay", payload=2)
    assert [frame["type"] for frame in guest.until_pong()] == ["error"]
    assert member.until_pong() == []


def test_a_guest_needs_an_origin_and_a_room(
    start_gateway: Callable[..., RunningGateway], session_id: str
) -> None:
    gateway = start_gateway(allow_guests=True)
    assert gateway.dial(roomId=session_id, memberId="g", origin=None).close_code() == 4401
    assert gateway.dial(roomId=str(new_id()), memberId="g").close_code() == 4403


def test_health_answers_over_http(gateway: RunningGateway) -> None:
    for path in ("/healthz", "/health/live", "/health/ready"):
        answer = httpx.get(f"http://127.0.0.1:{gateway.port}{path}", trust_env=False)
        assert (answer.status_code, answer.json()["ok"]) == (200, True)


def test_the_address_of_the_gateway_follows_the_page(configure: Callable[..., Any]) -> None:
    configure(GATEWAY_PORT=8123)
    assert gateway_url("http://127.0.0.1:3000") == "ws://127.0.0.1:8123/"
    assert gateway_url("https://studio.example") == "wss://studio.example:8123/"
    assert gateway_url("http://[::1]:3000") == "ws://[::1]:8123/"
    configure(GATEWAY_PUBLIC_URL="https://studio.example/gateway")
    assert gateway_url("http://localhost:3000") == "wss://studio.example/gateway"


def test_one_member_does_not_open_sockets_without_end(
    gateway: RunningGateway, mara: Person, session_id: str
) -> None:
    tabs = [gateway.join(mara, session_id) for _ in range(20)]
    assert gateway.dial(ticket=ticket_of(mara, session_id)).close_code() == 4429
    tabs[0].close(4001)
    while "room.snapshot" not in _first_types(gateway, mara, session_id):
        continue
    assert tabs[1].until_pong() == []


def _first_types(gateway: RunningGateway, person: Person, session_id: str) -> list[str]:
    client = gateway.dial(ticket=ticket_of(person, session_id))
    try:
        return [frame["type"] for frame in client.until_pong()]
    except ConnectionClosed:
        return []
