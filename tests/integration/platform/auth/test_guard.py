"""Guards of event handlers, with states but without a browser."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest
import reflex as rx
from fastapi.testclient import TestClient
from reflex.istate.data import HeaderData, ReflexURL, RouterData, SessionData
from reflex_base.event import EventSpec
from reflex_base.registry import RegistrationContext
from sqlmodel import update
from structlog.contextvars import get_contextvars

from omnisonic.platform.actor import Role
from omnisonic.platform.auth import guard
from omnisonic.platform.auth.guard import UNEXPECTED, actor_of, current_actor, guarded, public
from omnisonic.platform.auth.models import AuthSession, User
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.errors import Conflict, NotSignedIn, ServiceUnavailable
from omnisonic.platform.ids import utc_now

SignIn = Callable[..., dict[str, Any]]
calls: list[str] = []


class Probe(rx.State):
    """One handler of each kind."""

    @guarded
    def plain(self) -> None:
        calls.append(current_actor().email)

    @rx.event
    @guarded
    async def later(self, amount: int) -> Any:
        await asyncio.sleep(0)
        calls.append(f"{current_actor().email} {amount}")
        return rx.redirect("/exports")

    @guarded
    def steps(self) -> Any:
        yield rx.redirect("/1")
        calls.append(current_actor().email)

    @guarded
    async def async_steps(self) -> Any:
        yield rx.redirect("/1")
        calls.append(current_actor().email)
        raise Conflict("The export runs already.")

    @rx.event(background=True)
    @guarded
    async def observe(self) -> None:
        calls.append(current_actor().email)

    @guarded(role=Role.CURATOR)
    async def curate(self) -> None:
        calls.append("curated")

    @guarded
    async def refuse(self) -> None:
        raise Conflict("The export runs already.")

    @guarded
    async def break_down(self) -> None:
        raise ZeroDivisionError

    @public
    async def greet(self) -> None:
        actor = await actor_of(self)
        calls.append(actor.email if actor else "stranger")

    load_problem: str = ""
    missing: ClassVar[Exception] = ServiceUnavailable("The database is not reachable.")

    @guarded
    async def load(self) -> None:
        raise self.missing

    @guarded
    async def refresh(self) -> None:
        raise ServiceUnavailable("The database is not reachable.")

    @guarded
    async def tell_context(self) -> None:
        calls.append(str(get_contextvars().get("event_handler")))
        calls.append(str(get_contextvars().get("actor_id")))


GUARDED = ["plain", "later", "steps", "async_steps", "observe", "curate"]


@pytest.fixture(autouse=True)
def _no_calls(app: Any) -> Iterator[None]:
    calls.clear()
    yield
    RegistrationContext.ensure_context()


def make_state(cookie: str = "", *, url: str = "http://localhost:3000/sessions/1?tab=mix") -> rx.State:
    """A state as a socket with this Cookie header has it."""
    state = Probe(_reflex_internal_init=True)  # type: ignore[call-arg]
    state.router = RouterData(
        session=SessionData(client_token="t", client_ip="198.51.100.7"),
        headers=HeaderData(cookie=cookie),
        url=ReflexURL(url),
    )
    return state


def run(state: rx.State, name: str, **payload: Any) -> list[EventSpec]:
    """Call a handler as Reflex does; returns the events it answers with."""
    handler = Probe.event_handlers[name]

    async def call() -> list[Any]:
        result = handler.fn(state, **payload)
        if hasattr(result, "__aiter__"):
            return [event async for event in result]
        return [await result]

    return [event for event in asyncio.run(call()) if event is not None]


def told(events: list[EventSpec]) -> str:
    """The script of the events, where paths and toasts can be read."""
    return " ".join(str(event.args) for event in events)


@pytest.fixture
def cookie(browser: TestClient, sign_in: SignIn) -> str:
    """The Cookie header of a browser that signed in as Ada."""
    sign_in(browser)
    return f"omnisonic_session={browser.cookies['omnisonic_session']}"


def payload_of(name: str) -> dict[str, Any]:
    return {"amount": 3} if name == "later" else {}


@pytest.mark.parametrize("name", GUARDED)
def test_strangers_are_sent_to_sign_in_and_nothing_runs(name: str) -> None:
    for header in ("", "omnisonic_session=forged", "other=1"):
        events = run(make_state(header), name, **payload_of(name))
        assert "/signin?next=/sessions/1%3Ftab%3Dmix" in told(events)
    assert calls == []


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("plain", "ada@example.com"),
        ("later", "ada@example.com 3"),
        ("steps", "ada@example.com"),
        ("async_steps", "ada@example.com"),
        ("observe", "ada@example.com"),
    ],
)
def test_each_kind_of_handler_runs_for_its_caller(cookie: str, name: str, called: str) -> None:
    run(make_state(cookie), name, **payload_of(name))
    assert calls == [called]


def test_answers_of_a_handler_pass_through(cookie: str) -> None:
    assert "/exports" in told(run(make_state(cookie), "later", amount=1))
    assert "/1" in told(run(make_state(cookie), "steps"))


def test_session_is_looked_up_at_every_call(cookie: str) -> None:
    state = make_state(cookie)
    run(state, "plain")
    with unit_of_work() as uow:
        uow.session.execute(update(AuthSession).values(revoked_at=utc_now()))
    assert "/signin" in told(run(state, "plain"))
    assert len(calls) == 1


def test_role_is_asked_for(cookie: str) -> None:
    state = make_state(cookie)
    assert "Your role does not allow this" in told(run(state, "curate"))
    assert calls == []
    for role in (Role.CURATOR, Role.ADMIN):
        with unit_of_work() as uow:
            uow.session.execute(update(User).values(role=role))
        run(state, "curate")
    assert calls == ["curated", "curated"]


def test_refusals_become_toasts_with_what_to_do(cookie: str) -> None:
    for name in ("refuse", "async_steps"):
        text = told(run(make_state(cookie), name))
        assert "This does not fit the present state" in text
        assert "The export runs already." in text


def test_what_nobody_foresaw_is_not_swallowed(cookie: str) -> None:
    with pytest.raises(ZeroDivisionError):
        run(make_state(cookie), "break_down")


def test_public_handlers_serve_everybody(cookie: str) -> None:
    run(make_state(), "greet")
    run(make_state(cookie), "greet")
    assert calls == ["stranger", "ada@example.com"]


def test_handlers_keep_their_parameters_and_kind() -> None:
    assert list(Probe.event_handlers["later"].get_parameters()) == ["self", "amount"]
    assert Probe.event_handlers["observe"].is_background
    assert not Probe.event_handlers["plain"].is_background


def test_too_many_events_are_refused(cookie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "EVENTS_PER_WINDOW", 3)
    monkeypatch.setattr(guard, "WINDOW_S", 3600)
    state = make_state(cookie)
    answers = [told(run(state, "plain")) for _ in range(4)]
    assert answers[:3] == ["", "", ""]
    assert "That was too fast" in answers[3]
    assert len(calls) == 3


def test_strangers_are_limited_by_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "EVENTS_PER_WINDOW", 2)
    monkeypatch.setattr(guard, "WINDOW_S", 3600)
    answers = [told(run(make_state(), "greet")) for _ in range(3)]
    assert answers[0] == answers[1] == ""
    assert "That was too fast" in answers[2]


def test_caller_does_not_outlive_the_event(cookie: str) -> None:
    run(make_state(cookie), "plain")
    with pytest.raises(NotSignedIn):
        current_actor()


def test_logs_of_an_event_name_handler_and_account(cookie: str, browser: TestClient) -> None:
    run(make_state(cookie), "tell_context")
    user = browser.get("/api/auth/session").json()["user"]
    assert calls == ["Probe.tell_context", user["id"]]


def test_a_list_that_cannot_be_loaded_says_so_in_its_place(
    cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    state: Any = make_state(cookie)
    assert run(state, "load") == []
    assert state.load_problem == "The database is not reachable."
    monkeypatch.setattr(Probe, "missing", KeyError("what nobody expected"))
    assert run(state, "load") == []
    assert state.load_problem == UNEXPECTED


def test_other_failures_of_a_server_are_messages(cookie: str) -> None:
    state: Any = make_state(cookie)
    assert "The database is not reachable." in told(run(state, "refresh"))
    assert state.load_problem == ""
