"""Whether the servers that this installation needs are there, each asked for at most a second.

Slices add checks of their own: what they tell is shown, and nothing that is needed to serve.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import anyio
from alembic.config import Config
from alembic.script import ScriptDirectory
from clickhouse_connect.driver.exceptions import ClickHouseError
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from omnisonic.platform.clickhouse import clickhouse
from omnisonic.platform.clickhouse_migrations import find_newest_applied, list_migrations
from omnisonic.platform.db import write_engine
from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.redis import get_redis
from omnisonic.platform.storage import get_storage

CHECK_TIMEOUT_S = 1.0
THREADS = 8  # of their own: a server that hangs must not take the threads that serve requests
PROBE_KEY = "health/probe"
ROOT = Path(__file__).resolve().parents[2]

Check = Callable[[], str | None]  # gives words on how it stands, if there are any


@dataclass(frozen=True)
class CheckResult:
    """One answer; `detail` says what is wrong, or how it stands; never an address or a secret."""

    ok: bool
    detail: str = ""


class NotReady(Exception):
    """A check's reason, safe to show."""


async def check_readiness() -> dict[str, CheckResult]:
    """Ask all at once; a check that takes longer than a second counts as failed."""
    results: dict[str, CheckResult] = {}
    limiter = _limiter()
    checks = CHECKS | _added

    async def ask(name: str, check: Check) -> None:
        try:
            with anyio.fail_after(CHECK_TIMEOUT_S):
                told = await anyio.to_thread.run_sync(check, abandon_on_cancel=True, limiter=limiter)
            results[name] = CheckResult(ok=True, detail=told or "")
        except TimeoutError:
            results[name] = CheckResult(ok=False, detail=f"no answer within {CHECK_TIMEOUT_S:g} s")
        except NotReady as reason:
            results[name] = CheckResult(ok=False, detail=str(reason))
        except OmnisonicError as error:
            results[name] = CheckResult(ok=False, detail=error.title)
        except (SQLAlchemyError, RedisError, ClickHouseError, OSError) as error:
            results[name] = CheckResult(ok=False, detail=f"not reachable ({type(error).__name__})")

    async with anyio.create_task_group() as group:
        for name, check in checks.items():
            group.start_soon(ask, name, check)
    return {name: results[name] for name in checks}


def add_check(name: str, check: Check) -> None:
    """Show what a slice says of itself; it raises `NotReady` where somebody has to look."""
    _added[name] = check


def is_required(name: str) -> bool:
    """Whether nothing can be served without it."""
    return name in CHECKS and name not in OPTIONAL


def check_database() -> None:
    """Raise unless the primary answers."""
    with write_engine().connect() as connection:
        connection.execute(text("SELECT 1"))


def check_migrations() -> None:
    """Raise unless the database has exactly the newest revision of this code."""
    with write_engine().connect() as connection:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found != newest_revision():
        raise NotReady(f"revision {found}, expected {newest_revision()}: run `omnisonic migrate`")


def check_redis() -> None:
    """Raise unless Redis answers."""
    get_redis().ping()


def check_clickhouse() -> None:
    """Raise unless the ClickHouse server answers and has the newest tables of this code."""
    with clickhouse() as client:
        found, expected = find_newest_applied(client), len(list_migrations())
    if found != expected:
        raise NotReady(f"version {found}, expected {expected}: run `omnisonic migrate`")


def check_storage() -> None:
    """Raise unless the object store answers; whether the probe exists does not matter."""
    get_storage().stat(PROBE_KEY)


@lru_cache(maxsize=1)
def newest_revision() -> str | None:
    """The head of the migrations that came with this code."""
    return ScriptDirectory.from_config(Config(ROOT / "alembic.ini")).get_current_head()


CHECKS: dict[str, Check] = {
    "database": check_database,
    "migrations": check_migrations,
    "redis": check_redis,
    "storage": check_storage,
    "clickhouse": check_clickhouse,
}
# Without these the rest goes on: sessions, catalog and exports need no analytics.
OPTIONAL = frozenset({"clickhouse"})
_added: dict[str, Check] = {}
_limiters: dict[str, anyio.CapacityLimiter] = {}


def _limiter() -> anyio.CapacityLimiter:
    return _limiters.setdefault("checks", anyio.CapacityLimiter(THREADS))
