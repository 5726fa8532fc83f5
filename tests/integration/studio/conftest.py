"""People, sound files and a client for the studio's tests; jobs run for real, in the test's own process."""

from __future__ import annotations

import importlib
import io
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlmodel import col, select

from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth.authentication import cookie_name
from omnisonic.platform.auth.browser_sessions import open_session
from omnisonic.platform.auth.models import User
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.models import OutboxMessage
from tests.rest import rest_api


@dataclass(frozen=True)
class Person:
    """Someone with an account and a signed-in client."""

    actor: Actor
    client: TestClient

    def get(self, path: str, **options: Any) -> Response:
        return self.client.get(path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Response:
        return (
            self.client.post(path, json=body, **options)
            if body is not None
            else self.client.post(path, **options)
        )

    def patch(self, path: str, body: Any) -> Response:
        return self.client.patch(path, json=body)

    def delete(self, path: str) -> Response:
        return self.client.delete(path)


def sine_wav(
    *,
    seconds: float = 1.0,
    frequency_hz: float = 440.0,
    level: float = 0.25,
    rate_hz: int = 48_000,
    channels: int = 1,
    width: int = 2,
) -> bytes:
    """A WAV file with a sine, the second channel a fifth higher."""
    time_s = np.arange(int(seconds * rate_hz)) / rate_hz
    tones = [np.sin(2 * np.pi * frequency_hz * 1.5**n * time_s) * level for n in range(channels)]
    frames = np.stack(tones, axis=1)
    full_scale = 2 ** (8 * width - 1) - 1
    packed = np.round(frames * full_scale).astype("<i4")
    content = packed.view(np.uint8).reshape(*packed.shape, 4)[:, :, :width].tobytes()
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as target:
        target.setnchannels(channels)
        target.setsampwidth(width)
        target.setframerate(rate_hz)
        target.writeframes(content)
    return buffer.getvalue()


@pytest.fixture
def make_person(db: None, redis_client: Any, storage: Any) -> Iterator[Callable[[str], Person]]:
    """Create an account and a client with its cookie."""
    clients: list[TestClient] = []
    api = rest_api()

    def make(name: str) -> Person:
        with unit_of_work() as uow:
            user = User(email=f"{name.lower()}@example.org", display_name=name, role=Role.MEMBER)
            uow.session.add(user)
            uow.session.flush()
            secret = open_session(uow, user, provider="credentials")
        client = TestClient(api, base_url="http://localhost:3000", cookies={cookie_name(): secret})
        client.headers["Origin"] = "http://localhost:3000"
        clients.append(client)
        actor = Actor(user_id=user.id, display_name=name, email=user.email, role=user.role)
        return Person(actor, client)

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def mara(make_person: Callable[[str], Person]) -> Person:
    """The owner in most tests."""
    return make_person("Mara")


@pytest.fixture
def teo(make_person: Callable[[str], Person]) -> Person:
    """Someone else."""
    return make_person("Teo")


@pytest.fixture
def run_jobs(db: None, redis_client: Any, storage: Any) -> Callable[[], int]:
    """Run every announced job, and those they announce, in order; returns how many ran."""

    def run() -> int:
        ran = 0
        while jobs := _take_announced():
            for job in jobs:
                module, function = job.topic.rsplit(".", 1)
                getattr(importlib.import_module(module), function)(**job.payload["args"])
                ran += 1
        return ran

    return run


def _take_announced() -> list[OutboxMessage]:
    with unit_of_work() as uow:
        rows = list(uow.session.exec(select(OutboxMessage).order_by(col(OutboxMessage.id))))
        for row in rows:
            uow.session.delete(row)
        return [row for row in rows if row.kind == "job"]


def announced_events() -> list[tuple[str, str]]:
    """Channel and type of the events waiting in the outbox."""
    with unit_of_work() as uow:
        rows = uow.session.exec(
            select(OutboxMessage).where(OutboxMessage.kind == "event").order_by(col(OutboxMessage.id))
        )
        return [(row.topic, row.payload["type"]) for row in rows]


def create_session(person: Person, name: str = "Northern Lights") -> dict[str, Any]:
    """A session of this person's."""
    response = person.post("/api/sessions", {"name": name})
    assert response.status_code == 201, response.text
    session: dict[str, Any] = response.json()["session"]
    return session


def upload(
    person: Person, session_id: str | None, content: bytes, name: str = "take.wav", **headers: str
) -> Response:
    """Send a file in one piece."""
    fields = {"sessionId": session_id} if session_id else {}
    return person.client.post("/api/upload", data=fields, files={"file": (name, content)}, headers=headers)


@pytest.fixture
def add_take(run_jobs: Callable[[], int]) -> Callable[..., dict[str, Any]]:
    """Upload a take, put it on a track and make it ready; returns the track."""

    def add(person: Person, session_id: str, content: bytes | None = None, **fields: Any) -> dict[str, Any]:
        response = upload(person, session_id, content or sine_wav())
        assert response.status_code == 201, response.text
        body = {"uploadId": response.json()["upload"]["id"], **fields}
        created = person.post(f"/api/sessions/{session_id}/tracks", body)
        assert created.status_code == 201, created.text
        run_jobs()
        track: dict[str, Any] = created.json()["track"]
        return track

    return add


def invite(owner: Person, guest: Person, session_id: str, role: str = "editor") -> None:
    """Make `guest` a member by invitation."""
    link = owner.post(f"/api/sessions/{session_id}/invites", {"role": role}).json()["invite"]["url"]
    accepted = guest.post("/api/invites/accept", {"secret": link.rsplit("/", 1)[1]})
    assert accepted.status_code == 200, accepted.text


def uuid_of(value: str) -> UUID:
    """The id as the services take it."""
    return UUID(value)
