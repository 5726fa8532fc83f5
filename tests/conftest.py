"""Real servers for the tests: started once, emptied between tests. Nothing of the machine's own leaks in."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from omnisonic.platform.settings import Settings, get_settings

if TYPE_CHECKING:
    import redis

    from omnisonic.platform.storage import Storage

KEPT_VARIABLES = {"CHROMIUM_PATH"}


def _forget_the_machine() -> None:
    """A tester's own DATABASE_URL must never be emptied by a test, nor a `.env` change its outcome."""
    for name, field in Settings.model_fields.items():
        aliases = getattr(field.validation_alias, "choices", [name])
        for variable in {name, *map(str, aliases)}:
            if variable.upper() not in KEPT_VARIABLES:
                os.environ.pop(variable.upper(), None)
                os.environ.pop(variable, None)
    Settings.model_config["env_file"] = None
    os.environ["OMNISONIC_ENV"] = "test"
    os.environ["REFLEX_TELEMETRY_ENABLED"] = "false"


def _keep_bytecode() -> None:
    """Where nothing may be kept, each of the many processes of a run compiles every module again."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


_forget_the_machine()
_keep_bytecode()

# How long one example takes says something about the machine, not about the property.
hypothesis.settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("untimed")


ORDER = ("unit", "contract", "integration", "e2e")
# The journeys that take longest come first: at the end of a run no worker should be left alone with one of
# them. Those that mostly wait for the clock stand beside those that keep both cores busy.
LONG = (
    "insight/test_news_to_alert.py",
    "pages/test_pages.py",
    "studio/test_faults.py",
    "insight/test_insight.py",
    "catalog/test_catalog_pages.py",
    "core/test_royalties.py",
    "player/test_edits.py",
    "player/test_doors.py",
    "pages/test_frame.py",
    "studio/test_split_and_release.py",
    "studio/test_first_mix.py",
    "pages/test_account_pages.py",
    "catalog/test_two_curators.py",
    "catalog/test_catalog_journey.py",
    "player/test_balance.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Quick suites first, the browser's last, because Playwright keeps an event loop in this thread.

    Workers take whole files in this order, so it holds in each of them.
    """
    items.sort(key=lambda item: _rank(item.path))


def _rank(path: Path) -> tuple[int, int]:
    folder, *rest = path.relative_to(Path(__file__).parent).parts
    return _place(folder, ORDER), _place("/".join(rest), LONG)


def _place(name: str, known: tuple[str, ...]) -> int:
    return known.index(name) if name in known else len(known)


def forget_connections() -> None:
    """Drop everything that was made from the settings, and the settings."""
    from omnisonic.platform.clickhouse import get_client
    from omnisonic.platform.db import dispose_engines
    from omnisonic.platform.redis import get_redis
    from omnisonic.platform.storage import get_storage

    dispose_engines()
    for cached in (get_redis, get_storage, get_settings, get_client):
        cached.cache_clear()


@dataclass(frozen=True)
class Servers:
    """The servers of this test run."""

    data_dir: Path
    environment: dict[str, str]
    admin_url: str

    @property
    def mail_dir(self) -> Path:
        """Where the mail sink files what it receives."""
        return self.data_dir / "mail"


