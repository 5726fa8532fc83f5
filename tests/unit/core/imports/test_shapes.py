# ruff: noqa: E501  (files are easier to read in one line each)
"""Catalog files as services, distributors and societies write them: shapes that differ from a plain table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from omnisonic.core.imports.checked_row import CheckedRow
from omnisonic.core.imports.errors import ImportFileBroken, ImportFileEmpty
from omnisonic.core.imports.mapping import DurationUnit
from omnisonic.core.imports.reading import Batch, choose, open_sheet, read_batches

TRACK = {
    "album": {"name": "An Album", "release_date": "2012-01-01", "artists": [{"name": "Various"}]},
    "artists": [{"id": "1", "name": "Mara Lind"}, {"id": "2", "name": "Teo"}],
    "duration_ms": 281960,
    "external_ids": {"isrc": "GBAYC1700598"},
    "label": {"name": "A Label"},
    "name": "Northern Lights",
}


def read(folder: Path, content: Any, name: str, **mapping: str) -> Batch:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    sheet = open_sheet(path, file_name=name)
    (batch,) = read_batches(sheet, choose(sheet, mapping or None), batch_size=100, year=2026)
    return batch


def told(row: CheckedRow) -> tuple[str, str, str, int | None, str | None]:
    day = row.released_on.isoformat() if row.released_on else None
    return row.isrc, row.title, row.artist, row.duration_ms, day


def codes(batch: Batch) -> list[tuple[int, str]]:
    return [(issue.row, str(issue.code)) for issue in batch.issues]


@pytest.mark.parametrize(
    "content",
    [
        TRACK,
        [TRACK],
        {"items": [{"added_at": "2021-01-01T00:00:00Z", "track": TRACK}], "total": 1},
        {"tracks": {"href": "x", "items": [TRACK], "total": 1}},
        {"status": "success", "result": {"matches": [{"track": TRACK}]}},
    ],
)  # fmt: skip
def test_a_track_of_a_service_is_read_in_every_wrapping(tmp_path: Path, content: Any) -> None:
    (row,) = read(tmp_path, content, "a.json").rows
    assert told(row) == ("GBAYC1700598", "Northern Lights", "Mara Lind, Teo", 281960, "2012-01-01")
    assert [one.name for one in row.credits] == ["Mara Lind", "Teo"]


def test_a_resource_with_attributes_is_read(tmp_path: Path) -> None:
    attributes = {"artistName": "Mara Lind", "genreNames": ["Dance", "Pop"], "durationInMillis": 214847,
                  "releaseDate": "2018-04-06", "name": "One Kiss", "isrc": "GBARL1800368", "albumName": "Singles"}  # fmt: skip
    (row,) = read(tmp_path, {"data": [{"id": "1", "type": "songs", "attributes": attributes}]}, "a.json").rows
    assert told(row) == ("GBARL1800368", "One Kiss", "Mara Lind", 214847, "2018-04-06")
    assert row.genres == ("Dance", "Pop")


def test_an_album_lends_its_tracks_what_they_do_not_say(tmp_path: Path) -> None:
    tracks = [
        {"title": "One", "isrc": "GBAYC1700598", "duration": 258},
        {"title": "Two", "isrc": "GBAYC1700599", "duration": 3},
    ]
    album = {
        "title": "An Album",
        "artist": {"name": "Mara Lind"},
        "release_date": "2015-12-24",
        "tracks": {"data": tracks},
    }
    batch = read(
        tmp_path,
        [
            album,
            {
                **album,
                "artist": {"name": "Teo"},
                "tracks": {"data": [{"title": "Three", "isrc": "GBAYC1700600"}]},
            },
        ],
        "a.json",
    )
    assert [(row.row, row.title, row.artist) for row in batch.rows] == [
        (1, "One", "Mara Lind"),
        (2, "Two", "Mara Lind"),
        (3, "Three", "Teo"),
    ]
    assert {told(row)[4] for row in batch.rows} == {"2015-12-24"}


def test_a_release_with_media_gives_its_recordings(tmp_path: Path) -> None:
    credit = [{"name": "Mara Lind", "joinphrase": " & "}, {"name": "Teo", "joinphrase": ""}]
    tracks = [
        {"title": "One", "length": 252000, "artist-credit": credit,
         "recording": {"title": "One", "isrcs": ["GBAYC1700598", "GBAYC1700599"], "first-release-date": "2014-06-20"}},
        {"title": "Two", "length": 3000, "artist-credit": credit, "recording": {"title": "Two", "isrcs": []}},
    ]  # fmt: skip
    batch = read(tmp_path, {"title": "An Album", "media": [{"format": "CD", "tracks": tracks}]}, "a.json")
    (row,) = batch.rows
    assert told(row) == ("GBAYC1700598", "One", "Mara Lind & Teo", 252000, "2014-06-20")
    assert [one.name for one in row.credits] == ["Mara Lind", "Teo"]
    assert row.other_isrcs == ("GBAYC1700599",)
    assert codes(batch) == [(2, "required")]


def test_recordings_under_their_code_take_it(tmp_path: Path) -> None:
    answer = {
        "isrc": "GBAYC1700598",
        "recordings": [
            {"title": "One", "length": 281000, "artist-credit": [{"name": "Mara", "joinphrase": ""}]}
        ],
    }
    (row,) = read(tmp_path, answer, "a.json").rows
    assert told(row) == ("GBAYC1700598", "One", "Mara", 281000, None)


def test_lines_with_albums_count_on(tmp_path: Path) -> None:
    album = {"artist": "Mara", "tracks": [{"title": str(n), "isrc": f"GBAYC170000{n}"} for n in range(3)]}
    lines = [
        album,
        {"artist": "Teo", "title": "Four", "isrc": "GBAYC1700004"},
        {"artist": "Teo", "title": "Five"},
    ]
    batch = read(tmp_path, "\n".join(map(json.dumps, lines)), "a.jsonl")
    assert [row.row for row in batch.rows] == [1, 2, 3, 4]
    assert codes(batch) == [(5, "required")]


def test_known_names_count_wherever_they_come(tmp_path: Path) -> None:
    plain = [{"isrc": f"GBAYC17{n:05}", "title": "One", "artist": "Mara"} for n in range(300)]
    later = [
        {
            "isrc": "GBAYC1799999",
            "name": "Late",
            "artistName": "Teo",
            "genre": "Folk",
            "durationMs": None,
            "length": 61,
        }
    ]
    sheet_path = tmp_path / "a.json"
    sheet_path.write_text(json.dumps(plain + later))
    sheet = open_sheet(sheet_path, file_name="a.json")
    assert list(sheet.guessed.columns[: sheet.shown]) == ["isrc", "title", "artist"]
    rows = [
        row
        for batch in read_batches(sheet, choose(sheet, sheet.guessed.to_json()), batch_size=500, year=2026)
        for row in batch.rows
    ]
    assert (rows[-1].title, rows[-1].artist, rows[-1].genres, rows[-1].duration_ms) == (
        "Late",
        "Teo",
        ("Folk",),
        61_000,
    )


def test_what_stands_under_another_name_counts_only_as_text(tmp_path: Path) -> None:
    album: dict[str, Any] = {
        "artist": "Mara",
        "genres": {"data": [{"name": "Rock"}, {"name": "Pop"}]},
        "tracks": [{"title": "One", "isrc": "GBAYC1700598", "style": {"tempo": 90}}],
    }
    (row,) = read(tmp_path, [album], "a.json").rows
    assert row.genres == ()
    del album["tracks"][0]["style"]
    (row,) = read(tmp_path, [album], "a.json").rows
    assert row.genres == ("Rock", "Pop")


def test_an_answer_without_a_code_is_no_catalog(tmp_path: Path) -> None:
    with pytest.raises(ImportFileBroken):
        read(tmp_path, {"title": "An Album", "tracks": {"data": [{"title": "One"}]}}, "a.json")


def test_lines_above_the_header_are_passed_over(tmp_path: Path) -> None:
    form = (
        ',ISRC Ingest File,,Required Fields\n,10/30/2019,,(*1) - All\n,,,\n"Minimum Information",,,Additional\n'
        '"Artist \n(*1)","Recording Title \n(*1)","ISRC \n(*1)","Duration (HH:MM:SS) \n(2)"\n'
        "Mara Lind,Northern Lights,GBAYC1700598,00:03:35\n"
    )
    (row,) = read(tmp_path, form, "a.csv").rows
    assert (row.row, told(row)) == (6, ("GBAYC1700598", "Northern Lights", "Mara Lind", 215_000, None))


def test_sums_comments_and_repeated_headers_are_no_rows(tmp_path: Path) -> None:
    text = (
        "# exported by a tool\nISRC;Title;Artist;Plays\nGBAYC1700598;Total Eclipse;Mara;1\n # a comment;;;\n ;;; \n"
        "ISRC;Title;Artist;Plays\nGBAYC1700599;Two;Mara;2\n;Total;Mara;2\nTotal;;;3\nend of file;;;\n"
    )
    batch = read(tmp_path, text, "a.csv")
    assert [row.title for row in batch.rows] == ["Total Eclipse", "Two"]
    assert codes(batch) == [
        (4, "passed-over"),
        (6, "passed-over"),
        (8, "required"),
        (9, "passed-over"),
        (10, "passed-over"),
    ]
    assert batch.rejected == 1  # a title and an artist make a row of it


def test_names_in_numbered_parts_become_performers(tmp_path: Path) -> None:
    text = (
        '"Work Title","ISWC","Artist 1 Last","Artist 1 First","Artist 2 Last","Artist 2 First","Recording 1 ISRC","Recording 2 ISRC"\n\n'
        '"One",,"Lind","Mara","The Band",,"GB-AYC-17-00598",\n"Two",,,,,,"GB-AYC-17-00599",\n'
    )
    batch = read(tmp_path, text, "a.csv")
    (row,) = batch.rows
    assert (row.title, row.artist, [one.name for one in row.credits]) == (
        "One",
        "Mara Lind, The Band",
        ["Mara Lind", "The Band"],
    )
    assert row.work == "One"
    assert codes(batch) == [(4, "required")]


def test_a_statement_without_a_header_mixes_kinds_of_rows(tmp_path: Path) -> None:
    text = 'T,M,2023-01-01,2,USD,100.00\nS,M,One,"Mara, Teo",GBAYC1700598,25\nS,P,Work,Mara,T3452468001,25\nT,P,2023,2,USD,50\n'
    batch = read(tmp_path, text, "a.csv", isrc="Column 5", title="Column 3", artist="Column 4")
    assert [(row.row, row.title) for row in batch.rows] == [(2, "One")]
    assert [row for row, _ in codes(batch)] == [1, 3, 4]


@pytest.mark.parametrize(
    ("header", "value", "unit"),
    [("Track Duration (ms)", "215", DurationUnit.MILLISECONDS), ("trackTimeMillis", "215", DurationUnit.MILLISECONDS), ("Duration (sec)", "215", DurationUnit.SECONDS)],
)  # fmt: skip
def test_units_of_other_makers(tmp_path: Path, header: str, value: str, unit: DurationUnit) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"isrc,title,artist,{header}\nGBAYC1700598,a,b,{value}\n")
    guessed = open_sheet(path).guessed
    assert guessed.column_of(list(guessed.at)[3]) == header
    assert guessed.duration_unit is unit


def test_only_lines_above_a_header_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("A report\nof a label\nISRC,Title,Artist\n")
    with pytest.raises(ImportFileEmpty):
        open_sheet(path)
