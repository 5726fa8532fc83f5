"""Many people change the same entries at once: refusals are typed, nothing breaks, nothing doubles."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text

from omnisonic.core.catalog import contributions, merge, works
from omnisonic.core.catalog.models import Contributor, Work
from omnisonic.core.catalog.schemas import WorkChanges
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.errors import OmnisonicError
from omnisonic.platform.ids import new_id
from tests.integration.core.conftest import (
    history_of,
    make_contributor,
    make_recording,
    make_work,
    set_shares,
    share,
    versions_of,
)

EXPECTED = {
    "contribution-ended",
    "version-conflict",
    "identifier-taken",
    "not-found",
    "merge-refused",
    "invalid-fields",
}


def test_two_editors_with_the_same_version_give_one_winner(mara: Actor) -> None:
    work = make_work(mara)

    def edit(number: int) -> str:
        try:
            with unit_of_work() as uow:
                changes = WorkChanges(title=f"Title {number}")
                works.update_work(uow, mara, work_id=work.id, changes=changes, version=1)
        except OmnisonicError as error:
            return error.slug
        return "won"

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(edit, range(8)))
    assert outcomes == ["version-conflict"] * 7 + ["won"]
    assert len(history_of(work.id)) == 2


def test_a_crowd_on_the_same_entries_breaks_nothing(curator: Actor) -> None:
    catalog = [make_work(curator, f"Song {number}") for number in range(3)]
    people = [make_contributor(curator, f"Person {number}") for number in range(3)]
    for work in catalog:
        set_shares(curator, work, share(people[0], 500_000), share(people[1], 500_000))

    def act(seed: int) -> str:
        chance = random.Random(seed)
        work, person = chance.choice(catalog), chance.choice(people)
        try:
            _one_of_many_things(curator, chance, work, person)
        except OmnisonicError as error:
            return error.slug
        return "done"

    with ThreadPoolExecutor(8) as pool:
        outcomes = set(pool.map(act, range(120)))
    assert outcomes - {"done"} <= EXPECTED
    with read_session() as session:
        doubled = session.execute(text(_OVERLAPS)).all()
    assert doubled == []


def _one_of_many_things(actor: Actor, chance: random.Random, work: Work, person: Contributor) -> None:
    match chance.randrange(6):
        case 0:
            set_shares(actor, work, share(person, chance.randrange(1_000_000)))
        case 1:
            row = chance.choice(versions_of(work))
            draft = share(person, chance.randrange(1_000_000))
            with unit_of_work() as uow:
                contributions.update_contribution(uow, actor, contribution_id=row.id, draft=draft)
        case 2:
            make_contributor(actor, f"Renamed {chance.random()}", contributor_id=person.id)
        case 3:
            isrc = f"GBAYC17{chance.randrange(3):05}"
            make_recording(actor, isrc=isrc, artist=f"A {chance.randrange(3)} feat. B", work_id=work.id)
        case 4:
            other = make_work(actor, f"Copy {chance.random()}")
            set_shares(actor, other, share(person, 1))
            with unit_of_work() as uow:
                merge.merge_entities(uow, actor, table=Work, survivor_id=work.id, merged_id=other.id)
        case _:
            with unit_of_work() as uow:
                changes = WorkChanges(title=f"Song {new_id()}")
                works.update_work(uow, actor, work_id=work.id, changes=changes)


_OVERLAPS = """
    SELECT one.id FROM contributions AS one JOIN contributions AS two
      ON one.work_id = two.work_id AND one.contributor_id = two.contributor_id AND one.role = two.role
     AND one.rights_type IS NOT DISTINCT FROM two.rights_type AND one.id < two.id
     AND tstzrange(one.valid_from, one.valid_to) && tstzrange(two.valid_from, two.valid_to)
"""
