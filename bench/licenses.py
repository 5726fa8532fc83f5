"""`licenses`: what it costs that PostgreSQL refuses overlaps, and how fast a conflict is found.

A table of many active licenses, then single inserts (a transaction each) beside the same table without the
constraint, in one session with one set of settings. Then questions for conflicts from the outside in: the
whole preview that a form asks for, the check alone, and a refused grant. Processor times of this process and
of PostgreSQL's plan stand beside, because waiting for a busy machine is no property of ours.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median, quantiles
from typing import Any

import psycopg2
from psycopg2.extras import register_uuid

from bench.peers.no_constraint import MAKE_PEER_TABLE, PEER_TABLE
from bench.report import Figure
from bench.servers import own_servers
from omnisonic.core.catalog.models import RightsType
from omnisonic.core.licenses import repository, service
from omnisonic.core.licenses.errors import LicenseConflict
from omnisonic.core.licenses.models import LicenseStatus
from omnisonic.core.licenses.repository import Claim
from omnisonic.core.licenses.schemas import LicenseDraft
from omnisonic.core.licenses.territories import parse_territory
from omnisonic.core.licenses.territory_sets import WORLD, to_multirange
from omnisonic.platform.actor import Actor, Role
from omnisonic.platform.auth.models import User
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.ids import new_id

SEED = 20_261_121
LICENSES_PER_WORK = 10
WARM_UP = 10
RIGHTS = ("MECHANICAL", "PERFORMANCE", "SYNCHRONIZATION", "MASTER")
EXPRESSIONS = ("WORLD", "EUROPE - CH", "US, CA", "WORLD - US", "EU, GB", "JP", "LATIN AMERICA", "AFRICA")

WORKS = """
INSERT INTO works (id, title, created_by, created_at, updated_at, version)
SELECT gen_random_uuid(), 'Work ' || n, %(owner)s, now(), now(), 1 FROM generate_series(1, %(works)s) n
"""
# Ten licenses per work: years one after the other, so that none excludes another; every right and territory.
LICENSES = """
INSERT INTO {table} (id, created_at, updated_at, work_id, licensee, territory, territories, rights_type,
                     exclusive, effective_from, expires_on, exclusivity, recording_scope, status, version)
SELECT gen_random_uuid(), now(), now(), w.id, 'Licensee ' || (w.n %% 1000), NULL,
       (%(territories)s::int4multirange[])[1 + (w.n + y) %% 8], (%(rights)s)[1 + w.n %% 4], true,
       make_timestamptz(2020 + y, 1, 1, 0, 0, 0, 'UTC'), make_timestamptz(2021 + y, 1, 1, 0, 0, 0, 'UTC'),
       '(,)', '(,)', 'active', 1
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM works) w, generate_series(0, %(years)s - 1) y
"""
INSERT = """
INSERT INTO {table} (id, created_at, updated_at, work_id, licensee, territories, rights_type, exclusive,
                     effective_from, expires_on, exclusivity, recording_scope, status, version)
VALUES (%(id)s, now(), now(), %(work)s, 'Newcomer', %(territories)s, %(right)s, true,
        %(starts)s, %(ends)s, '(,)', '(,)', 'active', 1)
