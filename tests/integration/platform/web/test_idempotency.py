"""One key, one effect, one answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select
from structlog.contextvars import bound_contextvars

from omnisonic.platform.actor import Actor
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.errors import Conflict, IdempotencyConflict, InvalidFields
from omnisonic.platform.idempotency import fingerprint, run_idempotent
from omnisonic.platform.models import IdempotencyRecord

MakeUser = Callable[..., tuple[Actor, str]]


class Counter:
    """Something that must happen once."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> tuple[int, dict[str, Any]]:
        self.calls += 1
        return 201, {"number": self.calls}


@pytest.fixture
def mara(make_user: MakeUser) -> Actor:
    return make_user()[0]


def run(actor: Actor, key: str | None, request: Any, produce: Counter) -> tuple[int, dict[str, Any]]:
    with unit_of_work() as uow:
        return run_idempotent(uow, actor, key, request, produce)


def test_the_same_request_gets_the_same_answer(mara: Actor) -> None:
    produce = Counter()
    first = run(mara, "k", {"a": 1, "b": [2]}, produce)
    assert run(mara, "k", {"b": [2], "a": 1}, produce) == first == (201, {"number": 1})
    assert produce.calls == 1


def test_another_body_or_path_is_a_conflict(mara: Actor) -> None:
    produce = Counter()
    with bound_contextvars(method="POST", path="/api/sessions"):
        run(mara, "k", {"a": 1}, produce)
        with pytest.raises(IdempotencyConflict):
            run(mara, "k", {"a": 2}, produce)
    with bound_contextvars(method="POST", path="/api/export"), pytest.raises(IdempotencyConflict):
        run(mara, "k", {"a": 1}, produce)
    assert produce.calls == 1


def test_keys_belong_to_their_account(mara: Actor, make_user: MakeUser) -> None:
    produce = Counter()
    run(mara, "k", {}, produce)
    run(make_user("Teo")[0], "k", {}, produce)
    assert produce.calls == 2


def test_without_a_key_everything_happens_again(mara: Actor) -> None:
    produce = Counter()
    run(mara, None, {}, produce)
    run(mara, None, {}, produce)
    assert produce.calls == 2


def test_a_refused_request_is_not_remembered(mara: Actor) -> None:
    def refuse() -> tuple[int, dict[str, Any]]:
        raise Conflict

    with pytest.raises(Conflict), unit_of_work() as uow:
        run_idempotent(uow, mara, "k", {}, refuse)
    assert run(mara, "k", {}, Counter()) == (201, {"number": 1})


def test_two_at_once_have_one_effect(mara: Actor) -> None:
    produce = Counter()
    is_inside, may_go_on = threading.Event(), threading.Event()
    answers: list[tuple[int, dict[str, Any]]] = []

    def slow() -> tuple[int, dict[str, Any]]:
        is_inside.set()
        may_go_on.wait(10)
        return produce()

    def first() -> None:
        with unit_of_work() as uow:
            answers.append(run_idempotent(uow, mara, "k", {}, slow))

    threads = [
        threading.Thread(target=first),
        threading.Thread(target=lambda: answers.append(run(mara, "k", {}, produce))),
    ]
    threads[0].start()
    assert is_inside.wait(10)
    threads[1].start()
    may_go_on.set()
    for thread in threads:
        thread.join(10)
    assert answers == [(201, {"number": 1})] * 2
    assert produce.calls == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "ü", "a\nb"])
def test_a_key_that_is_none_is_refused(mara: Actor, key: str) -> None:
    with pytest.raises(InvalidFields):
        run(mara, key, {}, Counter())


def test_answers_are_forgotten_after_a_day(mara: Actor) -> None:
    produce = Counter()
    run(mara, "k", {"a": 1}, produce)
    with unit_of_work() as uow:
        record = uow.session.exec(select(IdempotencyRecord)).one()
        record.created_at -= timedelta(hours=25)
    assert run(mara, "k", {"a": 2}, produce) == (201, {"number": 2})


def test_the_order_of_fields_does_not_matter() -> None:
    assert fingerprint({"a": 1, "b": {"c": 1, "d": 2}}) == fingerprint({"b": {"d": 2, "c": 1}, "a": 1})
    assert fingerprint({"a": 1}) != fingerprint({"a": "1"})


def test_over_rest_a_session_is_created_once(make_user: MakeUser, browser_of: Any) -> None:
    browser: TestClient = browser_of(make_user()[1])
    headers = {"Origin": "http://localhost:3000", "Idempotency-Key": "k-1"}
    first = browser.post("/api/sessions", json={"name": "Demo"}, headers=headers)
    again = browser.post("/api/sessions", json={"name": "Demo"}, headers=headers)
    other = browser.post("/api/sessions", json={"name": "Other"}, headers=headers)
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 409)
    assert again.json() == first.json()
    assert other.json()["type"] == "/problems/idempotency-conflict"
    assert len(browser.get("/api/sessions").json()["sessions"]) == 1
