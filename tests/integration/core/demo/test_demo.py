"""The demo catalog: made once, whole, with every case that the pages tell about."""

from __future__ import annotations

from collections.abc import Callable

from sqlmodel import col, func, select

from omnisonic.core.catalog import listing
from omnisonic.core.catalog.models import Contributor, Recording, Work
from omnisonic.core.catalog.schemas import CatalogFilter
from omnisonic.core.catalog.work_view import view_work
from omnisonic.core.demo.royalties import close_oldest, make_usage
from omnisonic.core.demo.service import make_catalog
from omnisonic.core.demo.songs import PEOPLE, SONGS
from omnisonic.core.ledger.models import AccountKind, LedgerAccount
from omnisonic.core.licenses.queries import expiring_licenses
from omnisonic.core.royalties.models import Cycle, CycleStatus, Statement
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session
from omnisonic.platform.pagination import Page


def test_the_catalog_is_made_once_and_shows_every_case(make_actor: Callable[..., Actor]) -> None:
    host = make_actor("Host")
    assert make_catalog(host) == len(SONGS)
    assert make_catalog(host) == 0
    with read_session() as session:
        assert session.exec(select(func.count()).select_from(Work)).one() == len(SONGS)
        takes = sum(len(song.takes) for song in SONGS)
        assert session.exec(select(func.count()).select_from(Recording)).one() == takes
        registered = session.exec(select(func.count()).select_from(Contributor)).one()
        assert registered == len(
            {part.name for song in SONGS for part in (*song.parts, *song.former)}
            | {person.name for person in PEOPLE}
            | {take.artist.partition(" feat. ")[0] for song in SONGS for take in song.takes}
        )

        works, _ = listing.list_works(session, host, page=Page())
        kinds = {work.title: view_work(session, host, work_id=work.id)[1].problem_kind for work in works}
        assert kinds["Glass Orchard"] == "conflict"
        assert kinds["Harbor Lights at Four"] == "short"
        assert kinds["Paper Satellites"] == ""
        clashing, _ = listing.list_works(session, host, page=Page(), where=CatalogFilter(has_conflict=True))
        assert [work.title for work in clashing] == ["Glass Orchard"]
        assert expiring_licenses(session, host, limit=5)


def test_two_months_of_usage_show_every_reason_to_wait_and_the_older_is_closed(
    cosigner: str, make_actor: Callable[..., Actor]
) -> None:
    host = make_actor("Host")
    make_catalog(host)
    reported = make_usage(host)
    assert reported
    assert make_usage(host) == 0
    with read_session() as session:
        waiting = session.exec(
            select(LedgerAccount.owner).where(LedgerAccount.kind == AccountKind.SUSPENSE).distinct()
        ).all()
        assert {*waiting} == {"unmatched", "unclaimed", "conflict"}
    closed = close_oldest(host)
    assert closed
    assert close_oldest(host) is None
    with read_session() as session:
        cycles = session.exec(select(Cycle).order_by(col(Cycle.starts_on))).all()
        assert [cycle.status for cycle in cycles] == [CycleStatus.CLOSED, CycleStatus.OPEN]
        statements = session.exec(select(Statement).where(Statement.cycle_id == cycles[0].id)).all()
        assert {statement.currency for statement in statements} == {"EUR", "USD"}
