"""Guards of Reflex event handlers.

Every public method of a State can be called by anyone who opens a socket, so each one is either
`@guarded` (a signed-in account, looked up again at every call) or says `@public`.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar, overload

import reflex as rx
from reflex_base.registry import RegistrationContext
from structlog.contextvars import bind_contextvars

from omnisonic.platform.actor import Actor, Role, require_actor
from omnisonic.platform.auth.authentication import authenticate
from omnisonic.platform.auth.next_path import sign_in_path
from omnisonic.platform.db import in_thread
from omnisonic.platform.errors import NotSignedIn, OmnisonicError
from omnisonic.platform.ids import new_id
from omnisonic.platform.logging import get_logger
from omnisonic.platform.rate_limit import address_key, check_rate

MARK = "_omnisonic_guard"
EVENTS_PER_WINDOW = 300
UNEXPECTED = "Something went wrong on our side, and we have noted it. Try again in a moment."
WINDOW_S = 10

Handler = TypeVar("Handler", bound=Callable[..., Any])
# What Reflex itself registers: page loads, its own flags, errors of the browser. `setvar` reaches nothing
# but `set_*` handlers, which are guarded like every other one.
FRAMEWORK_HANDLERS = frozenset(
    {
        "reflex.state.EventHandlerSetVar.setvar",
        "reflex.state.State.hydrate",
        "reflex.state.State.hydrate_and_load",
        "reflex.state.State.set_is_hydrated",
        "reflex.state.FrontendEventExceptionState.handle_frontend_exception",
        "reflex.state.UpdateVarsInternalState.update_vars_internal",
        "reflex.state.OnLoadInternalState.on_load_internal",
        "reflex.state.OnLoadInternalState.set_is_hydrated",
    }
)
log = get_logger(__name__)
_actor: ContextVar[Actor | None] = ContextVar("actor_of_event", default=None)


@dataclass(frozen=True)
class Guard:
    """What a handler asks of its caller."""

    signed_in: bool
    roles: tuple[Role, ...] = ()


@overload
def guarded(handler: Handler) -> Handler: ...
@overload
def guarded(*, role: Role | tuple[Role, ...] = ()) -> Callable[[Handler], Handler]: ...
def guarded(handler: Handler | None = None, *, role: Role | tuple[Role, ...] = ()) -> Any:
    """Let only signed-in accounts (with one of the roles; an admin always) call this event handler.

    Use as `@guarded` or `@guarded(role=Role.ADMIN)`, below `@rx.event(...)` when there is one. Works for
    plain, async and generator handlers, background or not, and as `on_load`. Inside, `current_actor()`
    is the caller. Without a session the browser goes to the sign-in page; an `OmnisonicError` of the
    handler becomes a toast. When `load` of a state with a `load_problem` meets a server that is gone, or what
    nobody expected, words land there instead: the page shows them in the place of what is missing, with a
    retry. Other handlers of a state are chained by `return State.handler`, not called.
    """
    guard = Guard(signed_in=True, roles=(role,) if isinstance(role, Role) else role)
    return _wrap(handler, guard) if handler is not None else lambda inner: _wrap(inner, guard)


def public(handler: Handler) -> Handler:
    """Let everyone call this event handler; it is still limited in rate and its refusals become toasts."""
    wrapped: Handler = _wrap(handler, Guard(signed_in=False))
    return wrapped


def current_actor() -> Actor:
    """The caller of the guarded handler that is running; raises `NotSignedIn` outside of one."""
    return require_actor(_actor.get())


def caller_if_any() -> Actor | None:
    """The caller of the handler that is running; None for strangers, whom only `@public` ones admit."""
    return _actor.get()


async def actor_of(state: rx.State) -> Actor | None:
    """Who is behind a state's socket right now, or None; asks the database each time."""
    return await in_thread(
        authenticate, cookie_header=str(state.router.headers.cookie or ""), authorization=None
    )


def guard_of(function: Any) -> Guard | None:
    """The guard of a handler's function, or None when it has none."""
    found = getattr(function, MARK, None)
    return found if isinstance(found, Guard) else None


