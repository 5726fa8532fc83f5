"""People and short ways to make catalog entries."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlmodel import col, select

from omnisonic.core.catalog import contributions, contributors, recordings, works
from omnisonic.core.catalog.models import Contribution, Contributor, Provenance, Recording, Work
from omnisonic.core.catalog.schemas import ContributionDraft, ContributorDraft, RecordingDraft
from omnisonic.core.ledger.cosigner import make_cosigner, make_server
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth.authentication import cookie_name
from omnisonic.platform.auth.browser_sessions import open_session
from omnisonic.platform.auth.models import User
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.models import OutboxMessage
from tests.rest import rest_api

ISWC, OTHER_ISWC = "T-034.524.680-1", "T-000.000.001-0"
ISRC, OTHER_ISRC = "GB-AYC-17-00598", "US-WB1-17-00001"
IPI, OTHER_IPI = "00014107338", "00284373936"
ISNI = "0000 0001 2146 438X"


@pytest.fixture
def make_actor(db: None) -> Callable[..., Actor]:
    """Make an account and who acts for it."""

    def make(name: str, role: Role = Role.MEMBER) -> Actor:
        with unit_of_work() as uow:
            user = User(email=f"{name.lower()}@example.org", display_name=name, role=role)
            uow.session.add(user)
        return Actor(user_id=user.id, display_name=name, email=user.email, role=role)

    return make


@pytest.fixture
def mara(make_actor: Callable[..., Actor]) -> Actor:
    """A member; the owner in most tests."""
    return make_actor("Mara")


@pytest.fixture
def teo(make_actor: Callable[..., Actor]) -> Actor:
    """Another member."""
    return make_actor("Teo")


@pytest.fixture
def curator(make_actor: Callable[..., Actor]) -> Actor:
    """Someone who may change everything."""
    return make_actor("Cleo", Role.CURATOR)


def make_work(actor: Actor, title: str = "Northern Lights", **fields: Any) -> Work:
    """A work of this person's."""
    with unit_of_work() as uow:
        return works.create_work(uow, actor, title=title, **fields)


def make_recording(
    actor: Actor, title: str = "Northern Lights", artist: str = "Mara", **fields: Any
) -> Recording:
    """A recording of this person's."""
    with unit_of_work() as uow:
        draft = RecordingDraft(title=title, primary_artist=artist, **fields)
        return recordings.upsert_recording(uow, actor, draft=draft)


def make_contributor(actor: Actor, name: str = "Mara Lind", **fields: Any) -> Contributor:
    """A contributor of this person's."""
    with unit_of_work() as uow:
        return contributors.upsert_contributor(uow, actor, draft=ContributorDraft(name=name, **fields))


def share(contributor: Contributor, ppm: int, role: str = "composer", **fields: Any) -> ContributionDraft:
    """One share."""
    return ContributionDraft(contributor_id=contributor.id, role=role, share_ppm=ppm, **fields)


def set_shares(actor: Actor, work: Work, *drafts: ContributionDraft) -> Work:
    """Make these the shares of the work."""
    with unit_of_work() as uow:
        return contributions.set_contributions(uow, actor, work_id=work.id, contributions=drafts)


def link(contributor: Contributor, actor: Actor) -> None:
    """Make the account the contributor's."""
    with unit_of_work() as uow:
        uow.session.get_one(Contributor, contributor.id).user_id = actor.user_id


def versions_of(work: Work) -> list[Contribution]:
    """Every version of every share, by start."""
    with read_session() as session:
        statement = select(Contribution).where(Contribution.work_id == work.id)
        return list(session.exec(statement.order_by(col(Contribution.valid_from), col(Contribution.id))))


def history_of(entity_id: UUID) -> list[Provenance]:
    """What happened to an entry, oldest first."""
    with read_session() as session:
        statement = select(Provenance).where(Provenance.entity_id == entity_id)
        return list(session.exec(statement.order_by(col(Provenance.seq))))


def announced() -> list[tuple[str, str, Any]]:
    """Channel, type and data of the events waiting in the outbox."""
    with read_session() as session:
        rows = session.exec(
            select(OutboxMessage).where(OutboxMessage.kind == "event").order_by(col(OutboxMessage.id))
        )
        return [(row.topic, row.payload["type"], row.payload["data"]) for row in rows]


@pytest.fixture
def client_of(db: None, redis_client: Any) -> Iterator[Callable[[Actor], TestClient]]:
    """A browser signed in as someone."""
    clients: list[TestClient] = []

    def sign_in(actor: Actor) -> TestClient:
        with unit_of_work() as uow:
            user = uow.session.get_one(User, actor.user_id)
            secret = open_session(uow, user, provider="credentials")
        client = TestClient(rest_api(), base_url="http://localhost:3000", cookies={cookie_name(): secret})
        client.headers["Origin"] = "http://localhost:3000"
        clients.append(client)
        return client

    yield sign_in
    for client in clients:
        client.close()


@pytest.fixture
def cosigner(db: None, storage: Any, configure: Callable[..., Any], tmp_path: Path) -> Iterator[str]:
    """A cosigner of its own on a free port, in the settings; gives its address."""
    configure(
        STORAGE_TYPE="local", STORAGE_LOCAL_DIR=tmp_path / "storage", OMNISONIC_DATA_DIR=tmp_path / "data"
    )
    server = make_server(make_cosigner(), host="127.0.0.1", port=0)
    url = f"http://127.0.0.1:{server.server_address[1]}"
    configure(COSIGNER_URL=url)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield url
    server.shutdown()
    server.server_close()
