"""What is found, in which order, and what the lists show."""

from __future__ import annotations

from typing import Any

import pytest

from omnisonic.core.catalog import listing, search
from omnisonic.core.catalog.models import Contributor, EntityKind, Recording, Work
from omnisonic.core.catalog.schemas import CatalogFilter
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session
from omnisonic.platform.pagination import Page, decode_cursor
from tests.integration.core.conftest import (
    IPI,
    ISRC,
    ISWC,
    make_contributor,
    make_recording,
    make_work,
    set_shares,
    share,
)


def found(kind: EntityKind, query: str) -> list[str]:
    with read_session() as session:
        table: Any = search.TABLES[kind]
        rows = [session.get_one(table, one) for one in search.find_ids(session, kind, query, limit=10)]
    return [row.name if isinstance(row, Contributor) else row.title for row in rows]


def titles(actor: Actor, **where: Any) -> list[str]:
    with read_session() as session:
        rows, _ = listing.list_works(session, actor, page=Page(), where=CatalogFilter(**where))
        count = listing.count_entries(session, actor, Work, where=CatalogFilter(**where))
    assert count == len(rows)
    return [row.title for row in rows]


def test_exact_comes_before_prefix_words_and_spelling(mara: Actor) -> None:
    for title in ("Shining Northern Lights", "Northern Lights", "Northern Lights Again", "Nothern Light"):
        make_work(mara, title)
    assert found(EntityKind.WORK, "northern LIGHTS") == [
        "Northern Lights",
        "Northern Lights Again",
        "Shining Northern Lights",
        "Nothern Light",
    ]


@pytest.mark.parametrize(
    ("title", "query"),
    [
        ("Für Elise", "fur elise"),
        ("Fur Elise", "für"),
        ("Don't Stop", "dont stop"),
        ("Dont Stop", "don’t stop"),
        ("Dancing Queen", "dancng quen"),
        ("Bohemian Rhapsody", "bohemian rapsody"),
        ("$uicideboy$", "uicideboy"),
        ("!!!", "!!!"),
        ("will.i.am", "will i am"),
        ("AC/DC", "ac dc"),
        ("東京の夜", "東京の夜"),
        ("Ночь", "ночь"),
        ("Northern Lights", "nor"),
    ],
)
def test_it_is_found_however_it_is_typed(mara: Actor, title: str, query: str) -> None:
    make_work(mara, title)
    make_work(mara, "Something Else Entirely")
    assert found(EntityKind.WORK, query) == [title]


@pytest.mark.parametrize(
    "query", ["", "  ", "'", "a & | !(", "\x00", "%", "_", "\\", ":*", "<->", "x" * 5000]
)
def test_no_query_is_a_crash(mara: Actor, query: str) -> None:
    make_work(mara)
    assert found(EntityKind.WORK, query) == []


def test_identifiers_artists_and_contributors_find_their_entry(mara: Actor) -> None:
    work, person = make_work(mara, iswc=ISWC), make_contributor(mara, "Benny Andersson", ipi=IPI)
    set_shares(mara, work, share(person, 1_000_000))
    make_recording(mara, "Live Take", artist="Röyksopp feat. Robyn", isrc=ISRC)
    assert found(EntityKind.WORK, "T-034.524.680-1") == ["Northern Lights"]
    assert found(EntityKind.WORK, "andersson") == ["Northern Lights"]
    assert found(EntityKind.RECORDING, "ISRC gb-ayc-17-00598") == ["Live Take"]
    assert found(EntityKind.RECORDING, "royksopp live") == ["Live Take"]
    assert found(EntityKind.CONTRIBUTOR, IPI) == ["Benny Andersson"]
    assert found(EntityKind.CONTRIBUTOR, "beny anderson") == ["Benny Andersson"]


def test_lists_are_filtered(mara: Actor, teo: Actor) -> None:
    one, two = make_contributor(mara, "One"), make_contributor(mara, "Two")
    clashing = make_work(mara, "Clashing", genres=["Hip Hop"], iswc=ISWC)
    set_shares(mara, clashing, share(one, 600_000), share(two, 600_000))
    make_work(teo, "Quiet", genres=["Folk"])
    assert titles(mara) == ["Quiet", "Clashing"]
    assert titles(mara, mine=True) == ["Clashing"]
    assert titles(mara, genre="hip hop") == ["Clashing"]
    assert titles(mara, genre="rock") == []
    assert titles(mara, has_conflict=True) == ["Clashing"]
    assert titles(mara, has_conflict=False) == ["Quiet"]
    assert titles(mara, has_iswc=False) == ["Quiet"]
    assert titles(mara, has_iswc=True, search="clash") == ["Clashing"]
    assert titles(mara, contributor_id=two.id) == ["Clashing"]


def test_recordings_are_filtered(mara: Actor) -> None:
    work = make_work(mara)
    attached = make_recording(mara, "Attached", artist="Band", isrc=ISRC, work_id=work.id)
    loose = make_recording(mara, "Loose", artist="Other")
    with read_session() as session:

        def ids(**where: Any) -> list[Any]:
            rows, _ = listing.list_recordings(session, mara, page=Page(), where=CatalogFilter(**where))
            return [row.id for row in rows]

        assert ids(isrc="gb-ayc-17-00598") == [attached.id]
        assert ids(isrc="nonsense") == []
        assert ids(work_id=work.id) == [attached.id]
        assert ids(has_isrc=False) == [loose.id]
        assert ids(search="band") == [attached.id]
        assert listing.count_entries(session, mara, Recording) == 2


@pytest.mark.parametrize("query", [None, "song"])
def test_pages_follow_each_other(mara: Actor, query: str | None) -> None:
    made = {make_work(mara, f"Song {number}").id for number in range(5)}
    seen: list[Any] = []
    cursor: str | None = None
    with read_session() as session:
        for _ in range(3):
            rows, cursor = listing.list_works(
                session,
                mara,
                page=Page(limit=2, after=decode_cursor(cursor)),
                where=CatalogFilter(search=query),
            )
            seen += [row.id for row in rows]
    assert cursor is None
    assert (len(seen), set(seen)) == (5, made)
