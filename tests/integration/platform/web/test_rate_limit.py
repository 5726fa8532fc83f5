"""Budgets are shared, refill, and say when to come back."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest
import redis
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

from omnisonic.platform.errors import ServiceUnavailable
from omnisonic.platform.middleware import wrap
from omnisonic.platform.problems import install_problems
from omnisonic.platform.rate_limit import RateLimited, address_key, check_rate
from omnisonic.platform.settings import Settings
from omnisonic.platform.web.limits import rate_limited


def test_a_budget_ends_and_says_when_to_come_back(redis_client: redis.Redis) -> None:
    left = [check_rate("login", "mara", 3, 60).remaining for _ in range(3)]
    assert left == [2, 1, 0]
    with pytest.raises(RateLimited) as refused:
        check_rate("login", "mara", 3, 60)
    assert refused.value.retry_after_s == 20  # one of three comes back every 20 s
    assert refused.value.state.headers()["RateLimit-Remaining"] == "0"


def test_a_refusal_costs_nothing(redis_client: redis.Redis) -> None:
    check_rate("login", "mara", 1, 60)
    waits = []
    for _ in range(3):
        with pytest.raises(RateLimited) as refused:
            check_rate("login", "mara", 1, 60)
        waits.append(refused.value.retry_after_s)
    assert max(waits) <= 60


def test_a_budget_comes_back(redis_client: redis.Redis) -> None:
    for _ in range(5):
        check_rate("login", "mara", 5, 60)
    key = "rate:login:mara"
    tat = int(redis_client.get(key) or 0)
    redis_client.set(key, tat - 24_000_000)  # as if 24 s had passed: two of five
    assert [check_rate("login", "mara", 5, 60).remaining for _ in range(2)] == [1, 0]
    with pytest.raises(RateLimited):
        check_rate("login", "mara", 5, 60)


def test_keys_and_buckets_are_apart_and_expire(redis_client: redis.Redis) -> None:
    check_rate("login", "mara", 1, 60)
    check_rate("login", "teo", 1, 60)
    check_rate("upload", "mara", 1, 60)
    assert all(0 < redis_client.ttl(key) <= 62 for key in redis_client.scan_iter("rate:*"))


def test_without_redis_reads_go_on_and_sign_in_does_not(configure: Callable[..., Settings]) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound, not listening: refuses at once
        configure(REDIS_URL=f"redis://127.0.0.1:{nobody.getsockname()[1]}/0")
        assert check_rate("api", "mara", 5, 60).remaining == 5
        with pytest.raises(ServiceUnavailable):
            check_rate("login", "mara", 5, 60, fail_open=False)


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("testclient", "unknown"),
    ],
)
def test_a_household_is_one_caller(address: str, key: str) -> None:
    assert address_key(address) == key


def test_over_rest_the_headers_and_the_problem_agree(db: None, redis_client: redis.Redis) -> None:
    app = FastAPI()
    install_problems(app)

    @app.get("/few", dependencies=[Depends(rate_limited("few", 2, 60))])
    def few() -> dict[str, Any]:
        return {}

    with TestClient(wrap(app), client=("203.0.113.7", 1)) as client:
        first = client.get("/few")
        assert first.headers["ratelimit-limit"] == "2"
        assert first.headers["ratelimit-remaining"] == "1"
        client.get("/few")
        refused = client.get("/few")
    assert refused.status_code == 429
    assert refused.json()["type"] == "/problems/too-many-requests"
    assert refused.headers["retry-after"] == "30"
    assert refused.headers["ratelimit-remaining"] == "0"


def test_every_answer_of_the_api_shows_the_general_budget(anyone: TestClient) -> None:
    with TestClient(anyone.app, client=("203.0.113.8", 1)) as client:
        assert client.get("/api/auth/session").headers["ratelimit-limit"] == "300"
