"""Recordings and their credited performers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlmodel import col, select

from omnisonic.core.catalog import recordings, repository
from omnisonic.core.catalog.errors import IdentifierTaken, InvalidIdentifier
from omnisonic.core.catalog.models import Contributor, Recording
from omnisonic.core.catalog.schemas import CreditDraft, RecordingDraft
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.errors import Forbidden, InvalidFields, NotFound, VersionConflict
from omnisonic.platform.ids import new_id
from tests.integration.core.conftest import (
    ISRC,
    OTHER_ISRC,
    announced,
    history_of,
    make_contributor,
    make_recording,
    make_work,
)


def credits_of(recording: Recording) -> list[str]:
    with read_session() as session:
        return [row.credited_as for row in repository.credits_of(session, [recording.id])[recording.id]]


def contributor_ids(recording: Recording) -> list[Any]:
    with read_session() as session:
        return [row.contributor_id for row in repository.credits_of(session, [recording.id])[recording.id]]


def test_a_recording_is_made_with_its_performers(mara: Actor) -> None:
    work = make_work(mara)
    recording = make_recording(
        mara,
        artist="Earth, Wind & Fire  feat. The Emotions",
        isrc=ISRC,
        work_id=work.id,
        duration_ms=215_000,
        released_on=date(1979, 4, 27),
        genres=["Disco"],
    )
    assert (recording.isrc, recording.primary_artist) == (
        "GBAYC1700598",
        "Earth, Wind & Fire feat. The Emotions",
    )
    assert credits_of(recording) == ["Earth, Wind & Fire", "The Emotions"]
    channels = [channel for channel, _, _ in announced()]
    assert channels == [f"work:{work.id}", f"recording:{recording.id}", f"work:{work.id}"]
    assert [row.action for row in history_of(recording.id)] == ["created"]


def test_the_same_upsert_again_changes_nothing(mara: Actor) -> None:
    first, second = (make_recording(mara, artist="Mara feat. Teo", isrc=ISRC) for _ in range(2))
    assert (first.id, first.version) == (second.id, second.version)
    assert len(history_of(first.id)) == 1
    with read_session() as session:
        assert len(session.exec(select(Contributor)).all()) == 2


def test_an_upsert_changes_what_it_names_and_keeps_the_rest(mara: Actor) -> None:
    make_recording(mara, isrc=ISRC, duration_ms=1000, genres=["Pop"])
    changed = make_recording(mara, "Other Title", isrc="gbayc1700598")
    assert (changed.title, changed.duration_ms, changed.genres, changed.version) == (
        "Other Title",
        1000,
        ["Pop"],
        2,
    )


def test_a_performer_known_by_name_stays_the_same_contributor(mara: Actor) -> None:
    recording = make_recording(mara, artist="Beyoncé", isrc=ISRC)
    (before,) = contributor_ids(recording)
    again = make_recording(mara, artist="BEYONCE feat. Jay", isrc=ISRC)
    assert contributor_ids(again)[0] == before
    assert credits_of(again) == ["BEYONCE", "Jay"]
    assert contributor_ids(make_recording(mara, "Second", artist="Beyonce"))[0] == before


def test_a_strangers_name_makes_another_contributor(mara: Actor, teo: Actor) -> None:
    theirs = contributor_ids(make_recording(mara, artist="The Band"))
    assert contributor_ids(make_recording(teo, artist="The Band")) != theirs


def test_credits_can_be_given(mara: Actor) -> None:
    contributor = make_contributor(mara, "Robyn Fenty")
    draft = CreditDraft(contributor_id=contributor.id, credited_as="Rihanna")
    recording = make_recording(mara, artist="Rihanna", credits=[draft])
    assert contributor_ids(recording) == [contributor.id]
    assert credits_of(recording) == ["Rihanna"]
    with pytest.raises(InvalidFields):
        make_recording(mara, credits=[CreditDraft(contributor_id=new_id())])


def test_strangers_do_not_change_it(mara: Actor, teo: Actor) -> None:
    make_recording(mara, isrc=ISRC)
    with pytest.raises(Forbidden):
        make_recording(teo, "Mine now", isrc=ISRC)


def test_it_is_not_attached_to_a_strangers_work(mara: Actor, teo: Actor, curator: Actor) -> None:
    work = make_work(mara)
    with pytest.raises(Forbidden):
        make_recording(teo, isrc=ISRC, work_id=work.id)
    with pytest.raises(NotFound):
        make_recording(teo, work_id=new_id())
    assert make_recording(curator, isrc=ISRC, work_id=work.id).work_id == work.id


@pytest.mark.parametrize(
    "fields",
    [
        {"title": ""},
        {"primary_artist": " "},
        {"primary_artist": "x" * 1001},
        {"primary_artist": "x" * 301},
        {"duration_ms": 0},
        {"duration_ms": 24 * 3600 * 1000 + 1},
    ],
)
def test_bad_fields_are_refused(mara: Actor, fields: dict[str, Any]) -> None:
    draft = RecordingDraft(**{"title": "Fine", "primary_artist": "Mara", **fields})
    with unit_of_work() as uow, pytest.raises(InvalidFields):
        recordings.upsert_recording(uow, mara, draft=draft)


def test_a_wrong_isrc_is_refused(mara: Actor) -> None:
    with pytest.raises(InvalidIdentifier):
        make_recording(mara, isrc="GBAYC170059")


def test_the_isrc_of_a_known_recording_can_be_corrected_unless_taken(mara: Actor) -> None:
    recording = make_recording(mara, isrc=ISRC)
    make_recording(mara, "Other", isrc=OTHER_ISRC)
    with pytest.raises(IdentifierTaken):
        make_recording(mara, isrc=OTHER_ISRC, recording_id=recording.id)
    corrected = make_recording(mara, isrc="QZ-AAA-26-00001", recording_id=recording.id, version=1)
    assert corrected.isrc == "QZAAA2600001"
    with read_session() as session:
        served = repository.identifiers_of(session, [corrected])[corrected.id]
    assert [(one.value, one.status) for one in served] == [
        ("QZAAA2600001", "preferred"),
        ("GBAYC1700598", "archived"),
    ]
    # An archived code still finds its recording.
    assert make_recording(mara, "Found", isrc=ISRC).id == recording.id
    with pytest.raises(VersionConflict):
        make_recording(mara, isrc=ISRC, version=1)


def test_many_upserts_of_one_isrc_at_once_make_one_recording(mara: Actor) -> None:
    def upsert(number: int) -> Any:
        return make_recording(mara, f"Title {number % 3}", artist="Mara feat. Guest", isrc=ISRC).id

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(upsert, range(24)))
    assert len(ids) == 1
    with read_session() as session:
        assert len(session.exec(select(Recording)).all()) == 1
        names = session.exec(select(Contributor.name).order_by(col(Contributor.name))).all()
    assert names == ["Guest", "Mara"]