"""


def run(quick: bool) -> list[Figure]:
    """Fill, then measure; 1 M licenses, or 100 k when `quick`."""
    licenses, rounds, inserts, asked = (100_000, 5, 300, 200) if quick else (1_000_000, 9, 2000, 1000)
    chance = random.Random(SEED)
    register_uuid()
    with own_servers() as servers, closing(psycopg2.connect(servers.admin_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            # The price of the constraint, not of the disk: waiting for it would hide the difference.
            cursor.execute("SET synchronous_commit = off")
            actor = _make_owner()
            works = _fill(cursor, actor, licenses // LICENSES_PER_WORK)
            rates: dict[str, list[float]] = {"licenses": [], PEER_TABLE: []}
            for at in range(rounds):
                # Alternating who goes first: neither always meets the other's dirty pages.
                for table in sorted(rates, reverse=bool(at % 2)):
                    rates[table].append(_insert_rate(cursor, table, works, inserts, 2100 + at))
        checks = _timed(asked, lambda: _check(chance.choice(works), chance))
        previews = _timed(asked, lambda: _preview(actor, chance.randrange(len(works)), works, chance))
        refusals = _timed(asked, lambda: _refused_grant(actor, chance.randrange(len(works)), works, chance))
        with connection.cursor() as cursor:
            server_ms = median(_server_ms(cursor, chance.choice(works), chance) for _ in range(asked // 4))
    ours, theirs = (median(rates[table]) for table in ("licenses", PEER_TABLE))
    return [
        Figure("licenses", "inserts_per_s", "no_constraint", ours, theirs, "1/s", True),
        Figure("licenses", "conflict_p95_ms", "-", checks.p95_ms, None, "ms", False),
        Figure("licenses", "conflict_cpu_ms", "-", checks.cpu_ms, None, "ms", False),
        Figure("licenses", "conflict_server_ms", "-", server_ms, None, "ms", False),
        Figure("licenses", "preview_p95_ms", "-", previews.p95_ms, None, "ms", False),
        Figure("licenses", "preview_cpu_ms", "-", previews.cpu_ms, None, "ms", False),
        Figure("licenses", "refused_grant_p95_ms", "-", refusals.p95_ms, None, "ms", False),
    ]


def _make_owner() -> Actor:
    with unit_of_work() as uow:
        user = User(email="bench@example.org", display_name="Bench", role=Role.MEMBER)
        uow.session.add(user)
    return Actor(user_id=user.id, display_name="Bench", email=user.email)


def _fill(cursor: Any, actor: Actor, works: int) -> list[Any]:
    territories = [to_multirange(parse_territory(text).ranges) for text in EXPRESSIONS]
    values = {"years": LICENSES_PER_WORK, "territories": territories, "rights": list(RIGHTS)}
    cursor.execute(WORKS, {"owner": actor.user_id, "works": works})
    cursor.execute(MAKE_PEER_TABLE)
    cursor.execute("SET session_replication_role = replica")  # every row names a work that is there
    for table in ("licenses", PEER_TABLE):
        cursor.execute(LICENSES.format(table=table), values)
    cursor.execute("SET session_replication_role = DEFAULT")
    cursor.execute(f"VACUUM ANALYZE works, licenses, {PEER_TABLE}")
    cursor.execute("SELECT id FROM works ORDER BY id")
    return [row[0] for row in cursor.fetchall()]


def _insert_rate(cursor: Any, table: str, works: list[Any], inserts: int, year: int) -> float:
    chance = random.Random(year)  # the same rows for both tables
    territory = to_multirange(parse_territory("EUROPE - CH").ranges)
    statement = INSERT.format(table=table)
    picked = chance.sample(works, inserts)
    started = time.perf_counter()
    for work in picked:
        cursor.execute(
            statement,
            {
                "id": new_id(),
                "work": work,
                "territories": territory,
                "right": chance.choice(RIGHTS),
                "starts": f"{year}-01-01Z",
                "ends": f"{year + 1}-01-01Z",
            },
        )
    return inserts / (time.perf_counter() - started)


def _draft(work: Any, right: str, chance: random.Random) -> LicenseDraft:
    values = {
        "work_id": work,
        "licensee": "Late",
        "rights_type": right,
        "effective_from": f"{2020 + chance.randrange(LICENSES_PER_WORK)}-06-01T00:00:00Z",
    }
    return LicenseDraft.model_validate(values)


def _claim(work: Any, chance: random.Random) -> Claim:
    return Claim(
        work_id=work,
        rights_type=RightsType(chance.choice(RIGHTS)),
        territories=WORLD,
        exclusive=True,
        effective_from=datetime(2020 + chance.randrange(LICENSES_PER_WORK), 6, 1, tzinfo=UTC),
        expires_on=None,
        recording_number=None,
    )


def _check(work: Any, chance: random.Random) -> None:
    with read_session() as session:
        repository.list_overlapping(session, _claim(work, chance), statuses=(LicenseStatus.ACTIVE,))


def _preview(actor: Actor, place: int, works: list[Any], chance: random.Random) -> None:
    draft = _draft(works[place], RIGHTS[(place + 1) % len(RIGHTS)], chance)
    with read_session() as session:
        if not service.preview_conflicts(session, actor, draft=draft).conflicts:
            raise RuntimeError("A conflict was not seen.")


def _server_ms(cursor: Any, work: Any, chance: random.Random) -> float:
    """Planning and running the check inside PostgreSQL."""
    statement, values = repository.overlap_question(_claim(work, chance), statuses=(LicenseStatus.ACTIVE,))
    named = re.sub(r"(?<!:):(\w+)", r"%(\1)s", statement)
    cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {named}", values)
    plan = cursor.fetchone()[0][0]
    return float(plan["Planning Time"] + plan["Execution Time"])


def _refused_grant(actor: Actor, place: int, works: list[Any], chance: random.Random) -> None:
    draft = _draft(
        works[place], RIGHTS[(place + 1) % len(RIGHTS)], chance
    )  # the right that its licenses have
    try:
        with unit_of_work() as uow:
            service.create_license(uow, actor, draft=draft)
    except LicenseConflict:
        return
    raise RuntimeError("A license that overlaps was granted.")


@dataclass(frozen=True)
class Timed:
    """How long a question takes, and how much of our processor."""

    p95_ms: float
    cpu_ms: float


def _timed(times: int, question: Callable[[], None]) -> Timed:
    for _ in range(WARM_UP):
        question()
    taken: list[float] = []
    cpu_s = time.process_time()
    for _ in range(times):
        started = time.perf_counter()
        question()
        taken.append((time.perf_counter() - started) * 1000)
    return Timed(quantiles(taken, n=20)[-1], (time.process_time() - cpu_s) * 1000 / times)
