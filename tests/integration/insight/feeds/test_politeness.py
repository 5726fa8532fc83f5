"""Turns at a domain are shared by all workers."""

from __future__ import annotations

from typing import Any

import pytest

from omnisonic.insight.feeds import politeness
from omnisonic.insight.feeds.politeness import NotYourTurn, turn_at


def refuse(_wait_s: float) -> None:
    raise AssertionError("nobody should have to wait")


def test_a_start_waits_five_seconds_for_the_one_before(redis_client: Any) -> None:
    waited: list[float] = []

    def pause(wait_s: float) -> None:
        waited.append(wait_s)
        redis_client.delete("feeds:free-at:{example.org}")  # as if they had passed

    with turn_at("example.org", pause=refuse):
        pass
    with turn_at("example.org", pause=pause):
        pass
    with turn_at("other.example", pause=refuse):
        pass
    assert len(waited) == 1
    assert 4 < waited[0] <= 5


def test_no_more_than_two_are_asking_at_once(redis_client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(politeness, "WAIT_MAX_S", 0.0)

    def pass_time() -> None:
        redis_client.delete("feeds:free-at:{example.org}")

    with turn_at("example.org"):
        pass_time()
        with turn_at("example.org"):
            pass_time()
            with pytest.raises(NotYourTurn), turn_at("example.org"):
                raise AssertionError("a third one got in")
    pass_time()
    with turn_at("example.org", pause=refuse):
        pass


def test_a_turn_that_was_never_given_back_ends(redis_client: Any) -> None:
    redis_client.zadd("feeds:open:{example.org}", {"dead": 1, "dead too": 2})
    with turn_at("example.org", pause=refuse):
        assert redis_client.zcard("feeds:open:{example.org}") == 1