def list_unguarded_handlers() -> list[str]:
    """`module.State.handler` of every registered handler that no decorator protects; must be empty."""
    return sorted(
        name
        for name, function in _registered_handlers()
        if guard_of(function) is None and name not in FRAMEWORK_HANDLERS
    )


def list_public_handlers() -> list[str]:
    """`module.State.handler` of every handler of ours that may be called without sign-in."""
    guards = [(name, guard_of(function)) for name, function in _registered_handlers()]
    return sorted(name for name, guard in guards if guard is not None and not guard.signed_in)


def _registered_handlers() -> list[tuple[str, Any]]:
    """Functions behind all handlers in Reflex's registry, with where they are written."""
    functions = [one.handler.fn for one in RegistrationContext.ensure_context().event_handlers.values()]
    return [(f"{function.__module__}.{function.__qualname__}", function) for function in functions]


def _wrap(handler: Handler, guard: Guard) -> Any:
    is_generator = inspect.isasyncgenfunction(handler) or inspect.isgeneratorfunction(handler)
    wrapper = _wrap_generator(handler, guard) if is_generator else _wrap_call(handler, guard)
    setattr(wrapper, MARK, guard)
    return wrapper


def _wrap_call(handler: Callable[..., Any], guard: Guard) -> Callable[..., Awaitable[Any]]:
    @functools.wraps(handler)
    async def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            await _admit(self, handler, guard)
            result = handler(self, *args, **kwargs)
            return await result if inspect.isawaitable(result) else result
        except OmnisonicError as error:
            return _answer(self, handler, error)
        except Exception:
            if not _can_explain(self, handler):
                raise
            log.exception("event_failed")
            self.load_problem = UNEXPECTED

    return call


def _wrap_generator(handler: Callable[..., Any], guard: Guard) -> Callable[..., AsyncIterator[Any]]:
    @functools.wraps(handler)
    async def iterate(self: Any, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        try:
            await _admit(self, handler, guard)
            if inspect.isasyncgenfunction(handler):
                async for event in handler(self, *args, **kwargs):
                    yield event
            else:
                events = handler(self, *args, **kwargs)
                for event in events:
                    yield event
        except OmnisonicError as error:
            yield _answer(self, handler, error)
        except Exception:
            if not _can_explain(self, handler):
                raise
            log.exception("event_failed")
            self.load_problem = UNEXPECTED

    return iterate


async def _admit(state: Any, handler: Callable[..., Any], guard: Guard) -> None:
    """Bind the log context, find the caller and check rate, sign-in and role, in one trip off the loop."""
    # Reflex runs each event in its own task, so what is bound here ends with the event.
    bind_contextvars(correlation_id=str(new_id()), event_handler=handler.__qualname__)
    _actor.set(None)
    actor = await in_thread(
        _find_caller,
        cookie_header=str(state.router.headers.cookie or ""),
        address=str(state.router.session.client_ip or ""),
    )
    if actor is not None:
        bind_contextvars(actor_id=str(actor.user_id))
        _actor.set(actor)
    if guard.signed_in:
        signed_in = require_actor(actor)
        if guard.roles:
            signed_in.require_role(*guard.roles)


def _find_caller(*, cookie_header: str, address: str) -> Actor | None:
    actor = authenticate(cookie_header=cookie_header, authorization=None)
    caller = str(actor.user_id) if actor is not None else address_key(address)
    check_rate("events", caller, EVENTS_PER_WINDOW, WINDOW_S)
    return actor


def _can_explain(state: Any, handler: Callable[..., Any]) -> bool:
    """Whether the page has a place for why it shows nothing."""
    return handler.__name__ == "load" and hasattr(state, "load_problem")


def _answer(state: Any, handler: Callable[..., Any], error: OmnisonicError) -> Any:
    if isinstance(error, NotSignedIn):
        url = state.router.url
        here = url.path + (f"?{url.query}" if url.query else "")
        return rx.redirect(sign_in_path(here))
    if error.status >= 500:
        log.warning("event_refused", slug=error.slug, detail=error.detail)
        if _can_explain(state, handler):
            state.load_problem = error.detail
            return None
    from omnisonic.platform.ui.notices import warn  # its own state is guarded by this module

    return warn(error.title, error.detail)
