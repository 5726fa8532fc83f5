"""Contributors: found by id, number or one's own name."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlmodel import select

from omnisonic.core.catalog import contributors
from omnisonic.core.catalog.errors import IdentifierTaken, InvalidIdentifier
from omnisonic.core.catalog.models import Contributor, EntityKind
from omnisonic.core.catalog.schemas import ContributorDraft
from omnisonic.core.catalog.search import find_ids
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.errors import Forbidden, InvalidFields, NotFound, VersionConflict
from omnisonic.platform.ids import new_id
from tests.integration.core.conftest import (
    IPI,
    ISNI,
    OTHER_IPI,
    history_of,
    link,
    make_contributor,
    make_work,
    set_shares,
    share,
)


def test_a_contributor_is_made_with_numbers(mara: Actor) -> None:
    made = make_contributor(mara, "  Benny   Andersson", roles=["composer"], ipi="14107338", isni=ISNI)
    assert (made.name, made.roles, made.ipi, made.isni) == (
        "Benny Andersson",
        ["composer"],
        IPI,
        "000000012146438X",
    )
    assert [row.action for row in history_of(made.id)] == ["created"]


def test_zeros_are_no_number(mara: Actor) -> None:
    assert make_contributor(mara, ipi="00000000000").ipi is None


def test_a_number_finds_the_contributor_whatever_the_name(mara: Actor) -> None:
    made = make_contributor(mara, "Benny", ipi=IPI)
    again = make_contributor(mara, "Benny Andersson", ipi=IPI, isni=ISNI)
    assert (again.id, again.name, again.isni, again.version) == (
        made.id,
        "Benny Andersson",
        "000000012146438X",
        2,
    )


def test_a_bare_name_finds_ones_own_and_nobody_elses(mara: Actor, teo: Actor) -> None:
    made = make_contributor(mara, "Björk")
    assert make_contributor(mara, "bjork").id == made.id
    assert make_contributor(teo, "Björk").id != made.id


def test_a_strangers_number_is_refused_naming_them(mara: Actor, teo: Actor, curator: Actor) -> None:
    made = make_contributor(mara, "Benny", ipi=IPI)
    with pytest.raises(IdentifierTaken) as refused:
        make_contributor(teo, "Benny A.", ipi=IPI)
    assert refused.value.current["id"] == str(made.id)
    assert make_contributor(curator, "Benny A.", ipi=IPI).id == made.id


def test_strangers_do_not_change_it_but_the_linked_account_does(mara: Actor, teo: Actor) -> None:
    made = make_contributor(mara, "Teo Marsh")
    with pytest.raises(Forbidden):
        make_contributor(teo, "Taken over", contributor_id=made.id)
    link(made, teo)
    assert make_contributor(teo, "Teo M.", contributor_id=made.id).name == "Teo M."


def test_an_old_version_and_an_unknown_id_are_refused(mara: Actor) -> None:
    made = make_contributor(mara, "Benny")
    make_contributor(mara, "Benny A.", contributor_id=made.id, version=1)
    with pytest.raises(VersionConflict):
        make_contributor(mara, "Benny B.", contributor_id=made.id, version=1)
    with pytest.raises(NotFound):
        make_contributor(mara, contributor_id=new_id())


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"name": ""}, InvalidFields),
        ({"name": "x" * 301}, InvalidFields),
        ({"roles": ["x" * 61]}, InvalidFields),
        ({"ipi": "00407982341"}, InvalidIdentifier),
        ({"isni": "0000000106750995"}, InvalidIdentifier),
    ],
)
def test_bad_fields_are_refused(mara: Actor, fields: dict[str, Any], kind: type[Exception]) -> None:
    with unit_of_work() as uow, pytest.raises(kind):
        contributors.upsert_contributor(uow, mara, draft=ContributorDraft(**{"name": "Fine", **fields}))


def test_a_new_name_is_found_at_the_works(mara: Actor) -> None:
    contributor, work = make_contributor(mara, "Agnetha"), make_work(mara)
    set_shares(mara, work, share(contributor, 1_000_000))
    make_contributor(mara, "Frida", contributor_id=contributor.id)
    with read_session() as session:
        assert find_ids(session, EntityKind.WORK, "Frida", limit=5) == [work.id]
        assert find_ids(session, EntityKind.WORK, "Agnetha", limit=5) == []


@pytest.mark.parametrize("fields", [{"ipi": OTHER_IPI}, {}])
def test_many_upserts_of_one_at_once_make_one(mara: Actor, fields: dict[str, Any]) -> None:
    def upsert(number: int) -> Any:
        return make_contributor(mara, "Benny", roles=[f"role {number % 3}"], **fields).id

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(upsert, range(16)))
    assert len(ids) == 1
    with read_session() as session:
        assert len(session.exec(select(Contributor)).all()) == 1
