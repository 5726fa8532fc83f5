"""Shares as versions in time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from omnisonic.core.catalog import contributions, repository
from omnisonic.core.catalog.contributions import ALWAYS
from omnisonic.core.catalog.errors import ContributionEnded, ShareTotal
from omnisonic.core.catalog.models import Contribution, RightsType, Work
from omnisonic.core.catalog.schemas import ContributionDraft
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.errors import Forbidden, InvalidFields, NotFound, VersionConflict
from omnisonic.platform.ids import new_id, utc_now
from tests.integration.core.conftest import (
    announced,
    history_of,
    link,
    make_contributor,
    make_work,
    set_shares,
    share,
    versions_of,
)

SPRING, SUMMER = datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)


def shares_on(work: Work, at: datetime | None = None) -> list[int]:
    with read_session() as session:
        rows = repository.shares_at(session, [work.id], at).get(work.id, [])
    return sorted(row.share_ppm for row in rows)


def update(actor: Actor, row: Contribution, draft: ContributionDraft) -> Contribution:
    with unit_of_work() as uow:
        return contributions.update_contribution(uow, actor, contribution_id=row.id, draft=draft)


def has_conflict(work: Work) -> bool:
    with read_session() as session:
        return work.id in repository.works_with_conflict(session, [work.id])


def test_the_first_shares_count_always(mara: Actor) -> None:
    work, one, two = make_work(mara), make_contributor(mara, "One"), make_contributor(mara, "Two")
    changed = set_shares(mara, work, share(one, 600_000), share(two, 400_000, "lyricist"))
    assert changed.version == 2
    assert shares_on(work) == shares_on(work, ALWAYS) == [400_000, 600_000]
    assert announced()[-1] == (f"work:{work.id}", "workUpdated", {"id": str(work.id), "version": 2})
    assert history_of(work.id)[-1].action == "shares-set"


def test_a_new_set_closes_the_one_before(mara: Actor) -> None:
    work, one, two = make_work(mara), make_contributor(mara, "One"), make_contributor(mara, "Two")
    set_shares(mara, work, share(one, 1_000_000))
    set_shares(mara, work, share(one, 500_000, valid_from=SPRING), share(two, 500_000, valid_from=SPRING))
    assert shares_on(work, SPRING - timedelta(microseconds=1)) == [1_000_000]
    assert shares_on(work, SPRING) == [500_000, 500_000]


def test_a_set_withdraws_what_would_start_later(mara: Actor) -> None:
    work, one = make_work(mara), make_contributor(mara, "One")
    set_shares(mara, work, share(one, 1_000_000))
    set_shares(mara, work, share(one, 300_000, valid_from=SUMMER))
    set_shares(mara, work, share(one, 700_000, valid_from=SPRING))
    assert shares_on(work, SUMMER + timedelta(days=1)) == [700_000]
    told = history_of(work.id)[-1].before
    assert told is not None
    assert sorted(row["sharePpm"] for row in told["shares"]) == [300_000, 1_000_000]


def test_a_set_from_the_same_moment_replaces_the_one_before(mara: Actor) -> None:
    work, one = make_work(mara), make_contributor(mara, "One")
    set_shares(mara, work, share(one, 300_000, valid_from=SPRING))
    set_shares(mara, work, share(one, 700_000, valid_from=SPRING))
    assert shares_on(work, SPRING) == [700_000]
    assert len(versions_of(work)) == 1


def test_the_same_set_again_does_nothing(mara: Actor) -> None:
    work, one = make_work(mara), make_contributor(mara, "One")
    for _ in range(2):
        assert set_shares(mara, work, share(one, 999_900)).version == 2
    assert len(versions_of(work)) == 1


def test_thirds_are_made_exact_and_said_so(mara: Actor) -> None:
    work = make_work(mara)
    people = [make_contributor(mara, name) for name in ("One", "Two", "Three")]
    drafts = [ContributionDraft(contributor_id=one.id, role="composer", percent=33.33) for one in people]
    set_shares(mara, work, *drafts)
    assert shares_on(work) == [333_333, 333_333, 333_334]
    told = history_of(work.id)[-1].after
    assert told is not None
    assert told["adjusted"] is True
    assert not has_conflict(work)


def test_more_than_the_whole_is_kept_as_a_conflict(mara: Actor) -> None:
    work, one, two = make_work(mara), make_contributor(mara, "One"), make_contributor(mara, "Two")
    set_shares(mara, work, share(one, 600_000), share(two, 500_000))
    assert shares_on(work) == [500_000, 600_000]
    assert has_conflict(work)
    set_shares(mara, work, share(one, 500_000), share(two, 500_000))
    assert not has_conflict(work)


def test_rights_are_counted_apart(mara: Actor) -> None:
    work, one, two = make_work(mara), make_contributor(mara, "One"), make_contributor(mara, "Two")
    set_shares(
        mara,
        work,
        share(one, 1_000_000),
        share(two, 1_000_000, rights_type=RightsType.MECHANICAL),
    )
    assert not has_conflict(work)


def test_an_empty_set_ends_every_share(mara: Actor) -> None:
    work, one = make_work(mara), make_contributor(mara, "One")
    set_shares(mara, work, share(one, 1_000_000))
    set_shares(mara, work)
    assert shares_on(work) == []
    assert shares_on(work, ALWAYS) == [1_000_000]


@pytest.mark.parametrize("field", [{"share_ppm": 1_000_001}, {"share_ppm": -1}, {"percent": 100.1}, {}])
def test_an_impossible_share_is_refused(mara: Actor, field: dict[str, Any]) -> None:
    work, one = make_work(mara), make_contributor(mara)
    with pytest.raises(ShareTotal):
        set_shares(mara, work, ContributionDraft(contributor_id=one.id, role="composer", **field))


@pytest.mark.parametrize(
    "fields",
    [{"role": "dancer"}, {"valid_from": datetime(2026, 1, 1)}, {"contributor_id": new_id()}],
)
def test_bad_fields_are_refused(mara: Actor, fields: dict[str, Any]) -> None:
    work, one = make_work(mara), make_contributor(mara)
    draft = {"contributor_id": one.id, "role": "composer", "share_ppm": 1, **fields}
    with pytest.raises(InvalidFields):
        set_shares(mara, work, ContributionDraft(**draft))
    assert versions_of(work) == []


def test_one_person_is_not_given_twice_nor_a_set_two_starts(mara: Actor) -> None:
    work, one, two = make_work(mara), make_contributor(mara, "One"), make_contributor(mara, "Two")
    with pytest.raises(InvalidFields):
        set_shares(mara, work, share(one, 1), share(one, 2))
    with pytest.raises(InvalidFields):
        set_shares(mara, work, share(one, 1, valid_from=SPRING), share(two, 2))


def test_strangers_do_not_set_shares(mara: Actor, teo: Actor) -> None:
    work, one = make_work(mara), make_contributor(mara)
    with pytest.raises(Forbidden):
        set_shares(teo, work, share(one, 1_000_000))
    set_shares(mara, work, share(one, 500_000))
    (row,) = versions_of(work)
    with pytest.raises(Forbidden):
        update(teo, row, share(one, 1_000_000))
    link(one, teo)
    assert update(teo, row, share(one, 600_000)).share_ppm == 600_000


def test_an_update_ends_a_version_and_opens_its_successor(mara: Actor) -> None:
    work, one = make_work(mara), make_contributor(mara)
    set_shares(mara, work, share(one, 500_000))
    (row,) = versions_of(work)
    successor = update(mara, row, share(one, 250_000, valid_from=SPRING))
    assert (successor.valid_from, successor.valid_to) == (SPRING, None)
    assert shares_on(work, SPRING - timedelta(days=1)) == [500_000]
    assert shares_on(work, SPRING) == [250_000]
    with pytest.raises(ContributionEnded):
        update(mara, versions_of(work)[0], share(one, 1))


def test_an_update_that_changes_nothing_does_nothing(mara: Actor) -> None:
    work, one = make_work(mara), make_contributor(mara)
    set_shares(mara, work, share(one, 500_000))
    (row,) = versions_of(work)
    assert update(mara, row, share(one, 500_000)).id == row.id
    assert len(history_of(work.id)) == 2


def test_a_version_to_come_is_replaced(mara: Actor) -> None:
    work, one = make_work(mara), make_contributor(mara)
    later = utc_now() + timedelta(days=30)
    set_shares(mara, work, share(one, 500_000, valid_from=later))
    (row,) = versions_of(work)
    assert update(mara, row, share(one, 400_000)).id == row.id
    assert shares_on(work, later) == [400_000]
    with pytest.raises(InvalidFields):
        update(mara, row, share(one, 1, valid_from=SPRING))


def test_an_update_close_to_the_whole_takes_the_difference(mara: Actor) -> None:
    work, one, two = make_work(mara), make_contributor(mara, "One"), make_contributor(mara, "Two")
    set_shares(mara, work, share(one, 666_600), share(two, 100_000))
    small = next(row for row in versions_of(work) if row.contributor_id == two.id)
    assert update(mara, small, share(two, 333_300)).share_ppm == 333_400


def test_an_update_does_not_give_one_person_two_shares_of_a_kind(mara: Actor) -> None:
    work, one, two = make_work(mara), make_contributor(mara, "One"), make_contributor(mara, "Two")
    set_shares(mara, work, share(one, 500_000), share(two, 500_000))
    row = next(row for row in versions_of(work) if row.contributor_id == two.id)
    with pytest.raises(InvalidFields):
        update(mara, row, share(one, 500_000))
    assert update(mara, row, share(one, 400_000, "lyricist")).contributor_id == one.id


def test_an_unknown_share_is_not_found(mara: Actor) -> None:
    with unit_of_work() as uow, pytest.raises(NotFound):
        contributions.update_contribution(
            uow, mara, contribution_id=new_id(), draft=share(make_contributor(mara), 1)
        )


def test_two_editors_at_once_do_not_mix_their_sets(mara: Actor) -> None:
    work = make_work(mara)
    people = [make_contributor(mara, f"Person {number}") for number in range(4)]

    def set_one(number: int) -> None:
        set_shares(mara, work, *(share(one, 100_000 * (number + 1)) for one in people[: number + 1]))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(set_one, range(4)))
    present = shares_on(work)
    assert present in [[100_000], [200_000] * 2, [300_000] * 3, [400_000] * 4]
    with unit_of_work() as uow, pytest.raises(VersionConflict):
        contributions.set_contributions(uow, mara, work_id=work.id, contributions=[], version=1)
