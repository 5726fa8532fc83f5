"""The catalog that the graph's benchmarks ask about, written straight into the tables."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import text

from omnisonic.platform.actor import Actor, Scope
from omnisonic.platform.auth.models import User
from omnisonic.platform.auth.tokens import create_token
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.ids import new_id

RECORDINGS_PER_WORK = 5
CREDITS_PER_RECORDING = 2
SPLITS_PER_WORK = 4
CONTRIBUTORS = 200


def make_reader() -> tuple[Actor, str]:
    """An account and its token for reading."""
    with unit_of_work() as uow:
        user = User(email=f"{new_id().hex}@example.org", display_name="Reader")
        uow.session.add(user)
        uow.session.flush()
        actor = Actor(user.id, "Reader", user.email)
        _, secret = create_token(uow, actor, name="bench", scopes={Scope.GRAPH_READ})
    return actor, secret


def make_works(count: int) -> list[UUID]:
    """Works, each with 5 recordings of 2 credits and 4 shares, among 200 contributors."""
    now = datetime.now(UTC)
    people = [new_id() for _ in range(CONTRIBUTORS)]
    works = [new_id() for _ in range(count)]
    recordings = [(new_id(), work) for work in works for _ in range(RECORDINGS_PER_WORK)]
    with unit_of_work() as uow:
        run = uow.session.execute
        common = {"now": now}
        run(
            text(
                "INSERT INTO contributors (id, name, name_key, roles, version, created_at, updated_at) "
                "VALUES (:id, :name, :name, '{composer,performer}', 1, :now, :now)"
            ),
            [{"id": one, "name": f"contributor {n}", **common} for n, one in enumerate(people)],
        )
        run(
            text(
                "INSERT INTO works (id, title, description, genres, version, created_at, updated_at) VALUES "
                "(:id, :title, 'A work for measuring', '{Folk,Pop}', 1, :now, :now)"
            ),
            [{"id": one, "title": f"Work {n}", **common} for n, one in enumerate(works)],
        )
        run(
            text(
                "INSERT INTO recordings (id, title, work_id, primary_artist, duration_ms, genres, version, "
                "created_at, updated_at) VALUES (:id, :title, :work, 'A Band', 201500, '{}', 1, :now, :now)"
            ),
            [
                {"id": one, "title": f"Recording {n}", "work": work, **common}
                for n, (one, work) in enumerate(recordings)
            ],
        )
        run(
            text(
                "INSERT INTO recording_credits (recording_id, position, contributor_id, credited_as) VALUES "
                "(:recording, :position, :who, 'As credited')"
            ),
            [
                {"recording": one, "position": p, "who": people[(n * 7 + p) % CONTRIBUTORS]}
                for n, (one, _) in enumerate(recordings)
                for p in range(CREDITS_PER_RECORDING)
            ],
        )
        run(
            text(
                "INSERT INTO contributions (id, work_id, contributor_id, role, share_ppm, valid_from, "
                "created_at) VALUES (:id, :work, :who, 'composer', 250000, :now, :now)"
            ),
            [
                {"id": new_id(), "work": one, "who": people[(n * 11 + s) % CONTRIBUTORS], **common}
                for n, one in enumerate(works)
                for s in range(SPLITS_PER_WORK)
            ],
        )
    return works