@pytest.fixture(scope="session")
def data_dir() -> Iterator[Path]:
    """The run's data folder: short, removed at the end, and enterable by the database's user."""
    folder = Path(tempfile.mkdtemp(prefix="omnisonic-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def servers(data_dir: Path) -> Iterator[Servers]:
    """PostgreSQL with the migrations, Valkey and the mail sink, with their addresses in the environment.

    ClickHouse, which few tests need, starts with `clickhouse_server`.
    """
    from omnisonic.platform.embedded.database_roles import SUPERUSER
    from omnisonic.platform.embedded.folder import DataFolder
    from omnisonic.platform.embedded.migrations import migrate
    from omnisonic.platform.embedded.postgres import EmbeddedPostgres
    from omnisonic.platform.embedded.stack import EmbeddedStack
    from tests.disk import never_wait_for_the_disk

    os.environ["OMNISONIC_DATA_DIR"] = str(data_dir)
    forget_connections()
    stack = EmbeddedStack.needed(get_settings(), DataFolder.open(data_dir), without={"clickhouse"})
    try:
        environment = stack.start()
        os.environ.update(environment)
        forget_connections()
        postgres = next(server for server in stack.servers if isinstance(server, EmbeddedPostgres))
        never_wait_for_the_disk(postgres.url(SUPERUSER))
        migrate()
        yield Servers(data_dir, environment, postgres.url(SUPERUSER))
        forget_connections()
    finally:
        stack.stop()


@pytest.fixture(scope="session")
def clickhouse_server(data_dir: Path) -> Iterator[dict[str, str]]:
    """Variables of a ClickHouse server, started for the first test that needs one."""
    from tests.clickhouse_server import connect, running_clickhouse

    with running_clickhouse(data_dir / "analytics") as environment:
        database = f"omnisonic_test_{os.getpid()}"
        yield {**environment, "CLICKHOUSE_DATABASE": database}
        with closing(connect(environment)) as client:
            client.command(f"DROP DATABASE IF EXISTS {database}")


@pytest.fixture(scope="session")
def _databases_with_tables() -> set[str]:
    return set()


@pytest.fixture
def clickhouse_db(
    clickhouse_server: dict[str, str], configure: Callable[..., Settings], _databases_with_tables: set[str]
) -> None:
    """The newest tables, empty, in CLICKHOUSE_DATABASE; use them through `clickhouse()`."""
    from omnisonic.platform.clickhouse import clickhouse
    from omnisonic.platform.clickhouse_migrations import migrate_clickhouse

    settings = configure(**clickhouse_server)
    if settings.clickhouse_database not in _databases_with_tables:
        migrate_clickhouse(settings)
        _databases_with_tables.add(settings.clickhouse_database)
    with clickhouse() as client:
        asked = (
            "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree' "
            "AND name <> 'schema_versions' AND total_rows > 0"
        )
        for (table,) in client.query(asked).result_rows:
            client.command(f"TRUNCATE TABLE {table}")


@pytest.fixture(scope="session")
def _empty_database(servers: Servers) -> Iterator[Callable[[], None]]:
    import psycopg2

    with closing(psycopg2.connect(servers.admin_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            # `replica` skips foreign keys and triggers: rows go in any order.
            cursor.execute(
                "SET session_replication_role = replica; SET synchronous_commit = off; "
                "SET lock_timeout = '5s'"
            )
            cursor.execute(
                "SELECT format('DELETE FROM %I', tablename) FROM pg_tables "
                "WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
            )
            statements = "; ".join(row[0] for row in cursor.fetchall())
            statements = f"{_emptying_ledger(cursor)}; {statements}"
            yield lambda: cursor.execute(statements)


def _emptying_ledger(cursor: Any) -> str:
    """Statements that empty the append-only tables, whose triggers fire for `replica` too."""
    cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only' ORDER BY 1")
    steps = (
        "DO $$ BEGIN IF EXISTS (SELECT 1 FROM {0}) THEN ALTER TABLE {0} DISABLE TRIGGER append_only; "
        "DELETE FROM {0}; ALTER TABLE {0} ENABLE ALWAYS TRIGGER append_only; END IF; END $$"
    )
    return "; ".join(steps.format(row[0]) for row in cursor.fetchall()) or "SELECT 1"


@pytest.fixture
def db(_empty_database: Callable[[], None]) -> None:
    """An empty database; use it through `unit_of_work()` and `read_session()`."""
    _empty_database()


@pytest.fixture
def redis_client(servers: Servers) -> redis.Redis:
    """The process's Redis client on an empty server."""
    from omnisonic.platform.redis import get_redis

    client = get_redis()
    client.flushall()
    return client


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Settings]]:
    """Set variables for one test: `configure(UPLOAD_MAX_FILE_SIZE_MB=1)`; returns the new settings."""

    def change(**variables: Any) -> Settings:
        for name, value in variables.items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, str(value))
        forget_connections()
        return get_settings()

    yield change
    monkeypatch.undo()
    forget_connections()


@pytest.fixture
def storage(configure: Callable[..., Settings], tmp_path: Path) -> Storage:
    """The process's object store: an empty folder."""
    from omnisonic.platform.storage import get_storage

    configure(STORAGE_TYPE="local", STORAGE_LOCAL_DIR=tmp_path / "storage")
    return get_storage()
