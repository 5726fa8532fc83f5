"""What the pages fetch, and what their forms write."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from omnisonic.core.catalog import works
from omnisonic.core.catalog.contributor_view import view_contributor
from omnisonic.core.catalog.credit_drafts import read_credit_rows, write_performers
from omnisonic.core.catalog.entry_view import alike_of
from omnisonic.core.catalog.errors import InvalidIdentifier
from omnisonic.core.catalog.list_view import Kind, file_query, list_entries
from omnisonic.core.catalog.listing import common_genres
from omnisonic.core.catalog.merge_view import view_sides
from omnisonic.core.catalog.models import Contributor, Recording, RightsType, Work
from omnisonic.core.catalog.recording_view import editor_credits, view_recording
from omnisonic.core.catalog.schemas import CatalogFilter
from omnisonic.core.catalog.share_drafts import read_rows, write_shares
from omnisonic.core.catalog.work_recordings import Added, add_recording, attach_recording, read_clock
from omnisonic.core.catalog.work_view import view_work
from omnisonic.core.licenses.schemas import LicenseDraft
from omnisonic.core.licenses.service import create_license, revoke_license, update_license
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.errors import Forbidden, InvalidFields, VersionConflict
from omnisonic.platform.pagination import Page

MakeActor = Callable[..., Actor]


def row(name: str, share_ppm: Any, **others: Any) -> dict[str, Any]:
    return {
        "contributorId": "",
        "name": name,
        "role": "composer",
        "right": "",
        "sharePpm": share_ppm,
    } | others


def make_work(actor: Actor, title: str, *rows: dict[str, Any]) -> Work:
    with unit_of_work() as uow:
        work = works.create_work(uow, actor, title=title)
        lines, starts = read_rows(rows, "")
        return write_shares(uow, actor, work_id=work.id, lines=lines, valid_from=starts, version=work.version)


def add(actor: Actor, work: Work | None, **form: str) -> Added:
    given = {f"recording_{name}": value for name, value in form.items()}
    with unit_of_work() as uow:
        return add_recording(uow, actor, work_id=work.id if work else None, form=given)


def test_rows_make_people_once_and_the_page_shows_them(make_actor: MakeActor) -> None:
    ana, other = make_actor("Ana"), make_actor("Other")
    work = make_work(ana, "Tide", row("Bo", 600_000), row("Cy", 300_000), row("Bo", 100_000, role="lyricist"))
    with read_session() as session:
        frame, sheet = view_work(session, ana, work_id=work.id)
        assert frame.may_edit
        assert [(line.name, line.percent) for line in sheet.groups[0].lines] == [
            ("Bo", "60 %"),
            ("Cy", "30 %"),
            ("Bo", "10 %"),
        ]
        assert len({line.href for line in sheet.groups[0].lines}) == 2
        assert (frame.history[0].who, frame.history[0].what) == ("Ana", "set the shares")
        assert '"@type":"MusicComposition"' in sheet.linked
        assert not view_work(session, other, work_id=work.id)[0].may_edit


@pytest.mark.parametrize(
    "rows",
    [
        [row("Bo", None)],
        [row("Bo", True)],
        [row("Bo", 1_000_001)],
        [row("", 1)],
        [row("Bo", 1, right="EVERYTHING")],
        [row("Bo", 1, role="king")],
        ["Bo"],
        [row("Bo", 1)] * 201,
    ],
)
def test_rows_that_cannot_be_are_refused(make_actor: MakeActor, rows: list[Any]) -> None:
    with pytest.raises(InvalidFields):
        make_work(make_actor("Ana"), "Tide", *rows)


def test_a_recording_with_a_known_isrc_is_offered_not_changed(make_actor: MakeActor) -> None:
    ana, other = make_actor("Ana"), make_actor("Other")
    work = make_work(ana, "Tide")
    first = add(ana, work, title="Tide", artist="Bo feat. Cy", isrc="gb-ayc-17-00598", length="3:35")
    again = add(other, None, title="Another", artist="Someone", isrc="GBAYC1700598")
    assert again.id == first.id
    assert "“Tide” by Bo feat. Cy" in again.words
    with read_session() as session:
        _, sheet = view_recording(session, ana, recording_id=first.id)
    assert (sheet.title, sheet.duration, sheet.isrc) == ("Tide", "3:35", "GB-AYC-17-00598")
    assert [credit.credited_as for credit in sheet.credits] == ["Bo", "Cy"]
    assert (sheet.work_title, sheet.work_id) == ("Tide", str(work.id))
    with pytest.raises(Forbidden), unit_of_work() as uow:
        attach_recording(uow, other, recording_id=first.id, work_id=None)
    with unit_of_work() as uow:
        assert attach_recording(uow, ana, recording_id=first.id, work_id=None).work_id is None
    with pytest.raises(InvalidIdentifier, match="Character 8"):
        add(ana, work, title="Tide", artist="Bo", isrc="GB-AYC-17-O0598")


@pytest.mark.parametrize(
    ("text", "expected_ms"), [("", None), ("3:35", 215_000), ("1:02:03", 3_723_000), ("0:07.5", 7_500)]
)
def test_lengths_are_read_as_people_write_them(text: str, expected_ms: int | None) -> None:
    assert read_clock(text) == expected_ms


@pytest.mark.parametrize("text", ["3", "3:5", "0:65", "three", "-1:00", "3:35:00:00"])
def test_other_lengths_are_refused(text: str) -> None:
    with pytest.raises(InvalidFields):
        read_clock(text)


def test_the_list_says_what_matters(make_actor: MakeActor) -> None:
    ana = make_actor("Ana")
    make_work(ana, "Whole", row("Bo", 1_000_000))
    short = make_work(ana, "Short", row("Bo", 400_000))
    make_work(ana, "Conflict", row("Bo", 900_000), row("Cy", 200_000))
    make_work(ana, "Nobody's")
    add(ana, short, title="Short", artist="Bo")
    with read_session() as session:
        found = list_entries(session, ana, kind=Kind.WORKS, where=CatalogFilter(), page=Page(limit=3))
        told = [(line.title, line.state, line.state_words, line.extra) for line in found.lines]
        assert told == [
            ("Nobody's", "none", "No shares", ""),
            ("Conflict", "conflict", "Conflict: 110 %", ""),
            ("Short", "short", "60 % unclaimed", "1"),
        ]
        assert (found.total, bool(found.cursor)) == (4, True)
        recordings = list_entries(session, ana, kind=Kind.RECORDINGS, where=CatalogFilter(), page=Page())
        assert [(one.title, one.work_title) for one in recordings.lines] == [("Short", "Short")]
        people = list_entries(session, ana, kind=Kind.PEOPLE, where=CatalogFilter(search="Cy"), page=Page())
        assert [one.title for one in people.lines] == ["Cy"]
    where = CatalogFilter(search="a b", mine=True, has_conflict=True, has_iswc=False)
    assert file_query(where, Kind.WORKS) == "?search=a+b&mine=true&hasConflict=true&hasIswc=false"
    assert file_query(where, Kind.RECORDINGS) == "?search=a+b&mine=true"


def test_the_common_genres_are_offered_in_one_spelling(make_actor: MakeActor) -> None:
    ana = make_actor("Ana")
    with unit_of_work() as uow:
        for genres in (["Jazz"], ["Folk", "jazz"], ["Folk"], ["folk"], []):
            works.create_work(uow, ana, title="Tide", genres=genres)
    with read_session() as session:
        assert [one.lower() for one in common_genres(session, Work)] == ["folk", "jazz"]
        assert common_genres(session, Recording) == []


def test_likenesses_and_both_sides_of_a_merge(make_actor: MakeActor) -> None:
    ana, other = make_actor("Ana"), make_actor("Other")
    first = make_work(ana, "Low Tide Letters", row("Bo", 1_000_000))
    second = make_work(ana, "Low Tide Letter", row("Bo", 500_000))
    with read_session() as session:
        (alike,) = alike_of(session, ana, table=Work, entity_id=first.id)
        assert (alike.id, alike.may_merge) == (str(second.id), True)
        assert "a person in common" in alike.why
        assert not alike_of(session, other, table=Work, entity_id=first.id)[0].may_merge
        sides = view_sides(session, ana, table=Work, ids=(first.id, second.id))
        assert [side.title for side in sides] == ["Low Tide Letters", "Low Tide Letter"]
        assert sides[0].facts[:2] == ["1 share", "0 recordings"]


def test_a_person_shows_their_parts(make_actor: MakeActor) -> None:
    ana = make_actor("Ana")
    work = make_work(ana, "Tide", row("Bo", 600_000), row("Bo", 400_000, role="lyricist"))
    with read_session() as session:
        _, sheet = view_work(session, ana, work_id=work.id)
        person_id = sheet.groups[0].lines[0].href.rpartition("/")[2]
        person = session.get(Contributor, person_id)
        assert person is not None
        frame, shown = view_contributor(session, ana, contributor_id=person.id)
    assert (shown.name, shown.works[0].parts) == ("Bo", "Composer 60 %, Lyricist 40 %")
    assert frame.may_edit


def test_performers_are_written_in_order_and_new_ones_made(make_actor: MakeActor) -> None:
    ana, other = make_actor("Ana"), make_actor("Other")
    made = add(ana, None, title="Tide", artist="Bo feat. Cy")

    def write(actor: Actor, rows: list[Any], line: str, version: int) -> None:
        with unit_of_work() as uow:
            checked = read_credit_rows(rows)
            write_performers(uow, actor, recording_id=made.id, rows=checked, line=line, version=version)

    with read_session() as session:
        frame, sheet = view_recording(session, ana, recording_id=made.id)
    bo, cy = editor_credits(sheet)
    rows = [{**cy, "creditedAs": "CY!"}, {"contributorId": "", "creditedAs": "Di"}, bo]
    write(ana, rows, "CY! & Di with Bo", frame.version)
    with read_session() as session:
        after, sheet = view_recording(session, ana, recording_id=made.id)
    assert [(one.credited_as, one.known_as) for one in sheet.credits] == [
        ("CY!", "Cy"),
        ("Di", ""),
        ("Bo", ""),
    ]
    assert sheet.artist == "CY! & Di with Bo"
    with pytest.raises(VersionConflict):
        write(ana, rows, "Bo", frame.version)
    with pytest.raises(Forbidden):
        write(other, rows, "Bo", after.version)
    for wrong in ([], [{"creditedAs": " "}], ["Bo"], [bo] * 51):
        with pytest.raises(InvalidFields):
            write(ana, wrong, "Bo", after.version)


def test_what_happens_to_a_license_stands_in_the_history_of_its_work(make_actor: MakeActor) -> None:
    ana = make_actor("Ana")
    work = make_work(ana, "Tide")
    draft = LicenseDraft(
        work_id=work.id,
        licensee="Nordlys Film",
        territory="Europe except Switzerland",
        rights_type=RightsType.SYNCHRONIZATION,
        effective_from=datetime(2026, 1, 1, tzinfo=UTC),
    )
    with unit_of_work() as uow:
        license_id = create_license(uow, ana, draft=draft).id
        later = draft.model_copy(update={"expires_on": datetime(2030, 1, 1, tzinfo=UTC)})
        update_license(uow, ana, license_id=license_id, draft=later)
        revoke_license(uow, ana, license_id=license_id)
    with read_session() as session:
        frame, _ = view_work(session, ana, work_id=work.id)
    assert [(line.what, line.details) for line in frame.history[:3]] == [
        ("revoked a license", ["For “Nordlys Film”"]),
        ("changed a license", ["For “Nordlys Film”", "Until: no end → 2030-01-01"]),
        (
            "granted a license",
            ["For “Nordlys Film”: synchronization, Europe except Switzerland, from 2026-01-01"],
        ),
    ]
