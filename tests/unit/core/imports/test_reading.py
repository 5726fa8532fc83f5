# ruff: noqa: E501, SIM105
"""Files of every kind as rows: sniffed, numbered as their reader counts, never mixed up."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from omnisonic.core.imports.codes import Code, Issue
from omnisonic.core.imports.csv_rows import read_csv
from omnisonic.core.imports.errors import ImportFileBroken
from omnisonic.core.imports.headers import Field
from omnisonic.core.imports.json_rows import read_json, read_json_lines
from omnisonic.core.imports.mapping import DurationUnit, Mapping
from omnisonic.core.imports.reading import Sheet, choose, file_warnings, open_sheet, read_batches
from omnisonic.core.imports.sniffing import FileForm, FileFormat

COMMAS = FileForm(FileFormat.CSV, "utf-8", is_guessed=False)


def sheet_of(folder: Path, content: str | bytes, name: str = "catalog.csv") -> Sheet:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_sheet(path, file_name=name)


def named(mapping: Mapping) -> dict[str, str]:
    return {str(field): mapping.columns[place] for field, place in mapping.at.items()}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            "ISRC Code,Track Title,Artist Name(s),Length (mm:ss),Release Date,Primary Genre",
            {"isrc": "ISRC Code", "title": "Track Title", "artist": "Artist Name(s)",
             "duration": "Length (mm:ss)", "released_at": "Release Date", "genre": "Primary Genre"},
        ),
        (
            "recording,isrcs,artist-credit,length,first-release-date",
            {"isrc": "isrcs", "title": "recording", "artist": "artist-credit", "duration": "length",
             "released_at": "first-release-date"},
        ),
        (
            "ResourceReference\tISRC\tDisplayTitleText\tDisplayArtistName\tDisplayArtistISNI\tDuration\tISWC\tWorkTitle",
            {"isrc": "ISRC", "title": "DisplayTitleText", "artist": "DisplayArtistName", "iswc": "ISWC",
             "artist_isni": "DisplayArtistISNI", "duration": "Duration", "work": "WorkTitle"},
        ),
        (
            "Titel;Interpret;ISRC;Dauer",
            {"isrc": "ISRC", "title": "Titel", "artist": "Interpret", "duration": "Dauer"},
        ),
    ],
)  # fmt: skip
def test_headers_are_recognized(tmp_path: Path, header: str, expected: dict[str, str]) -> None:
    delimiter = next(mark for mark in "\t;," if mark in header)
    cells = delimiter.join(["GBAYC1700598"] * len(header.split(delimiter)))
    assert named(sheet_of(tmp_path, f"{header}\n{cells}\n").guessed) == expected


def test_a_unit_is_read_from_header_source_or_size(tmp_path: Path) -> None:
    def unit(header: str, value: str) -> DurationUnit:
        return sheet_of(
            tmp_path, f"isrc,title,artist,{header}\nGBAYC1700598,a,b,{value}\n"
        ).guessed.duration_unit

    assert unit("duration_ms", "1000") is DurationUnit.MILLISECONDS
    assert unit("Length (ms)", "1000") is DurationUnit.MILLISECONDS
    assert unit("duration", "215466") is DurationUnit.MILLISECONDS
    assert unit("duration", "215") is DurationUnit.SECONDS


def test_without_a_header_isrcs_are_found_by_form_and_the_rest_is_named(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, "1,GBAYC1700598,One,Mara\n2,USWB11700001,Two,Teo\n")
    assert not sheet.guessed.has_header
    assert named(sheet.guessed) == {"isrc": "Column 2"}
    mapping = choose(sheet, {"isrc": "Column 2", "title": "Column 3", "artist": "Column 4"})
    (batch,) = read_batches(sheet, mapping, batch_size=10, year=2026)
    assert [(row.row, row.title) for row in batch.rows] == [(1, "One"), (2, "Two")]


def test_a_choice_may_name_columns_or_fields(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, "a,b,c\nGBAYC1700598,One,Mara\n")
    chosen = choose(sheet, {"isrc": "a", "title": "b", "artist": "c", "durationUnit": "ms"})
    assert chosen == choose(sheet, {"a": "isrc", "b": "title", "c": "artist", "durationUnit": "ms"})
    assert chosen.at == {Field.ISRC: 0, Field.TITLE: 1, Field.ARTIST: 2}


def test_rows_count_as_a_spreadsheet_shows_them() -> None:
    text = 'h\n\n"two\nlines"\nlast\n'
    assert list(read_csv(io.StringIO(text, newline=""), COMMAS)) == [
        (1, ["h"]),
        (3, ["two\nlines"]),
        (4, ["last"]),
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8),
            min_size=2,
            max_size=4,
        ),
        max_size=12,
    )
)
def test_what_a_writer_wrote_is_read_back(table: list[list[str]]) -> None:
    written = io.StringIO(newline="")
    csv.writer(written).writerows(table)
    found = list(read_csv(io.StringIO(written.getvalue(), newline=""), COMMAS))
    assert [cells for _, cells in found if not isinstance(_, Issue)] == [
        cells for cells in table if any(cells)
    ]


@pytest.mark.parametrize("bad", ['"open', 'a"b"c,"x', '"a" b,"c'])
def test_a_stray_quote_costs_one_line(bad: str) -> None:
    good = [f"row {number}" for number in range(50)]
    text = "\n".join([*good[:20], bad, *good[20:]]) + "\n"
    found = list(read_csv(io.StringIO(text, newline=""), COMMAS))
    cells = [item[1] for item in found if not isinstance(item, Issue)]
    assert [row for row in cells if row[0].startswith("row ")] == [[row] for row in good]


def test_a_line_without_end_is_skipped_not_held() -> None:
    text = "a,b\n" + "x" * 3_000_000 + "\nc,d\n"
    found = list(read_csv(io.StringIO(text, newline=""), COMMAS))
    assert [item.code for item in found if isinstance(item, Issue)] == [Code.ROW_TOO_LARGE]
    assert found[-1] == (3, ["c", "d"])


@given(st.binary(max_size=300))
def test_no_bytes_break_the_readers(raw: bytes) -> None:
    text = raw.decode("cp1252", "replace")
    list(read_csv(io.StringIO(text, newline=""), COMMAS))
    list(read_json_lines(io.StringIO(text)))
    try:
        list(read_json(io.StringIO(text)))
    except ImportFileBroken:
        pass


@given(
    st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=200) | st.none(), max_size=4), max_size=30)
)
def test_json_is_read_back_in_every_envelope(records: list[dict[str, str | None]]) -> None:
    expected = list(enumerate(records, start=1))
    for text in (
        json.dumps(records),
        json.dumps({"total": len(records), "items": records, "next": None}, indent=1),
    ):
        assert list(read_json(io.StringIO(text))) == expected
    lines = "\n".join(json.dumps(record) for record in records)
    assert list(read_json_lines(io.StringIO(lines))) == expected


@pytest.mark.parametrize(
    "text",
    ['[{"a":1}] x', '[{"a":1}', '[{"a":1} {"a":2}]', '{"a":1}', "[" * 100_000, '[{"a":"' + "x" * 600_000, "", "7", '[{"a":1},]'],
)  # fmt: skip
def test_broken_json_is_said_and_bounded(text: str) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(ImportFileBroken):
            list(read_json(io.StringIO(text)))
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_huge_numbers_and_deep_lines_are_rows_like_others() -> None:
    text = '{"a":' + "9" * 5000 + '}\n{"a":NaN}\n' + "[" * 50_000 + '\n{"a":1,"a":2}\n{"a":0.10}\n'
    found = list(read_json_lines(io.StringIO(text)))
    assert found[0] == (1, {"a": "9" * 5000})
    codes = [item.code for item in found if isinstance(item, Issue)]
    assert codes == [Code.BAD_JSON, Code.BAD_JSON, Code.DUPLICATE_KEY]
    assert found[-1] == (5, {"a": "0.10"})


def test_codes_of_the_future_and_of_unknown_agencies_are_pointed_out(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, "isrc,title,artist\nGBAYC2800001,a,b\nGBAYC2600001,a,b\nXQAYC9900001,a,b\n")
    (batch,) = read_batches(sheet, choose(sheet, None), batch_size=10, year=2026)
    assert [(issue.row, str(issue.code)) for issue in batch.issues] == [
        (2, "future-year"),
        (4, "unknown-prefix"),
    ]
    assert len(batch.rows) == 3


GOOD = '{"isrc":"GBAYC1700598","title":"a","artist":"b"}'


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (f'[{GOOD}, {{"isrc": "GBAYC1700599", "tit', "record 2: a text in quotes never ends. The file was"),
        ('[{"isrc":"GBAYC1700598",title:"a"}]', "the name of a field does not stand in double quotes. Mend"),
        ('[{"title":"a\nb"}]', "holds a line break or tab as such"),
        (f"[{GOOD} {GOOD}]", "a comma or the end of the list is missing. Mend that place"),
        (f"[{GOOD},]", "record 2, at “]”: a value is missing"),
        (f"[{GOOD}", "a comma or the end of the list is missing. The file was"),
        (f"[{GOOD}] x", "something follows after its end. Mend"),
        ("5", "a single value, not a list of recordings"),
        ('"song"', "a single value, not a list of recordings"),
        ("true", "a single value, not a list of recordings"),
    ],
)
def test_damaged_json_is_told_in_words_for_whoever_has_the_file(
    tmp_path: Path, content: str, told: str
) -> None:
    with pytest.raises(ImportFileBroken) as refused:
        sheet_of(tmp_path, content, "catalog.json")
    assert told in refused.value.detail
    for jargon in ("char ", "column ", "delimiter", "Expecting", "Unterminated"):
        assert jargon not in refused.value.detail


def test_a_second_recording_in_a_row_is_not_left_out_in_silence(tmp_path: Path) -> None:
    header = "Work Title,Artist,Recording 1 ISRC,Recording 2 ISRC,Recording 3 ISRC"
    sheet = sheet_of(tmp_path, f"{header}\nA,B,GBAYC1700598,GBAYC1700599,\n")
    (warning,) = file_warnings(sheet, choose(sheet, None), first_row=1)
    assert (warning.column, warning.is_warning) == ("Recording 2 ISRC", True)
    assert "only “Recording 1 ISRC” is read" in warning.message
    plain = sheet_of(tmp_path, "Title,Artist,ISRC,Artist ISNI\nA,B,GBAYC1700598,\n")
    assert file_warnings(plain, choose(plain, None), first_row=1) == []
