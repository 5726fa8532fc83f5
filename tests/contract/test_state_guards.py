"""Every event handler says who may call it, because whoever opens a socket can call them all."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import pytest
import reflex as rx
from reflex_base.registry import RegistrationContext

from omnisonic.platform.actor import Role
from omnisonic.platform.auth.guard import (
    FRAMEWORK_HANDLERS,
    guarded,
    list_public_handlers,
    list_unguarded_handlers,
    public,
)

# Adding a handler here is a decision: strangers may call it.
PUBLIC = {
    "omnisonic.platform.auth.signin_state.SignInState.load",
    "omnisonic.platform.auth.signin_state.VerifyState.confirm",
    "omnisonic.platform.auth.state.ViewerState.look",
    "omnisonic.platform.site.problems.ProblemState.load",
    "omnisonic.platform.ui.notices.NoticeState.dismiss",
    "omnisonic.platform.ui.notices.NoticeState.push",
}


@pytest.fixture
def registry() -> Iterator[RegistrationContext]:
    """A registry of its own, so that the states of a test do not stay."""
    token = RegistrationContext.set(RegistrationContext.ensure_context().fork())
    yield RegistrationContext.get()
    RegistrationContext.reset(token)


@pytest.fixture(scope="module", autouse=True)
def _pages() -> None:
    import_module("omnisonic.pages")


def test_every_handler_of_the_product_is_guarded() -> None:
    names = RegistrationContext.ensure_context().base_states
    assert any("omnisonic___" in name for name in names), "no State was registered: nothing was checked"
    assert [name for name in list_unguarded_handlers() if not name.startswith("tests.")] == []


def test_strangers_may_call_what_is_listed_and_nothing_else() -> None:
    found = {name for name in list_public_handlers() if not name.startswith("tests.")}
    assert found == PUBLIC


def test_framework_handlers_are_the_ones_that_reflex_has() -> None:
    functions = [one.handler.fn for one in RegistrationContext.ensure_context().event_handlers.values()]
    names = {f"{function.__module__}.{function.__qualname__}" for function in functions}
    assert names >= FRAMEWORK_HANDLERS, "Reflex renamed a handler of its own"


def test_an_undecorated_method_is_found(registry: RegistrationContext) -> None:
    class Careless(rx.State):
        def helper(self) -> None: ...

        @rx.event(background=True)
        async def observe(self) -> None: ...

        @guarded(role=Role.ADMIN)
        def fine(self) -> None: ...

        @public
        async def open(self) -> None: ...

        def _private(self) -> None: ...

    found = list_unguarded_handlers()
    assert [name.rpartition(".")[2] for name in found] == ["helper", "observe"]
    assert [name for name in list_public_handlers() if name.endswith("Careless.open")]


def test_mixins_pass_their_guards_on_and_hide_nothing(registry: RegistrationContext) -> None:
    class Paginated(rx.State, mixin=True):
        @guarded
        async def next_page(self) -> None: ...

        def reset_page(self) -> None: ...

    class Rows(Paginated, rx.State): ...

    assert [name.rpartition(".")[2] for name in list_unguarded_handlers()] == ["reset_page"]


def test_a_dynamically_added_handler_is_found(registry: RegistrationContext) -> None:
    class Plain(rx.State): ...

    def added(self: Plain) -> None: ...

    Plain._add_event_handler("added", added)
    assert any(name.endswith("added") for name in list_unguarded_handlers())
