"""ISRCs of releases: without gaps under concurrency, never lost to a mix that failed, refused where taken."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from omnisonic.core.catalog.errors import IdentifierTaken, InvalidIdentifier
from omnisonic.core.catalog.models import Recording
from omnisonic.core.releases.errors import IsrcKept, IsrcNeeded, IsrcYearFull
from omnisonic.core.releases.isrcs import free_isrc, reserve_isrc, use_isrc
from omnisonic.core.releases.models import IsrcYear
from omnisonic.platform.db import unit_of_work
from omnisonic.platform.db_errors import repeatable
from omnisonic.platform.errors import InvalidFields
from omnisonic.platform.ids import new_id
from omnisonic.platform.settings import Settings

Configure = Callable[..., Settings]


@repeatable
def reserve(holder_id: UUID | None = None, *, year: int = 2026, given: str | None = None) -> str:
    """Keep one in a transaction of its own."""
    with unit_of_work() as uow:
        return reserve_isrc(uow, holder_id=holder_id or new_id(), year=year, given=given)


def test_many_at_once_get_numbers_without_gaps(db: None, configure: Configure) -> None:
    configure(ISRC_PREFIX="QZABC")
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: reserve(), range(16)))
    assert sorted(numbers) == [f"QZABC26{number:05}" for number in range(1, 17)]
    assert reserve(year=2027) == "QZABC2700001"


def test_what_a_failed_mix_had_goes_to_the_next_one(db: None, configure: Configure) -> None:
    configure(ISRC_PREFIX="QZABC")
    failed, done = new_id(), new_id()
    assert [reserve(failed), reserve(done)] == ["QZABC2600001", "QZABC2600002"]
    with unit_of_work() as uow:
        free_isrc(uow, holder_id=failed)
        assert use_isrc(uow, holder_id=done) == "QZABC2600002"
    assert [reserve(), reserve()] == ["QZABC2600001", "QZABC2600003"]


def test_what_the_catalog_has_is_passed_over_until_the_year_is_full(db: None, configure: Configure) -> None:
    configure(ISRC_PREFIX="QZABC")
    with unit_of_work() as uow:
        uow.session.add(IsrcYear(prefix="QZABC", year=2026, last=99_997))
        uow.session.add(Recording(title="By hand", primary_artist="Ana", isrc="QZABC2699998"))
    assert reserve() == "QZABC2699999"
    with pytest.raises(IsrcYearFull):
        reserve()


def test_one_that_is_brought_along_is_checked(db: None, configure: Configure) -> None:
    configure(ISRC_PREFIX="QZABC")
    with pytest.raises(InvalidFields):
        reserve(given="QZABC2600007")
    configure(ISRC_PREFIX=None)
    with pytest.raises(IsrcNeeded):
        reserve()
    with pytest.raises(InvalidIdentifier):
        reserve(given="USRC1760783")
    holder = new_id()
    assert reserve(holder, given="US-RC1-76-07839") == "USRC17607839"
    with pytest.raises(IsrcKept):
        reserve(given="USRC17607839")
    with unit_of_work() as uow:
        uow.session.add(Recording(title="Meanwhile", primary_artist="Ana", isrc="USRC17607839"))
    with pytest.raises(IdentifierTaken), unit_of_work() as uow:
        use_isrc(uow, holder_id=holder)
    with pytest.raises(IdentifierTaken):
        reserve(given="USRC17607839")
