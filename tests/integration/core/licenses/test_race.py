"""Many writers at once: PostgreSQL lets exactly one of those that exclude each other win."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import psycopg2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from omnisonic.core.licenses import service
from omnisonic.core.licenses.errors import LicenseConflict
from omnisonic.core.licenses.schemas import LicenseDraft
from omnisonic.core.licenses.territories import parse_territory
from omnisonic.core.licenses.territory_sets import to_numbers
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import unit_of_work, write_engine
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.errors import Busy
from omnisonic.platform.ids import new_id
from tests.integration.core.conftest import make_work

WRITERS = 32
START = datetime(2030, 1, 1, tzinfo=UTC)
INSERT = """
INSERT INTO licenses (id, created_at, updated_at, work_id, licensee, territories, rights_type, exclusive,
                      effective_from, exclusivity, recording_scope, status, version)
VALUES (%s, now(), now(), %s, 'Acme', '{[1,2000)}', 'MASTER', true, '2030-01-01', '(,)', '(,)', 'active', 1)
"""


def draft_of(work_id: UUID, **fields: Any) -> LicenseDraft:
    values = {"licensee": "Acme", "rights_type": "MASTER", "effective_from": START, **fields}
    return LicenseDraft(work_id=work_id, **values)


def test_one_of_thirty_two_writers_wins(mara: Actor) -> None:
    work = make_work(mara)
    together = Barrier(WRITERS)

    @repeatable
    def write(number: int) -> str:
        try:
            with unit_of_work() as uow:
                draft = draft_of(
                    work.id, licensee=f"Writer {number}", territory="EUROPE" if number % 2 else None
                )
                service.create_license(uow, mara, draft=draft)
        except LicenseConflict as refused:
            return f"refused by {refused.current['licenses'][0]['licensee']}"
        return f"granted to Writer {number}"

    def race(number: int) -> str:
        together.wait()
        while True:
            try:
                return write(number)
            except Busy:  # fewer connections than writers: the platform asks to come again
                continue

    with ThreadPoolExecutor(WRITERS) as threads:
        answers = list(threads.map(race, range(WRITERS)))
    winners = [answer.removeprefix("granted to ") for answer in answers if answer.startswith("granted")]
    assert len(winners) == 1
    assert set(answers) == {f"granted to {winners[0]}", f"refused by {winners[0]}"}


def test_the_database_alone_lets_one_win(mara: Actor) -> None:
    """Without our lock on the work: 32 connections of their own, plain INSERT."""
    work = make_work(mara)
    together = Barrier(WRITERS)
    url = write_engine().url.set(drivername="postgresql").render_as_string(hide_password=False)

    def insert(_number: int) -> str:
        connection = psycopg2.connect(url)
        try:
            together.wait()
            with connection, connection.cursor() as cursor:
                cursor.execute(INSERT, (str(new_id()), str(work.id)))
        except (psycopg2.errors.ExclusionViolation, psycopg2.errors.DeadlockDetected):
            return "refused"
        finally:
            connection.close()
        return "granted"

    with ThreadPoolExecutor(WRITERS) as threads:
        answers = list(threads.map(insert, range(WRITERS)))
    assert answers.count("granted") == 1


TERRITORIES = (None, "EUROPE", "WORLD - EUROPE", "FR, US", "US", "EUROPE - FR")
wanted = st.tuples(
    st.sampled_from(TERRITORIES), st.booleans(), st.integers(0, 20), st.one_of(st.none(), st.integers(1, 10))
)


@pytest.mark.usefixtures("db")
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(wanted, min_size=2, max_size=8), st.randoms(use_true_random=False))
def test_any_order_of_licenses_equals_a_plain_model(
    mara: Actor, requests: list[tuple[str | None, bool, int, int | None]], chance: random.Random
) -> None:
    work = make_work(mara, f"Model {chance.random()}")
    held: list[tuple[frozenset[int], bool, int, int]] = []
    for territory, exclusive, first_day, days in requests:
        numbers = to_numbers(parse_territory(territory).ranges)
        last_day = 10_000 if days is None else first_day + days
        clashes = any(
            numbers & theirs
            and first_day < their_last
            and their_first < last_day
            and (exclusive or is_exclusive)
            for theirs, is_exclusive, their_first, their_last in held
        )
        draft = draft_of(
            work.id,
            territory=territory,
            exclusive=exclusive,
            effective_from=START + timedelta(days=first_day),
            expires_on=None if days is None else START + timedelta(days=last_day),
        )
        if clashes:
            with pytest.raises(LicenseConflict), unit_of_work() as uow:
                service.create_license(uow, mara, draft=draft)
        else:
            with unit_of_work() as uow:
                service.create_license(uow, mara, draft=draft)
            held.append((numbers, exclusive, first_day, last_day))
