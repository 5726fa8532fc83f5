# ruff: noqa: S608  (the pieces put together are our own)
"""Imports decide for many rows at once who may change what: in SQL, and the same as one by one."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from sqlalchemy import text

from omnisonic.core.catalog.access import is_curator, may_edit
from omnisonic.core.catalog.models import Contribution, Contributor, Recording, RecordingCredit, Work
from omnisonic.core.imports.models import ImportStatus
from omnisonic.core.imports.preparation_sql import IS_EDITABLE, IS_EDITABLE_WORK
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.ids import utc_now

from .conftest import HEADER, import_file, problems

ENTRIES = 25
DAY = timedelta(days=1)


def make_catalog(people: list[Actor], *, seed: int) -> None:
    """Works and recordings with owners, linked performers and linked writers as chance has it."""
    chance = random.Random(seed)

    def maybe(share: float) -> bool:
        return chance.random() < share

    def owner() -> object:
        return None if maybe(0.2) else chance.choice(people).user_id

    with unit_of_work() as uow:
        session = uow.session
        linked = [
            Contributor(name=f"P{n}", name_key=f"p{n}", user_id=owner(), created_by=owner()) for n in range(8)
        ]
        session.add_all(linked)
        works = [Work(title=f"W{n}", created_by=owner()) for n in range(ENTRIES)]
        session.add_all(works)
        session.flush()
        now = utc_now()
        for work in works:
            for writer in chance.sample(linked, chance.randrange(3)):
                ended = chance.choice([None, now + DAY, now - DAY])
                session.add(
                    Contribution(
                        work_id=work.id,
                        contributor_id=writer.id,
                        role="composer",
                        share_ppm=1,
                        valid_from=now - 3 * DAY,
                        valid_to=ended,
                    )
                )
        for number in range(ENTRIES):
            work_id = chance.choice(works).id if maybe(0.5) else None
            made = Recording(
                title=f"R{number}", primary_artist="A", isrc=f"GBAYC17{number:05}",
                created_by=owner(), work_id=work_id,
            )  # fmt: skip
            session.add(made)
            session.flush()
            for position, performer in enumerate(chance.sample(linked, chance.randrange(3))):
                session.add(
                    RecordingCredit(
                        recording_id=made.id, position=position, contributor_id=performer.id, credited_as="A"
                    )
                )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_rule_of_imports_is_the_rule_of_the_catalog(
    mara: Actor, teo: Actor, curator: Actor, seed: int
) -> None:
    make_catalog([mara, teo, curator], seed=seed)
    answers = set()
    with read_session() as session:
        for actor in (mara, teo, curator):
            bound = {"user_id": actor.user_id, "is_curator": is_curator(actor)}
            for table, alias, rule in ((Recording, "r", IS_EDITABLE), (Work, "w", IS_EDITABLE_WORK)):
                name = str(table.__tablename__)
                found = session.execute(text(f"SELECT {alias}.id, {rule} FROM {name} {alias}"), bound).all()
                assert len(found) == ENTRIES
                for entity_id, allowed in found:
                    assert allowed is may_edit(session, actor, session.get_one(table, entity_id))
                    answers.add((actor is curator, allowed))
    assert answers == {(True, True), (False, True), (False, False)}


def test_what_nobody_owns_any_more_is_refused(mara: Actor) -> None:
    with unit_of_work() as uow:
        uow.session.add(Recording(title="Old", primary_artist="A", isrc="GBAYC1700598"))
    job = import_file(mara, HEADER + "GBAYC1700598,New,Mara,,,,,\n")
    assert (job.status, job.accepted_records) == (ImportStatus.COMPLETED, 0)
    assert problems(job) == [(2, "isrc", "not-yours")]
