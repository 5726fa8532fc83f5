"""`rooms`: 50 people pointing at once, in one process and across two; then 2 000 sockets in 40 rooms."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from statistics import median, quantiles
from uuid import UUID

from bench.report import Figure
from bench.room_clients import count_messages, measure_fanout
from bench.servers import own_servers, running
from omnisonic.platform.actor import Actor
from omnisonic.platform.auth.models import User
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.embedded.ports import LOOPBACK, free_port
from omnisonic.studio.rooms.tickets import issue_ticket
from omnisonic.studio.sessions.models import MemberRole, SessionMember, StudioSession

MEMBERS = 50
ROOMS = 40
RELAY = json.dumps({"type": "relay", "data": {"payload": {"text": "bench-payload"}, "echo": True}})
SNAPSHOT = "room.snapshot"
_COUNTING_PROCESSES = 2


def run(quick: bool) -> list[Figure]:
    """Delays first, then the rate against the peer, alternating."""
    duration_s, rounds = (5.0, 1) if quick else (10.0, 3)
    with own_servers():
        actors, rooms = _people_and_rooms()
        with gateway() as port:
            alone = _p95(_fanout(actors, rooms[0], [port], duration_s=duration_s))
            stalled = _p95(_fanout(actors, rooms[1], [port], duration_s=duration_s, is_stalled=True))
        with gateway() as first, gateway() as second:
            delays = _fanout(actors, rooms[2], [first, second], duration_s=duration_s)
            across = _p95(delays, only_across=True)
        ours, theirs = _rates(actors, rooms, duration_s=duration_s / 2, rounds=rounds)
    return [
        Figure("rooms", "fanout_p95_ms", "-", alone, None, "ms", False),
        Figure("rooms", "cross_process_p95_ms", "-", across, None, "ms", False),
        Figure("rooms", "stalled_reader_p95", "healthy", stalled, alone, "ms", False),
        Figure("rooms", "messages_per_s", "websockets_broadcast", ours, theirs, "1/s", True),
    ]


@contextmanager
def gateway() -> Iterator[int]:
    """One gateway process; gives its port."""
    port = free_port()
    with running("-m", "omnisonic", "gateway", port=port, GATEWAY_PORT=str(port)):
        yield port


@contextmanager
def _peer() -> Iterator[int]:
    port = free_port()
    with running("-m", "bench.peers.websockets_broadcast", str(port), port=port):
        yield port


def _people_and_rooms() -> tuple[list[Actor], list[UUID]]:
    with unit_of_work() as uow:
        users = [User(email=f"member-{n}@example.org", display_name=f"Member {n}") for n in range(MEMBERS)]
        uow.session.add_all(users)
        uow.session.flush()
        rooms = [StudioSession(user_id=users[0].id, name=f"Room {n}") for n in range(ROOMS)]
        uow.session.add_all(rooms)
        uow.session.flush()
        uow.session.add_all(
            SessionMember(session_id=room.id, user_id=user.id, role=MemberRole.EDITOR)
            for room in rooms
            for user in users
        )
        actors = [Actor(user_id=user.id, display_name=user.display_name, email=user.email) for user in users]
        return actors, [room.id for room in rooms]


def _urls(actors: Sequence[Actor], room: UUID, port: int) -> list[str]:
    """A dial for each; the tickets last a minute."""
    tickets = [issue_ticket(one, session_id=room, page_url="http://localhost/").ticket for one in actors]
    return [f"ws://{LOOPBACK}:{port}/?ticket={ticket}&roomId={room}" for ticket in tickets]


def _fanout(
    actors: Sequence[Actor],
    room: UUID,
    ports: Sequence[int],
    *,
    duration_s: float,
    is_stalled: bool = False,
) -> list[tuple[int, int, float]]:
    """Delays as (sender's side, receiver's side, ms); each side is a process with its share of members."""
    share = len(actors) // len(ports)
    with multiprocessing.get_context("spawn").Pool(len(ports)) as pool:
        runs = [
            pool.apply_async(
                measure_fanout,
                (_urls(actors[side * share : (side + 1) * share], room, port),),
                {"side": side, "duration_s": duration_s, "is_stalled": is_stalled},
            )
            for side, port in enumerate(ports)
        ]
        return [(sent_by, side, delay_ms) for side, one in enumerate(runs) for sent_by, delay_ms in one.get()]


def _p95(delays: Sequence[tuple[int, int, float]], *, only_across: bool = False) -> float:
    chosen = [delay_ms for sent_by, side, delay_ms in delays if not only_across or sent_by != side]
    return quantiles(chosen, n=20)[-1]


def _rates(
    actors: Sequence[Actor], rooms: Sequence[UUID], *, duration_s: float, rounds: int
) -> tuple[float, float]:
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(rounds):
        with gateway() as port:
            ours.append(_rate([_urls(actors, room, port) for room in rooms], duration_s, welcome=SNAPSHOT))
        with _peer() as port:
            urls = [[f"ws://{LOOPBACK}:{port}/{room}"] * len(actors) for room in rooms]
            theirs.append(_rate(urls, duration_s, welcome=""))
    return median(ours), median(theirs)


def _rate(rooms: Sequence[list[str]], duration_s: float, *, welcome: str) -> float:
    """Messages that arrived per second, counted by processes that share the rooms."""
    with multiprocessing.get_context("spawn").Pool(_COUNTING_PROCESSES) as pool:
        runs = [
            pool.apply_async(
                count_messages,
                (rooms[n::_COUNTING_PROCESSES],),
                {"duration_s": duration_s, "frame": RELAY, "welcome": welcome},
            )
            for n in range(_COUNTING_PROCESSES)
        ]
        return sum(one.get() for one in runs)
