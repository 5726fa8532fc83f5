"""Two entries become one; duplicates are suggested."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from psycopg2.extras import NumericRange
from sqlalchemy import text
from sqlmodel import select

from omnisonic.core.catalog import duplicates, merge, recordings, repository, works
from omnisonic.core.catalog.duplicates import Sign
from omnisonic.core.catalog.errors import MergeRefused
from omnisonic.core.catalog.identifiers import add_identifier
from omnisonic.core.catalog.merge_view import view_sides
from omnisonic.core.catalog.models import Contributor, EntityKind, Recording, RightsType, Work
from omnisonic.core.catalog.search import find_ids
from omnisonic.core.identifiers import Scheme
from omnisonic.core.licenses.models import License, LicenseStatus
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.errors import Forbidden, NotFound
from omnisonic.platform.ids import new_id
from tests.integration.core.conftest import (
    IPI,
    ISRC,
    ISWC,
    OTHER_ISRC,
    OTHER_ISWC,
    announced,
    history_of,
    link,
    make_contributor,
    make_recording,
    make_work,
    set_shares,
    share,
)


def join(actor: Actor, survivor: Any, merged: Any) -> Any:
    with unit_of_work() as uow:
        return merge.merge_entities(
            uow, actor, table=type(survivor), survivor_id=survivor.id, merged_id=merged.id
        )


def make_license(work: Work, licensee: str, recording: Recording | None = None) -> License:
    with unit_of_work() as uow:
        row = License(
            work_id=work.id,
            recording_id=recording.id if recording else None,
            licensee=licensee,
            territories=text("'{[1,2000)}'::int4multirange"),
            rights_type=RightsType.MASTER,
            effective_from=datetime(2026, 1, 1, tzinfo=UTC),
            exclusivity=NumericRange(None, None),
            recording_scope=NumericRange(recording.number, recording.number, "[]")
            if recording
            else NumericRange(None, None),
            status=LicenseStatus.ACTIVE,
        )
        uow.session.add(row)
    return row


def licenses() -> list[License]:
    with read_session() as session:
        return list(session.exec(select(License)))


def test_everything_of_a_work_moves_to_the_survivor(mara: Actor, teo: Actor) -> None:
    person = make_contributor(mara)
    survivor = make_work(mara, "Northern Lights", iswc=ISWC, genres=["Pop"])
    merged = make_work(mara, "Northern Lights!", iswc=OTHER_ISWC, genres=["pop", "Folk"], description="Old")
    recording = make_recording(mara, isrc=ISRC, work_id=merged.id)
    set_shares(mara, merged, share(person, 1_000_000))
    make_license(merged, "North Films")

    joined = join(mara, survivor, merged)

    assert (joined.iswc, joined.genres, joined.description) == ("T0345246801", ["Pop", "Folk"], "Old")
    with read_session() as session:
        assert works.get_work(session, teo, work_id=merged.id).id == survivor.id
        assert repository.works_by_ids(session, [merged.id])[merged.id].id == survivor.id
        assert recordings.get_recording(session, teo, recording_id=recording.id).work_id == survivor.id
        assert [one.share_ppm for one in repository.shares_at(session, [survivor.id])[survivor.id]] == [
            1_000_000
        ]
        served = repository.identifiers_of(session, [joined])[survivor.id]
        assert [(one.value, one.status) for one in served] == [
            ("T0345246801", "preferred"),
            ("T0000000010", "archived"),
        ]
        assert find_ids(session, EntityKind.WORK, "northern lights", limit=5) == [survivor.id]
        assert find_ids(session, EntityKind.WORK, OTHER_ISWC, limit=5) == [survivor.id]
    assert [row.work_id for row in licenses()] == [survivor.id]
    told = history_of(survivor.id)[-1]
    assert told.action == "merged"
    assert told.before is not None
    assert told.before["merged"]["iswc"] == "T0000000010"
    assert history_of(merged.id)[-1].after == {"mergedInto": str(survivor.id)}
    assert history_of(licenses()[0].id)[-1].action == "moved"
    assert {channel for channel, _, _ in announced()[-2:]} == {f"work:{survivor.id}", f"work:{merged.id}"}


def test_merging_again_changes_nothing_and_chains_lead_to_the_last(mara: Actor) -> None:
    first, second, third = (make_work(mara, f"Song {number}") for number in range(3))
    join(mara, second, first)
    version = join(mara, third, second).version
    assert join(mara, third, second).version == version
    with read_session() as session:
        assert works.get_work(session, mara, work_id=first.id).id == third.id
    with pytest.raises(MergeRefused):
        join(mara, second, third)
    with pytest.raises(MergeRefused):
        join(mara, make_work(mara), first)


def test_differing_shares_become_a_visible_conflict_and_equal_ones_stay_single(mara: Actor) -> None:
    one, two = make_contributor(mara, "One"), make_contributor(mara, "Two")
    survivor, merged = make_work(mara, "A"), make_work(mara, "B")
    set_shares(mara, survivor, share(one, 1_000_000))
    set_shares(mara, merged, share(one, 500_000), share(two, 500_000))
    join(mara, survivor, merged)
    with read_session() as session:
        present = repository.shares_at(session, [survivor.id])[survivor.id]
        assert sorted(row.share_ppm for row in present) == [500_000, 1_000_000]
        assert repository.works_with_conflict(session, [survivor.id]) == {survivor.id}


def test_clashing_licenses_refuse_the_merge_and_are_named(mara: Actor) -> None:
    survivor, merged = make_work(mara, "A", iswc=ISWC), make_work(mara, "B", iswc=OTHER_ISWC)
    kept, moved = make_license(survivor, "North Films"), make_license(merged, "South Films")
    with pytest.raises(MergeRefused, match=r"North Films.*South Films") as refused:
        join(mara, survivor, merged)
    (clash,) = refused.value.current["licenses"]
    assert (clash["survivorLicenseId"], clash["mergedLicenseId"]) == (str(kept.id), str(moved.id))
    with read_session() as session:
        assert works.get_work(session, mara, work_id=merged.id).iswc == "T0000000010"


def test_recordings_are_joined_with_their_master_licenses(mara: Actor) -> None:
    work = make_work(mara)
    survivor = make_recording(mara, isrc=ISRC, work_id=work.id)
    merged = make_recording(mara, isrc=OTHER_ISRC, duration_ms=1000)
    make_license(work, "North Films", merged)
    joined = join(mara, survivor, merged)
    assert (joined.isrc, joined.duration_ms, joined.work_id) == ("GBAYC1700598", 1000, work.id)
    (row,) = licenses()
    assert row.recording_id == survivor.id
    assert (row.recording_scope.lower, row.recording_scope.upper) == (survivor.number, survivor.number + 1)
    # The other code now finds the survivor.
    assert make_recording(mara, isrc=OTHER_ISRC).id == survivor.id


def test_clashing_master_licenses_refuse_the_merge_of_recordings(mara: Actor) -> None:
    work = make_work(mara)
    survivor, merged = (make_recording(mara, f"Take {number}", work_id=work.id) for number in range(2))
    make_license(work, "North Films", survivor)
    make_license(work, "South Films", merged)
    with pytest.raises(MergeRefused, match="South Films"):
        join(mara, survivor, merged)


def test_contributors_are_joined_in_shares_and_credits(mara: Actor) -> None:
    survivor, merged = (
        make_contributor(mara, "Benny", roles=["composer"]),
        make_contributor(mara, "B.", ipi=IPI),
    )
    work = make_work(mara)
    set_shares(mara, work, share(merged, 1_000_000))
    joined = join(mara, survivor, merged)
    assert joined.ipi == IPI
    with read_session() as session:
        assert repository.shares_at(session, [work.id])[work.id][0].contributor_id == survivor.id
        assert find_ids(session, EntityKind.WORK, "Benny", limit=2) == [work.id]
    assert make_contributor(mara, "Benny", ipi=IPI).id == survivor.id


def test_a_merge_gives_no_account_rights_on_the_works_of_others(
    mara: Actor, teo: Actor, curator: Actor
) -> None:
    credited, own = make_contributor(mara, "Famous Writer"), make_contributor(mara, "Famous Writer 2")
    set_shares(teo, make_work(teo), share(credited, 1_000_000))
    link(own, mara)
    for survivor, merged in ((credited, own), (own, credited)):
        with pytest.raises(Forbidden):
            join(mara, survivor, merged)
    assert join(curator, credited, own).user_id == mara.user_id


def test_two_linked_contributors_are_not_joined(curator: Actor, mara: Actor, teo: Actor) -> None:
    one, two = make_contributor(mara, "One"), make_contributor(mara, "Two")
    link(one, mara)
    link(two, teo)
    with pytest.raises(MergeRefused):
        join(curator, one, two)


def test_strangers_unknown_ids_and_oneself_are_refused(mara: Actor, teo: Actor) -> None:
    own, other = make_work(mara), make_work(teo)
    with pytest.raises(Forbidden):
        join(mara, own, other)
    with pytest.raises(Forbidden):
        join(mara, other, own)
    with pytest.raises(MergeRefused):
        join(mara, own, own)
    with unit_of_work() as uow, pytest.raises(NotFound):
        merge.merge_entities(uow, mara, table=Work, survivor_id=own.id, merged_id=new_id())


def suggested(actor: Actor, entity: Any) -> dict[Any, set[Sign]]:
    with read_session() as session:
        found = duplicates.suggest_duplicates(session, actor, table=type(entity), entity_id=entity.id)
    return {one.id: set(one.signs) for one in found}


def test_works_with_one_title_and_one_person_are_suggested(mara: Actor, teo: Actor) -> None:
    work = make_work(mara, "Northern Lights")
    set_shares(mara, work, share(make_contributor(mara, "Björn"), 1_000_000))
    same = make_work(teo, "NORTHERN LIGHTS")
    near = make_work(teo, "Northern Light")
    set_shares(teo, same, share(make_contributor(teo, "Bjorn"), 1_000_000))
    set_shares(teo, near, share(make_contributor(teo, "Björn"), 1_000_000))
    make_work(teo, "Northern Lights")  # nothing else in common
    assert suggested(mara, work) == {
        same.id: {Sign.SAME_TITLE, Sign.SHARED_CONTRIBUTOR},
        near.id: {Sign.NEAR_TITLE, Sign.SHARED_CONTRIBUTOR},
    }


def test_recordings_alike_in_title_artist_and_length_are_suggested(mara: Actor, teo: Actor) -> None:
    take = make_recording(mara, "Live Take", artist="The Band", duration_ms=200_000, isrc=ISRC)
    same = make_recording(teo, "Live Take", artist="The Band", duration_ms=201_000)
    make_recording(teo, "Live Take", artist="Somebody Quite Different")
    assert suggested(mara, take) == {same.id: {Sign.SAME_TITLE, Sign.NEAR_ARTIST, Sign.NEAR_DURATION}}


def test_contributors_of_one_name_or_number_are_suggested(mara: Actor, teo: Actor) -> None:

    one = make_contributor(mara, "Björk", ipi=IPI)
    two = make_contributor(teo, "Bjork")
    three = make_contributor(teo, "B. Guðmundsdóttir")
    with unit_of_work() as uow:
        add_identifier(uow, teo, table=Contributor, entity_id=three.id, scheme=Scheme.IPI, value=IPI)
    assert suggested(mara, one) == {three.id: {Sign.SAME_IDENTIFIER}, two.id: {Sign.SAME_TITLE}}
    assert suggested(teo, three) == {one.id: {Sign.SAME_IDENTIFIER}}


def test_both_sides_say_how_many_licenses_would_move(mara: Actor) -> None:
    first, second = make_work(mara, "Tide"), make_work(mara, "Tides")
    recording = make_recording(mara, work_id=second.id)
    make_license(second, "A", recording)
    with read_session() as session:
        kept, moved = view_sides(session, mara, table=Work, ids=(first.id, second.id))
        (sung,) = view_sides(session, mara, table=Recording, ids=(recording.id,))
    assert (kept.facts[-1], moved.facts[-1]) == ("0 licenses", "1 license")
    assert sung.facts[-1] == "1 license"


def test_pairs_are_listed_once_and_page_by_page(mara: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    person = make_contributor(mara)
    old, plain, new = (make_work(mara, title) for title in ("Low Tide Letters", "Glass", "Low Tide Letter"))
    set_shares(mara, old, share(person, 1_000_000))
    set_shares(mara, new, share(person, 1_000_000))
    with read_session() as session:
        pairs, further = duplicates.list_pairs(session, mara, table=Work)
        assert [(pair.newer_id, pair.older.id) for pair in pairs] == [(new.id, old.id)]
        assert Sign.SHARED_CONTRIBUTOR in pairs[0].older.signs
        assert further is None
        monkeypatch.setattr(duplicates, "LOOKED_AT", 1)
        pairs, further = duplicates.list_pairs(session, mara, table=Work)
        assert ([pair.newer_id for pair in pairs], further) == ([new.id], new.id)
        assert duplicates.list_pairs(session, mara, table=Work, after=further) == ([], plain.id)
        for table in (Recording, Contributor):
            assert duplicates.list_pairs(session, mara, table=table)[0] == []
