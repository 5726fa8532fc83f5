"""A page of the catalog whose rows cannot be fetched says so instead of waiting for ever."""

from __future__ import annotations

import reflex as rx

from omnisonic import pages  # noqa: F401  (declares every state)


def states_below(state: type[rx.State]) -> list[type[rx.State]]:
    below = [one for one in state.get_substates() if issubclass(one, rx.State)]
    return below + [deeper for one in below for deeper in states_below(one)]


def test_every_list_that_loads_can_say_why_it_could_not() -> None:
    lists = [
        one
        for one in states_below(rx.State)
        if one.__module__.startswith("omnisonic.core.") and {"is_loaded", "load"} <= set(dir(one))
    ]
    assert "ImportsState" in {one.__name__ for one in lists}
    silent = [one.__name__ for one in lists if "load_problem" not in one.get_fields()]
    assert silent == []
