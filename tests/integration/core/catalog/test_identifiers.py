"""Identifiers beside the preferred one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from omnisonic.core.catalog import identifiers, repository
from omnisonic.core.catalog.errors import IdentifierTaken, InvalidIdentifier
from omnisonic.core.catalog.models import EntityKind, Work
from omnisonic.core.catalog.search import find_ids
from omnisonic.core.identifiers import Scheme
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.errors import Forbidden, InvalidFields, NotFound, OmnisonicError
from tests.integration.core.conftest import ISRC, ISWC, OTHER_ISWC, history_of, make_work

COMPACT, OTHER = "T0345246801", "T0000000010"


def served(work: Work) -> list[tuple[str, str]]:
    with read_session() as session:
        fresh = session.get_one(Work, work.id)
        return [(one.value, str(one.status)) for one in repository.identifiers_of(session, [fresh])[work.id]]


def run(action: Any, actor: Actor, work: Work, value: str, scheme: Scheme = Scheme.ISWC, **more: Any) -> Work:
    with unit_of_work() as uow:
        changed: Work = action(uow, actor, table=Work, entity_id=work.id, scheme=scheme, value=value, **more)
    return changed


def test_another_identifier_is_archived_beside_the_preferred_one(mara: Actor) -> None:
    work = make_work(mara, iswc=ISWC)
    for _ in range(2):
        changed = run(identifiers.add_identifier, mara, work, OTHER_ISWC)
    assert changed.version == 2
    assert served(work) == [(COMPACT, "preferred"), (OTHER, "archived")]
    assert history_of(work.id)[-1].action == "identifier-added"
    with read_session() as session:
        assert find_ids(session, EntityKind.WORK, OTHER_ISWC, limit=2) == [work.id]


def test_preferring_one_archives_the_other(mara: Actor) -> None:
    work = make_work(mara, iswc=ISWC)
    run(identifiers.add_identifier, mara, work, OTHER_ISWC)
    for _ in range(2):
        assert run(identifiers.prefer_identifier, mara, work, OTHER_ISWC).iswc == OTHER
    assert served(work) == [(OTHER, "preferred"), (COMPACT, "archived")]


def test_the_preferred_one_can_be_archived_and_an_archived_one_removed(mara: Actor) -> None:
    work = make_work(mara, iswc=ISWC)
    for _ in range(2):
        assert run(identifiers.archive_identifier, mara, work, ISWC).iswc is None
    assert served(work) == [(COMPACT, "archived")]
    run(identifiers.remove_identifier, mara, work, ISWC)
    assert served(work) == []
    with pytest.raises(NotFound):
        run(identifiers.remove_identifier, mara, work, ISWC)
    with pytest.raises(NotFound):
        run(identifiers.archive_identifier, mara, work, ISWC)


def test_a_taken_one_may_be_archived_here_but_not_preferred(mara: Actor) -> None:
    holder, work = make_work(mara, "Holder", iswc=ISWC), make_work(mara, "Other")
    run(identifiers.add_identifier, mara, work, ISWC)
    with pytest.raises(IdentifierTaken) as refused:
        run(identifiers.prefer_identifier, mara, work, ISWC)
    assert refused.value.current["id"] == str(holder.id)


@pytest.mark.parametrize(
    "action",
    [
        identifiers.add_identifier,
        identifiers.prefer_identifier,
        identifiers.archive_identifier,
        identifiers.remove_identifier,
    ],
)
def test_strangers_and_bad_values_are_refused(mara: Actor, teo: Actor, action: Any) -> None:
    work = make_work(mara, iswc=ISWC)
    with pytest.raises(Forbidden):
        run(action, teo, work, OTHER_ISWC)
    with pytest.raises(InvalidIdentifier):
        run(action, mara, work, "T-345.246.800-1")
    with pytest.raises(InvalidFields):
        run(action, mara, work, ISRC, Scheme.ISRC)
    with pytest.raises(InvalidFields):
        run(action, mara, work, " ")


def test_two_works_reaching_for_one_iswc_at_once_give_one_owner(mara: Actor) -> None:
    works = [make_work(mara, f"Work {number}") for number in range(6)]

    def reach(work: Work) -> str:
        try:
            return str(run(identifiers.prefer_identifier, mara, work, ISWC).iswc)
        except OmnisonicError as error:
            return error.slug

    with ThreadPoolExecutor(6) as pool:
        outcomes = sorted(pool.map(reach, works))
    assert outcomes == [COMPACT] + ["identifier-taken"] * 5
