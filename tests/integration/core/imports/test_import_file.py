# ruff: noqa: E501  (files are easier to read in one line each)
"""Files become recordings, credits, contributors and works; refused rows say why; nothing comes twice."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from sqlalchemy import text

from omnisonic.core.catalog.models import Recording
from omnisonic.core.imports import service, staging
from omnisonic.core.imports.errors import ImportColumnsUnknown, ImportFileBroken, ImportFileEmpty
from omnisonic.core.imports.models import ImportStatus
from omnisonic.core.imports.retention import remove_old_issues
from omnisonic.platform.actor import Actor
from omnisonic.platform.db import read_session, unit_of_work
from omnisonic.platform.ids import utc_now
from omnisonic.platform.rate_limit import RateLimited
from omnisonic.platform.settings import Settings
from workers.maintenance import clean_up

from ..conftest import ISNI, ISWC, link, make_contributor, make_recording, make_work
from .conftest import HEADER, import_file, look, one, problems, queue_file, rows, run_jobs, warned

FILE = HEADER + (
    "GBAYC1700598,Northern Lights,Mara Lind feat. Teo,3:35,2001-05-17,Pop;Folk,T-034.524.680-1,Northern Lights\n"
    "USWB11700001,Quiet Harbor,Mara Lind,PT2M3S,2001-05,Rock,,Quiet Harbor\n"
    "not-an-isrc,Lost,Mara Lind,,,,,\n"
    "JPTO09405080,Night Ferry,Teo,200.5,17/05/2001,,,\n"
    "JPTO09405080,Night Ferry again,Teo,,,,,\n"
)


def test_a_file_becomes_recordings_credits_contributors_and_works(mara: Actor) -> None:
    job = import_file(mara, FILE)
    assert job.status is ImportStatus.COMPLETED
    assert (job.total_records, job.accepted_records, job.rejected_records) == (5, 3, 2)
    assert job.processed_records == 5
    assert problems(job) == [(4, "isrc", "bad-isrc"), (6, "isrc", "duplicate-row")]
    assert warned(job) == [(3, "date-completed")]
    assert rows(
        "SELECT isrc, title, primary_artist, duration_ms, released_on::text, genres, created_by, import_job_id "
        "FROM recordings ORDER BY isrc"
    ) == [
        ("GBAYC1700598", "Northern Lights", "Mara Lind feat. Teo", 215000, "2001-05-17", ["Pop", "Folk"],
         mara.user_id, job.job_id),
        ("JPTO09405080", "Night Ferry", "Teo", 200500, "2001-05-17", [], mara.user_id, job.job_id),
        ("USWB11700001", "Quiet Harbor", "Mara Lind", 123000, "2001-05-01", ["Rock"], mara.user_id, job.job_id),
    ]  # fmt: skip
    assert rows("SELECT name FROM contributors ORDER BY name") == [("Mara Lind",), ("Teo",)]
    assert rows(
        "SELECT r.isrc, c.position, p.name FROM recording_credits c JOIN recordings r ON r.id = c.recording_id "
        "JOIN contributors p ON p.id = c.contributor_id ORDER BY 1, 2"
    ) == [("GBAYC1700598", 0, "Mara Lind"), ("GBAYC1700598", 1, "Teo"), ("JPTO09405080", 0, "Teo"),
          ("USWB11700001", 0, "Mara Lind")]  # fmt: skip
    assert rows(
        "SELECT w.title, w.iswc, w.genres, r.isrc FROM works w JOIN recordings r ON r.work_id = w.id ORDER BY 1"
    ) == [("Northern Lights", "T0345246801", ["Folk", "Pop"], "GBAYC1700598"),
          ("Quiet Harbor", None, ["Rock"], "USWB11700001")]  # fmt: skip


def test_every_change_leaves_provenance_that_names_the_import(mara: Actor) -> None:
    job = import_file(mara, FILE)
    source = f"import:{job.job_id}"
    assert rows(
        "SELECT entity_type, action, count(*) FROM provenance WHERE source = :source AND actor_id = :actor "
        "GROUP BY 1, 2 ORDER BY 1",
        source=source,
        actor=mara.user_id,
    ) == [("contributor", "created", 2), ("recording", "created", 3), ("work", "created", 2)]
    after = one("SELECT after FROM provenance WHERE after ->> 'isrc' = 'GBAYC1700598'")
    assert after["title"] == "Northern Lights"
    assert after["primary_artist"] == "Mara Lind feat. Teo"


def test_what_came_in_can_be_searched_and_is_announced_once(mara: Actor) -> None:
    job = import_file(mara, FILE)
    run_jobs("workers.imports.index_import")
    assert one("SELECT count(*) FROM catalog_search") == 7
    events = rows("SELECT topic, payload ->> 'type', payload -> 'data' FROM outbox WHERE kind = 'event'")
    expected = {"jobId": str(job.job_id), "status": "completed", "accepted": 3, "rejected": 2}
    assert events == [(f"import:{job.job_id}", "importFinished", expected)]


def test_the_same_rows_again_change_nothing(mara: Actor) -> None:
    import_file(mara, FILE)
    before = one("SELECT max(seq) FROM provenance")
    again = import_file(mara, FILE + "\n")  # another file, the same rows
    assert (again.accepted_records, again.rejected_records) == (3, 2)
    assert one("SELECT max(seq) FROM provenance") == before
    assert one("SELECT max(version) FROM recordings") == 1


def test_a_second_file_changes_what_it_says_and_keeps_the_rest(mara: Actor) -> None:
    import_file(mara, FILE)
    job = import_file(mara, HEADER + "USWB11700001,Quiet Harbour,Mara Lind & Teo,,,,,\n")
    assert job.accepted_records == 1
    assert rows(
        "SELECT title, primary_artist, duration_ms, genres, version FROM recordings WHERE isrc = 'USWB11700001'"
    ) == [("Quiet Harbour", "Mara Lind & Teo", 123000, ["Rock"], 2)]
    assert rows(
        "SELECT c.credited_as FROM recording_credits c JOIN recordings r ON r.id = c.recording_id "
        "WHERE r.isrc = 'USWB11700001'"
    ) == [("Mara Lind & Teo",)]
    assert rows("SELECT before, after FROM provenance WHERE action = 'changed'") == [
        (
            {"title": "Quiet Harbor", "primary_artist": "Mara Lind"},
            {"title": "Quiet Harbour", "primary_artist": "Mara Lind & Teo"},
        )
    ]


def test_rows_about_recordings_of_others_are_refused(mara: Actor, teo: Actor) -> None:
    import_file(mara, FILE)
    own = HEADER + "GBAYC1700598,Stolen,Teo New,,,,,Own Work\nFRZ039800212,Mine,Teo,,,,,\n"
    job = import_file(teo, own)
    assert (job.accepted_records, job.rejected_records) == (1, 1)
    assert problems(job) == [(2, "isrc", "not-yours")]
    assert one("SELECT title FROM recordings WHERE isrc = 'GBAYC1700598'") == "Northern Lights"
    assert one("SELECT count(*) FROM contributors WHERE name = 'Teo New'") == 0
    assert one("SELECT count(*) FROM works WHERE title = 'Own Work'") == 0


def test_curators_and_linked_performers_may_change_it(mara: Actor, teo: Actor, curator: Actor) -> None:
    performer = make_contributor(mara, "Teo Ray")
    import_file(mara, HEADER + "GBAYC1700598,Northern Lights,Teo Ray,,,,,\n")
    link(performer, teo)
    assert import_file(teo, HEADER + "GBAYC1700598,By Teo,Teo Ray,,,,,\n").accepted_records == 1
    assert import_file(curator, HEADER + "GBAYC1700598,By Cleo,Teo Ray,,,,,\n").accepted_records == 1
    assert one("SELECT title FROM recordings") == "By Cleo"


def test_a_name_means_only_the_importers_own_contributor(mara: Actor, teo: Actor) -> None:
    make_contributor(mara, "Björk Ö")
    import_file(teo, HEADER + "GBAYC1700598,One,bjork o,,,,,\n")
    import_file(mara, HEADER + "USWB11700001,Two,BJORK O,,,,,\n")
    assert rows("SELECT name, created_by FROM contributors ORDER BY name") == [
        ("Björk Ö", mara.user_id),
        ("bjork o", teo.user_id),
    ]


def test_a_number_finds_the_contributor_of_anyone(mara: Actor, teo: Actor) -> None:
    known = make_contributor(mara, "Mara Lind", isni=ISNI)
    content = (
        f"isrc,title,artist,artist isni\nGBAYC1700598,One,M. Lind,{ISNI}\nUSWB11700001,Two,Lind,{ISNI}\n"
    )
    job = import_file(teo, content)
    assert job.accepted_records == 2
    assert rows("SELECT DISTINCT contributor_id FROM recording_credits") == [(known.id,)]
    assert one("SELECT count(*) FROM contributors") == 1


def test_a_work_of_others_is_not_joined_and_the_row_says_so(mara: Actor, teo: Actor) -> None:
    make_work(mara, "Northern Lights", iswc=ISWC, genres=["Pop"])
    job = import_file(teo, HEADER + "GBAYC1700598,Cover,Teo,,,Metal,T-034.524.680-1,\n")
    assert job.accepted_records == 1
    assert warned(job) == [(2, "work-not-linked")]
    assert one("SELECT work_id FROM recordings") is None
    assert one("SELECT genres FROM works") == ["Pop"]


def test_own_works_are_found_by_iswc_and_by_title_and_take_the_genres(mara: Actor) -> None:
    first = make_work(mara, "Northern Lights", iswc=ISWC, genres=["Pop"])
    second = make_work(mara, "Quiet Harbor")
    import_file(
        mara,
        HEADER + "GBAYC1700598,A,Mara,,,Metal,T-034.524.680-1,\nUSWB11700001,B,Mara,,,Folk,,quiet  harbor\n",
    )
    assert rows("SELECT work_id FROM recordings ORDER BY isrc") == [(first.id,), (second.id,)]
    assert rows("SELECT genres FROM works ORDER BY title") == [(["Metal", "Pop"],), (["Folk"],)]


def test_further_codes_of_a_recording_are_kept(mara: Actor) -> None:
    record = {
        "id": "x",
        "title": "Northern Lights",
        "isrcs": ["GBAYC1700598", "USWB11700001"],
        "length": 215466,
        "artist-credit": [{"name": "Mara", "joinphrase": " feat. "}, {"name": "Teo", "joinphrase": ""}],
        "first-release-date": "2001",
        "genres": [{"name": "pop"}, {"name": "folk"}],
    }
    job = import_file(mara, json.dumps({"recordings": [record]}), name="recordings.json")
    assert (job.accepted_records, job.errors) == (1, [])
    assert rows("SELECT isrc, duration_ms, primary_artist FROM recordings") == [
        ("GBAYC1700598", 215466, "Mara feat. Teo")
    ]
    assert rows("SELECT value, status FROM identifiers") == [("USWB11700001", "archived")]
    again = import_file(mara, HEADER + "USWB11700001,Northern Lights II,Mara,,,,,\n")
    assert again.accepted_records == 1
    assert rows("SELECT isrc, title FROM recordings") == [("GBAYC1700598", "Northern Lights II")]


@pytest.mark.parametrize(
    ("content", "name", "accepted", "found"),
    [
        (HEADER.encode() + "GBAYC1700598,Café,Señor,,,,,\n".encode("cp1252"), "a.csv", 1, []),
        (("\ufeff" + HEADER + "GBAYC1700598,Café,Señor,,,,,\n").encode("utf-16-le"), "a.csv", 1, []),
        ((HEADER + "GBAYC1700598,Café,Señor,,,,,\n").encode("utf-16-be"), "a.csv", 1, []),
        (HEADER.encode() + b"GBAYC1700598,Caf\x00e,Senor,,,,,\n" * 2, "a.csv", 0, ["null-character"] * 2),
        (HEADER.encode() + b"GBAYC1700598,Caf\x81,Senor,,,,,\n", "a.csv", 0, ["bad-encoding"]),
        (HEADER + 'GBAYC1700598,"Two\nlines",Mara,,,,,\nbad,x,y,,,,,\n', "a.csv", 1, ["bad-isrc"]),
        (HEADER + 'GBAYC1700598,"Open,Mara,,,,,\nUSWB11700001,Good,Mara,,,,,\n', "a.csv", 1, ["unclosed-quote"]),
        (HEADER + "GBAYC1700598,A,B,C,D,E,F,G,H,I\n", "a.csv", 0, ["too-many-cells"]),
        (HEADER.replace(",", ";") + "GBAYC1700598;A, B;Mara;3:35;;;;\n", "a.csv", 1, []),
        (HEADER.replace(",", "\t") + "GBAYC1700598\tA\tMara\t3:35\t\t\t\t\n", "a.tsv", 1, []),
        ('{"isrc":"GBAYC1700598","title":"A","artist":"B","title":"C"}\n', "a.jsonl", 0, ["duplicate-key"]),
        ('{"isrc":"GBAYC1700598","title":"A","artist":"B"}\nnope\n', "a.jsonl", 1, ["bad-json"]),
        ('[{"isrc":"GBAYC1700598","title":"A","artist":"B"},{"isrc":"USWB11700001","title":"A","artist":[true]}, 7]',
         "a.json", 1, ["not-text", "not-an-object"]),
        (HEADER + "9.1E+11,A,B,,,,,\n,,,,,,,\n,A,B,25:00:00,03/04/2001,,,\n", "a.csv", 0,
         ["spreadsheet-damage", "required", "ambiguous-date", "bad-duration"]),
        ("isrc,title,artist," + ",".join(f"c{n}" for n in range(197)) + "\nGBAYC1700598,A,B" + "," * 197 + "\n",
         "a.csv", 1, []),
    ],
)  # fmt: skip
def test_damaged_files_lose_only_their_damaged_rows(
    mara: Actor, content: bytes | str, name: str, accepted: int, found: list[str]
) -> None:
    job = import_file(mara, content, name=name)
    assert job.status is ImportStatus.COMPLETED
    assert job.accepted_records == accepted
    assert [issue.code for issue in job.errors] == found


def test_a_guessed_encoding_is_said(mara: Actor) -> None:
    job = import_file(mara, HEADER.encode() + "GBAYC1700598,Café,Señor,,,,,\n".encode("cp1252"))
    assert warned(job) == [(1, "encoding-guessed")]
    assert rows("SELECT title, primary_artist FROM recordings") == [("Café", "Señor")]


@pytest.mark.parametrize("content", ["", HEADER, "[]", "   \n"])
def test_a_file_without_rows_is_refused_at_once(mara: Actor, content: str) -> None:
    with pytest.raises(ImportFileEmpty):
        queue_file(mara, content)


def test_unknown_columns_are_asked_for_and_can_be_named(mara: Actor) -> None:
    content = "Code;Was;Wer\nGBAYC1700598;Lied;Sängerin\n"
    with pytest.raises(ImportColumnsUnknown) as refused:
        queue_file(mara, content)
    assert [error.field for error in refused.value.errors] == ["mapping.title", "mapping.artist"]
    job = import_file(mara, content, mapping={"isrc": "Code", "title": "Was", "artist": "Wer"})
    assert job.accepted_records == 1


def test_json_that_breaks_off_leaves_nothing(mara: Actor) -> None:
    whole = json.dumps([{"isrc": f"GBAYC17{n:05}", "title": "A", "artist": "B"} for n in range(5000)])
    job = import_file(mara, whole[: len(whole) // 2], name="cut.json")
    assert job.status is ImportStatus.FAILED
    assert "damaged at record" in (job.error_message or "")
    assert one("SELECT count(*) FROM recordings") == 0
    with pytest.raises(ImportFileBroken):
        queue_file(mara, whole[:50], name="cut.json")


def test_the_same_file_is_the_same_import_unless_it_ended_badly(mara: Actor, teo: Actor) -> None:
    first = queue_file(mara, FILE)
    assert queue_file(mara, FILE).job_id == first.job_id
    assert queue_file(mara, FILE).is_repeated
    assert queue_file(teo, FILE).job_id != first.job_id
    cut = "[" + '{"isrc":"GBAYC1700598","title":"A","artist":"B"},' * 300
    broken = import_file(mara, cut, name="a.json")
    assert broken.status is ImportStatus.FAILED
    assert queue_file(mara, cut, name="a.json").job_id != broken.job_id


def test_imports_of_an_hour_are_limited(mara: Actor, configure: Callable[..., Settings]) -> None:
    configure(BULK_IMPORT_RATE_LIMIT_PER_HOUR=2)
    queue_file(mara, FILE)
    queue_file(mara, FILE + "\n")
    assert queue_file(mara, FILE).is_repeated  # costs nothing
    with pytest.raises(RateLimited):
        queue_file(mara, FILE + "\n\n")


def test_a_row_for_a_recording_made_by_hand_updates_it(mara: Actor) -> None:
    made: Recording = make_recording(mara, isrc="GBAYC1700598")
    import_file(mara, HEADER + "GBAYC1700598,New Title,Mara,,,,,\n")
    assert rows("SELECT id, title, version FROM recordings") == [(made.id, "New Title", 2)]


def test_strangers_see_no_import(mara: Actor, teo: Actor) -> None:
    from omnisonic.platform.errors import NotFound

    job = import_file(mara, FILE)
    with pytest.raises(NotFound):
        look(teo, job.job_id)


def test_of_very_many_refused_rows_the_first_are_listed_and_all_counted(
    mara: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "ERRORS_KEPT_MAX", 2)
    job = import_file(mara, HEADER + "nonsense,A,B,,,,,\n" * 5 + "GBAYC1700598,A,B,,,,,\n")
    assert (job.accepted_records, job.rejected_records) == (1, 5)
    assert [issue.row for issue in job.errors] == [2, 3]
    assert warned(job) == [(4, "errors-cut")]


def test_remarks_on_rows_go_after_ninety_days_and_figures_stay(mara: Actor) -> None:
    old, new = import_file(mara, FILE), import_file(mara, HEADER + "nonsense,A,B,,,,,\n")
    with unit_of_work() as uow:
        values = {"id": old.job_id}
        uow.session.execute(
            text("UPDATE bulk_import_jobs SET completed_at = now() - interval '91 days' WHERE id = :id"),
            values,
        )
        uow.session.execute(
            text(
                "INSERT INTO import_errors (job_id, row, code, message, is_warning)"
                " SELECT :id, n, 'bad-isrc', '', false FROM generate_series(1, 5) AS n"
            ),
            values,
        )
    with unit_of_work() as uow:
        assert remove_old_issues(uow, now=utc_now(), limit=3) == 3
    clean_up()
    assert one("SELECT count(DISTINCT job_id) FROM import_errors") == 1
    with read_session() as session:
        assert service.get_job(session, mara, job_id=old.job_id).accepted_records == old.accepted_records
        assert len(service.get_job(session, mara, job_id=new.job_id).errors) == 1
