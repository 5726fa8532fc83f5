"""The test fixtures keep what they promise: real servers, emptied between tests, restricted role."""

from __future__ import annotations

import pytest
import redis
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from omnisonic.platform.db import unit_of_work
from omnisonic.platform.ids import new_id

INSERT_ROW = text("INSERT INTO schedule_runs (job, due_at, started_at) VALUES ('fixture', now(), now())")
COUNT_ROWS = text("SELECT count(*) FROM schedule_runs")


@pytest.mark.parametrize("attempt", ["first", "second"])
def test_database_starts_empty_each_time(db: None, attempt: str) -> None:
    with unit_of_work() as uow:
        assert uow.session.execute(COUNT_ROWS).scalar_one() == 0
        uow.session.execute(INSERT_ROW)
    with unit_of_work() as uow:
        assert uow.session.execute(COUNT_ROWS).scalar_one() == 1


@pytest.mark.parametrize("attempt", ["first", "second"])
def test_redis_starts_empty_each_time(redis_client: redis.Redis, attempt: str) -> None:
    assert redis_client.dbsize() == 0
    redis_client.set(f"key-{new_id()}", "1")
    assert redis_client.dbsize() == 1


def test_application_role_cannot_change_tables(db: None) -> None:
    with pytest.raises(ProgrammingError, match="must be owner"), unit_of_work() as uow:
        uow.session.execute(text("DROP TABLE schedule_runs"))
    with pytest.raises(ProgrammingError, match="permission denied for schema"), unit_of_work() as uow:
        uow.session.execute(text("CREATE TABLE intruder (id int)"))
