"""What the database refuses becomes a refusal of ours; two transactions that collide both end well."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from omnisonic.platform.actor import Role
from omnisonic.platform.auth.models import AuthSession, User
from omnisonic.platform.db import UnitOfWork, unit_of_work, write_engine
from omnisonic.platform.db_errors import ATTEMPTS, Collided, repeatable
from omnisonic.platform.errors import AlreadyThere, Busy, Conflict, OutcomeUnknown, ServiceUnavailable
from omnisonic.platform.ids import new_id, utc_now
from omnisonic.platform.problems import install_problems

pytestmark = pytest.mark.usefixtures("db")


def execute(*statements: str) -> Callable[[UnitOfWork], None]:
    def run(uow: UnitOfWork) -> None:
        for statement in statements:
            uow.session.execute(text(statement))

    return run


def twice(uow: UnitOfWork) -> None:
    for _ in range(2):
        uow.session.add(User(email="mara@example.org", display_name="Mara", role=Role.MEMBER))


def of_nobody(uow: UnitOfWork) -> None:
    uow.session.add(
        AuthSession(user_id=new_id(), secret_sha256="0" * 64, expires_at=utc_now(), last_seen_at=utc_now())
    )


REFUSED = [
    (execute("SET LOCAL statement_timeout = 20", "SELECT pg_sleep(30)"), Busy, 503, "busy"),
    (
        execute("SELECT pg_terminate_backend(pg_backend_pid())"),
        ServiceUnavailable,
        503,
        "service-unavailable",
    ),
    (twice, AlreadyThere, 409, "already-there"),
    (of_nobody, Conflict, 409, "conflict"),
]


@pytest.mark.parametrize(("work", "kind", "status", "slug"), REFUSED, ids=[row[3] for row in REFUSED])
def test_what_the_database_refuses_is_a_problem(
    work: Callable[[UnitOfWork], None], kind: type[Exception], status: int, slug: str
) -> None:
    def change() -> None:
        with unit_of_work() as uow:
            work(uow)

    with pytest.raises(kind) as raised:
        change()
    assert type(raised.value) is kind
    app = FastAPI()
    install_problems(app)
    app.add_api_route("/change", change, methods=["POST"])
    answer = TestClient(app).post("/change")
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}")
    assert ("Retry-After" in answer.headers) == (status == 503)
    with unit_of_work() as uow:  # the pool gives out a working connection again
        assert uow.session.execute(text("SELECT 1")).scalar_one() == 1


def test_a_lock_that_is_held_too_long_is_busy() -> None:
    with unit_of_work() as holder:
        holder.session.execute(text("SELECT pg_advisory_xact_lock(7)"))
        with pytest.raises(Busy), unit_of_work() as uow:
            execute("SET LOCAL lock_timeout = 20", "SELECT pg_advisory_xact_lock(7)")(uow)


def test_an_exhausted_pool_is_busy(configure: Callable[..., object], monkeypatch: pytest.MonkeyPatch) -> None:
    configure(DATABASE_POOL_SIZE=1, DATABASE_POOL_MAX_OVERFLOW=0)
    monkeypatch.setattr(write_engine().pool, "_timeout", 0.01)
    with unit_of_work() as holder:
        holder.session.execute(text("SELECT 1"))
        with pytest.raises(Busy), unit_of_work() as uow:
            uow.session.execute(text("SELECT 1"))


def test_a_fault_of_ours_stays_a_fault() -> None:
    with pytest.raises(DBAPIError), unit_of_work() as uow:
        execute("SELECT no_such_column")(uow)


def test_two_that_lock_crosswise_both_end_well() -> None:
    both_hold_one = threading.Barrier(2)
    attempts: list[int] = []

    def lock_both(first: int, second: int, seen: set[int]) -> None:
        attempts.append(first)
        with unit_of_work() as uow:
            execute(f"SELECT pg_advisory_xact_lock({first})")(uow)
            if first not in seen:
                seen.add(first)
                both_hold_one.wait(timeout=10)
            execute(f"SELECT pg_advisory_xact_lock({second})")(uow)

    with ThreadPoolExecutor(2) as pool:
        seen: set[int] = set()
        done = [
            pool.submit(repeatable(lock_both), 1, 2, seen),
            pool.submit(repeatable(lock_both), 2, 1, seen),
        ]
        for future in done:
            future.result(timeout=30)
    assert len(attempts) == 3, "one of the two was rolled back and came again"


def test_a_lost_update_is_done_again_on_the_new_row() -> None:
    with unit_of_work() as uow:
        user = User(email="mara@example.org", display_name="0", role=Role.MEMBER)
        uow.session.add(user)
    attempts: list[str] = []

    def add_one(*, in_between: Callable[[], None]) -> None:
        with unit_of_work() as uow:
            execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")(uow)
            row = uow.session.get_one(User, user.id)
            attempts.append(row.display_name)
            if len(attempts) == 1:
                in_between()
            row.display_name = str(int(row.display_name) + 1)

    def other() -> None:
        with unit_of_work() as uow:
            uow.session.get_one(User, user.id).display_name = "10"

    repeatable(add_one)(in_between=other)
    assert attempts == ["0", "10"]
    with unit_of_work() as uow:
        assert uow.session.get_one(User, user.id).display_name == "11"


def test_collisions_without_an_end_are_given_up() -> None:
    calls = []

    @repeatable
    def collide() -> None:
        calls.append(1)
        with unit_of_work() as uow:
            execute("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$")(uow)

    with pytest.raises(Collided) as raised:
        collide()
    assert (len(calls), raised.value.status, raised.value.retry_after_s) == (ATTEMPTS, 503, 1)


def commit_on_a_dead_connection() -> None:
    with unit_of_work() as uow:
        pid = uow.session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with write_engine().connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})


def test_a_connection_lost_in_the_commit_leaves_the_outcome_open() -> None:
    with pytest.raises(OutcomeUnknown, match="while this was being saved") as lost:
        commit_on_a_dead_connection()
    assert (lost.value.status, lost.value.slug) == (503, "outcome-unknown")
    assert "Idempotency-Key" in lost.value.advice
