"""Making and changing works."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from omnisonic.core.catalog import works
from omnisonic.core.catalog.errors import IdentifierTaken, InvalidIdentifier
from omnisonic.core.catalog.models import Work
from omnisonic.core.catalog.schemas import WorkChanges
from omnisonic.platform.actor import Actor, Scope
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.errors import Forbidden, InvalidFields, NotFound, VersionConflict
from omnisonic.platform.ids import new_id
from tests.integration.core.conftest import (
    ISWC,
    OTHER_ISWC,
    announced,
    history_of,
    link,
    make_contributor,
    make_work,
    set_shares,
    share,
)


def change(actor: Actor, work: Work, version: int | None = None, **values: Any) -> Work:
    with unit_of_work() as uow:
        return works.update_work(uow, actor, work_id=work.id, changes=WorkChanges(**values), version=version)


def test_a_work_is_made_with_history_and_an_event(mara: Actor) -> None:
    work = make_work(
        mara, "  Northern   Lights ", iswc=ISWC, genres=["Pop", "pop", "Folk"], description=" x "
    )
    assert (work.title, work.iswc, work.genres, work.description) == (
        "Northern Lights",
        "T0345246801",
        ["Pop", "Folk"],
        "x",
    )
    (made,) = history_of(work.id)
    assert (made.action, made.actor_id, made.source, made.before) == ("created", mara.user_id, "web", None)
    assert made.after is not None
    assert made.after["iswc"] == "T0345246801"
    assert announced() == [(f"work:{work.id}", "workUpdated", {"id": str(work.id), "version": 1})]


def test_everyone_reads(mara: Actor, teo: Actor) -> None:
    work = make_work(mara)
    with read_session() as session:
        assert works.get_work(session, teo, work_id=work.id).title == "Northern Lights"
        with pytest.raises(NotFound):
            works.get_work(session, teo, work_id=new_id())


@pytest.mark.parametrize(
    "fields",
    [
        {"title": " "},
        {"title": "x" * 501},
        {"title": "a\x00b"},
        {"title": "\ud800"},
        {"description": "x" * 5001},
        {"genres": ["x" * 61]},
        {"genres": [str(number) for number in range(21)]},
    ],
)
def test_bad_fields_are_refused(mara: Actor, fields: dict[str, Any]) -> None:
    with unit_of_work() as uow, pytest.raises(InvalidFields) as refused:
        works.create_work(uow, mara, **{"title": "Fine", **fields})
    assert refused.value.errors[0].field in fields


@pytest.mark.parametrize("iswc", ["T-345.246.800-1", "T-1", "nonsense"])
def test_a_wrong_iswc_is_refused(mara: Actor, iswc: str) -> None:
    with unit_of_work() as uow, pytest.raises(InvalidIdentifier):
        works.create_work(uow, mara, title="Fine", iswc=iswc)


def test_a_taken_iswc_names_who_has_it(mara: Actor, teo: Actor) -> None:
    work = make_work(mara, iswc=ISWC)
    with unit_of_work() as uow, pytest.raises(IdentifierTaken) as refused:
        works.create_work(uow, teo, title="Another", iswc=ISWC)
    assert refused.value.current == {"type": "work", "id": str(work.id), "title": "Northern Lights"}


def test_a_change_counts_and_tells_only_what_changed(mara: Actor) -> None:
    work = make_work(mara, iswc=ISWC)
    changed = change(mara, work, title="Southern Lights", iswc=OTHER_ISWC)
    assert (changed.title, changed.iswc, changed.version) == ("Southern Lights", "T0000000010", 2)
    told = history_of(work.id)[-1]
    assert told.before == {"title": "Northern Lights", "iswc": "T0345246801"}
    assert told.after == {"title": "Southern Lights", "iswc": "T0000000010"}


def test_the_same_change_again_does_nothing(mara: Actor) -> None:
    work = make_work(mara, iswc=ISWC)
    for _ in range(2):
        assert change(mara, work, title="Southern Lights", iswc=ISWC).version == 2
    assert len(history_of(work.id)) == 2


def test_a_field_can_be_emptied(mara: Actor) -> None:
    work = make_work(mara, iswc=ISWC, description="Old")
    changed = change(mara, work, iswc=None, description=None)
    assert (changed.iswc, changed.description) == (None, None)


def test_an_old_version_is_refused_with_the_present_row(mara: Actor) -> None:
    work = make_work(mara)
    change(mara, work, version=1, title="Southern Lights")
    with pytest.raises(VersionConflict) as refused:
        change(mara, work, version=1, title="Eastern Lights")
    assert refused.value.current["title"] == "Southern Lights"


def test_strangers_do_not_change_it_but_curators_and_linked_contributors_do(
    mara: Actor, teo: Actor, curator: Actor
) -> None:
    work = make_work(mara)
    with pytest.raises(Forbidden):
        change(teo, work, title="Mine now")
    assert change(curator, work, title="Curated").version == 2
    contributor = make_contributor(mara)
    set_shares(mara, work, share(contributor, 1_000_000))
    link(contributor, teo)
    assert change(teo, work, title="By its composer").title == "By its composer"


def test_an_unknown_work_is_not_found(mara: Actor) -> None:
    with unit_of_work() as uow, pytest.raises(NotFound):
        works.update_work(uow, mara, work_id=UUID(int=1), changes=WorkChanges(title="x"))


def test_a_token_is_the_source_api(mara: Actor) -> None:
    program = Actor(mara.user_id, "Mara", mara.email, mara.role, frozenset({Scope.GRAPH_WRITE}))
    assert history_of(make_work(program).id)[0].source == "api"
